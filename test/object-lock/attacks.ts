import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteBucketPolicyCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketVersioningCommand,
  PutObjectAclCommand,
  PutObjectCommand,
  PutObjectLockConfigurationCommand,
  PutObjectRetentionCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';

/**
 * Who attacks. The owner administers the account: everything is allowed to it that the bucket's policy does not deny. As a policy cannot bind whoever may
 * replace it, it attacks a second time `unbound`, without the denying statements: then the lock is all that is left.
 */
export const ATTACKERS = [
  'ingest',
  'seal',
  'query',
  'view',
  'verification',
  'stranger',
  'owner',
  'owner, unbound',
] as const;

export type Attacker = (typeof ATTACKERS)[number];

/** What kind of object of the log is attacked. */
export type VictimKind = 'segment' | 'endorsement' | 'root entries' | 'checkpoint';

/** What an attacker has. */
export interface Scene {
  readonly s3: S3Client;
  readonly Bucket: string;
  readonly victim: { readonly Key: string; readonly VersionId: string; readonly bytes: Buffer };
  /** An object that the attacker may read, with other bytes. */
  readonly other: string;
  /** Has an honest client append an event, and gives the key of its segment. */
  append(): Promise<string>;
  processLifecycles(): Promise<void>;
}

/**
 * One attack and what comes of it: `refused: <code of the error>`, by `the lock` where Object Lock refuses; `found: <codes>` where it is accepted and
 * verification names the object; `harmless` where it is accepted and the object is as readable and as locked as before.
 */
export interface Attack {
  readonly name: string;
  readonly on: VictimKind;
  /** Gives the key of the object that is harmed, if it is not the victim. */
  readonly run: (scene: Scene) => Promise<unknown>;
  /** By attacker. The policy refuses all others. */
  readonly outcomes: Readonly<Partial<Record<Attacker, string>>>;
}

/** To whom the policy does not allow what is tried, or denies it. */
export const REFUSED = 'refused: AccessDenied';

const DAY_MS = 86_400_000;
const JUNK = Buffer.from('junk');

type Run = Attack['run'];

const deleteVersion: Run = ({ s3, Bucket, victim: { Key, VersionId } }) =>
  s3.send(new DeleteObjectCommand({ Bucket, Key, VersionId, BypassGovernanceRetention: true }));

const deleteInBatch: Run = async ({ s3, Bucket, victim: { Key, VersionId } }) => {
  const Delete = { Objects: [{ Key, VersionId }] };
  const { Errors = [], $metadata } = await s3.send(new DeleteObjectsCommand({ Bucket, Delete }));
  for (const { Code, Message } of Errors) throw Object.assign(new Error(Message), { name: Code, $metadata });
};

const hide: Run = ({ s3, Bucket, victim: { Key } }) => s3.send(new DeleteObjectCommand({ Bucket, Key }));

const expire: Run = async ({ s3, Bucket, victim: { Key }, processLifecycles }) => {
  const versions = { Expiration: { Days: 1 }, NoncurrentVersionExpiration: { NoncurrentDays: 1 } };
  const rule = { ID: 'all', Status: 'Enabled', Filter: { Prefix: Key }, ...versions } as const;
  const LifecycleConfiguration = { Rules: [rule] };
  await s3.send(new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration }));
  await processLifecycles();
};

const overwrite: Run = ({ s3, Bucket, victim: { Key } }) => s3.send(new PutObjectCommand({ Bucket, Key, Body: JUNK }));

const overwriteInParts: Run = async ({ s3, Bucket, victim: { Key } }) => {
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key }));
  const { ETag } = await s3.send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber: 1, Body: JUNK }));
  const MultipartUpload = { Parts: [{ PartNumber: 1, ETag }] };
  await s3.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload }));
};

const copyOver: Run = ({ s3, Bucket, victim: { Key }, other }) =>
  s3.send(new CopyObjectCommand({ Bucket, Key, CopySource: `${Bucket}/${other}` }));

const putBeside: Run = async ({ s3, Bucket, victim }) => {
  const Key = `${victim.Key}.${Date.now()}`;
  await s3.send(new PutObjectCommand({ Bucket, Key, Body: JUNK }));
  return Key;
};

const putAgain =
  (ObjectLockMode: 'COMPLIANCE' | 'GOVERNANCE', days: number): Run =>
  ({ s3, Bucket, victim: { Key, bytes } }) => {
    const ObjectLockRetainUntilDate = new Date(Date.now() + days * DAY_MS);
    return s3.send(new PutObjectCommand({ Bucket, Key, Body: bytes, ObjectLockMode, ObjectLockRetainUntilDate }));
  };

const retain =
  (Mode?: 'COMPLIANCE' | 'GOVERNANCE', days = 0): Run =>
  ({ s3, Bucket, victim: { Key, VersionId } }) => {
    const Retention = Mode === undefined ? {} : { Mode, RetainUntilDate: new Date(Date.now() + days * DAY_MS) };
    const bypass = { BypassGovernanceRetention: true };
    return s3.send(new PutObjectRetentionCommand({ Bucket, Key, VersionId, Retention, ...bypass }));
  };

const open: Run = ({ s3, Bucket, victim: { Key } }) =>
  s3.send(new PutObjectAclCommand({ Bucket, Key, ACL: 'public-read-write' }));

