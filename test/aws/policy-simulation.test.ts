import { App, Stack } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import { WormEncryption } from '../../lib/aws';
import { archiveStack, BREAK_GLASS, COMPLIANCE, DISPOSABLE } from './archives';
import {
  ANYONE,
  administrator,
  type Caller,
  type PolicyDocument,
  PolicySimulator,
  type Request,
} from './policy-simulator';

const deployed = new PolicySimulator([archiveStack(COMPLIANCE)]);
const disposable = new PolicySimulator([archiveStack(DISPOSABLE)]);

const bucket = deployed.find('AWS::S3::Bucket', 'ArchiveRecordsBucket').arn;
const accessLogs = deployed.find('AWS::S3::Bucket', 'ArchiveRecordsAccessLogs').arn;
const logKey = deployed.find('AWS::KMS::Key', 'ArchiveLogKey').arn;
const admissionKey = deployed.find('AWS::KMS::Key', 'ArchiveAdmissionKey').arn;

const log = `${bucket}/acme-audit/eu-central-1`;
const shard = 'date=2026-11-22/hour=09/00112233445566778899aabbccddeeff';
const segment = `${log}/entries/${shard}/000000000000.ndjson.gz`;
const endorsement = `${log}/shards/${shard}.note`;
const rootEntries = `${log}/root/000000000007.ndjson`;
const checkpoint = `${log}/root/checkpoints/000000000008.note`;

const ingest = deployed.role('ArchiveRolesIngest');
const seal = deployed.role('ArchiveRolesSeal');
const query = deployed.role('ArchiveRolesQuery');
const view = deployed.role('ArchiveRolesView');
const verification = deployed.role('ArchiveRolesVerification');
const operator = administrator('arn:aws:iam::111122223333:role/Operator');
const root = administrator('arn:aws:iam::111122223333:root');
const breakGlass = administrator(BREAK_GLASS);
const foreigner = administrator('arn:aws:iam::999999999999:role/Operator');
const replication = administrator('arn:aws:iam::111122223333:role/service-role/s3-replication');

const onKey = { 's3:ObjectCreationOperation': 'true' };
const once = { ...onKey, 's3:if-none-match': '*' };
const ed25519 = { 'kms:SigningAlgorithm': 'ED25519_SHA_512', 'kms:MessageType': 'RAW' };
const ed25519ph = { 'kms:SigningAlgorithm': 'ED25519_PH_SHA_512', 'kms:MessageType': 'DIGEST' };
const plainHttp = { 'aws:SecureTransport': 'false' };
const tls11 = { 's3:TlsVersion': '1.1' };
const foreignKey = 'arn:aws:kms:eu-central-1:999999999999:key/00112233-4455-6677-8899-aabbccddeeff';
const encryptedBy = (key: string) => ({
  's3:x-amz-server-side-encryption': 'aws:kms',
  's3:x-amz-server-side-encryption-aws-kms-key-id': key,
});

type Row = [who: string, what: string, by: Caller, action: string, resource: string, context?: Request['context']];

const decide = (simulator: PolicySimulator, [, , by, action, resource, context]: Row, policy?: PolicyDocument) =>
  simulator.decide({ by, action, resource, context }, policy);

