import { BREAK_GLASS } from './archives';
import {
  ANYONE,
  administrator,
  type Caller,
  type Decision,
  type PolicyDocument,
  PolicySimulator,
  type Request,
} from './policy-simulator';
import { ORGANIZATION, OTHER_ACCOUNT, replicaStack, replicatedStack } from './replicated';

/** Frankfurt keeps the replicas that all of this is about. Ireland is in an account of its own, Stockholm is not. */
const frankfurt = new PolicySimulator([replicaStack('eu-central-1'), replicatedStack('eu-central-1')]);
const ireland = new PolicySimulator([replicatedStack('eu-west-1')], { account: OTHER_ACCOUNT, region: 'eu-west-1' });
/** What Ireland keeps of the others, in its own account. */
const dublin = new PolicySimulator([replicaStack('eu-west-1'), replicatedStack('eu-west-1')], {
  account: OTHER_ACCOUNT,
  region: 'eu-west-1',
});
const stockholm = new PolicySimulator([replicatedStack('eu-north-1')], { region: 'eu-north-1' });

const replicas = frankfurt.find('AWS::S3::Bucket', 'ReplicasBucket').arn;
const records = ireland.find('AWS::S3::Bucket', 'ArchiveRecordsBucket').arn;

const key = 'entries/date=2026-11-22/hour=09/00112233445566778899aabbccddeeff/000000000000.ndjson.gz';
const fromIreland = `${replicas}/acme-audit/eu-west-1/${key}`;
const fromStockholm = `${replicas}/acme-audit/eu-north-1/${key}`;
const beside = `${replicas}/acme-audit/us-east-1/${key}`;
const dublinReplicas = dublin.find('AWS::S3::Bucket', 'ReplicasBucket').arn;
const fromFrankfurt = `${dublinReplicas}/acme-audit/eu-central-1/${key}`;
const original = `${records}/acme-audit/eu-west-1/${key}`;

const member = { 'aws:PrincipalOrgID': ORGANIZATION };
const stranger = { 'aws:PrincipalOrgID': 'o-0000000000' };
const eventHold = { 's3:object-lock-event-hold': 'ON' };
const foreignKey = {
  's3:x-amz-server-side-encryption-aws-kms-key-id':
    'arn:aws:kms:eu-central-1:999999999999:key/00112233-4455-6677-8899-aabbccddeeff',
};
const once = { 's3:ObjectCreationOperation': 'true', 's3:if-none-match': '*' };

const irish = ireland.role('ArchiveReplicationRole');
const swedish = stockholm.role('ArchiveReplicationRole');
const german = frankfurt.role('ArchiveReplicationRole');
const operator = administrator('arn:aws:iam::111122223333:role/Operator');
const root = administrator('arn:aws:iam::111122223333:root');
const irishOperator = administrator(`arn:aws:iam::${OTHER_ACCOUNT}:role/Operator`);
const foreigner = administrator('arn:aws:iam::999999999999:role/immutable-audit-log/acme-audit-eu-west-1-replication');
const breakGlass = administrator(BREAK_GLASS);

/** What becomes of the role if someone attaches a policy for administrators to it. */
const widened = ({ arn }: Caller) => administrator(arn ?? '');

type Row = [who: string, what: string, by: Caller, action: string, resource: string, context?: Request['context']];

const decide = (at: PolicySimulator, [, , by, action, resource, context]: Row, policy?: PolicyDocument) =>
  at.decide({ by, action, resource, context }, policy);

const honest: Row[] = [
  ['Ireland', 'copies a record from its account', irish, 's3:ReplicateObject', fromIreland, member],
  ['Stockholm', 'copies a record', swedish, 's3:ReplicateObject', fromStockholm, member],
  ['query', 'reads a replica', frankfurt.role('ArchiveRolesQuery'), 's3:GetObject', fromIreland],
  ['query', 'lists replicas', frankfurt.role('ArchiveRolesQuery'), 's3:ListBucket', replicas],
  ['view', 'reads a replica', frankfurt.role('ArchiveRolesView'), 's3:GetObject', fromStockholm],
  ['verification', 'lists versions', frankfurt.role('ArchiveRolesVerification'), 's3:ListBucketVersions', replicas],
  ['verification', 'reads a version', frankfurt.role('ArchiveRolesVerification'), 's3:GetObjectVersion', fromIreland],
  ['verification', 'reads a lock', frankfurt.role('ArchiveRolesVerification'), 's3:GetObjectRetention', fromIreland],
  [
    'an operator',
    'sets a legal hold',
    operator,
    's3:PutObjectLegalHold',
    fromIreland,
    { 's3:object-lock-legal-hold': 'ON' },
  ],
  [
    'break-glass',
    'lifts a legal hold',
    breakGlass,
    's3:PutObjectLegalHold',
    fromIreland,
    { 's3:object-lock-legal-hold': 'OFF' },
  ],
  ['break-glass', 'lengthens a lock', breakGlass, 's3:PutObjectRetention', fromIreland],
  ...['s3:CreateBucket', 's3:PutBucketPolicy', 's3:PutBucketVersioning', 's3:PutBucketObjectLockConfiguration'].map(
    (action): Row => ['deployment', action, operator, action, replicas],
  ),
  ...['shards/x.json', 'root/entries/000000000001.json', 'root/checkpoint/000000000001'].map(
    (rest): Row => [
      'Ireland',
      `copies ${rest}`,
      irish,
      's3:ReplicateObject',
      `${replicas}/acme-audit/eu-west-1/${rest}`,
      member,
    ],
  ),
];

