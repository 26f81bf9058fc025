import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { WormBucketPolicy, type WormBucketPolicyProps, WormEncryption } from '../../lib/aws';
import { Period, Retention } from '../../lib/policy';
import { codeOf } from '../policy/coded';
import { BREAK_GLASS, COMPLIANCE, DISPOSABLE, GOVERNANCE } from './archives';

function statementsOf(more: Partial<WormBucketPolicyProps> = {}): PolicyStatement[] {
  return new WormBucketPolicy({
    bucketArn: 'arn:aws:s3:::records',
    account: '111122223333',
    retention: COMPLIANCE,
    breakGlassRoleArn: BREAK_GLASS,
    encryption: WormEncryption.s3Managed(),
    ...more,
  }).statements;
}

const conditionsOf = (sid: string, more: Partial<WormBucketPolicyProps> = {}) =>
  statementsOf(more).find((each) => each.sid === sid)?.conditions;

test('every statement denies everyone something on the objects', () => {
  for (const statement of statementsOf()) {
    expect(statement.toJSON()).toMatchObject({
      Effect: 'Deny',
      Principal: { AWS: '*' },
      Resource: 'arn:aws:s3:::records/*',
      Sid: expect.stringMatching(/^Deny[A-Za-z]+$/),
    });
  }
});

test('no statement is about the bucket itself, which would lock out deployment', () => {
  const actions = statementsOf().flatMap((each) => each.actions);
  expect(actions.filter((each) => each.includes('Bucket') && each !== 's3:ObjectOwnerOverrideToBucketOwner')).toEqual(
    [],
  );
});

test.each([
  ['compliance', COMPLIANCE, {}],
  ['governance', GOVERNANCE, {}],
  ['disposable', DISPOSABLE, { StringNotEquals: { 'aws:PrincipalAccount': '111122223333' } }],
])('who may not delete: %s', (_, retention, expected) => {
  expect(conditionsOf('DenyDelete', { retention })).toEqual(expected);
});

test.each([
  ['1 day', Period.days(1), '0'],
  ['2 days', Period.days(2), '1'],
  ['7 years', Period.years(7), '2556'],
])('the shortest lock of a new object, for a retention of %s', (_, period, days) => {
  expect(conditionsOf('DenyShortRetention', { retention: Retention.governance(period) })).toEqual({
    NumericLessThan: { 's3:object-lock-remaining-retention-days': days },
  });
});

test.each([
  ['compliance', COMPLIANCE, 'COMPLIANCE'],
  ['governance', GOVERNANCE, 'GOVERNANCE'],
])('the only mode of a new object: %s', (_, retention, mode) => {
  expect(conditionsOf('DenyOtherRetentionMode', { retention })).toEqual({
    Null: { 's3:object-lock-mode': 'false' },
    StringNotEquals: { 's3:object-lock-mode': mode },
  });
});

test.each([
  'audit-break-glass',
  'arn:aws:iam::111122223333:root',
  'arn:aws:iam::111122223333:user/alice',
  'arn:aws:iam::111122223333:role/',
  'arn:aws:iam::111122223333:role/*',
  'arn:aws:iam::111122223333:role/audit-?',
  'arn:aws:iam::*:role/audit-break-glass',
  'arn:aws:iam::11112222333:role/audit-break-glass',
  'arn:aws:sts::111122223333:assumed-role/audit-break-glass/alice',
])('refuses %s as the role for break-glass', (breakGlassRoleArn) => {
  expect(codeOf(() => statementsOf({ breakGlassRoleArn }))).toBe('role-arn-malformed');
});

test.each(['arn:aws-us-gov:iam::111122223333:role/audit', 'arn:aws:iam::111122223333:role/a/b/c+=,.@-_1'])(
  'takes %s as the role for break-glass',
  (breakGlassRoleArn) => {
    expect(statementsOf({ breakGlassRoleArn })).not.toEqual([]);
  },
);
