import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { ApplicationTargetGroup, type IApplicationTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import {
  AuditLogStack,
  ImmutableAuditLog,
  type ImmutableAuditLogProps,
  Network,
  NetworkReach,
  ReadTarget,
  WriteTarget,
} from '../../lib/aws';
import { Deployment, DnsZone, Organization, PathDeployment, RegionDeployment } from '../../lib/policy';
import { codeOf } from '../policy/coded';
import { archiveStack, BREAK_GLASS, COMPLIANCE, DISPOSABLE, firstRegion, policyWith } from './archives';

const policy = policyWith(COMPLIANCE);
const deployment = Deployment.example(policy);
const region = firstRegion(policy);

function make(props: Partial<ImmutableAuditLogProps> = {}, env?: { account: string; region: string }) {
  const app = new App();
  const front = new Stack(app, 'Front', env && { env });
  const log = new ImmutableAuditLog(front, 'AuditLog', { policy, deployment, region, ...props });
  return { app, front, log, archive: Stack.of(log.archive) };
}

const made = make();
const template = Template.fromStack(made.front);

test('makes two stacks, of which the front depends on the archive', () => {
  const { stacks } = made.app.synth();
  expect(stacks.map(({ stackName }) => stackName).sort()).toEqual(['Front', 'acme-audit-archive']);
  expect(made.front.dependencies).toEqual([made.archive]);
  expect(made.archive.dependencies).toEqual([]);
});

test('knows neither account nor region, and looks nothing up', () => {
  const assembly = made.app.synth();
  expect(assembly.manifest.missing ?? []).toEqual([]);
  expect(assembly.stacks.map(({ environment }) => environment.name)).toEqual(
    assembly.stacks.map(() => 'aws://unknown-account/unknown-region'),
  );
});

test('the archive has the ids that an archive on its own has', () => {
  const ids = (stack: Stack) => Object.keys(Template.fromStack(stack).toJSON().Resources).sort();
  expect(ids(made.archive)).toEqual(ids(archiveStack(COMPLIANCE)));
});

test.each([
  ['compliance', COMPLIANCE, true],
  ['disposable', DISPOSABLE, false],
])('protects the archive from deletion: %s', (_, retention, expected) => {
  const { archive, front } = make({ policy: policyWith(retention) });
  expect([archive.terminationProtection, front.terminationProtection ?? false]).toEqual([expected, false]);
});

test('nothing in the front outlives it but logs and the view, and the policies of their buckets', () => {
  const kept = Object.entries(template.toJSON().Resources as Record<string, { Type: string; DeletionPolicy?: string }>)
    .filter(([, { DeletionPolicy }]) => DeletionPolicy !== undefined && DeletionPolicy !== 'Delete')
    .map(([, { Type }]) => Type);
  expect([...new Set(kept)].sort()).toEqual(['AWS::Logs::LogGroup', 'AWS::S3::Bucket', 'AWS::S3::BucketPolicy']);
  expect(kept.filter((type) => type === 'AWS::S3::Bucket')).toHaveLength(2);
});

test('appends and seals in functions, and searches in tasks', () => {
  template.resourcePropertiesCountIs('AWS::Lambda::Function', { Handler: 'index.handler' }, 2);
  template.resourceCountIs('AWS::ECS::Service', 1);
});

test('makes a front door with two load balancers', () => {
  template.resourceCountIs('AWS::ElasticLoadBalancingV2::LoadBalancer', 2);
});

test('needs no custom resources', () => {
  const types = Object.values(template.toJSON().Resources as Record<string, { Type: string }>).map(({ Type }) => Type);
  expect(types.filter((type) => /^Custom::|CustomResource/.test(type))).toEqual([]);
});

test('ingest, seal and query run as roles of the archive, and the front changes none of them', () => {
  const roles = Object.values(template.findResources('AWS::Lambda::Function')).map(({ Properties }) =>
    JSON.stringify(Properties.Role),
  );
  expect(roles.every((role) => role.includes('Fn::ImportValue'))).toBe(true);
  template.resourceCountIs('AWS::IAM::Policy', 0);
});

describe('the network', () => {
  test.each([
    ['reaches the internet for tasks that check tokens', {}, 2, 5],
    ['reaches nothing where no task runs', { readTarget: ReadTarget.existing(group()) }, 0, 0],
  ])('%s', (_, props, nats, interfaces) => {
    const front = Template.fromStack(make(props).front);
    front.resourceCountIs('AWS::EC2::NatGateway', nats);
    front.resourcePropertiesCountIs('AWS::EC2::VPCEndpoint', { VpcEndpointType: 'Interface' }, interfaces);
  });

  test('may be there already', () => {
    const app = new App();
    const front = new Stack(app, 'Front');
    const { archive } = archiveStack(COMPLIANCE, {}, app);
    const network = new Network(front, 'Shared', { archive, reach: NetworkReach.INTERNET });
    const log = new ImmutableAuditLog(front, 'AuditLog', { policy, deployment, archive, network });
    expect([log.network, log.archive]).toEqual([network, archive]);
    Template.fromStack(front).resourceCountIs('AWS::EC2::VPC', 1);
    expect(app.synth().stacks).toHaveLength(2);
  });
});

function group(): IApplicationTargetGroup {
  const targetGroupArn = 'arn:aws:elasticloadbalancing:eu-central-1:111122223333:targetgroup/theirs/0123456789abcdef';
  return ApplicationTargetGroup.fromTargetGroupAttributes(new Stack(), 'Theirs', { targetGroupArn });
}

describe('the region', () => {
  const env = { account: '111122223333', region: 'eu-west-1' };

  test('is that of the stack', () => {
    expect(make({ region: undefined }, env).log.archive.region.name).toBe('eu-west-1');
  });

  test('is the only one of the policy', () => {
    const only = { ...policy, regions: [region] } as typeof policy;
    expect(make({ policy: only, region: undefined }).log.archive.region.name).toBe('eu-central-1');
  });

  test.each([
    ['several to choose from', { region: undefined }, undefined, 'region-ambiguous'],
    ['a stack that is in none of them', { region: undefined }, { ...env, region: 'us-east-1' }, 'region-ambiguous'],
    ['a stack in another', {}, env, 'region-mismatch'],
    ['a stack in another account', { region: undefined }, { ...env, account: '999999999999' }, 'account-mismatch'],
    ['a deployment that lacks it', { deployment: elsewhere() }, undefined, 'region-undeployed'],
  ])('is refused with %s', (_, props, where, code) => {
    expect(codeOf(() => make(props, where))).toBe(code);
  });
});

function elsewhere(): Deployment {
  const path = PathDeployment.of({});
  return Deployment.of({
    domain: 'audit.example.com',
    zone: DnsZone.of({ id: 'Z0123456789EXAMPLE', name: 'example.com' }),
    breakGlassRoleArn: BREAK_GLASS,
    regions: [RegionDeployment.of({ name: 'us-east-1', account: '111122223333', ingest: path, query: path })],
  });
}

test("the archive obeys the region's own break-glass role", () => {
  const own = 'arn:aws:iam::111122223333:role/eu-break-glass';
  const regions = deployment.regions.map((each) => RegionDeployment.of({ ...each, breakGlassRoleArn: own }));
  const { log } = make({ deployment: Deployment.of({ ...deployment, regions }) });
  const text = JSON.stringify(Template.fromStack(Stack.of(log.archive)).toJSON());
  expect(new Set(text.match(/arn:aws:iam::\d{12}:role\/[\w-]+/g))).toEqual(new Set([own]));
});

test('front and archive have what the organization asks for', () => {
  const organization = Organization.of({
    id: 'o-a1b2c3d4e5',
    permissionsBoundary: 'platform/boundary',
    tags: { owner: 'security' },
  });
  const { front, log } = make({ deployment: Deployment.of({ ...deployment, organization }) });
  for (const stack of [front, Stack.of(log.archive)]) {
    const resources = Object.values<{ Type: string; Properties?: Record<string, unknown> }>(
      Template.fromStack(stack).toJSON().Resources,
    );
    const roles = resources.filter(({ Type }) => Type === 'AWS::IAM::Role');
    expect(roles.length).toBeGreaterThan(0);
    for (const { Properties } of roles) {
      expect(JSON.stringify(Properties?.PermissionsBoundary)).toContain(':policy/platform/boundary');
    }
    for (const { Properties } of resources.filter((each) => Array.isArray(each.Properties?.Tags))) {
      expect(Properties?.Tags).toContainEqual({ Key: 'owner', Value: 'security' });
    }
  }
});

test('without an image there is nothing to search with', () => {
  const { domain, zone, breakGlassRoleArn, regions } = deployment;
  const imageless = Deployment.of({ domain, zone, breakGlassRoleArn, regions });
  expect(codeOf(() => make({ deployment: imageless }))).toBe('image-missing');
});

test('a stack of its own looks nothing up, even where it knows account and region', () => {
  const app = new App();
  const env = { account: '111122223333', region: 'eu-central-1' };
  const stack = new AuditLogStack(app, 'Log', { policy, deployment }, { env });
  expect(app.synth().manifest.missing ?? []).toEqual([]);
  const zones = Object.values(Template.fromStack(stack).findResources('AWS::EC2::Subnet')).map(
    ({ Properties }) => Properties.AvailabilityZone,
  );
  expect(new Set(zones.map((zone) => JSON.stringify(zone))).size).toBe(2);
});

test('both targets may be tasks', () => {
  const { front } = make({ writeTarget: WriteTarget.fargate() });
  Template.fromStack(front).resourceCountIs('AWS::ECS::Service', 2);
});

// A changed id makes CloudFormation create another bucket, and leaves the logs of before behind.
test('the logical id of what the front keeps never changes', () => {
  const kept = Object.entries(template.findResources('AWS::S3::Bucket')).map(([id]) => id);
  expect(kept).toEqual(['AuditLogFrontDoorLogsBucket60FFB71C', 'AuditLogReadsViewBucket0F0E9A51']);
});