const honest: Row[] = [
  ['ingest', 'appends a segment', ingest, 's3:PutObject', segment, once],
  ['ingest', 'puts an endorsement', ingest, 's3:PutObject', endorsement, once],
  ['ingest', 'endorses a shard', ingest, 'kms:Sign', admissionKey, ed25519],
  ['ingest', 'fetches the admission key', ingest, 'kms:GetPublicKey', admissionKey],
  ['seal', 'lists shards', seal, 's3:ListBucket', bucket, { 's3:prefix': 'acme-audit/eu-central-1/shards/' }],
  ['seal', 'reads an endorsement', seal, 's3:GetObject', endorsement],
  ['seal', 'reads a segment', seal, 's3:GetObject', segment],
  ['seal', 'reads the root log', seal, 's3:GetObject', rootEntries],
  ['seal', 'claims an index of the root log', seal, 's3:PutObject', rootEntries, once],
  ['seal', 'signs a checkpoint', seal, 'kms:Sign', logKey, ed25519],
  ['seal', 'puts a checkpoint', seal, 's3:PutObject', checkpoint, once],
  ['seal', 'fetches the log key', seal, 'kms:GetPublicKey', logKey],
  ['seal', 'fetches the admission key', seal, 'kms:GetPublicKey', admissionKey],
  ['query', 'lists segments', query, 's3:ListBucket', bucket, { 's3:prefix': 'acme-audit/eu-central-1/entries/' }],
  ['query', 'asks for an object that may not be there', query, 's3:ListBucket', bucket],
  ['query', 'reads a segment', query, 's3:GetObject', segment],
  ['query', 'reads a checkpoint', query, 's3:GetObject', checkpoint],
  ['query', 'serves the log key', query, 'kms:GetPublicKey', logKey],
  ['view', 'lists segments', view, 's3:ListBucket', bucket],
  ['view', 'reads a segment', view, 's3:GetObject', segment],
  ['verification', 'lists versions', verification, 's3:ListBucketVersions', bucket],
  ['verification', 'reads a segment', verification, 's3:GetObject', segment],
  ['verification', 'reads an older version', verification, 's3:GetObjectVersion', segment],
  ['verification', 'reads a lock', verification, 's3:GetObjectRetention', segment],
  ['verification', 'reads a legal hold', verification, 's3:GetObjectLegalHold', segment],
  ['verification', 'reads the default lock', verification, 's3:GetBucketObjectLockConfiguration', bucket],
  ['verification', 'fetches the log key', verification, 'kms:GetPublicKey', logKey],
  ['verification', 'fetches the admission key', verification, 'kms:GetPublicKey', admissionKey],
  [
    'an operator',
    'sets a legal hold',
    operator,
    's3:PutObjectLegalHold',
    segment,
    { 's3:object-lock-legal-hold': 'ON' },
  ],
  [
    'break-glass',
    'lifts a legal hold',
    breakGlass,
    's3:PutObjectLegalHold',
    segment,
    { 's3:object-lock-legal-hold': 'OFF' },
  ],
  [
    'break-glass',
    'lengthens a lock near its end',
    breakGlass,
    's3:PutObjectRetention',
    segment,
    { 's3:object-lock-remaining-retention-days': '900' },
  ],
  ['break-glass', 'disables a leaked key', breakGlass, 'kms:DisableKey', admissionKey],
  ['break-glass', 'deletes an old key', breakGlass, 'kms:ScheduleKeyDeletion', logKey],
  ['an operator', 'looks at a key', operator, 'kms:DescribeKey', logKey],
  [
    'an operator',
    'puts a part of a large object',
    operator,
    's3:PutObject',
    segment,
    { 's3:ObjectCreationOperation': 'false' },
  ],
  [
    'an operator',
    'locks a new object for longer',
    operator,
    's3:PutObject',
    segment,
    { ...once, 's3:object-lock-mode': 'COMPLIANCE', 's3:object-lock-remaining-retention-days': '3000' },
  ],
  [
    'an operator',
    'locks a new object by the policy',
    operator,
    's3:PutObject',
    segment,
    { ...once, 's3:object-lock-mode': 'COMPLIANCE', 's3:object-lock-remaining-retention-days': '2556' },
  ],
];

test.each(honest)('%s %s', async (...row) => {
  expect(await decide(deployed, row)).toBe('Allowed');
});

