import { CfnDistribution, CfnVpcOrigin } from 'aws-cdk-lib/aws-cloudfront';
import { FrontDoor } from '../../../lib/aws';
import { DISPOSABLE } from '../archives';
import { type Breaking as BreakingOf, CheckedLog } from '../checked-app';
import { ALIKE } from '../front-doors';
import { policyOf } from '../fronts';

type Breaking = BreakingOf<CheckedLog>;

const TOKEN = 'Actions.0.JwtValidationConfig';
const FORWARD = [
  { Type: 'forward', TargetGroupArn: 'arn:aws:elasticloadbalancing:eu-central-1:111122223333:targetgroup/a/b' },
];

const set =
  (key: string, value: string) =>
  ({ ingest }: CheckedLog): void =>
    ingest.loadBalancer.setAttribute(key, value);

function cache(made: CheckedLog, domainName: string): void {
  new CfnDistribution(made.front, 'Distribution', {
    distributionConfig: {
      enabled: true,
      origins: [{ id: 'edge', domainName, customOriginConfig: { originProtocolPolicy: 'https-only' } }],
      defaultCacheBehavior: { targetOriginId: 'edge', viewerProtocolPolicy: 'https-only' },
    },
  });
}

test.each<Breaking>([
  ['https-only', 'the listener speaks HTTP', ({ listener }) => listener.addPropertyOverride('Protocol', 'HTTP')],
  ...[
    'ELBSecurityPolicy-2016-08',
    'ELBSecurityPolicy-TLS13-1-0-PQ-2025-09',
    'ELBSecurityPolicy-TLS13-1-2-Res-2021-06',
  ].map((name): Breaking => ['https-only', name, ({ listener }) => listener.addPropertyOverride('SslPolicy', name)]),
  [
    'https-only',
    'a second listener speaks HTTP',
    ({ ingest }) => {
      ingest.loadBalancer.addRedirect();
    },
  ],
  [
    'client-authentication',
    'certificates are not asked for',
    ({ listener }) => listener.addPropertyDeletionOverride('MutualAuthentication'),
  ],
  [
    'client-authentication',
    'certificates are passed through',
    ({ listener }) => listener.addPropertyOverride('MutualAuthentication.Mode', 'passthrough'),
  ],
  [
    'client-authentication',
    'any certificate does',
    ({ listener }) => listener.addPropertyDeletionOverride('MutualAuthentication.TrustStoreArn'),
  ],
  [
    'client-authentication',
    'expired certificates do',
    ({ listener }) => listener.addPropertyOverride('MutualAuthentication.IgnoreClientCertificateExpiry', true),
  ],
  [
    'client-authentication',
    'a token for any audience does',
    ({ readRule }) => readRule.addPropertyDeletionOverride(`${TOKEN}.AdditionalClaims`),
  ],
  [
    'client-authentication',
    'a token for another audience does as well',
    ({ readRule }) => readRule.addPropertyOverride(`${TOKEN}.AdditionalClaims.0.Values`, ['audit', 'shop']),
  ],
  [
    'client-authentication',
    "another issuer's token does",
    ({ readRule }) => readRule.addPropertyOverride(`${TOKEN}.Issuer`, 'https://evil.example.com'),
  ],
  [
    'client-authentication',
    "another issuer's key does",
    ({ readRule }) => readRule.addPropertyOverride(`${TOKEN}.JwksEndpoint`, 'https://evil.example.com/jwks'),
  ],
  [
    'client-authentication',
    'a rule asks for no token',
    ({ readRule }) => readRule.addPropertyOverride('Actions', FORWARD),
  ],
  [
    'default-404',
    'the listener forwards everything',
    ({ listener }) => listener.addPropertyOverride('DefaultActions', FORWARD),
  ],
  [
    'default-404',
    'the listener answers 200',
    ({ listener }) => listener.addPropertyOverride('DefaultActions.0.FixedResponseConfig.StatusCode', '200'),
  ],
  ['strict-http', 'ambiguous requests pass', set('routing.http.desync_mitigation_mode', 'defensive')],
  ['strict-http', 'invalid headers pass', set('routing.http.drop_invalid_header_fields.enabled', 'false')],
  ['edge-logs', 'requests are not logged', set('access_logs.s3.enabled', 'false')],
  ['edge-logs', 'connections are not logged', set('connection_logs.s3.enabled', 'false')],
  ['edge-logs', 'health checks are not logged', set('health_check_logs.s3.enabled', 'false')],
  ['deletion-protection', 'the load balancer can be deleted', set('deletion_protection.enabled', 'false')],
  [
    'no-write-cache',
    'a distribution stands before it',
    (made) => cache(made, made.ingest.loadBalancer.loadBalancerDnsName),
  ],
  [
    'no-write-cache',
    'a distribution may stand before it',
    ({ front, ingest }) => {
      const arn = ingest.loadBalancer.loadBalancerArn;
      new CfnVpcOrigin(front, 'Origin', { vpcOriginEndpointConfig: { name: 'ingest', arn } });
    },
  ],
])('%s is broken: %s', (id, _, breaking) => {
  const made = new CheckedLog();
  breaking(made);
  expect(made.violations()).toContain(id);
});

test('https-only is broken: there is no listener', () => {
  const made = new CheckedLog();
  made.listener.addOverride('Type', 'AWS::CloudFormation::WaitConditionHandle');
  expect(made.violations()).toContain('https-only');
});

test.each<[string, () => CheckedLog]>([
  ['a front door for both paths', () => new CheckedLog({ policy: ALIKE, frontDoor: FrontDoor.shared() })],
  ['a disposable log', () => new CheckedLog({ policy: policyOf({ retention: DISPOSABLE }) })],
  [
    'a cache before readers',
    () => {
      const made = new CheckedLog();
      cache(made, made.log.frontDoor.query!.loadBalancer.loadBalancerDnsName);
      return made;
    },
  ],
  [
    'a stricter TLS policy',
    () => {
      const made = new CheckedLog();
      made.listener.addPropertyOverride('SslPolicy', 'ELBSecurityPolicy-TLS13-1-3-PQ-2025-09');
      return made;
    },
  ],
])('%s breaks nothing', (_, make) => {
  expect(make().violations()).toEqual([]);
});
