import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Key } from 'aws-cdk-lib/aws-kms';
import {
  type ArchiveProps,
  ArchiveStack,
  Network,
  NetworkReach,
  Replication,
  WormBucket,
  WormEncryption,
} from '../../lib/aws';
import { Deployment } from '../../lib/policy';
import { codeOf } from '../policy/coded';
import { parsedPolicy } from '../policy/parsed-policy';
import { archiveStack, BREAK_GLASS, COMPLIANCE, firstRegion } from './archives';
import { FIVE_REGIONS, regionOf, replicatedStack, replicationOf } from './replicated';

const stack = replicatedStack();
const template = Template.fromStack(stack);

const ROLE = 'ArchiveReplicationRoleB6F36BB2';
const RECORDS = 'ArchiveRecordsBucket1C93DD29';

interface Rule {
  readonly Id: string;
  readonly Priority: number;
  readonly Destination: { readonly Bucket: unknown };
}

function configuration(): { readonly Role: unknown; readonly Rules: readonly Rule[] } {
  return template.toJSON().Resources[RECORDS].Properties.ReplicationConfiguration;
}

const bucketArn = (name: string) => ({ 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:s3:::${name}`]] });

test('there is a rule for each destination, with a priority of its own', () => {
  expect(configuration().Rules.map(({ Id, Priority, Destination }) => [Id, Priority, Destination.Bucket])).toEqual([
    ['eu-west-1', 1, bucketArn('acme-audit-replicas-444455556666-eu-west-1-an')],
    ['eu-north-1', 2, bucketArn('acme-audit-replicas-111122223333-eu-north-1-an')],
  ]);
});

test('every rule copies the log within 15 minutes, and no delete marker', () => {
  for (const rule of configuration().Rules) {
    expect(rule).toMatchObject({
      Status: 'Enabled',
      Filter: { Prefix: 'acme-audit/eu-central-1/' },
      DeleteMarkerReplication: { Status: 'Disabled' },
      Destination: {
        ReplicationTime: { Status: 'Enabled', Time: { Minutes: 15 } },
        Metrics: { Status: 'Enabled', EventThreshold: { Minutes: 15 } },
      },
    });
  }
});

test('S3 replicates as a role that others can name, and that only S3 assumes', () => {
  expect(configuration().Role).toEqual({ 'Fn::GetAtt': [ROLE, 'Arn'] });
  expect(template.toJSON().Resources[ROLE].Properties).toMatchObject({
    RoleName: 'acme-audit-eu-central-1-replication',
    AssumeRolePolicyDocument: {
      Statement: [{ Action: 'sts:AssumeRole', Effect: 'Allow', Principal: { Service: 's3.amazonaws.com' } }],
    },
  });
});

test('the role may create copies below the prefix of the log', () => {
  const policies = template.findResources('AWS::IAM::ManagedPolicy', { Properties: { Roles: Match.absent() } });
  const [[id, policy] = []] = Object.entries(policies);
  const copies = (name: string) => ({
    'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:s3:::${name}/acme-audit/eu-central-1/*`]],
  });
  expect(template.toJSON().Resources[ROLE].Properties.ManagedPolicyArns).toEqual([{ Ref: id }]);
  expect(policy?.Properties.PolicyDocument.Statement).toEqual([
    {
      Effect: 'Allow',
      Action: 's3:ReplicateObject',
      Resource: [
        copies('acme-audit-replicas-444455556666-eu-west-1-an'),
        copies('acme-audit-replicas-111122223333-eu-north-1-an'),
      ],
    },
  ]);
});

