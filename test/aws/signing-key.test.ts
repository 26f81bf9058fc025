process.env.CDK_VALIDATION = 'false';

import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { SigningKey } from '../../lib/aws';
import type { Retention } from '../../lib/policy';
import { codeOf } from '../policy/coded';
import { BREAK_GLASS, COMPLIANCE, DISPOSABLE, GOVERNANCE } from './archives';

function keyStack(retention: Retention = COMPLIANCE, breakGlassRoleArn = BREAK_GLASS) {
  const stack = new Stack(new App(), 'Stack');
  const role = (id: string) => new Role(stack, id, { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
  const signer = role('Signer');
  const key = new SigningKey(stack, 'LogKey', { description: 'signs', signer, retention, breakGlassRoleArn });
  return { stack, key, auditor: role('Auditor') };
}

const statements = (stack: Stack) => {
  const [key] = Object.values(Template.fromStack(stack).findResources('AWS::KMS::Key'));
  return key?.Properties.KeyPolicy.Statement as { Sid?: string; Action: string[]; Condition?: unknown }[];
};

test('is an Ed25519 key that signs', () => {
  Template.fromStack(keyStack().stack).hasResourceProperties('AWS::KMS::Key', {
    Description: 'signs',
    KeySpec: 'ECC_NIST_EDWARDS25519',
    KeyUsage: 'SIGN_VERIFY',
    EnableKeyRotation: Match.absent(),
  });
});

test.each([
  ['compliance', COMPLIANCE, 'Retain', 30],
  ['governance', GOVERNANCE, 'Retain', 30],
  ['disposable', DISPOSABLE, 'Delete', 7],
])('when the stack is deleted: %s', (_, retention, policy, days) => {
  Template.fromStack(keyStack(retention).stack).hasResource('AWS::KMS::Key', {
    DeletionPolicy: policy,
    UpdateReplacePolicy: policy,
    Properties: { PendingWindowInDays: days },
  });
});

test('the signer signs messages by PureEdDSA only', () => {
  expect(statements(keyStack().stack).find(({ Sid }) => Sid === 'AllowSigning')).toEqual({
    Sid: 'AllowSigning',
    Effect: 'Allow',
    Principal: { AWS: { 'Fn::GetAtt': [expect.stringMatching(/^Signer/), 'Arn'] } },
    Action: 'kms:Sign',
    Resource: '*',
    Condition: { StringEquals: { 'kms:SigningAlgorithm': 'ED25519_SHA_512', 'kms:MessageType': 'RAW' } },
  });
});

test('the account is not let sign, verify or grant', () => {
  const administration = statements(keyStack().stack).find(({ Sid }) => Sid === 'AllowAdministration');
  expect(administration?.Action).toContain('kms:PutKeyPolicy');
  expect(administration?.Action.filter((each) => /\*|Sign|Verify|CreateGrant|Derive/.test(each))).toEqual([]);
});

test.each([
  ['compliance', COMPLIANCE, { ArnNotEquals: { 'aws:PrincipalArn': BREAK_GLASS } }],
  ['governance', GOVERNANCE, { ArnNotEquals: { 'aws:PrincipalArn': BREAK_GLASS } }],
  ['disposable', DISPOSABLE, { StringNotEquals: { 'aws:PrincipalAccount': { Ref: 'AWS::AccountId' } } }],
])('who may not disable or delete it: %s', (_, retention, condition) => {
  const denial = statements(keyStack(retention).stack).find(({ Sid }) => Sid === 'DenyDestruction');
  expect(denial?.Action).toEqual(['kms:DisableKey', 'kms:ScheduleKeyDeletion']);
  expect(denial?.Condition).toEqual(condition);
});

test('shows its public key to whom it is granted', () => {
  const { stack, key, auditor } = keyStack();
  key.grantPublicKey(auditor);
  expect(statements(stack)).toContainEqual({
    Effect: 'Allow',
    Principal: { AWS: { 'Fn::GetAtt': [expect.stringMatching(/^Auditor/), 'Arn'] } },
    Action: 'kms:GetPublicKey',
    Resource: '*',
  });
});

test('a bad role for break-glass is refused', () => {
  expect(codeOf(() => keyStack(COMPLIANCE, 'break-glass'))).toBe('role-arn-malformed');
});