test.each(honest)('%s: %s', async (...row) => {
  expect(await decide(frankfurt, row)).toBe('Allowed');
});

const ofOriginals: Row[] = [
  ['reads its configuration', 's3:GetReplicationConfiguration', records],
  ['lists', 's3:ListBucket', records],
  ['reads a record', 's3:GetObjectVersionForReplication', original],
  ['reads a lock', 's3:GetObjectRetention', original],
  ['reads a legal hold', 's3:GetObjectLegalHold', original],
].map(([what = '', action = '', resource = '']): Row => ['replication', what, irish, action, resource]);

test.each(ofOriginals)('of the originals, %s %s', async (...row) => {
  expect(await decide(ireland, row)).toBe('Allowed');
});

const neverOfOriginals: Row[] = [
  ['writes', 's3:PutObject', original, once],
  ['reads another prefix', 's3:GetObjectVersionForReplication', `${records}/other/x`],
  ['reads for itself', 's3:GetObject', original],
  ['deletes', 's3:DeleteObject', original],
  ['replicates into them', 's3:ReplicateObject', original],
  ['changes the configuration', 's3:PutReplicationConfiguration', records],
].map(([what, action, resource, context]) => ['replication', what, irish, action, resource, context] as Row);

test.each(neverOfOriginals)('of the originals, %s never %s', async (...row) => {
  expect(await decide(ireland, row)).not.toBe('Allowed');
});

const honestInDublin: Row[] = [
  ['Frankfurt', 'copies a record into another account', german, 's3:ReplicateObject', fromFrankfurt, member],
  [
    'Stockholm',
    'copies a record into another account',
    swedish,
    's3:ReplicateObject',
    `${dublinReplicas}/acme-audit/eu-north-1/${key}`,
    member,
  ],
  ...['shards/x.json', 'root/entries/000000000001.json', 'root/checkpoint/000000000001'].map((rest): Row => {
    const copy = `${dublinReplicas}/acme-audit/eu-central-1/${rest}`;
    return ['Frankfurt', `copies ${rest}`, german, 's3:ReplicateObject', copy, member];
  }),
  ['query there', 'reads a copy', dublin.role('ArchiveRolesQuery'), 's3:GetObject', fromFrankfurt],
  [
    'verification there',
    'reads a lock',
    dublin.role('ArchiveRolesVerification'),
    's3:GetObjectRetention',
    fromFrankfurt,
  ],
];

test.each(honestInDublin)('of copies in another account, %s: %s', async (...row) => {
  expect(await decide(dublin, row)).toBe('Allowed');
});

