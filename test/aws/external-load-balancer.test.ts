import { Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { IpAddressType } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { ExternalLoadBalancer, type ExternalLoadBalancerProps } from '../../lib/aws';
import { ClientPrefixList, Deployment, StoredObject, TrustedAuthorities } from '../../lib/policy';
import { codeOf } from '../policy/coded';
import { parsedPolicy } from '../policy/parsed-policy';
import { good } from '../policy/policies';
import { COMPLIANCE, DISPOSABLE } from './archives';
import { FrontStack, MIXED } from './front-doors';

const ELB = 'AWS::ElasticLoadBalancingV2';
const ARN = 'arn:aws:acm:eu-central-1:111122223333:certificate/11111111-2222-3333-4444-555555555555';

const certificates = StoredObject.of({ bucket: 'acme-trust', key: 'ca.pem', version: 'v1' });
const trust = TrustedAuthorities.of({ certificates });
const { watch } = Deployment.example(MIXED);

function make(more: Partial<ExternalLoadBalancerProps> = {}): ExternalLoadBalancer {
  const stack = new FrontStack();
  return new ExternalLoadBalancer(stack, 'Ingest', {
    vpc: stack.vpc,
    access: MIXED.writers,
    retention: COMPLIANCE,
    certificates: [Certificate.fromCertificateArn(stack, 'Certificate', ARN)],
    trust,
    ...more,
  });
}

const templateOf = (made: ExternalLoadBalancer) => Template.fromStack(Stack.of(made));
const allowing = (allow: string[]) => parsedPolicy({ writers: { ...good.writers, allow } }).writers;
const networks = (count: number, prefix = '10.0') => Array.from({ length: count }, (_, i) => `${prefix}.${i}.0/24`);

test.each([
  ['deletion_protection.enabled', 'true'],
  ['routing.http.drop_invalid_header_fields.enabled', 'true'],
  ['routing.http.desync_mitigation_mode', 'strictest'],
  ['waf.fail_open.enabled', 'false'],
  ['access_logs.s3.enabled', 'true'],
  ['connection_logs.s3.enabled', 'true'],
  ['health_check_logs.s3.enabled', 'true'],
])('the attribute %s is %s', (Key, Value) => {
  templateOf(make()).hasResourceProperties(`${ELB}::LoadBalancer`, {
    LoadBalancerAttributes: Match.arrayWith([{ Key, Value }]),
  });
});

test('it is on the internet, over IPv4 and IPv6, in the public subnets', () => {
  templateOf(make()).hasResourceProperties(`${ELB}::LoadBalancer`, {
    Scheme: 'internet-facing',
    IpAddressType: 'dualstack',
    Subnets: [{ Ref: Match.stringLikeRegexp('PublicSubnet1') }, { Ref: Match.stringLikeRegexp('PublicSubnet2') }],
  });
});

test('it can be deleted with a disposable log', () => {
  templateOf(make({ retention: DISPOSABLE })).hasResourceProperties(`${ELB}::LoadBalancer`, {
    LoadBalancerAttributes: Match.arrayWith([{ Key: 'deletion_protection.enabled', Value: 'false' }]),
  });
});

test('it has one listener, of HTTPS with post-quantum key exchange, and answers 404 in JSON', () => {
  const template = templateOf(make());
  template.resourceCountIs(`${ELB}::Listener`, 1);
  template.hasResourceProperties(`${ELB}::Listener`, {
    Port: 443,
    Protocol: 'HTTPS',
    SslPolicy: 'ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09',
    Certificates: [{ CertificateArn: ARN }],
    DefaultActions: [
      {
        Type: 'fixed-response',
        FixedResponseConfig: {
          StatusCode: '404',
          ContentType: 'application/json',
          MessageBody: '{"error":{"code":"not-found","message":"there is nothing here"}}',
        },
      },
    ],
  });
});

test.each([
  ['routing.http.response.server.enabled', 'false'],
  ['routing.http.response.strict_transport_security.header_value', 'max-age=63072000'],
  ['routing.http.response.x_content_type_options.header_value', 'nosniff'],
])('the listener has %s: %s', (Key, Value) => {
  templateOf(make()).hasResourceProperties(`${ELB}::Listener`, {
    ListenerAttributes: Match.arrayWith([{ Key, Value }]),
  });
});

describe('mutual TLS', () => {
  test('verifies certificates against the trusted authorities, until they end', () => {
    const template = templateOf(make());
    const [trustStore] = Object.keys(template.findResources(`${ELB}::TrustStore`));
    template.hasResourceProperties(`${ELB}::Listener`, {
      MutualAuthentication: {
        Mode: 'verify',
        IgnoreClientCertificateExpiry: false,
        TrustStoreArn: { 'Fn::GetAtt': [trustStore, 'TrustStoreArn'] },
      },
    });
    template.hasResourceProperties(`${ELB}::TrustStore`, {
      CaCertificatesBundleS3Bucket: 'acme-trust',
      CaCertificatesBundleS3Key: 'ca.pem',
      CaCertificatesBundleS3ObjectVersion: 'v1',
    });
  });

  test('looks at the revocation list, if there is one', () => {
    const revocations = StoredObject.of({ bucket: 'acme-trust', key: 'crl.pem', version: 'v2' });
    const template = templateOf(make({ trust: TrustedAuthorities.of({ certificates, revocations }) }));
    template.hasResourceProperties(`${ELB}::TrustStoreRevocation`, {
      RevocationContents: [{ RevocationType: 'CRL', S3Bucket: 'acme-trust', S3Key: 'crl.pem', S3ObjectVersion: 'v2' }],
    });
    templateOf(make()).resourceCountIs(`${ELB}::TrustStoreRevocation`, 0);
  });

  test('is said to be off where clients have tokens', () => {
    templateOf(make({ access: MIXED.readers })).hasResourceProperties(`${ELB}::Listener`, {
      MutualAuthentication: { Mode: 'off', TrustStoreArn: Match.absent() },
    });
  });

  test('without authorities is refused', () => {
    expect(codeOf(() => make({ trust: undefined }))).toBe('trust-missing');
  });
});

test('clients who need not prove who they are, are refused', () => {
  const { writers } = parsedPolicy({ writers: { ...good.writers, authenticate: { none: {} } } });
  expect(codeOf(() => make({ access: writers }))).toBe('access-open');
});

describe('a rule', () => {
  const { writes } = new FrontStack();
  const route = { methods: ['GET', 'HEAD'], paths: ['/v1/a', '/v1/b'] };

  test('forwards only after the token was verified, for its issuer and audience', () => {
    const made = make({ access: MIXED.readers });
    made.forward('Reads', route, (Stack.of(made) as FrontStack).reads);
    templateOf(made).hasResourceProperties(`${ELB}::ListenerRule`, {
      Actions: [
        {
          Order: 1,
          Type: 'jwt-validation',
          JwtValidationConfig: {
            Issuer: 'https://idp.example.com',
            JwksEndpoint: 'https://idp.example.com/jwks',
            AdditionalClaims: [{ Format: 'single-string', Name: 'aud', Values: ['audit'] }],
          },
        },
        { Order: 2, Type: 'forward' },
      ],
    });
  });

  test('only forwards under mutual TLS', () => {
    const made = make();
    made.forward('Reads', route, (Stack.of(made) as FrontStack).reads);
    templateOf(made).hasResourceProperties(`${ELB}::ListenerRule`, {
      Actions: [{ Type: 'forward', TargetGroupArn: { Ref: 'ReadTarget3B84E8CE' } }],
    });
  });

  test('comes after the rules that were added before', () => {
    const made = make();
    for (const id of ['One', 'Two']) made.forward(id, route, (Stack.of(made) as FrontStack).reads);
    const rules = Object.values(templateOf(made).findResources(`${ELB}::ListenerRule`));
    expect(rules.map(({ Properties }) => Properties.Priority)).toEqual([10, 20]);
  });

  test.each<[string, string[], string | undefined]>([
    ['methods and paths', ['/1', '/2', '/3', '/4'], undefined],
    ['methods, paths and a host', ['/1', '/2', '/3'], 'query.example.com'],
  ])('has at most 5 %s', (_, paths, host) => {
    const forward = (some: string[]) => make().forward('Rule', { methods: ['GET', 'HEAD'], paths: some }, writes, host);
    expect(codeOf(() => forward(paths))).toBe('too-many-conditions');
    expect(() => forward(paths.slice(1))).not.toThrow();
  });

  test.each(['issuer', 'jwksUrl'])('is refused with an %s of more than 256 characters', (member) => {
    const url = (length: number) => `https://idp.example.com/${'a'.repeat(length - 24)}`;
    const accessOf = (length: number) => {
      const jwt = { ...good.readers.authenticate.jwt, [member]: url(length) };
      return parsedPolicy({ readers: { ...good.readers, authenticate: { jwt } } }).readers;
    };
    const forward = (length: number) => make({ access: accessOf(length) }).forward('Rule', route, writes);
    expect(codeOf(() => forward(257))).toBe('jwt-url-too-long');
    expect(() => forward(256)).not.toThrow();
  });
});

describe('the security group', () => {
  test('lets the allow-list in, and nothing out but to targets', () => {
    templateOf(make()).hasResourceProperties('AWS::EC2::SecurityGroup', {
      SecurityGroupIngress: [
        { CidrIp: '203.0.113.0/24', IpProtocol: 'tcp', FromPort: 443, ToPort: 443, Description: 'clients' },
        { CidrIpv6: '2001:db8:1::/48', IpProtocol: 'tcp', FromPort: 443, ToPort: 443, Description: 'clients' },
      ],
      SecurityGroupEgress: [Match.objectLike({ CidrIp: '255.255.255.255/32' })],
    });
  });

  test('lets the load balancer fetch the keys of tokens', () => {
    templateOf(make({ access: MIXED.readers })).hasResourceProperties('AWS::EC2::SecurityGroup', {
      SecurityGroupEgress: [
        Match.objectLike({ CidrIp: '0.0.0.0/0', FromPort: 443, ToPort: 443 }),
        Match.objectLike({ CidrIpv6: '::/0', FromPort: 443, ToPort: 443 }),
      ],
    });
  });

  test('lets prefix lists in instead', () => {
    const prefixLists = [ClientPrefixList.of({ id: 'pl-01234567', maxEntries: 60 })];
    const template = templateOf(make({ prefixLists }));
    template.resourceCountIs('AWS::EC2::SecurityGroupIngress', 1);
    template.hasResourceProperties('AWS::EC2::SecurityGroupIngress', {
      SourcePrefixListId: 'pl-01234567',
      IpProtocol: 'tcp',
      FromPort: 443,
      ToPort: 443,
    });
    template.hasResourceProperties('AWS::EC2::SecurityGroup', { SecurityGroupIngress: Match.absent() });
  });

  test('lets canaries in beside the allow-list, and beside prefix lists', () => {
    templateOf(make({ watch })).hasResourceProperties('AWS::EC2::SecurityGroup', {
      SecurityGroupIngress: Match.arrayWith([
        { CidrIp: '192.0.2.10/32', IpProtocol: 'tcp', FromPort: 443, ToPort: 443, Description: 'canaries' },
      ]),
    });
    const prefixLists = [ClientPrefixList.of({ id: 'pl-01234567', maxEntries: 59 })];
    const template = templateOf(make({ prefixLists, watch }));
    template.resourceCountIs('AWS::EC2::SecurityGroupIngress', 1);
    template.hasResourceProperties('AWS::EC2::SecurityGroup', {
      SecurityGroupIngress: [Match.objectLike({ CidrIp: '192.0.2.10/32' })],
    });
  });

  test('has no rule twice if the allow-list names the canaries as well', () => {
    const template = templateOf(make({ access: allowing(['192.0.2.10/32']), watch }));
    template.hasResourceProperties('AWS::EC2::SecurityGroup', {
      SecurityGroupIngress: [Match.objectLike({ CidrIp: '192.0.2.10/32', Description: 'clients' })],
    });
  });

  test('has room for 59 networks and canaries', () => {
    expect(() => make({ access: allowing(networks(59)), watch })).not.toThrow();
  });

  test.each<[string, Partial<ExternalLoadBalancerProps>]>([
    ['61 networks', { access: allowing(networks(61)) }],
    ['60 networks and canaries', { access: allowing(networks(60)), watch }],
    ['60 entries and canaries', { prefixLists: [ClientPrefixList.of({ id: 'pl-01234567', maxEntries: 60 })], watch }],
    [
      '61 entries',
      { prefixLists: [30, 31].map((maxEntries) => ClientPrefixList.of({ id: 'pl-01234567', maxEntries })) },
    ],
  ])('has no room for %s', (_, more) => {
    expect(codeOf(() => make(more))).toBe('security-group-full');
  });

  test('has room for 60 networks of each version', () => {
    const version6 = Array.from({ length: 60 }, (_, i) => `2001:db8:${i + 1}::/48`);
    expect(() => make({ access: allowing([...networks(60), ...version6]) })).not.toThrow();
  });

  test("can be the organisation's own, whatever the length of the allow-list", () => {
    const securityGroup = SecurityGroup.fromSecurityGroupId(new Stack(), 'Own', 'sg-01234567');
    const template = templateOf(make({ access: allowing(networks(61)), options: { securityGroup } }));
    template.resourceCountIs('AWS::EC2::SecurityGroup', 0);
    template.hasResourceProperties(`${ELB}::LoadBalancer`, { SecurityGroups: ['sg-01234567'] });
  });
});

describe('logs', () => {
  test('go to an unlocked bucket with keys of S3, closed to the public, which stays', () => {
    templateOf(make()).hasResource('AWS::S3::Bucket', {
      DeletionPolicy: 'Retain',
      Properties: {
        ObjectLockEnabled: Match.absent(),
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
        },
        PublicAccessBlockConfiguration: { BlockPublicAcls: true, RestrictPublicBuckets: true },
        LifecycleConfiguration: {
          Rules: [{ ExpirationInDays: 400, NoncurrentVersionExpiration: { NoncurrentDays: 1 }, Status: 'Enabled' }],
        },
      },
    });
  });

  test('are delivered by load balancers of this account and region only', () => {
    templateOf(make()).hasResourceProperties('AWS::S3::BucketPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Effect: 'Allow',
            Action: 's3:PutObject',
            Principal: { Service: 'logdelivery.elasticloadbalancing.amazonaws.com' },
            Condition: {
              ArnLike: {
                'aws:SourceArn': {
                  'Fn::Join': [
                    '',
                    [
                      'arn:',
                      { Ref: 'AWS::Partition' },
                      ':elasticloadbalancing:',
                      { Ref: 'AWS::Region' },
                      ':',
                      { Ref: 'AWS::AccountId' },
                      ':loadbalancer/*',
                    ],
                  ],
                },
              },
            },
          }),
        ]),
      },
    });
  });

  test('can be delivered before they are asked for', () => {
    const template = templateOf(make());
    const [policy] = Object.keys(template.findResources('AWS::S3::BucketPolicy'));
    template.hasResource(`${ELB}::LoadBalancer`, { DependsOn: Match.arrayWith([policy]) });
  });

  test("can go to the organisation's own bucket", () => {
    const template = templateOf(make({ options: { logs: Bucket.fromBucketName(new Stack(), 'Own', 'central-logs') } }));
    template.resourceCountIs('AWS::S3::Bucket', 0);
    template.hasResourceProperties(`${ELB}::LoadBalancer`, {
      LoadBalancerAttributes: Match.arrayWith([{ Key: 'health_check_logs.s3.bucket', Value: 'central-logs' }]),
    });
  });
});

test('capacity is reserved only if asked for', () => {
  templateOf(make()).hasResourceProperties(`${ELB}::LoadBalancer`, { MinimumLoadBalancerCapacity: Match.absent() });
  templateOf(make({ options: { minimumCapacity: 500 } })).hasResourceProperties(`${ELB}::LoadBalancer`, {
    MinimumLoadBalancerCapacity: { CapacityUnits: 500 },
  });
});

test('it can be on IPv4 only', () => {
  templateOf(make({ options: { ipAddressType: IpAddressType.IPV4 } })).hasResourceProperties(`${ELB}::LoadBalancer`, {
    IpAddressType: 'ipv4',
  });
});
