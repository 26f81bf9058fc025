process.env.CDK_VALIDATION = 'false';

import { App, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { type IRole, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { type IWormBucket, WormBucket, type WormBucketProps, WormEncryption } from '../../lib/aws';
import { Period, Retention } from '../../lib/policy';
import { codeOf } from '../policy/coded';
import { BREAK_GLASS, COMPLIANCE, DISPOSABLE, GOVERNANCE } from './archives';

const newStack = () => new Stack(new App(), 'Stack');
const newRole = (stack: Stack) => new Role(stack, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });

function newBucket(stack: Stack, more: Partial<WormBucketProps> = {}): WormBucket {
  return new WormBucket(stack, 'Records', { retention: COMPLIANCE, breakGlassRoleArn: BREAK_GLASS, ...more });
}

/** The properties of the write-once bucket. */
function bucketOf(stack: Stack) {
  const [bucket] = Object.values(
    Template.fromStack(stack).findResources('AWS::S3::Bucket', { Properties: { ObjectLockEnabled: true } }),
  );
  return bucket;
}

/** The policy of the write-once bucket. */
function policyOf(stack: Stack) {
  const [policy] = Object.values(
    Template.fromStack(stack).findResources('AWS::S3::BucketPolicy', {
      Properties: { Bucket: Match.objectLike({ Ref: Match.stringLikeRegexp('^RecordsBucket') }) },
    }),
  );
  return policy;
}

/** The allowing statements that a grant adds to the policy of the bucket, as `<action> <resource behind the bucket's ARN>`. */
function allowedBy(grant: (bucket: WormBucket, role: IRole) => void): string[] {
  const stack = newStack();
  grant(newBucket(stack), newRole(stack));
  const statements: { Effect: string; Action: string | string[]; Resource: { 'Fn::Join'?: [string, string[]] } }[] =
    policyOf(stack)?.Properties.PolicyDocument.Statement;
  return statements
    .filter(({ Effect }) => Effect === 'Allow')
    .flatMap(({ Action, Resource }) =>
      [Action].flat().map((action) => `${action} ${Resource['Fn::Join']?.[1][1] ?? ''}`.trim()),
    );
}

describe('the bucket', () => {
  const stack = newStack();
  newBucket(stack);
  const { Properties: bucket } = bucketOf(stack) ?? {};

  test('has object lock from the start', () => {
    expect(bucket.ObjectLockEnabled).toBe(true);
  });

  test('keeps versions, which object lock needs', () => {
    expect(bucket.VersioningConfiguration).toEqual({ Status: 'Enabled' });
  });

  test('encrypts with keys of S3 by default', () => {
    const [rule] = bucket.BucketEncryption.ServerSideEncryptionConfiguration;
    expect(rule.ServerSideEncryptionByDefault).toEqual({ SSEAlgorithm: 'AES256' });
  });

  test('refuses keys of customers, which nobody else could read with', () => {
    const [rule] = bucket.BucketEncryption.ServerSideEncryptionConfiguration;
    expect(rule.BlockedEncryptionTypes).toEqual({ EncryptionType: ['SSE-C'] });
  });

  test('has no ACLs', () => {
    expect(bucket.OwnershipControls).toEqual({ Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] });
  });

  test('blocks public access in all four ways', () => {
    expect(bucket.PublicAccessBlockConfiguration).toEqual({
      BlockPublicAcls: true,
      BlockPublicPolicy: true,
      IgnorePublicAcls: true,
      RestrictPublicBuckets: true,
    });
  });

  test('has no name of its own, which would block making it again', () => {
    expect(bucket.BucketName).toBeUndefined();
  });

  test('never empties itself: there is no custom resource', () => {
    expect(Object.keys(Template.fromStack(stack).findResources('Custom::S3AutoDeleteObjects'))).toEqual([]);
  });
});

test.each([
  ['compliance', COMPLIANCE, { Mode: 'COMPLIANCE', Days: 2557 }],
  ['governance', GOVERNANCE, { Mode: 'GOVERNANCE', Days: 30 }],
  ['disposable', DISPOSABLE, { Mode: 'GOVERNANCE', Days: 1 }],
  ['the longest in years', Retention.governance(Period.years(99)), { Mode: 'GOVERNANCE', Days: 36_160 }],
  ['the longest in days', Retention.governance(Period.days(36_500)), { Mode: 'GOVERNANCE', Days: 36_500 }],
])('the default lock of a new object: %s', (_, retention, expected) => {
  const stack = newStack();
  newBucket(stack, { retention });
  expect(bucketOf(stack)?.Properties.ObjectLockConfiguration.Rule.DefaultRetention).toEqual(expected);
});