const lockNew =
  (DefaultRetention?: { Mode: 'COMPLIANCE' | 'GOVERNANCE'; Days: number }): Run =>
  async ({ s3, Bucket, append }) => {
    const Rule = DefaultRetention && { DefaultRetention };
    const ObjectLockConfiguration = { ObjectLockEnabled: 'Enabled', Rule } as const;
    await s3.send(new PutObjectLockConfigurationCommand({ Bucket, ObjectLockConfiguration }));
    return append();
  };

const keepNoVersions: Run = ({ s3, Bucket }) =>
  s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Suspended' } }));

const deletePolicy: Run = ({ s3, Bucket }) => s3.send(new DeleteBucketPolicyCommand({ Bucket }));

const deleteBucket: Run = ({ s3, Bucket }) => s3.send(new DeleteBucketCommand({ Bucket }));

/** The writer of an object, and its bucket's owner: on AWS the policy refuses it to them too, by conditions that Ceph does not know. */
const by = (writer: 'ingest' | 'seal', outcome: string) => ({
  [writer]: outcome,
  owner: outcome,
  'owner, unbound': outcome,
});
const byOwner = (outcome: string) => ({ owner: outcome, 'owner, unbound': outcome });
const byUnbound = (outcome: string) => ({ 'owner, unbound': outcome });

export const ATTACKS: readonly Attack[] = [
  // The objects. Of each refusal in a batch Ceph gives the code only, so that the lock's looks like any other.
  { name: 'deletes a version', on: 'segment', run: deleteVersion, outcomes: byUnbound('refused: the lock') },
  { name: 'deletes a version in a batch', on: 'segment', run: deleteInBatch, outcomes: {} },
  { name: 'places a delete marker', on: 'segment', run: hide, outcomes: byUnbound('found: hidden, missing') },
  { name: 'places a delete marker', on: 'endorsement', run: hide, outcomes: byUnbound('found: hidden, unendorsed') },
  { name: 'places a delete marker', on: 'root entries', run: hide, outcomes: byUnbound('found: hidden, missing') },
  { name: 'places a delete marker', on: 'checkpoint', run: hide, outcomes: byUnbound('found: hidden, missing') },
  { name: 'lets it expire', on: 'segment', run: expire, outcomes: byOwner('found: hidden, missing') },
  { name: 'overwrites it', on: 'segment', run: overwrite, outcomes: by('ingest', 'found: damaged, hidden') },
  { name: 'overwrites it', on: 'endorsement', run: overwrite, outcomes: by('ingest', 'found: hidden, unendorsed') },
  { name: 'overwrites it', on: 'root entries', run: overwrite, outcomes: by('seal', 'found: damaged, hidden') },
  { name: 'overwrites it', on: 'checkpoint', run: overwrite, outcomes: by('seal', 'found: damaged, hidden') },
  {
    name: 'overwrites it in parts',
    on: 'segment',
    run: overwriteInParts,
    outcomes: by('ingest', 'found: damaged, hidden'),
  },
  { name: 'copies another over it', on: 'segment', run: copyOver, outcomes: by('ingest', 'found: damaged, hidden') },
  { name: 'copies another over it', on: 'checkpoint', run: copyOver, outcomes: by('seal', 'found: damaged, hidden') },
  { name: 'puts junk beside it', on: 'segment', run: putBeside, outcomes: by('ingest', 'found: foreign') },
  { name: 'puts junk beside it', on: 'endorsement', run: putBeside, outcomes: by('ingest', 'found: foreign') },
  { name: 'puts junk beside it', on: 'checkpoint', run: putBeside, outcomes: by('seal', 'found: foreign') },

  // Their locks
  {
    name: 'puts it again, locked for a day',
    on: 'segment',
    run: putAgain('COMPLIANCE', 1),
    outcomes: by('ingest', 'found: unlocked'),
  },
  {
    name: 'puts it again in governance mode',
    on: 'segment',
    run: putAgain('GOVERNANCE', 4_000),
    outcomes: by('ingest', 'found: unlocked'),
  },
  {
    name: 'shortens its lock',
    on: 'segment',
    run: retain('COMPLIANCE', 1),
    outcomes: by('ingest', 'refused: the lock'),
  },
  { name: 'lengthens its lock', on: 'segment', run: retain('COMPLIANCE', 3_000), outcomes: by('ingest', 'harmless') },
  {
    name: 'turns its lock to governance mode',
    on: 'segment',
    run: retain('GOVERNANCE', 4_000),
    outcomes: by('ingest', 'refused: the lock'),
  },
  { name: 'takes its lock away', on: 'segment', run: retain(), outcomes: by('ingest', 'refused: MalformedXML') },
  { name: 'opens it to everybody', on: 'segment', run: open, outcomes: byUnbound('harmless') },

  // The bucket
  { name: 'takes away the rule that locks', on: 'segment', run: lockNew(), outcomes: byOwner('found: unlocked') },
  {
    name: 'lets new objects be locked for a day',
    on: 'segment',
    run: lockNew({ Mode: 'COMPLIANCE', Days: 1 }),
    outcomes: byOwner('found: unlocked'),
  },
  { name: 'suspends versions', on: 'segment', run: keepNoVersions, outcomes: byOwner('refused: the lock') },
  { name: "deletes the bucket's policy", on: 'segment', run: deletePolicy, outcomes: byOwner('harmless') },
  { name: 'deletes the bucket', on: 'segment', run: deleteBucket, outcomes: byOwner('refused: BucketNotEmpty') },
];