const stolen: Row[] = [
  ['a stolen ingest role', 'overwrites a segment', ingest, 's3:PutObject', segment, onKey],
  ['a stolen ingest role', 'reads a segment', ingest, 's3:GetObject', segment],
  ['a stolen ingest role', 'reads an older version', ingest, 's3:GetObjectVersion', segment],
  ['a stolen ingest role', 'lists', ingest, 's3:ListBucket', bucket],
  ['a stolen ingest role', 'lists versions', ingest, 's3:ListBucketVersions', bucket],
  ['a stolen ingest role', 'claims an index of the root log', ingest, 's3:PutObject', rootEntries, once],
  ['a stolen ingest role', 'puts a checkpoint', ingest, 's3:PutObject', checkpoint, once],
  [
    'a stolen ingest role',
    'appends to another region',
    ingest,
    's3:PutObject',
    `${bucket}/acme-audit/eu-west-1/entries/x`,
    once,
  ],
  [
    'a stolen ingest role',
    'appends to another log',
    ingest,
    's3:PutObject',
    `${bucket}/acme-audit2/eu-central-1/entries/x`,
    once,
  ],
  ['a stolen ingest role', 'appends beside the folders', ingest, 's3:PutObject', `${log}/entries`, once],
  ['a stolen ingest role', 'places a delete marker', ingest, 's3:DeleteObject', segment],
  ['a stolen ingest role', 'deletes a version', ingest, 's3:DeleteObjectVersion', segment],
  ['a stolen ingest role', 'shortens a lock', ingest, 's3:PutObjectRetention', segment],
  [
    'a stolen ingest role',
    'sets a legal hold',
    ingest,
    's3:PutObjectLegalHold',
    segment,
    { 's3:object-lock-legal-hold': 'ON' },
  ],
  ['a stolen ingest role', 'tags', ingest, 's3:PutObjectTagging', segment],
  ['a stolen ingest role', 'signs a checkpoint', ingest, 'kms:Sign', logKey, ed25519],
  ['a stolen ingest role', 'signs by another algorithm', ingest, 'kms:Sign', admissionKey, ed25519ph],
  [
    'a stolen ingest role',
    'signs a digest as if it were a message',
    ingest,
    'kms:Sign',
    admissionKey,
    { ...ed25519, 'kms:MessageType': 'DIGEST' },
  ],
  ['a stolen ingest role', 'hands signing on', ingest, 'kms:CreateGrant', admissionKey],
  ['a stolen ingest role', 'opens the bucket', ingest, 's3:PutBucketPolicy', bucket],
  ['a stolen reader', 'appends', query, 's3:PutObject', segment, once],
  ['a stolen reader', 'puts a checkpoint', query, 's3:PutObject', checkpoint, once],
  ['a stolen reader', 'places a delete marker', query, 's3:DeleteObject', segment],
  ['a stolen reader', 'signs a checkpoint', query, 'kms:Sign', logKey, ed25519],
  ['a stolen reader', 'endorses a shard', query, 'kms:Sign', admissionKey, ed25519],
  ['a stolen reader', 'opens the bucket', query, 's3:PutBucketPolicy', bucket],
  ['a stolen view role', 'appends', view, 's3:PutObject', segment, once],
  ['a stolen view role', 'signs a checkpoint', view, 'kms:Sign', logKey, ed25519],
  ['a stolen sealer', 'appends entries', seal, 's3:PutObject', segment, once],
  ['a stolen sealer', 'puts an endorsement', seal, 's3:PutObject', endorsement, once],
  ['a stolen sealer', 'endorses a shard', seal, 'kms:Sign', admissionKey, ed25519],
  ['a stolen sealer', 'rewrites the root log', seal, 's3:PutObject', rootEntries, onKey],
  ['a stolen sealer', 'hides a checkpoint', seal, 's3:DeleteObject', checkpoint],
  ['a stolen sealer', 'signs by another algorithm', seal, 'kms:Sign', logKey, ed25519ph],
  ['a stolen verification role', 'repairs what it checks', verification, 's3:PutObject', segment, once],
  ['a stolen verification role', 'lengthens a lock', verification, 's3:PutObjectRetention', segment],
  ['a stolen verification role', 'deletes a version', verification, 's3:DeleteObjectVersion', segment],
  ['a stolen verification role', 'signs a checkpoint', verification, 'kms:Sign', logKey, ed25519],
  ['another account', 'reads', foreigner, 's3:GetObject', segment],
  ['another account', 'lists', foreigner, 's3:ListBucket', bucket],
  ['another account', 'appends', foreigner, 's3:PutObject', segment, once],
  ['another account', 'fetches the log key', foreigner, 'kms:GetPublicKey', logKey],
  ['anyone', 'reads', ANYONE, 's3:GetObject', segment],
  ['anyone', 'lists', ANYONE, 's3:ListBucket', bucket],
  ['anyone', 'appends', ANYONE, 's3:PutObject', segment, once],
  ['anyone', 'reads the access logs', ANYONE, 's3:GetObject', `${accessLogs}/worm-bucket/x`],
];

