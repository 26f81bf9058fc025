import { AuthenticationKind } from '../../policy';
import { type Breach, breach, type Check, unless } from './check';
import { attributeOf, type EdgeSubject, isIngest, listenersOf, rulesOf } from './edge-subject';
import { at, isTrue, listOf, type Resource } from './resource';

const ELB = 'https://docs.aws.amazon.com/elasticloadbalancing/latest/application';

/** TLS 1.2 with forward secrecy and authenticated encryption, TLS 1.3, post-quantum key exchange; and what is stricter. */
const TLS_POLICIES = [
  'ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09',
  'ELBSecurityPolicy-TLS13-1-3-PQ-2025-09',
  'ELBSecurityPolicy-TLS13-1-3-FIPS-PQ-2025-09',
];

const LOGS = ['access_logs', 'connection_logs', 'health_check_logs'];

/** What must hold for an external load balancer. */
export const EDGE_CHECKS: readonly Check<EdgeSubject>[] = [
  {
    id: 'https-only',
    text: 'Clients connect by HTTPS only, under a TLS policy with forward secrecy, authenticated encryption and post-quantum key exchange.',
    docs: `${ELB}/describe-ssl-policies.html`,
    breaches: httpsOnly,
  },
  {
    id: 'client-authentication',
    text: 'Clients prove who they are as the policy says: by a certificate that is verified, or by a token for this audience, which every rule checks first.',
    docs: `${ELB}/mutual-authentication.html`,
    breaches: (subject) => {
      const { kind } = subject.access.authenticate;
      return kind === AuthenticationKind.JWT ? verifiedTokens(subject) : verifiedCertificates(subject);
    },
  },
  {
    id: 'default-404',
    text: 'What no rule serves is answered 404.',
    docs: `${ELB}/listener-rules.html`,
    breaches: (subject) => listenersOf(subject).flatMap(default404),
  },
  {
    id: 'strict-http',
    text: 'Ambiguous requests and invalid headers are refused, so that target and load balancer read a request alike.',
    docs: `${ELB}/edit-load-balancer-attributes.html#desync-mitigation-mode`,
    breaches: (subject) => [
      ...attribute(subject, 'routing.http.desync_mitigation_mode', ['strictest']),
      ...attribute(subject, 'routing.http.drop_invalid_header_fields.enabled', ['true']),
    ],
  },
  {
    id: 'edge-logs',
    text: 'Requests, connections and health checks are logged.',
    docs: `${ELB}/load-balancer-access-logs.html`,
    breaches: (subject) => LOGS.flatMap((kind) => attribute(subject, `${kind}.s3.enabled`, ['true'])),
  },
  {
    id: 'deletion-protection',
    text: 'The load balancer cannot be deleted by accident, unless the log is disposable.',
    docs: `${ELB}/edit-load-balancer-attributes.html#deletion-protection`,
    breaches: (subject) =>
      subject.retention.isDisposable ? [] : attribute(subject, 'deletion_protection.enabled', ['true']),
  },
  {
    id: 'no-write-cache',
    text: 'No content delivery network stands before ingest: only reads are ever cached.',
    docs: 'https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistS3AndCustomOrigins.html',
    breaches: writeCaches,
  },
];

function httpsOnly(subject: EdgeSubject): Breach[] {
  const listeners = listenersOf(subject);
  if (listeners.length === 0) return [{ resource: subject.loadBalancer, location: 'Listener' }];
  return listeners.flatMap((listener) => [
    ...unless(listener.property('Protocol') === 'HTTPS', listener, 'Protocol'),
    ...unless(TLS_POLICIES.includes(String(listener.property('SslPolicy'))), listener, 'SslPolicy'),
  ]);
}

function verifiedCertificates(subject: EdgeSubject): Breach[] {
  return listenersOf(subject).flatMap((listener) => {
    const isVerified =
      listener.property('MutualAuthentication.Mode') === 'verify' &&
      listener.property('MutualAuthentication.TrustStoreArn') !== undefined &&
      !isTrue(listener.property('MutualAuthentication.IgnoreClientCertificateExpiry'));
    return unless(isVerified, listener, 'MutualAuthentication');
  });
}

function verifiedTokens(subject: EdgeSubject): Breach[] {
  const trust = subject.access.authenticate.jwtTrust;
  return rulesOf(subject).flatMap((rule) => {
    const [first] = rule.list('Actions');
    const claims = listOf(at(first, 'JwtValidationConfig.AdditionalClaims'));
    const audience = claims
      .filter((claim) => at(claim, 'Name') === 'aud')
      .flatMap((claim) => listOf(at(claim, 'Values')));
    const isVerified =
      at(first, 'Type') === 'jwt-validation' &&
      at(first, 'JwtValidationConfig.Issuer') === trust?.issuer &&
      at(first, 'JwtValidationConfig.JwksEndpoint') === trust?.jwksUrl &&
      audience.length === 1 &&
      audience[0] === trust?.audience;
    return unless(isVerified, rule, 'Actions');
  });
}

function default404(listener: Resource): Breach[] {
  const actions = listener.list('DefaultActions');
  const is404 =
    actions.length === 1 &&
    at(actions[0], 'Type') === 'fixed-response' &&
    String(at(actions[0], 'FixedResponseConfig.StatusCode')) === '404';
  return unless(is404, listener, 'DefaultActions');
}

function attribute(subject: EdgeSubject, key: string, allowed: readonly string[]): Breach[] {
  const value = String(attributeOf(subject, key));
  return unless(allowed.includes(value), subject.loadBalancer, `LoadBalancerAttributes.${key}`);
}

/** An origin names a load balancer by its DNS name, or by way of a VPC origin. */
function writeCaches(subject: EdgeSubject): Breach[] {
  const { loadBalancer, templates } = subject;
  if (!isIngest(subject)) return [];
  const distributions = templates
    .ofType('AWS::CloudFront::Distribution')
    .filter((distribution) =>
      distribution
        .list('DistributionConfig.Origins')
        .some((origin) => templates.refersTo(at(origin, 'DomainName'), distribution, loadBalancer)),
    );
  const origins = templates
    .ofType('AWS::CloudFront::VpcOrigin')
    .filter((origin) => templates.refersTo(origin.property('VpcOriginEndpointConfig.Arn'), origin, loadBalancer));
  return [
    ...distributions.map((each) => breach(each, 'DistributionConfig.Origins')),
    ...origins.map((each) => breach(each, 'VpcOriginEndpointConfig.Arn')),
  ];
}
