import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { ApplicationLoadBalancer } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { AuditLogStack, FrontDoor, type FrontDoorContext, LogPath, PublishedNames } from '../../lib/aws';
import { certificateFor, publicName, publishNames, regionalName } from '../../lib/aws/public-names';
import { type AuditLogPolicy, Deployment, DnsZone, PathDeployment, RegionDeployment } from '../../lib/policy';
import { codeOf } from '../policy/coded';
import { parsedPolicy } from '../policy/parsed-policy';
import { firstRegion } from './archives';
import { MIXED, makeFront } from './front-doors';
import { routingStack } from './routed-logs';
import { RoutingSimulator } from './routing-simulator';

const ZONE = DnsZone.of({ id: 'Z0123456789EXAMPLE', name: 'example.com' });
const OWN = DnsZone.of({ id: 'Z9876543210EXAMPLE', name: 'eu-audit.example.com' });
const ARN = 'arn:aws:acm:eu-central-1:444455556666:certificate/11111111-2222-3333-4444-555555555555';

const policy = parsedPolicy({ regions: [{ name: 'eu-central-1', jurisdiction: 'EU' }] });

/** One region, in its own account and perhaps with its own zone. */
function deploymentOf(region: { account: string; zone?: DnsZone; certificateArn?: string }, zone = ZONE): Deployment {
  const { account, certificateArn } = region;
  const path = PathDeployment.of({ certificateArn });
  const place = { name: 'eu-central-1', account, ingest: path, query: path, zone: region.zone };
  const { domain } = Deployment.example(policy);
  const breakGlassRoleArn = `arn:aws:iam::${account}:role/audit-log-break-glass`;
  return Deployment.of({ domain, breakGlassRoleArn, zone, regions: [RegionDeployment.of(place)] });
}

const here = deploymentOf({ account: '111122223333' });
const withZone = deploymentOf({ account: '111122223333', zone: OWN });
const elsewhere = (certificateArn?: string) =>
  deploymentOf(
    { account: '444455556666', zone: OWN, certificateArn },
    DnsZone.of({ id: ZONE.id, name: ZONE.name, account: '111122223333' }),
  );

/** The names that are published, each with its zone. */
function published(deployment: Deployment, names: PublishedNames): string[] {
  const stack = new Stack();
  const loadBalancer = ApplicationLoadBalancer.fromApplicationLoadBalancerAttributes(stack, 'LoadBalancer', {
    loadBalancerArn: 'arn:aws:elasticloadbalancing:eu-central-1:111122223333:loadbalancer/app/a/0123456789abcdef',
    loadBalancerCanonicalHostedZoneId: 'ZLOADBALANCERS',
    loadBalancerDnsName: 'a.eu-central-1.elb.amazonaws.com',
    securityGroupId: 'sg-0123456789abcdef0',
  });
  publishNames(stack, LogPath.QUERY, { deployment, region: firstRegion(policy), names }, loadBalancer);
  const records = Template.fromStack(stack).findResources('AWS::Route53::RecordSet', {
    Properties: { AliasTarget: { EvaluateTargetHealth: false } },
  });
  return Object.values(records).map(
    ({ Properties: { Name, Type, HostedZoneId } }) => `${Name} ${Type} ${HostedZoneId}`,
  );
}

test('the public name is below the domain', () => {
  expect(publicName(LogPath.INGEST, here)).toBe('ingest.audit.example.com');
});

test.each([
  ['the domain', here, 'eu-central-1.ingest.audit.example.com'],
  ["the region's own zone", withZone, 'eu-central-1.ingest.eu-audit.example.com'],
])('the regional name is below %s', (_, deployment, name) => {
  expect(regionalName(LogPath.INGEST, deployment, 'eu-central-1')).toBe(name);
});

describe('published are', () => {
  test.each<[string, Deployment, PublishedNames, string[]]>([
    [
      'all names',
      here,
      PublishedNames.ALL,
      [
        'eu-central-1.query.audit.example.com. A Z0123456789EXAMPLE',
        'eu-central-1.query.audit.example.com. AAAA Z0123456789EXAMPLE',
        'query.audit.example.com. A Z0123456789EXAMPLE',
        'query.audit.example.com. AAAA Z0123456789EXAMPLE',
      ],
    ],
    [
      "the region's name in its own zone",
      elsewhere(),
      PublishedNames.REGIONAL,
      [
        'eu-central-1.query.eu-audit.example.com. A Z9876543210EXAMPLE',
        'eu-central-1.query.eu-audit.example.com. AAAA Z9876543210EXAMPLE',
      ],
    ],
    ['none without a zone', Deployment.of({ ...here, zone: undefined }), PublishedNames.ALL, []],
  ])('%s', (_, deployment, names, expected) => {
    expect(published(deployment, names).sort()).toEqual(expected);
  });

  test('no public names from another account than that of their zone', () => {
    expect(codeOf(() => published(elsewhere(), PublishedNames.ALL))).toBe('zone-in-other-account');
  });
});