/** From the account that copies: another one than that of the copies. */
const neverInDublin: Row[] = [
  [
    'Frankfurt',
    'copies below the prefix of Stockholm',
    german,
    's3:ReplicateObject',
    `${dublinReplicas}/acme-audit/eu-north-1/x`,
    member,
  ],
  ['Frankfurt', 'copies after it left the organization', german, 's3:ReplicateObject', fromFrankfurt, stranger],
  ['Frankfurt', 'reads back', german, 's3:GetObject', fromFrankfurt, member],
  ['Frankfurt', 'deletes', german, 's3:DeleteObject', fromFrankfurt, member],
  ['Frankfurt', 'copies a delete marker', german, 's3:ReplicateDelete', fromFrankfurt, member],
  [
    'Frankfurt, widened,',
    'takes ownership',
    widened(german),
    's3:ObjectOwnerOverrideToBucketOwner',
    fromFrankfurt,
    member,
  ],
  ['Frankfurt, widened,', 'writes', widened(german), 's3:PutObject', fromFrankfurt, { ...member, ...once }],
  ['Frankfurt, widened,', 'opens the bucket', widened(german), 's3:PutBucketPolicy', dublinReplicas, member],
  ['Frankfurt, widened,', 'copies tags', widened(german), 's3:ReplicateTags', fromFrankfurt, member],
  [
    'Frankfurt, widened,',
    'holds by an event',
    widened(german),
    's3:ReplicateObject',
    fromFrankfurt,
    { ...member, ...eventHold },
  ],
  [
    'Frankfurt',
    'copies under a foreign key',
    german,
    's3:ReplicateObject',
    fromFrankfurt,
    { ...member, ...foreignKey },
  ],
  ["Frankfurt's administrator", 'copies by another role', operator, 's3:ReplicateObject', fromFrankfurt, member],
  ["Frankfurt's administrator", 'reads', operator, 's3:GetObject', fromFrankfurt, member],
  ["Frankfurt's administrator", 'lists', operator, 's3:ListBucket', dublinReplicas, member],
  ["Frankfurt's administrator", 'shortens a lock', operator, 's3:PutObjectRetention', fromFrankfurt, member],
  ["Frankfurt's root user", 'opens the bucket', root, 's3:PutBucketPolicy', dublinReplicas, member],
  ["Frankfurt's query", 'reads', frankfurt.role('ArchiveRolesQuery'), 's3:GetObject', fromFrankfurt, member],
  ["Frankfurt's break-glass", 'lengthens a lock', breakGlass, 's3:PutObjectRetention', fromFrankfurt, member],
];

test.each(neverInDublin)('of copies in another account, %s never %s', async (...row) => {
  expect(await decide(dublin, row)).not.toBe('Allowed');
});

const outsiders: Row[] = [
  [
    "another account's bucket",
    'copies by a role of the same name',
    foreigner,
    's3:ReplicateObject',
    fromIreland,
    member,
  ],
  ["another account's bucket", 'copies beside', foreigner, 's3:ReplicateObject', beside, member],
  ["Ireland's administrator", 'copies by another role', irishOperator, 's3:ReplicateObject', fromIreland, member],
  ["Ireland's administrator", 'reads', irishOperator, 's3:GetObject', fromIreland, member],
  ["Ireland's administrator", 'opens the bucket', irishOperator, 's3:PutBucketPolicy', replicas, member],
  ['Ireland', 'copies after it left the organization', irish, 's3:ReplicateObject', fromIreland, stranger],
  ['Ireland', 'copies without an organization', irish, 's3:ReplicateObject', fromIreland],
  ['Ireland', 'copies below the prefix of Stockholm', irish, 's3:ReplicateObject', fromStockholm, member],
  ['Ireland', 'deletes', irish, 's3:DeleteObject', fromIreland, member],
  ['Ireland', 'reads back', irish, 's3:GetObject', fromIreland, member],
  ['Ireland', 'copies a delete marker', irish, 's3:ReplicateDelete', fromIreland, member],
  ['Stockholm', 'copies below the prefix of Ireland', swedish, 's3:ReplicateObject', fromIreland, member],
  ['the region itself', 'copies to itself', german, 's3:ReplicateObject', fromIreland, member],
  ['a stolen ingest node', 'writes', frankfurt.role('ArchiveRolesIngest'), 's3:PutObject', fromIreland, once],
  ['a stolen ingest node', 'reads', frankfurt.role('ArchiveRolesIngest'), 's3:GetObject', fromIreland],
  ['a stolen ingest node', 'lists', frankfurt.role('ArchiveRolesIngest'), 's3:ListBucket', replicas],
  ['a stolen sealer', 'reads', frankfurt.role('ArchiveRolesSeal'), 's3:GetObject', fromIreland],
  ['a stolen reader', 'writes', frankfurt.role('ArchiveRolesQuery'), 's3:PutObject', fromIreland, once],
  ['a stolen reader', 'deletes', frankfurt.role('ArchiveRolesQuery'), 's3:DeleteObject', fromIreland],
  [
    'a stolen verification role',
    'lengthens a lock',
    frankfurt.role('ArchiveRolesVerification'),
    's3:PutObjectRetention',
    fromIreland,
  ],
  ['anyone', 'reads', ANYONE, 's3:GetObject', fromIreland],
  ['anyone', 'copies', ANYONE, 's3:ReplicateObject', fromIreland],
];

test.each(outsiders)('%s never %s', async (...row) => {
  expect(await decide(frankfurt, row)).not.toBe('Allowed');
});