// CloudFormation follows what refers to what: the bucket to the role, the role to this policy, and this policy to nothing.
test('the role may create copies before a rule of the bucket has S3 do so', () => {
  const [policy] = Object.values(
    template.findResources('AWS::IAM::ManagedPolicy', { Properties: { Roles: Match.absent() } }),
  );
  expect(policy).toBeDefined();
  expect(JSON.stringify(policy)).not.toMatch(/"Ref":"(?!AWS::Partition)|Fn::GetAtt|DependsOn/);
});

test('the role may read records with their locks', () => {
  const [policy] = Object.values(
    template.findResources('AWS::IAM::ManagedPolicy', { Properties: { Roles: [{ Ref: ROLE }] } }),
  );
  const records = { 'Fn::GetAtt': [RECORDS, 'Arn'] };
  expect(policy?.Properties.PolicyDocument.Statement).toEqual([
    { Effect: 'Allow', Action: ['s3:GetReplicationConfiguration', 's3:ListBucket'], Resource: records },
    {
      Effect: 'Allow',
      Action: [
        's3:GetObjectVersionForReplication',
        's3:GetObjectVersionAcl',
        's3:GetObjectRetention',
        's3:GetObjectLegalHold',
      ],
      Resource: { 'Fn::Join': ['', [records, '/acme-audit/eu-central-1/*']] },
    },
  ]);
});

test('the bucket of the records keeps its policy', () => {
  const policyIn = (from: Template) => from.toJSON().Resources.ArchiveRecordsBucketPolicy5196CA25;
  expect(policyIn(template)).toEqual(policyIn(Template.fromStack(archiveStack(COMPLIANCE))));
});

test('query, view and verification read what other regions copied here, and nobody else does', () => {
  const { bucket, regions } = stack.archive.replicas!;
  expect(bucket.bucketName).toBe('acme-audit-replicas-111122223333-eu-central-1-an');
  expect(regions.map(({ name }) => name)).toEqual(['eu-west-1', 'eu-north-1']);
  const policies = Object.entries(template.findResources('AWS::IAM::ManagedPolicy')).filter(([id]) =>
    id.startsWith('ArchiveReplicas'),
  );
  expect(policies.map(([, { Properties }]) => Properties.Roles[0].Ref).sort()).toEqual([
    'ArchiveRolesQueryE0CF5332',
    'ArchiveRolesVerification2BFB6D89',
    'ArchiveRolesViewD107104B',
  ]);
});

test('tasks in a VPC of ours reach the replicas', () => {
  const { archive } = replicatedStack();
  const front = new Stack(archive.node.root as App, 'Front');
  new Network(front, 'Network', { archive, reach: NetworkReach.AWS });
  const endpoints = Template.fromStack(front).findResources('AWS::EC2::VPCEndpoint', {
    Properties: { VpcEndpointType: 'Gateway' },
  });
  const statements = Object.values(endpoints).flatMap(({ Properties }) => Properties.PolicyDocument.Statement);
  expect(statements).toContainEqual(
    expect.objectContaining({
      Action: 's3:GetObject',
      Resource: {
        'Fn::Join': [
          '',
          ['arn:', { Ref: 'AWS::Partition' }, ':s3:::acme-audit-replicas-111122223333-eu-central-1-an/*'],
        ],
      },
    }),
  );
});

test('without replication, and in the only region of a jurisdiction, there is none', () => {
  for (const alone of [archiveStack(COMPLIANCE), replicatedStack('us-east-1')]) {
    expect(alone.archive.replicas).toBeUndefined();
    const made = Template.fromStack(alone);
    expect(made.toJSON().Resources[RECORDS].Properties.ReplicationConfiguration).toBeUndefined();
    made.resourceCountIs('AWS::IAM::ManagedPolicy', 0);
  }
});

test('neither stack depends on the other', () => {
  expect(stack.dependencies).toEqual([]);
  expect(JSON.stringify(template.toJSON())).not.toContain('Fn::ImportValue');
});

describe('is refused', () => {
  const replicated = (more: Partial<ArchiveProps>) =>
    codeOf(
      () =>
        new ArchiveStack(new App(), 'Archive', {
          policy: FIVE_REGIONS,
          region: regionOf(FIVE_REGIONS, 'eu-central-1'),
          breakGlassRoleArn: BREAK_GLASS,
          replication: replicationOf('eu-central-1'),
          ...more,
        }),
    );

  test('that of another region', () => {
    expect(replicated({ replication: replicationOf('eu-west-1') })).toBe('region-mismatch');
  });

  test.each([
    [
      'in another jurisdiction',
      [
        { name: 'eu-central-1', jurisdiction: 'EU' },
        { name: 'eu-west-1', jurisdiction: 'UK' },
      ],
    ],
    ['not at all', [{ name: 'eu-central-1', jurisdiction: 'EU' }]],
  ])('to a region that the policy has %s', (_, regions) => {
    const policy = parsedPolicy({ regions });
    expect(replicated({ policy, region: firstRegion(policy) })).toBe('replication-across-jurisdictions');
  });

  test('from a bucket that the archive does not make', () => {
    const scope = new Stack();
    const adopted = WormBucket.fromBucketAttributes(scope, 'Adopted', { bucketArn: 'arn:aws:s3:::records' });
    const made = new WormBucket(scope, 'Records', { retention: COMPLIANCE, breakGlassRoleArn: BREAK_GLASS });
    for (const bucket of [adopted, made]) expect(replicated({ bucket })).toBe('replication-of-adopted-bucket');
  });

  test('of records under a KMS key', () => {
    const encryption = WormEncryption.ownKey(new Key(new Stack(), 'Key'));
    expect(replicated({ encryption })).toBe('replication-of-own-key');
  });

  test('but an adopted bucket or a KMS key is fine where nothing is copied', () => {
    const policy = parsedPolicy({ regions: [{ name: 'eu-central-1', jurisdiction: 'EU' }] });
    const region = firstRegion(policy);
    const replication = Replication.withinJurisdiction(policy, Deployment.example(policy), region);
    const bucket = WormBucket.fromBucketAttributes(new Stack(), 'Adopted', { bucketArn: 'arn:aws:s3:::records' });
    const make = () =>
      new ArchiveStack(new App(), 'Archive', { policy, region, breakGlassRoleArn: BREAK_GLASS, replication, bucket });
    expect(make).not.toThrow();
  });
});
