import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { ReplicaBucket, ReplicaStack } from '../../lib/aws';
import { Deployment, type Retention } from '../../lib/policy';
import { codeOf } from '../policy/coded';
import { parsedPolicy } from '../policy/parsed-policy';
import { COMPLIANCE, DISPOSABLE, GOVERNANCE, policyWith } from './archives';
import {
  DEPLOYMENT,
  deploymentOf,
  FIVE_REGIONS,
  ORGANIZATION,
  OTHER_ACCOUNT,
  regionOf,
  replicaStack,
} from './replicated';

interface Statement {
  readonly Sid?: string;
  readonly Effect: string;
  readonly Principal: unknown;
  readonly Condition?: Record<string, unknown>;
}

const deployed = replicaStack();
const template = Template.fromStack(deployed);

function bucketIn(from: Template): { readonly Properties: Record<string, unknown>; readonly DeletionPolicy: string } {
  const [bucket] = Object.values(from.findResources('AWS::S3::Bucket', { Properties: { ObjectLockEnabled: true } }));
  return bucket as never;
}

function statementsIn(from: Template): Statement[] {
  return from.toJSON().Resources.ReplicasBucketPolicy133E3C8D.Properties.PolicyDocument.Statement;
}

function stackOf(retention: Retention): ReplicaStack {
  const policy = policyWith(retention);
  return replicaStack('eu-central-1', policy, deploymentOf(policy));
}

// A changed id makes CloudFormation create the resource again: an empty bucket.
test('the logical ids never change, and there is nothing else in the stack', () => {
  const resources: Record<string, { Type: string }> = template.toJSON().Resources;
  expect(Object.entries(resources).map(([id, { Type }]) => `${Type} ${id}`)).toEqual([
    'AWS::S3::Bucket ReplicasBucket767C3A90',
    'AWS::S3::BucketPolicy ReplicasBucketPolicy133E3C8D',
    'AWS::S3::Bucket ReplicasAccessLogs84CC852C',
    expect.stringMatching(/^AWS::S3::BucketPolicy ReplicasAccessLogsPolicy/),
  ]);
});

test('the bucket is called by a name that only its account can have', () => {
  expect(bucketIn(template).Properties).toMatchObject({
    BucketNamePrefix: 'acme-audit-replicas',
    BucketNamespace: 'account-regional',
  });
});

test.each([
  ['compliance', COMPLIANCE, 'COMPLIANCE', 2557],
  ['governance', GOVERNANCE, 'GOVERNANCE', 30],
])('the lock: %s', (_, retention, Mode, Days) => {
  expect(bucketIn(Template.fromStack(stackOf(retention))).Properties).toMatchObject({
    ObjectLockConfiguration: { ObjectLockEnabled: 'Enabled', Rule: { DefaultRetention: { Mode, Days } } },
    VersioningConfiguration: { Status: 'Enabled' },
  });
});

test.each([
  ['compliance', COMPLIANCE, 'RetainExceptOnCreate', true],
  ['governance', GOVERNANCE, 'RetainExceptOnCreate', true],
  ['disposable', DISPOSABLE, 'Delete', false],
])('what outlives the stack: %s', (_, retention, kept, isProtected) => {
  const stack = stackOf(retention);
  expect(bucketIn(Template.fromStack(stack)).DeletionPolicy).toBe(kept);
  expect(stack.terminationProtection).toBe(isProtected);
});

test('a disposable log is torn down by its account only, any other by nobody', () => {
  const deletion = (stack: Stack) => statementsIn(Template.fromStack(stack)).find(({ Sid }) => Sid === 'DenyDelete');
  expect(deletion(deployed)?.Condition).toBeUndefined();
  expect(deletion(stackOf(DISPOSABLE))?.Condition).toEqual({
    StringNotEquals: { 'aws:PrincipalAccount': { Ref: 'AWS::AccountId' } },
  });
});