test.each([
  // A bucket that could not be made would else keep its name from the next one.
  ['compliance', COMPLIANCE, { DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' }],
  ['governance', GOVERNANCE, { DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' }],
  ['disposable', DISPOSABLE, { DeletionPolicy: 'Delete', UpdateReplacePolicy: 'Delete' }],
])('when the stack is deleted, bucket and policy are kept or go together: %s', (_, retention, expected) => {
  const stack = newStack();
  newBucket(stack, { retention });
  expect(bucketOf(stack)).toMatchObject(expected);
  expect(policyOf(stack)).toMatchObject(expected);
});

test('encrypts with a key of the user, through one bucket key', () => {
  const stack = newStack();
  newBucket(stack, { encryption: WormEncryption.ownKey(new Key(stack, 'Key')) });
  const [rule] = bucketOf(stack)?.Properties.BucketEncryption.ServerSideEncryptionConfiguration ?? [];
  expect(rule).toMatchObject({
    BucketKeyEnabled: true,
    ServerSideEncryptionByDefault: {
      SSEAlgorithm: 'aws:kms',
      KMSMasterKeyID: { 'Fn::GetAtt': [expect.any(String), 'Arn'] },
    },
  });
});

test('a bad role for break-glass is refused', () => {
  expect(codeOf(() => newBucket(newStack(), { breakGlassRoleArn: 'arn:aws:iam::111122223333:role/*' }))).toBe(
    'role-arn-malformed',
  );
});

describe('access logs', () => {
  test('go to a bucket of their own, which is kept and unlocked', () => {
    const stack = newStack();
    newBucket(stack);
    const [id, logs] = Object.entries(
      Template.fromStack(stack).findResources('AWS::S3::Bucket', { Properties: { ObjectLockEnabled: Match.absent() } }),
    )[0] ?? ['', undefined];
    expect(bucketOf(stack)?.Properties.LoggingConfiguration).toEqual({
      DestinationBucketName: { Ref: id },
      LogFilePrefix: 'worm-bucket/',
    });
    expect(logs).toMatchObject({ DeletionPolicy: 'Retain' });
    const delivery = Template.fromStack(stack).findResources('AWS::S3::BucketPolicy', {
      Properties: { Bucket: { Ref: id } },
    });
    expect(Object.values(delivery)).toMatchObject([{ DeletionPolicy: 'Retain' }]);
    expect(logs?.Properties.BucketEncryption.ServerSideEncryptionConfiguration).toEqual([
      { ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } },
    ]);
    expect(logs?.Properties.LifecycleConfiguration.Rules).toMatchObject([{ ExpirationInDays: 400 }]);
    expect(logs?.Properties.AccessControl).toBeUndefined();
  });

  test('are delivered by S3 for this account only', () => {
    const stack = newStack();
    newBucket(stack);
    Template.fromStack(stack).hasResourceProperties('AWS::S3::BucketPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Action: 's3:PutObject',
            Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
            Effect: 'Allow',
            Principal: { Service: 'logging.s3.amazonaws.com' },
          }),
        ]),
      },
    });
  });

  test('can go to a bucket that is there already', () => {
    const stack = newStack();
    newBucket(stack, { accessLogs: Bucket.fromBucketName(stack, 'Central', 'central-access-logs') });
    expect(bucketOf(stack)?.Properties.LoggingConfiguration.DestinationBucketName).toBe('central-access-logs');
    Template.fromStack(stack).resourceCountIs('AWS::S3::Bucket', 1);
  });
});