describe('the certificate', () => {
  test.each([
    [57, undefined, undefined],
    [58, undefined, 'certificate-name-too-long'],
    [58, ARN.replace('444455556666', '111122223333'), undefined],
  ])('of a domain of %s characters, %s', (length, certificateArn, code) => {
    const domain = `${'a'.repeat(length - 'example.com'.length - 1)}.example.com`;
    const long = Deployment.of({ ...deploymentOf({ account: '111122223333', certificateArn }), domain });
    const issue = () => certificateFor(new Stack(), LogPath.INGEST, long, firstRegion(policy));
    if (code === undefined) expect(issue).not.toThrow();
    else expect(codeOf(issue)).toBe(code);
  });

  const certificate = (deployment: Deployment) => {
    const stack = new Stack();
    const made = certificateFor(stack, LogPath.INGEST, deployment, firstRegion(policy));
    return { arn: made.certificateArn, template: Template.fromStack(stack) };
  };

  test('has both names, each validated in its zone', () => {
    certificate(withZone).template.hasResourceProperties('AWS::CertificateManager::Certificate', {
      DomainName: 'ingest.audit.example.com',
      SubjectAlternativeNames: ['eu-central-1.ingest.eu-audit.example.com'],
      DomainValidationOptions: [
        { DomainName: 'ingest.audit.example.com', HostedZoneId: 'Z0123456789EXAMPLE' },
        { DomainName: 'eu-central-1.ingest.eu-audit.example.com', HostedZoneId: 'Z9876543210EXAMPLE' },
      ],
    });
  });

  test('must be given where the zone of the domain is in another account', () => {
    expect(codeOf(() => certificate(elsewhere()))).toBe('certificate-missing');
  });

  test('is the one that is given', () => {
    const { arn, template } = certificate(elsewhere(ARN));
    expect(arn).toBe(ARN);
    template.resourceCountIs('AWS::CertificateManager::Certificate', 0);
  });
});

describe('a front door of one region among several', () => {
  const names = (stack: Stack) =>
    Object.values(Template.fromStack(stack).findResources('AWS::Route53::RecordSet'))
      .map(({ Properties: { Name, Type } }) => `${Name} ${Type}`)
      .sort();

  const regional = (region: string) =>
    ['ingest', 'query'].flatMap((path) => ['A', 'AAAA'].map((type) => `${region}.${path}.audit.example.com. ${type}`));

  test('publishes its own names only', () => {
    expect(names(makeFront(MIXED, FrontDoor.regional()).stack)).toEqual(regional('eu-central-1'));
  });

  test('binds the door that it is given, with all the rest of the context', () => {
    let bound: FrontDoorContext | undefined;
    const door = FrontDoor.regional({
      bind: (_, context) => {
        bound = context;
        return {};
      },
    });
    makeFront(MIXED, door);
    expect(bound).toMatchObject({ policy: MIXED, region: firstRegion(MIXED), names: PublishedNames.REGIONAL });
  });

  const fronts = (each: AuditLogPolicy) => {
    const front = { policy: each, deployment: Deployment.example(each), region: firstRegion(each) };
    const env = { account: '111122223333', region: 'eu-central-1' };
    return new AuditLogStack(new App(), 'AuditLog', front, { env });
  };

  test('is what a log of several regions has by itself', () => {
    expect(names(fronts(MIXED))).toEqual(regional('eu-central-1'));
  });

  test('is not what a log of one region has by itself', () => {
    expect(names(fronts(policy))).toContain('ingest.audit.example.com. A');
  });

  test('is where global routing leads to', () => {
    const zones = { Z0123456789EXAMPLE: 'example.com' };
    const stacks = [makeFront(MIXED, FrontDoor.regional()).stack, routingStack(MIXED)];
    const templates = stacks.map((stack, index) => {
      return { region: index === 0 ? 'eu-central-1' : 'us-west-2', template: Template.fromStack(stack).toJSON() };
    });
    const client = { nearest: ['eu-central-1', 'eu-west-1'] };
    expect(new RoutingSimulator(templates, zones).resolve('query.audit.example.com', 'AAAA', client)).toMatchObject({
      endpoint: expect.stringMatching(/^eu-central-1 QueryLoadBalancer/),
    });
  });
});