test('one statement allows something: the accounts of the sources, and in them only the roles', () => {
  const allowing = statementsIn(template).filter(({ Effect }) => Effect === 'Allow');
  const role = (account: string, name: string) => ({
    'Fn::Join': [
      '',
      ['arn:', { Ref: 'AWS::Partition' }, `:iam::${account}:role/immutable-audit-log/acme-audit-${name}-replication`],
    ],
  });
  const account = (id: string) => ({ 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:iam::${id}:root`]] });
  expect(allowing).toMatchObject([
    {
      Action: 's3:ReplicateObject',
      Principal: { AWS: [account(OTHER_ACCOUNT), account('111122223333')] },
      Condition: {
        ArnEquals: {
          'aws:PrincipalArn': [role(OTHER_ACCOUNT, 'eu-west-1'), role('111122223333', 'eu-north-1')],
        },
        StringEquals: { 'aws:PrincipalOrgID': ORGANIZATION },
      },
    },
  ]);
});

test('without an organization, none is demanded', () => {
  const [allowing] = statementsIn(Template.fromStack(stackOf(COMPLIANCE))).filter(({ Effect }) => Effect === 'Allow');
  expect(Object.keys(allowing?.Condition ?? {})).toEqual(['ArnEquals']);
});

test("break-glass is the region's own role where there is one", () => {
  const mine = 'arn:aws:iam::111122223333:role/of-the-region';
  const [region] = DEPLOYMENT.regions;
  const own = { ...region!, breakGlassRoleArn: mine } as typeof region;
  const deployment = Object.assign(Object.create(Object.getPrototypeOf(DEPLOYMENT)), DEPLOYMENT, {
    regions: [own, ...DEPLOYMENT.regions.slice(1)],
  });
  const statements = statementsIn(Template.fromStack(replicaStack('eu-central-1', FIVE_REGIONS, deployment)));
  expect(statements.find(({ Sid }) => Sid === 'DenyRetentionButByBreakGlass')?.Condition).toEqual({
    ArnNotEquals: { 'aws:PrincipalArn': mine },
  });
});

test('requests are logged to a bucket of its own, or to one that is given', () => {
  expect(bucketIn(template).Properties).toMatchObject({
    LoggingConfiguration: {
      DestinationBucketName: { Ref: 'ReplicasAccessLogs84CC852C' },
      LogFilePrefix: 'replica-bucket/',
    },
  });
  const stack = new Stack(new App(), 'Stack');
  const accessLogs = new Bucket(stack, 'Mine');
  const region = regionOf(FIVE_REGIONS, 'eu-central-1');
  new ReplicaBucket(stack, 'Replicas', { policy: FIVE_REGIONS, deployment: DEPLOYMENT, region, accessLogs });
  const given = Template.fromStack(stack);
  given.resourceCountIs('AWS::S3::Bucket', 2);
  expect(bucketIn(given).Properties).toMatchObject({
    LoggingConfiguration: { DestinationBucketName: { Ref: expect.stringMatching(/^Mine/) } },
  });
});

test('the policy fits S3, even with as many regions as AWS has in one jurisdiction and the longest name', () => {
  const names = [
    'eu-central-1',
    'eu-central-2',
    'eu-west-1',
    'eu-west-2',
    'eu-west-3',
    'eu-north-1',
    'eu-south-1',
    'eu-south-2',
  ];
  const policy = policyWith(GOVERNANCE);
  const many = Object.assign(Object.create(Object.getPrototypeOf(policy)), policy, {
    name: 'a'.repeat(63),
    regions: names.map((name) => ({ name, jurisdiction: 'EU' })),
  }) as typeof policy;
  const statements = statementsIn(Template.fromStack(replicaStack('eu-central-1', many, deploymentOf(many))));
  // https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-policies.html; references are about as long as what they become.
  expect(JSON.stringify(statements).length).toBeLessThan(20 * 1024);
});

describe('is refused', () => {
  const inside = (env: { account?: string; region?: string }, name = 'eu-central-1') =>
    codeOf(
      () =>
        new ReplicaStack(
          new App(),
          'Stack',
          { policy: FIVE_REGIONS, deployment: DEPLOYMENT, region: regionOf(FIVE_REGIONS, name) },
          { env },
        ),
    );

  test('where no other region is of the jurisdiction', () => {
    expect(inside({}, 'us-east-1')).toBe('replication-pointless');
  });

  test('in a stack of another region', () => {
    expect(inside({ region: 'eu-west-1' })).toBe('region-mismatch');
  });

  test('in a stack of another account', () => {
    expect(inside({ account: OTHER_ACCOUNT })).toBe('account-mismatch');
  });

  test('for a region of another cloud', () => {
    expect(inside({}, 'europe-west3')).toBe('region-elsewhere');
  });
});

test('is taken in a stack of its own region and account', () => {
  const env = { account: '111122223333', region: 'eu-central-1' };
  const region = regionOf(FIVE_REGIONS, 'eu-central-1');
  const stack = new ReplicaStack(new App(), 'Stack', { policy: FIVE_REGIONS, deployment: DEPLOYMENT, region }, { env });
  expect(() => (stack.node.root as App).synth()).not.toThrow();
});

/** So many regions of one jurisdiction, with the longest names that AWS has, in a log of the longest name. */
function crowded(count: number): ReplicaStack {
  const regions = Array.from({ length: count }, (_, i) => ({
    name: `ap-${'abcd'[i % 4]}outheast-${(i / 4) | 0}`,
    jurisdiction: 'APAC',
  }));
  const name = 'a'.repeat(63);
  const policy = parsedPolicy({ name, retention: { mode: 'governance', days: 1 }, regions });
  return replicaStack(regions[0]!.name, policy, Deployment.example(policy));
}

test('a policy that S3 takes is let through, one that it does not is refused', () => {
  const refused = (count: number) => crowded(count).node.findChild('Replicas').node.validate();
  expect(refused(10)).toEqual([]);
  expect(refused(32)).toEqual([expect.stringContaining('[bucket-policy-too-large]')]);
});