// Each of these is allowed by IAM: only a statement on the bucket refuses it.
const attacks: Row[] = [
  ['an operator', 'writes once', operator, 's3:PutObject', fromIreland, once],
  ['an operator', 'writes beside', operator, 's3:PutObject', beside, once],
  ['an operator', 'copies by a rule of his own', operator, 's3:ReplicateObject', fromIreland, member],
  ['an operator', 'copies below the prefix of Stockholm', operator, 's3:ReplicateObject', fromStockholm, member],
  ['an operator', 'copies beside', operator, 's3:ReplicateObject', beside, member],
  ['an operator', 'places a delete marker', operator, 's3:DeleteObject', fromIreland],
  ['an operator', 'deletes a version', operator, 's3:DeleteObjectVersion', fromIreland],
  ['an operator', 'bypasses the lock', operator, 's3:BypassGovernanceRetention', fromIreland],
  ['an operator', 'gives a replica away', operator, 's3:PutObjectAcl', fromIreland],
  ['an operator', 'shortens a lock', operator, 's3:PutObjectRetention', fromIreland],
  [
    'an operator',
    'lifts a legal hold',
    operator,
    's3:PutObjectLegalHold',
    fromIreland,
    { 's3:object-lock-legal-hold': 'OFF' },
  ],
  ['an operator', 'encrypts again with a key to lose', operator, 's3:UpdateObjectEncryption', fromIreland],
  ['an operator', 'reads over plain HTTP', operator, 's3:GetObject', fromIreland, { 'aws:SecureTransport': 'false' }],
  ['an operator', 'reads over TLS 1.1', operator, 's3:GetObject', fromIreland, { 's3:TlsVersion': '1.1' }],
  ['break-glass', 'holds a replica by an event', breakGlass, 's3:PutObjectRetention', fromIreland, eventHold],
  ['break-glass', 'deletes a version', breakGlass, 's3:DeleteObjectVersion', fromIreland],
  ['break-glass', 'copies', breakGlass, 's3:ReplicateObject', fromIreland, member],
  ['the root user', 'places a delete marker', root, 's3:DeleteObject', fromIreland],
  ['the root user', 'copies', root, 's3:ReplicateObject', fromIreland, member],
  ['Stockholm, widened,', 'copies beside', widened(swedish), 's3:ReplicateObject', beside, member],
  [
    'Stockholm, widened,',
    'copies below the prefix of Ireland',
    widened(swedish),
    's3:ReplicateObject',
    fromIreland,
    member,
  ],
  ['Stockholm, widened,', 'copies delete markers', widened(swedish), 's3:ReplicateDelete', fromStockholm, member],
  ['Stockholm, widened,', 'copies tags', widened(swedish), 's3:ReplicateTags', fromStockholm, member],
  ['Stockholm, widened,', 'takes ownership', widened(swedish), 's3:ObjectOwnerOverrideToBucketOwner', fromStockholm],
  ['Stockholm, widened,', 'holds by an event', widened(swedish), 's3:ReplicateObject', fromStockholm, eventHold],
  [
    'Stockholm',
    'copies under a foreign key',
    swedish,
    's3:ReplicateObject',
    fromStockholm,
    { ...member, ...foreignKey },
  ],
  ['Ireland', 'copies under a foreign key', irish, 's3:ReplicateObject', fromIreland, { ...member, ...foreignKey }],
];

test.each(attacks)('%s never %s', async (...row) => {
  expect(await decide(frankfurt, row)).toBe('ExplicitlyDenied');
});

describe('of the policy on the replicas', () => {
  const statements = frankfurt.policyOn(replicas)?.Statement ?? [];
  const under = (Statement: typeof statements, rows: Row[]): Promise<Decision[]> =>
    Promise.all(rows.map((row) => decide(frankfurt, row, { Version: '2012-10-17', Statement })));
  const denials = statements.filter(({ Effect }) => Effect === 'Deny');

  test.each(denials.map((each) => [each.Sid ?? JSON.stringify(each.Condition), each] as const))(
    'nothing but %s refuses some attack',
    async (_sid, denial) => {
      expect(
        await under(
          statements.filter((each) => each !== denial),
          attacks,
        ),
      ).toContain('Allowed');
    },
  );

  test('the allowance lets nobody in who is not to replicate, even without the denials', async () => {
    const allowing = statements.filter(({ Effect }) => Effect === 'Allow');
    expect(await under(allowing, outsiders)).not.toContain('Allowed');
  });
});

test('at least forty requests are walked of replication, and as many across accounts', () => {
  const inFrankfurt = [...honest, ...outsiders, ...attacks];
  const inDublin = [...honestInDublin, ...neverInDublin];
  const across = (account: string, rows: Row[]) => rows.filter(([, , { arn }]) => arn?.split(':')[4] !== account);
  const acrossAccounts = [...across(frankfurt.account, inFrankfurt), ...across(dublin.account, inDublin)];
  expect(inFrankfurt.length + inDublin.length + ofOriginals.length + neverOfOriginals.length).toBeGreaterThanOrEqual(
    40,
  );
  expect(acrossAccounts.length).toBeGreaterThanOrEqual(40);
});