test.each(stolen)('%s never %s', async (...row) => {
  expect(await decide(deployed, row)).not.toBe('Allowed');
});

// Each of these is allowed by IAM: only a statement on the bucket or key refuses it.
const attacks: Row[] = [
  ['an operator', 'overwrites', operator, 's3:PutObject', segment, onKey],
  ['an operator', 'places a delete marker', operator, 's3:DeleteObject', segment],
  ['an operator', 'deletes a version', operator, 's3:DeleteObjectVersion', segment],
  ['an operator', 'bypasses the lock', operator, 's3:BypassGovernanceRetention', segment],
  ['an operator', 'gives an object away', operator, 's3:PutObjectAcl', segment],
  ['an operator', 'gives a version away', operator, 's3:PutObjectVersionAcl', segment],
  [
    'an operator',
    'shortens a lock',
    operator,
    's3:PutObjectRetention',
    segment,
    { 's3:object-lock-remaining-retention-days': '1' },
  ],
  [
    'an operator',
    'locks for a century',
    operator,
    's3:PutObjectRetention',
    segment,
    { 's3:object-lock-remaining-retention-days': '36500' },
  ],
  [
    'an operator',
    'locks a new object for a day',
    operator,
    's3:PutObject',
    segment,
    { ...once, 's3:object-lock-mode': 'COMPLIANCE', 's3:object-lock-remaining-retention-days': '1' },
  ],
  [
    'an operator',
    'locks a new object for two days less',
    operator,
    's3:PutObject',
    segment,
    { ...once, 's3:object-lock-remaining-retention-days': '2555' },
  ],
  [
    'an operator',
    'locks a new object in the weaker mode',
    operator,
    's3:PutObject',
    segment,
    { ...once, 's3:object-lock-mode': 'GOVERNANCE', 's3:object-lock-remaining-retention-days': '3000' },
  ],
  [
    'an operator',
    'holds a new object by an event',
    operator,
    's3:PutObject',
    segment,
    { ...once, 's3:object-lock-event-hold': 'ON' },
  ],
  [
    'break-glass',
    'holds an object by an event',
    breakGlass,
    's3:PutObjectRetention',
    segment,
    { 's3:object-lock-event-hold': 'ON' },
  ],
  [
    'an operator',
    'lifts a legal hold',
    operator,
    's3:PutObjectLegalHold',
    segment,
    { 's3:object-lock-legal-hold': 'OFF' },
  ],
  [
    'an operator',
    'encrypts with a foreign key',
    operator,
    's3:PutObject',
    segment,
    { ...once, ...encryptedBy(foreignKey) },
  ],
  [
    'an operator',
    'encrypts again with a key to lose',
    operator,
    's3:UpdateObjectEncryption',
    segment,
    encryptedBy(foreignKey),
  ],
  ['an operator', 'appends over plain HTTP', operator, 's3:PutObject', segment, { ...once, ...plainHttp }],
  ['an operator', 'reads over plain HTTP', operator, 's3:GetObject', segment, plainHttp],
  ['an operator', 'reads over TLS 1.1', operator, 's3:GetObject', segment, tls11],
  [
    'an operator',
    'reads the access logs over plain HTTP',
    operator,
    's3:GetObject',
    `${accessLogs}/worm-bucket/x`,
    plainHttp,
  ],
  ['an operator', 'reads the access logs over TLS 1.1', operator, 's3:GetObject', `${accessLogs}/worm-bucket/x`, tls11],
  ['a replication rule', 'overwrites', replication, 's3:ReplicateObject', segment],
  ['a replication rule', 'places a delete marker', replication, 's3:ReplicateDelete', segment],
  ['a replication rule', 'tags', replication, 's3:ReplicateTags', segment],
  ['a replication rule', 'takes ownership', replication, 's3:ObjectOwnerOverrideToBucketOwner', segment],
  ["another account's replication rule", 'overwrites', foreigner, 's3:ReplicateObject', segment],
  ['an operator', 'signs a checkpoint', operator, 'kms:Sign', logKey, ed25519],
  ['an operator', 'endorses a shard', operator, 'kms:Sign', admissionKey, ed25519],
  ['an operator', 'hands signing on', operator, 'kms:CreateGrant', logKey],
  ['an operator', 'hands endorsing on', operator, 'kms:CreateGrant', admissionKey],
  ['an operator', 'disables the log key', operator, 'kms:DisableKey', logKey],
  ['an operator', 'deletes the log key', operator, 'kms:ScheduleKeyDeletion', logKey],
  ['an operator', 'disables the admission key', operator, 'kms:DisableKey', admissionKey],
  ['an operator', 'deletes the admission key', operator, 'kms:ScheduleKeyDeletion', admissionKey],
  ['the root user', 'places a delete marker', root, 's3:DeleteObject', segment],
  ['the root user', 'bypasses the lock', root, 's3:BypassGovernanceRetention', segment],
  ['the root user', 'overwrites', root, 's3:PutObject', segment, onKey],
  [
    'the root user',
    'lifts a legal hold',
    root,
    's3:PutObjectLegalHold',
    segment,
    { 's3:object-lock-legal-hold': 'OFF' },
  ],
  ['the root user', 'signs a checkpoint', root, 'kms:Sign', logKey, ed25519],
  ['the root user', 'deletes the log key', root, 'kms:ScheduleKeyDeletion', logKey],
  ['break-glass', 'deletes a version', breakGlass, 's3:DeleteObjectVersion', segment],
  ['break-glass', 'bypasses the lock', breakGlass, 's3:BypassGovernanceRetention', segment],
  ['break-glass', 'overwrites', breakGlass, 's3:PutObject', segment, onKey],
  ['break-glass', 'signs a checkpoint', breakGlass, 'kms:Sign', logKey, ed25519],
];

