import {
  CreateBucketCommand,
  DeleteObjectCommand,
  PutBucketPolicyCommand,
  PutObjectAclCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  PutObjectLegalHoldCommand,
  PutObjectRetentionCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { refusal } from './refusal';

/** A statement of a bucket policy. */
export interface Statement {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Principal: unknown;
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/**
 * What the gateway makes of a statement that denies.
 *
 * - `enforced`: refuses what it forbids, and nothing else
 * - `ignored`: refuses nothing: it does not know a condition's key
 * - `overdone`: refuses what the statement permits: it takes `"Null": {"key": "false"}` for true where the key is not known
 * - `unreadable`: refuses a policy with it: it does not know an action
 */
export type Verdict = 'enforced' | 'ignored' | 'overdone' | 'unreadable';

/** The verdicts with which a statement can be part of the applied policy. */
export const APPLICABLE: readonly Verdict[] = ['enforced', 'ignored'];

type Probe = (bucket: ScratchBucket) => Promise<unknown>;

interface DeniedRequests {
  readonly verdict: Verdict;
  /** Each must be refused on AWS. */
  readonly forbidden: readonly Probe[];
  /** Must pass on AWS. */
  readonly permitted: Probe;
}

const put: Probe = (bucket) => bucket.put({});
const putOnce: Probe = (bucket) => bucket.put({ IfNoneMatch: '*' });

/** Every denying statement of a synthesized bucket policy by its name, and what Ceph 16.2 makes of it. */
export const STATEMENTS: Readonly<Record<string, DeniedRequests>> = {
  'aws:SecureTransport': { verdict: 'ignored', forbidden: [put], permitted: putOnce },
  's3:TlsVersion': { verdict: 'ignored', forbidden: [put], permitted: putOnce },
  DenyOverwrite: { verdict: 'ignored', forbidden: [put], permitted: putOnce },
  DenyDelete: {
    verdict: 'enforced',
    forbidden: [
      (bucket) => bucket.delete(),
      async (bucket) => bucket.delete((await bucket.put({})).VersionId),
      async (bucket) => bucket.delete((await bucket.put(lock('GOVERNANCE', 1))).VersionId),
    ],
    permitted: putOnce,
  },
  DenyAcls: { verdict: 'enforced', forbidden: [(bucket) => bucket.setAcl()], permitted: putOnce },
  DenyForeignReplication: { verdict: 'unreadable', forbidden: [], permitted: putOnce },
  DenyShortRetention: {
    verdict: 'ignored',
    forbidden: [(bucket) => bucket.put(lock('COMPLIANCE', 1))],
    permitted: (bucket) => bucket.put(lock('COMPLIANCE', 3_000)),
  },
  DenyOtherRetentionMode: {
    verdict: 'ignored',
    forbidden: [(bucket) => bucket.put(lock('GOVERNANCE', 3_000))],
    permitted: (bucket) => bucket.put(lock('COMPLIANCE', 3_000)),
  },
  DenyRetentionButByBreakGlass: { verdict: 'ignored', forbidden: [(bucket) => bucket.retain()], permitted: putOnce },
  DenyEventHold: {
    verdict: 'ignored',
    forbidden: [(bucket) => bucket.put({ ObjectLockEventHold: 'ON' })],
    permitted: putOnce,
  },
  DenyLegalHoldRemovalButByBreakGlass: {
    verdict: 'ignored',
    forbidden: [(bucket) => bucket.hold('OFF')],
    permitted: (bucket) => bucket.hold('ON'),
  },
  DenyForeignKey: { verdict: 'overdone', forbidden: [], permitted: putOnce },
  DenyReencryption: { verdict: 'unreadable', forbidden: [], permitted: putOnce },
};

/** The statement's id, or the key of its condition where the construct library wrote it without one. */
export function nameOf({ Sid, Condition = {} }: Statement): string {
  const [key = 'unnamed'] = Object.values(Condition).flatMap((operands) => Object.keys(operands));
  return Sid ?? key;
}

/** Tries a statement, alone in the policy of a bucket whose owner may do everything else. */
export async function judge(owner: S3Client, statement: Statement): Promise<string> {
  const name = nameOf(statement);
  const row = STATEMENTS[name];
  if (row === undefined) return 'unknown';
  const bucket = await ScratchBucket.create(owner, `scratch-${name.toLowerCase().replace(/\W/g, '-')}`);
  if ((await refusal(bucket.applyPolicy(statement))) !== undefined) return 'unreadable';
  if ((await refusal(row.permitted(bucket))) !== undefined) return 'overdone';
  const refusals = await Promise.all(row.forbidden.map((probe) => refusal(probe(bucket))));
  const refused = refusals.filter((each) => each === 'AccessDenied').length;
  if (refused === 0) return 'ignored';
  return refused === refusals.length ? 'enforced' : `enforced for ${refused} of ${refusals.length} requests`;
}

function lock(mode: 'COMPLIANCE' | 'GOVERNANCE', days: number): Partial<PutObjectCommandInput> {
  return { ObjectLockMode: mode, ObjectLockRetainUntilDate: new Date(Date.now() + days * 86_400_000) };
}

/** A bucket with Object Lock, but no rule, so that nothing is refused but by its policy; with one object. */
export class ScratchBucket {
  public static async create(owner: S3Client, name: string): Promise<ScratchBucket> {
    await owner.send(new CreateBucketCommand({ Bucket: name, ObjectLockEnabledForBucket: true }));
    const bucket = new ScratchBucket(owner, name);
    await owner.send(new PutObjectCommand({ ...bucket.object, Body: 'x' }));
    return bucket;
  }

  private readonly object: { readonly Bucket: string; readonly Key: string };
  private count = 0;

  private constructor(
    private readonly owner: S3Client,
    public readonly name: string,
  ) {
    this.object = { Bucket: name, Key: 'object' };
  }

  public applyPolicy(statement: Statement): Promise<unknown> {
    const here = JSON.stringify(statement.Resource).replaceAll(/arn:aws:s3:::[^/"]+/g, `arn:aws:s3:::${this.name}`);
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [{ ...statement, Resource: JSON.parse(here) }] });
    return this.owner.send(new PutBucketPolicyCommand({ Bucket: this.name, Policy }));
  }

  /** Under another key each time. */
  public put(how: Partial<PutObjectCommandInput>) {
    this.count += 1;
    const Key = `new-${this.count}`;
    return this.owner.send(new PutObjectCommand({ Bucket: this.name, Key, Body: 'x', ...how }));
  }

  public delete(VersionId?: string) {
    const Key = VersionId === undefined ? 'object' : `new-${this.count}`;
    const version = VersionId === undefined ? {} : { VersionId, BypassGovernanceRetention: true };
    return this.owner.send(new DeleteObjectCommand({ Bucket: this.name, Key, ...version }));
  }

  public setAcl() {
    return this.owner.send(new PutObjectAclCommand({ ...this.object, ACL: 'private' }));
  }

  public retain() {
    const { ObjectLockMode: Mode, ObjectLockRetainUntilDate: RetainUntilDate } = lock('COMPLIANCE', 1);
    return this.owner.send(new PutObjectRetentionCommand({ ...this.object, Retention: { Mode, RetainUntilDate } }));
  }

  public hold(Status: 'ON' | 'OFF') {
    return this.owner.send(new PutObjectLegalHoldCommand({ ...this.object, LegalHold: { Status } }));
  }
}
