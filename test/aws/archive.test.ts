import { App, CfnOutput, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Archive, ArchiveStack, WormBucket, WormEncryption } from '../../lib/aws';
import { Region } from '../../lib/policy';
import { codeOf } from '../policy/coded';
import { archiveStack, BREAK_GLASS, COMPLIANCE, DISPOSABLE, firstRegion, GOVERNANCE, policyWith } from './archives';

const policy = policyWith(COMPLIANCE);
const region = firstRegion(policy);
const props = { policy, region, breakGlassRoleArn: BREAK_GLASS };

// A changed id makes CloudFormation create the resource again: an empty bucket, or a key that auditors never pinned.
test.each([
  ['ArchiveRecordsBucket1C93DD29', 'AWS::S3::Bucket'],
  ['ArchiveRecordsBucketPolicy5196CA25', 'AWS::S3::BucketPolicy'],
  ['ArchiveRecordsAccessLogsCA063204', 'AWS::S3::Bucket'],
  ['ArchiveRecordsAccessLogsPolicyFB456C5A', 'AWS::S3::BucketPolicy'],
  ['ArchiveLogKeyCA5A38C1', 'AWS::KMS::Key'],
  ['ArchiveAdmissionKey00720E65', 'AWS::KMS::Key'],
  ['ArchiveRolesIngestEAE36247', 'AWS::IAM::Role'],
  ['ArchiveRolesSeal01A83098', 'AWS::IAM::Role'],
  ['ArchiveRolesQueryE0CF5332', 'AWS::IAM::Role'],
  ['ArchiveRolesViewD107104B', 'AWS::IAM::Role'],
  ['ArchiveRolesVerification2BFB6D89', 'AWS::IAM::Role'],
])('the logical id %s never changes', (id, type) => {
  expect(Template.fromStack(archiveStack(COMPLIANCE)).toJSON().Resources[id]?.Type).toBe(type);
});

test('there is nothing else in the stack', () => {
  expect(Object.keys(Template.fromStack(archiveStack(COMPLIANCE)).toJSON().Resources)).toHaveLength(11);
});

test('keys of objects begin with the log and the region', () => {
  expect(archiveStack(COMPLIANCE).archive.prefix).toBe('acme-audit/eu-central-1/');
});

test('both signing keys say what they are for', () => {
  const keys = Object.values(Template.fromStack(archiveStack(COMPLIANCE)).findResources('AWS::KMS::Key'));
  expect(keys.map((each) => each.Properties.Description)).toEqual([
    'signs the checkpoints of the root log of acme-audit/eu-central-1',
    'endorses the shards of acme-audit/eu-central-1',
  ]);
});

test('no role has a policy of its own: what it may do stands on the bucket and the keys', () => {
  const template = Template.fromStack(archiveStack(COMPLIANCE));
  template.resourceCountIs('AWS::IAM::Policy', 0);
  template.resourceCountIs('AWS::IAM::ManagedPolicy', 0);
});

test('functions and containers of this account may run as a role', () => {
  Template.fromStack(archiveStack(COMPLIANCE)).allResourcesProperties('AWS::IAM::Role', {
    AssumeRolePolicyDocument: {
      Statement: [
        { Action: 'sts:AssumeRole', Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' } },
        {
          Action: 'sts:AssumeRole',
          Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
          Effect: 'Allow',
          Principal: { Service: 'ecs-tasks.amazonaws.com' },
        },
      ],
    },
  });
});

test('another stack can use all of it, and the archive does not depend on that stack', () => {
  const stack = archiveStack(COMPLIANCE);
  const { roles, bucket, logKey } = stack.archive;
  const front = new Stack(stack.node.root as App, 'Front');
  const statements = [new PolicyStatement({ actions: ['logs:PutLogEvents'], resources: ['*'] })];
  new ManagedPolicy(front, 'Logs', { roles: [roles.ingest], statements });
  Bucket.fromBucketName(front, 'Other', 'other').grantRead(roles.query);
  new CfnOutput(front, 'Bucket', { value: bucket.bucket.bucketName });
  new CfnOutput(front, 'Key', { value: logKey.key.keyArn });
  Template.fromStack(front);
  expect(stack.dependencies).toEqual([]);
  expect(front.dependencies).toEqual([stack]);
});

test('takes a bucket that is there already', () => {
  const stack = new ArchiveStack(new App(), 'Archive', {
    ...props,
    bucket: WormBucket.fromBucketAttributes(new Stack(), 'Adopted', { bucketArn: 'arn:aws:s3:::records' }),
  });
  Template.fromStack(stack).resourceCountIs('AWS::S3::Bucket', 0);
});

describe('is refused', () => {
  const archive = (more: object, stack = new Stack(new App(), 'Stack')) =>
    new Archive(stack, 'Archive', { ...props, ...more });

  test('in a region that the policy does not list', () => {
    const elsewhere = Region.of({ name: 'us-east-1', jurisdiction: 'US' });
    expect(codeOf(() => archive({ region: elsewhere }))).toBe('region-unlisted');
  });

  test('in a stack of another region', () => {
    const stack = new Stack(new App(), 'Stack', { env: { region: 'eu-west-1' } });
    expect(codeOf(() => archive({}, stack))).toBe('region-mismatch');
  });

  test('with a bad role for break-glass', () => {
    expect(codeOf(() => archive({ breakGlassRoleArn: 'nobody' }))).toBe('role-arn-malformed');
  });

  test.each([
    ['encryption', { encryption: WormEncryption.s3Managed() }],
    ['access logs', { accessLogs: Bucket.fromBucketName(new Stack(), 'Logs', 'logs') }],
  ])('with a bucket and its %s', (_, more) => {
    const bucket = WormBucket.fromBucketAttributes(new Stack(), 'Adopted', { bucketArn: 'arn:aws:s3:::records' });
    expect(codeOf(() => archive({ bucket, ...more }))).toBe('bucket-ambiguous');
  });

  test('without termination protection, at synthesis', () => {
    const stack = new Stack(new App(), 'Stack');
    archive({}, stack);
    expect(() => (stack.node.root as App).synth()).toThrow('[termination-protection-off]');
  });
});

test('is taken in a stack of its own region', () => {
  const stack = new Stack(new App(), 'Stack', { env: { region: 'eu-central-1' }, terminationProtection: true });
  new Archive(stack, 'Archive', props);
  expect(() => (stack.node.root as App).synth()).not.toThrow();
});

test.each([
  ['compliance', COMPLIANCE, true],
  ['governance', GOVERNANCE, true],
  ['disposable', DISPOSABLE, false],
])('termination protection of the stack: %s', (_, retention, expected) => {
  const stack = archiveStack(retention);
  expect(stack.terminationProtection).toBe(expected);
  expect(() => (stack.node.root as App).synth()).not.toThrow();
});
