import { App, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { ApplicationListener } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { FrontDoor, type IFrontDoor } from '../../lib/aws';
import { Deployment, PathDeployment, RegionDeployment } from '../../lib/policy';
import { codeOf, errorOf } from '../policy/coded';
import { parsedPolicy } from '../policy/parsed-policy';
import { good } from '../policy/policies';
import { ALIKE, MIXED, makeFront } from './front-doors';

const ELB = 'AWS::ElasticLoadBalancingV2';
const ARN = 'arn:aws:acm:eu-central-1:111122223333:certificate/11111111-2222-3333-4444-555555555555';

/** The example without its zone, with one certificate for both names or with none. */
function withoutZone(certificateArn?: string): Deployment {
  const { domain, breakGlassRoleArn, regions } = Deployment.example(ALIKE);
  const path = PathDeployment.of({ certificateArn });
  const elsewhere = regions.slice(1);
  const first = RegionDeployment.of({ name: 'eu-central-1', account: '111122223333', ingest: path, query: path });
  return Deployment.of({ domain, breakGlassRoleArn, regions: [first, ...elsewhere] });
}

describe('split', () => {
  const { stack, ...paths } = makeFront();
  const template = Template.fromStack(stack);

  test.each([
    [`${ELB}::LoadBalancer`, 2],
    ['AWS::WAFv2::WebACL', 2],
    ['AWS::WAFv2::WebACLAssociation', 2],
    ['AWS::EC2::SecurityGroup', 2],
    ['AWS::S3::Bucket', 1],
  ])('has of %s: %s', (type, count) => {
    template.resourceCountIs(type, count);
  });

  test.each(['ingest', 'query'] as const)('the certificate of %s has both names, validated in the zone', (path) => {
    const names = [`${path}.audit.example.com`, `eu-central-1.${path}.audit.example.com`];
    template.hasResourceProperties('AWS::CertificateManager::Certificate', {
      DomainName: names[0],
      SubjectAlternativeNames: [names[1]],
      ValidationMethod: 'DNS',
      DomainValidationOptions: names.map((name) => ({ DomainName: name, HostedZoneId: 'Z0123456789EXAMPLE' })),
    });
  });

  test.each([
    ['ingest', '', 'A'],
    ['ingest', '', 'AAAA'],
    ['ingest', 'eu-central-1.', 'A'],
    ['ingest', 'eu-central-1.', 'AAAA'],
    ['query', '', 'A'],
    ['query', '', 'AAAA'],
    ['query', 'eu-central-1.', 'A'],
    ['query', 'eu-central-1.', 'AAAA'],
  ] as const)('the name of %s with the prefix "%s" leads to its load balancer, type %s', (path, prefix, type) => {
    const id = stack.getLogicalId(paths[path]?.loadBalancer.node.defaultChild as never);
    template.hasResourceProperties('AWS::Route53::RecordSet', {
      Name: `${prefix}${path}.audit.example.com.`,
      Type: type,
      HostedZoneId: 'Z0123456789EXAMPLE',
      AliasTarget: {
        DNSName: { 'Fn::Join': ['', ['dualstack.', { 'Fn::GetAtt': [id, 'DNSName'] }]] },
        HostedZoneId: { 'Fn::GetAtt': [id, 'CanonicalHostedZoneID'] },
        EvaluateTargetHealth: false,
      },
    });
  });

  test.each([
    ['ingest', 'ingestFirewall'],
    ['query', 'queryFirewall'],
  ] as const)('the firewall of %s stands before its load balancer', (path, firewall) => {
    template.hasResourceProperties('AWS::WAFv2::WebACLAssociation', {
      ResourceArn: stack.resolve(paths[path]?.loadBalancer.loadBalancerArn),
      WebACLArn: stack.resolve(paths[firewall]?.webAclArn),
    });
  });
});

describe('without a zone', () => {
  test('no name is published, and the certificates of the deployment are used', () => {
    const template = Template.fromStack(makeFront(ALIKE, FrontDoor.split(), withoutZone(ARN)).stack);
    template.resourceCountIs('AWS::Route53::RecordSet', 0);
    template.resourceCountIs('AWS::CertificateManager::Certificate', 0);
    template.allResourcesProperties(`${ELB}::Listener`, { Certificates: [{ CertificateArn: ARN }] });
  });

  test('a certificate that is missing is named', () => {
    const error = errorOf(() => makeFront(ALIKE, FrontDoor.split(), withoutZone()));
    expect([error.code, error.message]).toEqual([
      'certificate-missing',
      expect.stringContaining('ingest.audit.example.com'),
    ]);
  });
});

test('a region that is not deployed is refused', () => {
  const [first] = Deployment.example(ALIKE).regions;
  const deployment = Deployment.of({
    ...Deployment.example(ALIKE),
    regions: [RegionDeployment.of({ ...first!, name: 'us-east-1' })],
  });
  expect(codeOf(() => makeFront(ALIKE, FrontDoor.split(), deployment))).toBe('region-undeployed');
});

describe('shared', () => {
  test('has one load balancer and one firewall, with a certificate for each name', () => {
    const { stack, ingest, query, ingestFirewall, queryFirewall } = makeFront(ALIKE, FrontDoor.shared());
    expect([ingest, ingestFirewall]).toEqual([query, queryFirewall]);
    const template = Template.fromStack(stack);
    template.resourceCountIs(`${ELB}::LoadBalancer`, 1);
    template.resourceCountIs('AWS::WAFv2::WebACL', 1);
    template.resourceCountIs(`${ELB}::ListenerCertificate`, 1);
    template.resourceCountIs('AWS::Route53::RecordSet', 8);
  });

  test('takes one certificate of both names', () => {
    const { stack } = makeFront(ALIKE, FrontDoor.shared(), withoutZone(ARN));
    Template.fromStack(stack).resourceCountIs(`${ELB}::ListenerCertificate`, 0);
  });

  test.each<[string, object]>([
    ['authenticate', { authenticate: { jwt: { ...good.readers.authenticate.jwt, audience: 'other' } } }],
    ['allow', { allow: ['192.0.2.0/24'] }],
    ['rateLimit', { rateLimit: { requests: 10, perSeconds: 60 } }],
  ])('is refused where writers and readers differ in %s', (member, more) => {
    const policy = parsedPolicy({ writers: { ...good.readers, ...more }, readers: good.readers });
    const error = errorOf(() => makeFront(policy, FrontDoor.shared()));
    expect([error.code, error.details.given]).toEqual(['paths-not-alike', [member]]);
  });
});

describe('shared, where clients stay in their jurisdiction', () => {
  const jurisdiction = { EU: ['DE'] };
  const policyOf = (traffic: object) => parsedPolicy({ writers: good.readers, readers: good.readers, traffic });

  test('is refused if they do so on one path only', () => {
    const error = errorOf(() =>
      makeFront(policyOf({ writes: { jurisdiction }, reads: 'latency' }), FrontDoor.shared()),
    );
    expect([error.code, error.details.given]).toEqual(['paths-not-alike', ['residency']]);
  });

  test('keeps them there on both', () => {
    const both = policyOf({ writes: { jurisdiction }, reads: { jurisdiction } });
    const names = makeFront(both, FrontDoor.shared())
      .ingestFirewall?._rules()
      .map(({ name }) => name);
    expect(names).toContain('outside-jurisdiction');
  });
});

describe('on existing listeners', () => {
  const listenerArn =
    'arn:aws:elasticloadbalancing:eu-central-1:111122223333:listener/app/ours/50dc6c495c0c9188/f2f7dc8efc522ab2';

  function existing(): IFrontDoor {
    const scope = new Stack(new App(), 'Elsewhere');
    const listener = ApplicationListener.fromApplicationListenerAttributes(scope, 'Listener', {
      listenerArn,
      securityGroup: SecurityGroup.fromSecurityGroupId(scope, 'Group', 'sg-01234567'),
    });
    return FrontDoor.existing({ writes: listener, reads: listener, firstPriority: 700 });
  }

  test('adds rules for the names of each path and nothing else', () => {
    const { stack, ingest, ingestFirewall } = makeFront(MIXED, existing());
    expect([ingest, ingestFirewall]).toEqual([undefined, undefined]);
    const template = Template.fromStack(stack);
    template.resourceCountIs(`${ELB}::LoadBalancer`, 0);
    template.resourceCountIs('AWS::WAFv2::WebACL', 0);
    template.hasResourceProperties(`${ELB}::ListenerRule`, {
      ListenerArn: listenerArn,
      Priority: 700,
      Conditions: [
        { Field: 'host-header', HostHeaderConfig: { Values: ['ingest.audit.example.com'] } },
        { Field: 'http-request-method', HttpRequestMethodConfig: { Values: ['POST'] } },
        { Field: 'path-pattern', PathPatternConfig: { Values: ['/v1/events'] } },
      ],
      Actions: [{ Type: 'forward' }],
    });
    const names = Object.values(template.findResources(`${ELB}::ListenerRule`)).map(({ Properties }) => {
      return `${Properties.Priority} ${Properties.Conditions[0].HostHeaderConfig.Values}`;
    });
    expect(names.sort()).toEqual([
      '700 ingest.audit.example.com',
      '701 query.audit.example.com',
      '702 eu-central-1.ingest.audit.example.com',
      '703 eu-central-1.query.audit.example.com',
    ]);
    template.hasResourceProperties(`${ELB}::ListenerRule`, {
      Priority: 701,
      Conditions: Match.arrayWith([
        { Field: 'host-header', HostHeaderConfig: { Values: ['query.audit.example.com'] } },
      ]),
      Actions: [Match.objectLike({ Type: 'jwt-validation' }), Match.objectLike({ Type: 'forward' })],
    });
  });

  test.each([
    ['mutual authentication, where clients have certificates', MIXED, 1],
    ['no mutual authentication, where they have tokens', ALIKE, 0],
  ])('warns of %s', (_, policy, count) => {
    const { stack } = makeFront(policy, existing());
    const annotations = Annotations.fromStack(stack);
    expect(annotations.findWarning('*', Match.stringLikeRegexp('not enforced here'))).toHaveLength(1);
    expect(annotations.findWarning('*', Match.stringLikeRegexp('mode verify'))).toHaveLength(count);
  });

  test.each([
    ['one path', 'latency', 1],
    ['no path', undefined, 0],
  ])('warns of the mark that services demand where clients of %s stay in their jurisdiction', (_, writes, count) => {
    const traffic = writes === undefined ? good.traffic : { writes, reads: { jurisdiction: { EU: ['DE'] } } };
    const { stack } = makeFront(parsedPolicy({ traffic }), existing());
    const mark = Match.stringLikeRegexp(
      'outside EU, let canaries read nothing but .+action=audit-log.canary&.+, and set x-amzn-waf-audit-jurisdiction',
    );
    expect(Annotations.fromStack(stack).findWarning('*', mark)).toHaveLength(count);
  });

  test('clients who need not prove who they are, are refused', () => {
    const policy = parsedPolicy({ writers: { ...good.writers, authenticate: { none: {} } } });
    expect(codeOf(() => makeFront(policy, existing()))).toBe('access-open');
  });
});
