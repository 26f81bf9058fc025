import { createHash } from 'node:crypto';
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  GetObjectLockConfigurationCommand,
  GetObjectRetentionCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  type ObjectLockRetention,
  PutBucketVersioningCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  PutObjectLegalHoldCommand,
  PutObjectLockConfigurationCommand,
  PutObjectRetentionCommand,
  type S3Client,
} from '@aws-sdk/client-s3';

const DAY_MS = 86_400_000;

/** One request (and what must come before it), and how S3 answers it as documented: `OK`, an HTTP status, or a value. */
export interface Row {
  readonly name: string;
  readonly wanted: string;
  readonly run: (attempts: Attempts) => Promise<string | undefined>;
}

/** Buckets to try requests on: one that locks for a day in compliance mode, one with Object Lock but no rule, one without versions. */
export class Attempts {
  public static async begin(client: S3Client, name: string): Promise<Attempts> {
    const attempts = new Attempts(client, `${name}-locked`, `${name}-free`, `${name}-plain`);
    await client.send(new CreateBucketCommand({ Bucket: attempts.locked, ObjectLockEnabledForBucket: true }));
    await client.send(new CreateBucketCommand({ Bucket: attempts.free, ObjectLockEnabledForBucket: true }));
    await client.send(new CreateBucketCommand({ Bucket: attempts.plain }));
    await attempts.rule(attempts.locked, 'COMPLIANCE');
    return attempts;
  }

  private keys = 0;

  private constructor(
    public readonly client: S3Client,
    public readonly locked: string,
    public readonly free: string,
    public readonly plain: string,
  ) {}

  public newKey(): string {
    return `key-${this.keys++}`;
  }

  public rule(bucket: string, mode?: 'COMPLIANCE' | 'GOVERNANCE') {
    const rule = mode && { DefaultRetention: { Mode: mode, Days: 1 } };
    const configuration = { ObjectLockEnabled: 'Enabled' as const, ...(rule && { Rule: rule }) };
    return this.client.send(
      new PutObjectLockConfigurationCommand({ Bucket: bucket, ObjectLockConfiguration: configuration }),
    );
  }

  public async put(bucket: string, key: string, more: Partial<PutObjectCommandInput> = {}): Promise<string> {
    const sum = createHash('sha256').update('x').digest('base64');
    const checksum = { ChecksumAlgorithm: 'SHA256', ChecksumSHA256: sum } as const;
    const command = new PutObjectCommand({ Bucket: bucket, Key: key, Body: 'x', ...checksum, ...more });
    return (await this.client.send(command)).VersionId ?? '';
  }

  /** Puts a new key and keeps nothing of it. */
  public async tryPut(bucket: string, more: Partial<PutObjectCommandInput>): Promise<void> {
    await this.put(bucket, this.newKey(), more);
  }

  public remove(bucket: string, key: string, version?: string, bypass?: true) {
    const which = { Bucket: bucket, Key: key, VersionId: version, BypassGovernanceRetention: bypass };
    return this.client.send(new DeleteObjectCommand(which));
  }

  public retain(bucket: string, key: string, retention: ObjectLockRetention, bypass?: true) {
    const which = { Bucket: bucket, Key: key, BypassGovernanceRetention: bypass };
    return this.client.send(new PutObjectRetentionCommand({ ...which, Retention: retention }));
  }

  public hold(key: string, status: 'ON' | 'OFF') {
    const which = { Bucket: this.free, Key: key };
    return this.client.send(new PutObjectLegalHoldCommand({ ...which, LegalHold: { Status: status } }));
  }

  /** Several DELETEs in one request; the error codes. */
  public async removeMany(bucket: string, key: string, version: string): Promise<string> {
    const Delete = { Objects: [{ Key: key, VersionId: version }] };
    const { Errors = [] } = await this.client.send(new DeleteObjectsCommand({ Bucket: bucket, Delete }));
    return Errors.map(({ Code }) => Code).join() || 'OK';
  }

