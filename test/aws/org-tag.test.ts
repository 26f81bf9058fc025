process.env.CDK_VALIDATION = 'false';

import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { ArchiveStack, AuditLogStack, ReadTarget, Replication, WriteTarget } from '../../lib/aws';
import { parsedPolicy } from '../policy/parsed-policy';
import { archiveStack, BREAK_GLASS, DISPOSABLE, firstRegion } from './archives';
import { CheckedLog } from './checked-app';
import { deploymentOf, SynthesizedLog } from './multi-region-logs';

interface Resource {
  readonly Type: string;
  readonly Properties: {
    readonly Tags?: { Key: string; Value: string }[] | Record<string, string>;
    AbacStatus?: string;
  };
}

const resourcesOf = (stack: Stack): [string, Resource][] =>
  Object.entries(Template.fromStack(stack).toJSON().Resources);

function tagsOf({ Properties: { Tags = [] } }: Resource): Record<string, string> {
  return Array.isArray(Tags) ? Object.fromEntries(Tags.map(({ Key, Value }) => [Key, Value])) : Tags;
}

/** What the organisation's policies know by its tag. */
const BOUND = [
  'AWS::ApplicationAutoScaling::ScalableTarget',
  'AWS::EC2::SecurityGroup',
  'AWS::EC2::VPCEndpoint',
  'AWS::ECS::Cluster',
  'AWS::ECS::Service',
  'AWS::ElasticLoadBalancingV2::Listener',
  'AWS::ElasticLoadBalancingV2::ListenerRule',
  'AWS::ElasticLoadBalancingV2::LoadBalancer',
  'AWS::ElasticLoadBalancingV2::TargetGroup',
  'AWS::ElasticLoadBalancingV2::TrustStore',
  'AWS::Events::Rule',
  'AWS::IAM::Role',
  'AWS::KMS::Key',
  'AWS::Lambda::Function',
  'AWS::Logs::LogGroup',
  'AWS::S3::Bucket',
  'AWS::WAFv2::IPSet',
  'AWS::WAFv2::WebACL',
];

const log = new CheckedLog();
const archive = Stack.of(log.archive);
const all = [...resourcesOf(archive), ...resourcesOf(log.front)];

test.each(BOUND)('every %s of a log has its tag', (type) => {
  const found = all.filter(([, { Type }]) => Type === type);
  expect(found.length).toBeGreaterThan(0);
  for (const [, resource] of found)
    expect(tagsOf(resource)).toHaveProperty('immutable-audit-log', log.archive.policy.name);
});

test('stacks have it too, so that nobody but deployment changes them', () => {
  const front = new AuditLogStack(new App(), 'AuditLog', {
    policy: log.archive.policy,
    deployment: deploymentOf(log.archive.policy),
    region: log.archive.region,
  });
  Template.fromStack(front);
  const stacks = [archive, front, Stack.of(front.auditLog.archive)];
  for (const stack of stacks) expect(stack.tags.tagValues()).toHaveProperty('immutable-audit-log');
});

test('tasks get the tags of their service', () => {
  const services = all.filter(([, { Type }]) => Type === 'AWS::ECS::Service');
  expect(services.map(([, { Properties }]) => Properties)).toEqual([
    expect.objectContaining({ PropagateTags: 'SERVICE' }),
  ]);
});

test.each([
  ['functions', { writeTarget: WriteTarget.lambda(), readTarget: ReadTarget.lambda() }],
  ['tasks', { writeTarget: WriteTarget.fargate(), readTarget: ReadTarget.fargate() }],
])('every role and managed policy of a log with %s, its canary included, is known by its path', (_, targets) => {
  const { resources } = new SynthesizedLog(parsedPolicy(), {}, targets);
  const identities = resources.filter(([, , { Type }]) => /^AWS::IAM::(Role|ManagedPolicy|Policy)$/.test(Type));
  const paths = new Set(identities.map(([, , { Properties }]) => Properties?.Path));
  expect([...paths].sort()).toEqual(['/immutable-audit-log/', '/immutable-audit-log/starter/']);
  const starters = identities.filter(([, , { Properties }]) => Properties?.Path === '/immutable-audit-log/starter/');
  expect(starters.map(([path, id]) => [path, id])).toEqual(
    ['eu-central-1', 'eu-west-1'].map((region) => [
      `acme-audit/${region}/front`,
      expect.stringMatching(/^AuditLogReadsRollUpStarter/),
    ]),
  );
});

test('buckets show their tags to policies, except for that of the view, which can be made again', () => {
  const buckets = all.filter(([, { Type }]) => Type === 'AWS::S3::Bucket');
  const hidden = buckets.filter(([, { Properties }]) => Properties.AbacStatus !== 'Enabled');
  expect(hidden.map(([id]) => id)).toEqual([expect.stringMatching(/ViewBucket/)]);
});

test('only the bucket of the records says that it is locked', () => {
  const locked = all.filter(([, resource]) => 'immutable-audit-log:locked' in tagsOf(resource));
  expect(locked.map(([id, resource]) => [id, tagsOf(resource)['immutable-audit-log:locked']])).toEqual([
    [expect.stringMatching(/^ArchiveRecordsBucket/), 'compliance'],
  ]);
});

test('nothing of a disposable log has a tag', () => {
  const stack = archiveStack(DISPOSABLE, {}, new App());
  for (const [, resource] of resourcesOf(stack)) expect(tagsOf(resource)).toEqual({});
  expect(stack.tags.tagValues()).toEqual({});
});

test('nor has anything of one that is replicated', () => {
  const policy = parsedPolicy({ retention: { mode: 'governance', days: 1, disposable: true } });
  const region = firstRegion(policy);
  const replication = Replication.withinJurisdiction(policy, deploymentOf(policy), region);
  const props = { policy, region, breakGlassRoleArn: BREAK_GLASS, replication };
  for (const [, resource] of resourcesOf(new ArchiveStack(new App(), 'Archive', props)))
    expect(tagsOf(resource)).toEqual({});
});
