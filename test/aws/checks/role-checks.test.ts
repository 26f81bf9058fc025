import { Stack } from 'aws-cdk-lib';
import { CfnManagedPolicy, CfnPolicy, CfnRolePolicy } from 'aws-cdk-lib/aws-iam';
import { type Breaking as BreakingOf, CheckedArchive } from '../checked-app';

type Breaking = BreakingOf<CheckedArchive>;

const document = (statement: object) => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Resource: '*', ...statement }],
});

/** In the stack beside the archive's, as what runs as the role has it. */
function letIngest({ archive, beside }: CheckedArchive, statement: object): void {
  const roles = [archive.roles.ingest.roleName];
  new CfnManagedPolicy(beside, 'More', { roles, policyDocument: document(statement) });
}

const trust = 'AssumeRolePolicyDocument.Statement.0';

test.each<Breaking>([
  ...['s3:GetObject', 's3:List*', 's3:DeleteObject', 's3:PutObjectRetention', 's3:*', '*'].map(
    (Action): Breaking => [
      'ingest-appends-only',
      `a managed policy allows ${Action}`,
      (made) => letIngest(made, { Action }),
    ],
  ),
  [
    'ingest-appends-only',
    'a managed policy allows to append to anything',
    (made) => letIngest(made, { Action: 's3:PutObject' }),
  ],
  [
    'ingest-appends-only',
    'a managed policy allows all but one action',
    (made) => letIngest(made, { NotAction: 'iam:*' }),
  ],
  [
    'ingest-appends-only',
    'a policy beside the role allows to read',
    ({ archive, beside }) => {
      const roleName = archive.roles.ingest.roleName;
      const policyDocument = document({ Action: 's3:GetObject' });
      new CfnRolePolicy(beside, 'More', { roleName, policyName: 'more', policyDocument });
    },
  ],
  [
    'ingest-appends-only',
    'an inline policy of several roles allows to read',
    ({ archive, beside }) => {
      const roles = [archive.roles.seal.roleName, archive.roles.ingest.roleName];
      const policyDocument = document({ Action: 's3:GetObject' });
      new CfnPolicy(beside, 'More', { roles, policyName: 'more', policyDocument });
    },
  ],
  [
    'ingest-appends-only',
    'a policy in the role allows to read',
    (made) => {
      const policy = { PolicyName: 'more', PolicyDocument: document({ Action: 's3:GetObject' }) };
      made.role(made.archive.roles.ingest).addPropertyOverride('Policies', [policy]);
    },
  ],
  [
    'ingest-appends-only',
    'a policy of AWS is attached',
    (made) => {
      const arns = ['arn:aws:iam::aws:policy/ReadOnlyAccess'];
      made.role(made.archive.roles.ingest).addPropertyOverride('ManagedPolicyArns', arns);
    },
  ],
  [
    'ingest-appends-only',
    'the bucket allows it to read',
    (made) => {
      const AWS = Stack.of(made.archive).resolve(made.archive.roles.ingest.roleArn);
      const statement = { Effect: 'Allow', Principal: { AWS }, Action: 's3:GetObject', Resource: '*' };
      made.rewrite(made.bucketPolicy, (all) => [...all, statement]);
    },
  ],
  ['ingest-appends-only', 'it is granted to read', ({ archive }) => archive.bucket.grantRead(archive.roles.ingest)],
  [
    'ingest-appends-only',
    'it is granted to seal',
    ({ archive }) => archive.bucket.grantAppend(archive.roles.ingest, `${archive.prefix}root/`),
  ],
  ...[{ AWS: 'arn:aws:iam::111122223333:user/alice' }, { Service: 'ec2.amazonaws.com' }, '*'].map(
    (principal): Breaking => [
      'role-trust',
      `${JSON.stringify(principal)} may be the sealer`,
      (made) => {
        const role = made.role(made.archive.roles.seal);
        role.addPropertyDeletionOverride(`${trust}.Principal`);
        role.addPropertyOverride('AssumeRolePolicyDocument.Statement', [
          { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: principal },
        ]);
      },
    ],
  ),
])('%s is broken: %s', (id, _, breaking) => {
  const made = new CheckedArchive();
  breaking(made);
  expect(made.violations()).toEqual([id]);
});

test.each([
  ['write its log', { Action: ['logs:CreateLogStream', 'logs:PutLogEvents'] }],
  ['do nothing at all', { Effect: 'Deny', Action: '*' }],
])('ingest may %s', (_, statement) => {
  const made = new CheckedArchive();
  letIngest(made, statement);
  expect(made.violations()).toEqual([]);
});