test.each(attacks)('%s never %s', async (...row) => {
  expect(await decide(deployed, row)).toBe('ExplicitlyDenied');
});

/** What KMS puts into a key's policy by default, and what a grant method of the CDK or a hurried fix would add. */
const allowAccount: Record<string, unknown> = {
  Effect: 'Allow',
  Principal: { AWS: 'arn:aws:iam::111122223333:root' },
  Action: 'kms:*',
  Resource: '*',
};

describe.each([
  ['the bucket', bucket, []],
  ['the access logs', accessLogs, []],
  ['the log key', logKey, [allowAccount]],
  ['the admission key', admissionKey, [allowAccount]],
])('of the policy on %s', (_, resource, added) => {
  const statements = [...(deployed.policyOn(resource)?.Statement ?? []), ...added];
  const about = attacks.filter((row) => row[4] === resource || row[4].startsWith(`${resource}/`));
  const underPolicy = (Statement: typeof statements) =>
    Promise.all(about.map((row) => decide(deployed, row, { Version: '2012-10-17', Statement })));
  const denials = statements.filter(({ Effect }) => Effect === 'Deny');

  test('all denials together refuse every attack', async () => {
    expect(new Set(await underPolicy(statements))).toEqual(new Set(['ExplicitlyDenied']));
  });

  test.each(denials.map((each) => [each.Sid ?? JSON.stringify(each.Condition), each] as const))(
    'nothing but %s refuses some attack',
    async (_sid, denial) => {
      expect(await underPolicy(statements.filter((each) => each !== denial))).toContain('Allowed');
    },
  );
});