describe('a grant', () => {
  test('to append is to put below the prefix', () => {
    expect(allowedBy((bucket, role) => bucket.grantAppend(role, 'acme/eu-central-1/entries/'))).toEqual([
      's3:PutObject /acme/eu-central-1/entries/*',
    ]);
  });

  test('to read is to get and to list', () => {
    expect(allowedBy((bucket, role) => bucket.grantRead(role))).toEqual(['s3:GetObject /*', 's3:ListBucket']);
  });

  test('to verify is to read versions and locks too', () => {
    expect(allowedBy((bucket, role) => bucket.grantVerify(role))).toEqual([
      's3:GetObject /*',
      's3:ListBucket',
      's3:GetObjectVersion /*',
      's3:GetObjectRetention /*',
      's3:GetObjectLegalHold /*',
      's3:ListBucketVersions',
      's3:GetBucketObjectLockConfiguration',
    ]);
  });

  test('adds nothing to a role of the same account', () => {
    const stack = newStack();
    newBucket(stack).grantVerify(newRole(stack));
    Template.fromStack(stack).resourceCountIs('AWS::IAM::Policy', 0);
    Template.fromStack(stack).resourceCountIs('AWS::IAM::ManagedPolicy', 0);
  });

  describe('to a role of another account', () => {
    const across = (bucketIn: (stack: Stack) => IWormBucket) => {
      const app = new App();
      const here = new Stack(app, 'Here', { env: { account: '111122223333', region: 'eu-central-1' } });
      const there = new Stack(app, 'There', { env: { account: '444455556666', region: 'eu-central-1' } });
      const assumedBy = new ServicePrincipal('lambda.amazonaws.com');
      const auditor = new Role(there, 'Auditor', { roleName: 'auditor', assumedBy });
      bucketIn(here).grantRead(auditor);
      return { here: Template.fromStack(here), there: Template.fromStack(there) };
    };

    test('stands on both sides', () => {
      const { here, there } = across((stack) => newBucket(stack, { bucketName: 'records' }));
      here.hasResourceProperties('AWS::S3::BucketPolicy', {
        PolicyDocument: {
          Statement: Match.arrayWith([
            Match.objectLike({
              Action: 's3:ListBucket',
              Principal: { AWS: { 'Fn::Join': ['', Match.arrayWith([':iam::444455556666:role/auditor'])] } },
            }),
          ]),
        },
      });
      there.hasResourceProperties('AWS::IAM::Policy', {
        PolicyDocument: {
          Statement: [Match.objectLike({ Action: 's3:GetObject' }), Match.objectLike({ Action: 's3:ListBucket' })],
        },
      });
    });

    test('stands on its side, where the bucket is adopted', () => {
      const bucketArn = 'arn:aws:s3:::records';
      const { there } = across((stack) => WormBucket.fromBucketAttributes(stack, 'Adopted', { bucketArn }));
      there.hasResourceProperties('AWS::IAM::Policy', {
        PolicyDocument: {
          Statement: [
            { Action: 's3:GetObject', Effect: 'Allow', Resource: 'arn:aws:s3:::records/*' },
            { Action: 's3:ListBucket', Effect: 'Allow', Resource: 'arn:aws:s3:::records' },
          ],
        },
      });
    });
  });

  test.each(['', '/', 'entries', '/entries/', 'entries//', 'en*/', 'a?/', '$' + '{aws:username}/'])(
    'to append below %j is refused',
    (prefix) => {
      const stack = newStack();
      const bucket = newBucket(stack);
      expect(codeOf(() => bucket.grantAppend(newRole(stack), prefix))).toBe('prefix-malformed');
    },
  );
});

describe('with a key of the user', () => {
  const use = (key: (stack: Stack) => WormEncryption) => {
    const stack = newStack();
    const bucket = newBucket(stack, { encryption: key(stack) });
    bucket.grantRead(newRole(stack));
    return Template.fromStack(stack);
  };

  test("reading is allowed by the key's policy, through S3 only", () => {
    use((stack) => WormEncryption.ownKey(new Key(stack, 'Key'))).hasResourceProperties('AWS::KMS::Key', {
      KeyPolicy: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Action: 'kms:Decrypt',
            Condition: {
              StringEquals: {
                'kms:ViaService': { 'Fn::Join': ['', ['s3.', { Ref: 'AWS::Region' }, '.', { Ref: 'AWS::URLSuffix' }]] },
              },
            },
          }),
        ]),
      },
    });
  });

  test('reading is allowed beside the role, where the key is imported', () => {
    const arn = 'arn:aws:kms:eu-central-1:111122223333:key/00112233-4455-6677-8899-aabbccddeeff';
    use((stack) => WormEncryption.ownKey(Key.fromKeyArn(stack, 'Key', arn))).hasResourceProperties(
      'AWS::IAM::ManagedPolicy',
      { PolicyDocument: { Statement: [Match.objectLike({ Action: 'kms:Decrypt', Resource: arn })] } },
    );
  });
});

describe('an adopted bucket', () => {
  const adopt = () => {
    const stack = newStack();
    const bucket = WormBucket.fromBucketAttributes(stack, 'Records', { bucketArn: 'arn:aws:s3:::records' });
    return { stack, bucket };
  };

  test('is neither made nor given a policy', () => {
    const { stack, bucket } = adopt();
    bucket.grantRead(newRole(stack));
    Template.fromStack(stack).resourceCountIs('AWS::S3::Bucket', 0);
    Template.fromStack(stack).resourceCountIs('AWS::S3::BucketPolicy', 0);
  });

  test('allows each role by one managed policy', () => {
    const { stack, bucket } = adopt();
    const role = newRole(stack);
    bucket.grantAppend(role, 'acme/entries/');
    bucket.grantAppend(role, 'acme/shards/');
    Template.fromStack(stack).resourceCountIs('AWS::IAM::ManagedPolicy', 1);
    Template.fromStack(stack).hasResourceProperties('AWS::IAM::ManagedPolicy', {
      PolicyDocument: {
        Statement: [
          { Action: 's3:PutObject', Effect: 'Allow', Resource: 'arn:aws:s3:::records/acme/entries/*' },
          { Action: 's3:PutObject', Effect: 'Allow', Resource: 'arn:aws:s3:::records/acme/shards/*' },
        ],
      },
    });
  });

  test('warns that its policy is not managed', () => {
    const { stack } = adopt();
    Annotations.fromStack(stack).hasWarning('/Stack/Records', Match.stringLikeRegexp('WormBucketPolicy'));
  });
});
