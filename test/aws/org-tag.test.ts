process.env.CDK_VALIDATION = 'false';

import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { archiveStack, DISPOSABLE } from './archives';
import { CheckedLog } from './checked-app';

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

test('the stack of the archive has it too, that of the front has not', () => {
  expect(archive.tags.tagValues()).toHaveProperty('immutable-audit-log');
  expect(log.front.tags.tagValues()).toEqual({});
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
