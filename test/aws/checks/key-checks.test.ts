import { Stack } from 'aws-cdk-lib';
import { type Breaking as BreakingOf, CheckedArchive } from '../checked-app';

type Breaking = BreakingOf<CheckedArchive>;

const allow = (principal: unknown, action: string) => ({
  Effect: 'Allow',
  Principal: { AWS: principal },
  Action: action,
  Resource: '*',
});

const arnOf = ({ archive }: CheckedArchive, role: 'ingest' | 'seal') =>
  Stack.of(archive).resolve(archive.roles[role].roleArn);

test.each<Breaking>([
  ...['kms:*', 'kms:Sign', 'kms:S?gn', '*', 'kms:CreateGrant'].map(
    (action): Breaking => [
      'one-signer',
      `the account may ${action} with the log key`,
      (made) => made.rewrite(made.logKey, (all) => [...all, allow('arn:aws:iam::111122223333:root', action)]),
    ],
  ),
  [
    'one-signer',
    'ingest may sign with the log key',
    (made) => made.rewrite(made.logKey, (all) => [...all, allow(arnOf(made, 'ingest'), 'kms:Sign')]),
  ],
  [
    'one-signer',
    'the sealer may sign with the admission key',
    (made) => made.rewrite(made.admissionKey, (all) => [...all, allow(arnOf(made, 'seal'), 'kms:Sign')]),
  ],
  [
    'one-signer',
    'all may sign but one',
    (made) =>
      made.rewrite(made.logKey, (all) => [
        ...all,
        { Effect: 'Allow', NotPrincipal: { AWS: arnOf(made, 'ingest') }, Action: 'kms:Sign', Resource: '*' },
      ]),
  ],
  [
    'one-signer',
    'nobody may sign',
    (made) => made.rewrite(made.logKey, (all) => all.filter(({ Sid }) => Sid !== 'AllowSigning')),
  ],
  ...(['logKey', 'admissionKey'] as const).flatMap((key) =>
    ['DenySigningByOthers', 'DenyGrants', 'DenyDestruction'].map(
      (sid): Breaking => [
        'key-denials',
        `${sid} of ${key} is gone`,
        (made) => made.rewrite(made[key], (all) => all.filter(({ Sid }) => Sid !== sid)),
      ],
    ),
  ),
  ['key-enabled', 'the log key is off', ({ logKey }) => logKey.addPropertyOverride('Enabled', false)],
  ['key-enabled', 'the log key is of RSA', ({ logKey }) => logKey.addPropertyOverride('KeySpec', 'RSA_2048')],
  ['key-enabled', 'the log key encrypts', ({ logKey }) => logKey.addPropertyOverride('KeyUsage', 'ENCRYPT_DECRYPT')],
])('%s is broken: %s', (id, _, breaking) => {
  const made = new CheckedArchive();
  breaking(made);
  expect(made.violations()).toEqual([id]);
});