  /** A version in the free bucket with a lock in governance mode. */
  public async governed(): Promise<{ key: string; version: string }> {
    const key = this.newKey();
    const lock = { ObjectLockMode: 'GOVERNANCE', ObjectLockRetainUntilDate: inDays(1) } as const;
    return { key, version: await this.put(this.free, key, lock) };
  }
}

function inDays(days: number): Date {
  return new Date(Date.now() + days * DAY_MS);
}

function row(name: string, wanted: string, run: (attempts: Attempts) => Promise<unknown>): Row {
  return {
    name,
    wanted,
    run: async (attempts) => {
      try {
        const result = await run(attempts);
        return typeof result === 'string' ? result : 'OK';
      } catch (error) {
        const { $metadata, name: cause } = error as { $metadata?: { httpStatusCode?: number }; name: string };
        return String($metadata?.httpStatusCode ?? cause);
      }
    },
  };
}

/** What S3 does as documented; the order does not matter, every row makes its own objects. */
export const MATRIX: readonly Row[] = [
  row('Object Lock turns versioning on', 'Enabled', async ({ client, locked }) => {
    return (await client.send(new GetBucketVersioningCommand({ Bucket: locked }))).Status;
  }),
  row('the rule of a bucket comes back', 'COMPLIANCE 1', async ({ client, locked }) => {
    const { ObjectLockConfiguration } = await client.send(new GetObjectLockConfigurationCommand({ Bucket: locked }));
    const { Mode, Days } = ObjectLockConfiguration?.Rule?.DefaultRetention ?? {};
    return `${Mode} ${Days}`;
  }),
  row('versioning of a bucket with Object Lock cannot be suspended', '409', async ({ client, free }) => {
    const Bucket = `${free}-suspended`;
    await client.send(new CreateBucketCommand({ Bucket, ObjectLockEnabledForBucket: true }));
    await client.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Suspended' } }));
  }),
  row('a rule on a bucket without versions', '409', (a) => a.rule(a.plain, 'COMPLIANCE')),
  row('a bucket that holds objects cannot be deleted', '409', async (a) => {
    await a.put(a.locked, a.newKey());
    await a.client.send(new DeleteBucketCommand({ Bucket: a.locked }));
  }),

  row('If-None-Match on a new key', 'OK', (a) => a.tryPut(a.locked, { IfNoneMatch: '*' })),
  row('If-None-Match on a taken key', '412', async (a) => {
    const key = a.newKey();
    await a.put(a.locked, key);
    await a.put(a.locked, key, { IfNoneMatch: '*' });
  }),
  row('of 8 racing PUTs with If-None-Match one wins', '1', async (a) => {
    const key = a.newKey();
    const puts = Array.from({ length: 8 }, () => a.put(a.locked, key, { IfNoneMatch: '*' }));
    return String((await Promise.allSettled(puts)).filter(({ status }) => status === 'fulfilled').length);
  }),
  row('If-None-Match behind a delete marker', 'OK', async (a) => {
    const key = a.newKey();
    await a.put(a.locked, key);
    await a.remove(a.locked, key);
    await a.put(a.locked, key, { IfNoneMatch: '*' });
    return 'OK';
  }),
  row('If-Match with another ETag', '412', async (a) => {
    const key = a.newKey();
    await a.put(a.locked, key);
    await a.put(a.locked, key, { IfMatch: '"0"' });
  }),

  row('a PUT with a wrong SHA-256', '400', (a) =>
    a.tryPut(a.locked, { ChecksumSHA256: createHash('sha256').update('y').digest('base64') }),
  ),
  row('a PUT with a wrong Content-MD5', '400', (a) =>
    a.tryPut(a.free, { ContentMD5: createHash('md5').update('y').digest('base64') }),
  ),
  row('the SHA-256 comes back', createHash('sha256').update('x').digest('base64'), async (a) => {
    const Key = a.newKey();
    await a.put(a.locked, Key);
    const { ChecksumSHA256 } = await a.client.send(
      new HeadObjectCommand({ Bucket: a.locked, Key, ChecksumMode: 'ENABLED' }),
    );
    return ChecksumSHA256 ?? 'none';
  }),
  row('the last bytes of an object', 'x', async (a) => {
    const Key = a.newKey();
    await a.put(a.free, Key, { Body: 'abcx', ChecksumSHA256: undefined });
    const { Body } = await a.client.send(new GetObjectCommand({ Bucket: a.free, Key, Range: 'bytes=-1' }));
    return Body?.transformToString();
  }),
  row('the last bytes of an object that has none', '416', async (a) => {
    const Key = a.newKey();
    await a.put(a.free, Key, { Body: '', ChecksumSHA256: undefined });
    await a.client.send(new GetObjectCommand({ Bucket: a.free, Key, Range: 'bytes=-1' }));
  }),

  row('a PUT on a taken key is a new version', '2', async (a) => {
    const key = a.newKey();
    await a.put(a.locked, key);
    await a.put(a.locked, key);
    const listed = await a.client.send(new ListObjectVersionsCommand({ Bucket: a.locked, Prefix: key }));
    return String(listed.Versions?.filter(({ Key }) => Key === key).length);
  }),
  row('a deleted key is gone from sight', '404', async (a) => {
    const Key = a.newKey();
    await a.put(a.locked, Key);
    await a.remove(a.locked, Key);
    await a.client.send(new GetObjectCommand({ Bucket: a.locked, Key }));
  }),
  row('the version behind a delete marker can be read', 'x', async (a) => {
    const Key = a.newKey();
    const VersionId = await a.put(a.locked, Key);
    await a.remove(a.locked, Key);
    const { Body } = await a.client.send(new GetObjectCommand({ Bucket: a.locked, Key, VersionId }));
    return Body?.transformToString();
  }),
  row('a delete marker can be removed', 'OK', async (a) => {
    const Key = a.newKey();
    await a.put(a.locked, Key);
    const { VersionId } = await a.remove(a.locked, Key);
    await a.remove(a.locked, Key, VersionId);
    await a.client.send(new HeadObjectCommand({ Bucket: a.locked, Key }));
  }),
  row('folders are listed with their slash', 'list-/', async (a) => {
    await a.put(a.free, 'list-/x/y');
    const listed = await a.client.send(new ListObjectsV2Command({ Bucket: a.free, Prefix: 'list-', Delimiter: '/' }));
    return listed.CommonPrefixes?.map(({ Prefix }) => Prefix).join();
  }),
  row('a listing begins behind a key', 'after-b', async (a) => {
    for (const key of ['after-a', 'after-b']) await a.put(a.free, key);
    const which = { Bucket: a.free, Prefix: 'after-', StartAfter: 'after-a' };
    return (await a.client.send(new ListObjectsV2Command(which))).Contents?.map(({ Key }) => Key).join();
  }),

  row('the rule locks a PUT that brings no lock', 'COMPLIANCE', async (a) => {
    const Key = a.newKey();
    await a.put(a.locked, Key);
    return (await a.client.send(new GetObjectRetentionCommand({ Bucket: a.locked, Key }))).Retention?.Mode;
  }),
  row('without a rule there is no lock', '404', async (a) => {
    const Key = a.newKey();
    await a.put(a.free, Key);
    await a.client.send(new GetObjectRetentionCommand({ Bucket: a.free, Key }));
  }),
  row('a lock of its own replaces the rule, also a shorter one', 'OK', async (a) => {
    const until = { ObjectLockRetainUntilDate: new Date(Date.now() + 60_000) };
    const Key = a.newKey();
    await a.put(a.locked, Key, { ObjectLockMode: 'COMPLIANCE', ...until });
    const head = await a.client.send(new HeadObjectCommand({ Bucket: a.locked, Key }));
    return (head.ObjectLockRetainUntilDate?.getTime() ?? Infinity) < Date.now() + 3_600_000 ? 'OK' : 'longer';
  }),
  row('a lock that ends in the past', '400', (a) =>
    a.tryPut(a.free, { ObjectLockMode: 'COMPLIANCE', ObjectLockRetainUntilDate: inDays(-1) }),
  ),
  row('a mode without an end', '400', (a) => a.tryPut(a.free, { ObjectLockMode: 'COMPLIANCE' })),
  row('a lock in a bucket without Object Lock', '400', (a) =>
    a.tryPut(a.plain, { ObjectLockMode: 'COMPLIANCE', ObjectLockRetainUntilDate: inDays(1) }),
  ),
  row('a version in compliance mode cannot be deleted', '403', async (a) => {
    const key = a.newKey();
    await a.remove(a.locked, key, await a.put(a.locked, key));
  }),
  row('nor with the right to bypass', '403', async (a) => {
    const key = a.newKey();
    await a.remove(a.locked, key, await a.put(a.locked, key), true);
  }),
  row('nor among many', 'AccessDenied', async (a) => {
    const key = a.newKey();
    return a.removeMany(a.locked, key, await a.put(a.locked, key));
  }),
  row('a lock can be made longer', 'OK', async (a) => {
    const key = a.newKey();
    await a.put(a.locked, key);
    await a.retain(a.locked, key, { Mode: 'COMPLIANCE', RetainUntilDate: inDays(2) });
  }),
  row('a lock in compliance mode cannot be made shorter', '403', async (a) => {
    const key = a.newKey();
    await a.put(a.locked, key);
    await a.retain(a.locked, key, { Mode: 'COMPLIANCE', RetainUntilDate: inDays(0.5) });
  }),
  row('nor shorter with the right to bypass', '403', async (a) => {
    const key = a.newKey();
    await a.put(a.locked, key);
    await a.retain(a.locked, key, { Mode: 'COMPLIANCE', RetainUntilDate: inDays(0.5) }, true);
  }),
  row('nor turned to governance mode', '403', async (a) => {
    const key = a.newKey();
    await a.put(a.locked, key);
    await a.retain(a.locked, key, { Mode: 'GOVERNANCE', RetainUntilDate: inDays(2) }, true);
  }),
  row('a version in governance mode cannot be deleted', '403', async (a) => {
    const { key, version } = await a.governed();
    await a.remove(a.free, key, version);
  }),
  row('but with the right to bypass', 'OK', async (a) => {
    const { key, version } = await a.governed();
    await a.remove(a.free, key, version, true);
  }),
  row('a lock in governance mode cannot be made shorter', '403', async (a) => {
    await a.retain(a.free, (await a.governed()).key, { Mode: 'GOVERNANCE', RetainUntilDate: inDays(0.5) });
  }),
  row('but shorter with the right to bypass', 'OK', async (a) => {
    await a.retain(a.free, (await a.governed()).key, { Mode: 'GOVERNANCE', RetainUntilDate: inDays(0.5) }, true);
  }),
  row('a lock in governance mode can be turned to compliance', 'OK', async (a) => {
    await a.retain(a.free, (await a.governed()).key, { Mode: 'COMPLIANCE', RetainUntilDate: inDays(2) }, true);
  }),
  row('a version on legal hold cannot be deleted, whoever may bypass', '403', async (a) => {
    const key = a.newKey();
    const version = await a.put(a.free, key);
    await a.hold(key, 'ON');
    await a.remove(a.free, key, version, true);
  }),
  row('once the hold is off it can', 'OK', async (a) => {
    const key = a.newKey();
    const version = await a.put(a.free, key);
    await a.hold(key, 'ON');
    await a.hold(key, 'OFF');
    await a.remove(a.free, key, version);
  }),
];