describe('deployment by an administrator', () => {
  const install: [string, string, string][] = [
    ...[
      's3:CreateBucket',
      's3:PutBucketVersioning',
      's3:PutBucketObjectLockConfiguration',
      's3:PutEncryptionConfiguration',
      's3:PutBucketPublicAccessBlock',
      's3:PutBucketOwnershipControls',
      's3:PutBucketLogging',
      's3:PutBucketPolicy',
      's3:PutBucketTagging',
    ].map((action): [string, string, string] => ['install', action, bucket]),
    ...['s3:CreateBucket', 's3:PutBucketPolicy', 's3:PutLifecycleConfiguration'].map(
      (action): [string, string, string] => ['install', action, accessLogs],
    ),
    ...[logKey, admissionKey].flatMap((key) =>
      ['kms:PutKeyPolicy', 'kms:DescribeKey', 'kms:TagResource', 'kms:GetKeyPolicy', 'kms:ListResourceTags'].map(
        (action): [string, string, string] => ['install', action, key],
      ),
    ),
  ];
  const change: [string, string, string][] = [
    ['upgrade', 's3:GetBucketPolicy', bucket],
    ['upgrade', 's3:PutBucketPolicy', bucket],
    ['upgrade', 'kms:GetKeyPolicy', logKey],
    ['upgrade', 'kms:PutKeyPolicy', logKey],
    ['upgrade', 'kms:UpdateKeyDescription', admissionKey],
    ['retention change', 's3:PutBucketObjectLockConfiguration', bucket],
    ['retention change', 's3:PutBucketPolicy', bucket],
  ];
  const teardown: [string, string, string][] = [
    ['teardown', 's3:ListBucketVersions', bucket],
    ['teardown', 's3:BypassGovernanceRetention', segment],
    ['teardown', 's3:DeleteObjectVersion', segment],
    ['teardown', 's3:DeleteObject', segment],
    ['teardown', 's3:DeleteBucketPolicy', bucket],
    ['teardown', 's3:DeleteBucket', bucket],
    ['teardown', 'kms:DisableKey', logKey],
    ['teardown', 'kms:ScheduleKeyDeletion', logKey],
    ['teardown', 'kms:ScheduleKeyDeletion', admissionKey],
  ];
  const deployer = administrator(
    'arn:aws:iam::111122223333:role/cdk-hnb659fds-cfn-exec-role-111122223333-eu-central-1',
  );

  test.each([...install, ...change, ...teardown])(
    'of a disposable log: %s may %s on %s',
    async (_, action, resource) => {
      expect(await disposable.decide({ by: deployer, action, resource })).toBe('Allowed');
    },
  );

  test.each([...install, ...change])('of a log for evidence: %s may %s on %s', async (_, action, resource) => {
    expect(await deployed.decide({ by: deployer, action, resource })).toBe('Allowed');
  });

  test.each([
    ['ingest', disposable.role('ArchiveRolesIngest')],
    ['seal', disposable.role('ArchiveRolesSeal')],
    ['query', disposable.role('ArchiveRolesQuery')],
    ['another account', foreigner],
    ['anyone', ANYONE],
  ])('of a disposable log: %s never deletes', async (_, by) => {
    expect(await disposable.decide({ by, action: 's3:DeleteObjectVersion', resource: segment })).not.toBe('Allowed');
  });
});

describe('with a KMS key of its own', () => {
  const stack = new Stack(new App(), 'Keys');
  const key = new Key(stack, 'Records');
  const encrypted = new PolicySimulator([
    stack,
    archiveStack(COMPLIANCE, { encryption: WormEncryption.ownKey(key) }, stack),
  ]);
  const keyArn = encrypted.find('AWS::KMS::Key', 'Records').arn;
  const through = { 'kms:ViaService': 's3.eu-central-1.amazonaws.com' };
  const [writer, reader] = [encrypted.role('ArchiveRolesIngest'), encrypted.role('ArchiveRolesQuery')];

  test.each([
    ['ingest encrypts through S3', writer, 'kms:GenerateDataKey', keyArn, through],
    ['query decrypts through S3', reader, 'kms:Decrypt', keyArn, through],
    ['ingest appends', writer, 's3:PutObject', segment, once],
    ['ingest names the key', writer, 's3:PutObject', segment, { ...once, ...encryptedBy(keyArn) }],
  ])('%s', async (_, by, action, resource, context) => {
    expect(await encrypted.decide({ by, action, resource, context })).toBe('Allowed');
  });

  test.each([
    ['ingest decrypts', writer, 'kms:Decrypt', keyArn, through],
    ['ingest makes data keys for itself', writer, 'kms:GenerateDataKey', keyArn, {}],
    ['query decrypts past S3', reader, 'kms:Decrypt', keyArn, {}],
    ['query encrypts', reader, 'kms:GenerateDataKey', keyArn, through],
    [
      'an operator encrypts with a foreign key',
      operator,
      's3:PutObject',
      segment,
      { ...once, ...encryptedBy(foreignKey) },
    ],
  ])('never: %s', async (_, by, action, resource, context) => {
    expect(await encrypted.decide({ by, action, resource, context })).not.toBe('Allowed');
  });
});
