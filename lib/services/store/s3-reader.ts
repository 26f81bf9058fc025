import type { Readable } from 'node:stream';
import {
  GetObjectCommand,
  GetObjectRetentionCommand,
  type ObjectVersion as ListedVersion,
  ListObjectsV2Command,
  type ListObjectsV2CommandOutput,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandOutput,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { LockReader, ObjectLock, ObjectReader, ObjectVersion, StoredObject } from '../ports';
import { LARGEST_OBJECT_BYTES } from './file-reader';
import { checkReadableFolder, checkReadableKey } from './object-key';
import { s3Client } from './s3-client';
import type { S3Location } from './s3-url';

/** A read that takes longer is an outage. The SDK repeats it before. */
const READ_WITHIN_MS = 60_000;

/** How many versions are asked for their locks at a time. */
const LOCKS_AT_A_TIME = 32;

/** Of a version that is not locked, in a bucket with Object Lock (Ceph says it in the second way); of one in a bucket without; of one that is gone. */
const WITHOUT_LOCK = [
  'NoSuchObjectLockConfiguration',
  'ObjectLockConfigurationNotFoundError',
  'InvalidRequest',
  'NoSuchVersion',
];

/**
 * Reads the objects of a prefix of a bucket, and never writes. An object over 64 MiB reads as no bytes, which no object of the record is. Folders whose
 * names no path could have (`//`, `..`) are left out of `listFolders`; `list` shows what is in them.
 */
export class S3Reader implements ObjectReader, LockReader {
  public static open(location: S3Location): S3Reader {
    return new S3Reader(location);
  }

  private readonly reads: S3Client;

  protected constructor(protected readonly location: S3Location) {
    this.reads = s3Client(location, {});
  }

  public get(key: string): Promise<Buffer | undefined> {
    return this.read(key, {}, (size) => (size <= LARGEST_OBJECT_BYTES ? size : 0));
  }

  public getVersion(key: string, versionId: string): Promise<Buffer | undefined> {
    return this.read(key, { VersionId: versionId }, (size) => (size <= LARGEST_OBJECT_BYTES ? size : 0));
  }

  public getTail(key: string, bytes: number): Promise<Buffer | undefined> {
    return this.read(key, { Range: `bytes=-${bytes}` }, (size) => Math.min(bytes, size));
  }

  public async *list(prefix: string, after = ''): AsyncIterable<StoredObject> {
    checkReadableFolder(prefix.slice(0, prefix.lastIndexOf('/') + 1));
    const start = after === '' ? {} : { StartAfter: this.fullName(after) };
    for await (const { Contents = [] } of this.pages({ Prefix: this.fullName(prefix), ...start })) {
      for (const { Key = '', Size = 0, LastModified } of Contents) {
        yield { key: this.name(Key), size: Size, ...(LastModified && { modified: LastModified.getTime() }) };
      }
    }
  }

  public async *listFolders(prefix: string): AsyncIterable<string> {
    checkReadableFolder(prefix);
    for await (const { CommonPrefixes = [] } of this.pages({ Prefix: this.fullName(prefix), Delimiter: '/' })) {
      for (const { Prefix = '' } of CommonPrefixes) {
        const folder = this.name(Prefix);
        if (isReadable(folder)) yield folder;
      }
    }
  }

  public async *versions(prefix: string): AsyncIterable<ObjectVersion> {
    for await (const page of this.versionPages(this.fullName(prefix))) {
      for (let start = 0; start < page.length; start += LOCKS_AT_A_TIME) {
        yield* await Promise.all(page.slice(start, start + LOCKS_AT_A_TIME).map((version) => this.describe(version)));
      }
    }
  }

  private async describe({ version, isDeleteMarker }: ListedEntry): Promise<ObjectVersion> {
    const { Key = '', VersionId = 'null', IsLatest = false, LastModified } = version;
    const lock = isDeleteMarker ? undefined : await this.lockOf(Key, VersionId);
    return {
      key: this.name(Key),
      versionId: VersionId,
      isDeleteMarker,
      isLatest: IsLatest,
      modified: LastModified?.getTime() ?? Number.NaN,
      ...(lock && { lock }),
    };
  }

  /** Not by HEAD, which shows no lock to who may not read locks. */
  private async lockOf(fullName: string, versionId: string): Promise<ObjectLock | undefined> {
    try {
      const { Retention } = await this.reads.send(
        new GetObjectRetentionCommand({
          Bucket: this.location.bucket,
          Key: decode(fullName),
          ...(versionId !== 'null' && { VersionId: versionId }),
        }),
      );
      const mode = Retention?.Mode === 'COMPLIANCE' ? 'compliance' : 'governance';
      const until = Retention?.RetainUntilDate?.getTime();
      return until === undefined ? undefined : { mode, until };
    } catch (error) {
      if (WITHOUT_LOCK.includes(nameOf(error))) return undefined;
      throw error;
    }
  }

  private async read(
    key: string,
    part: { readonly Range?: string; readonly VersionId?: string },
    wanted: (size: number) => number,
  ): Promise<Buffer | undefined> {
    checkReadableKey(key);
    const abortSignal = AbortSignal.timeout(READ_WITHIN_MS);
    try {
      const command = new GetObjectCommand({ Bucket: this.location.bucket, Key: this.fullName(key), ...part });
      const { Body, ContentLength = 0 } = await this.reads.send(command, { abortSignal });
      return await readBody(Body as Readable, ContentLength, wanted(ContentLength), abortSignal);
    } catch (error) {
      if (['NoSuchKey', 'NoSuchVersion'].includes(nameOf(error))) return undefined;
      // The last bytes of an object that has none.
      if (nameOf(error) === 'InvalidRange') return Buffer.alloc(0);
      throw error;
    }
  }

  private async *pages(request: ListRequest): AsyncIterable<ListObjectsV2CommandOutput> {
    for (let token: string | undefined, isFirst = true; isFirst || token !== undefined; isFirst = false) {
      const page: ListObjectsV2CommandOutput = await this.reads.send(
        new ListObjectsV2Command({
          ...request,
          Bucket: this.location.bucket,
          EncodingType: 'url',
          ...(token !== undefined && { ContinuationToken: token }),
        }),
      );
      yield page;
      token = page.IsTruncated ? page.NextContinuationToken : undefined;
    }
  }

  private async *versionPages(fullPrefix: string): AsyncIterable<ListedEntry[]> {
    let next: { KeyMarker?: string; VersionIdMarker?: string } | undefined = {};
    while (next !== undefined) {
      const page: ListObjectVersionsCommandOutput = await this.reads.send(
        new ListObjectVersionsCommand({
          Bucket: this.location.bucket,
          Prefix: fullPrefix,
          EncodingType: 'url',
          ...next,
        }),
      );
      yield [
        ...(page.Versions ?? []).map((version) => ({ version, isDeleteMarker: false })),
        ...(page.DeleteMarkers ?? []).map((version) => ({ version, isDeleteMarker: true })),
      ];
      const { IsTruncated, NextKeyMarker = '', NextVersionIdMarker } = page;
      next = IsTruncated
        ? { KeyMarker: decode(NextKeyMarker), ...(NextVersionIdMarker && { VersionIdMarker: NextVersionIdMarker }) }
        : undefined;
    }
  }

  protected fullName(key: string): string {
    return this.location.prefix + key;
  }

  private name(listed: string): string {
    return decode(listed).slice(this.location.prefix.length);
  }
}

type ListRequest = { readonly Prefix: string; readonly Delimiter?: string; readonly StartAfter?: string };

interface ListedEntry {
  readonly version: ListedVersion;
  readonly isDeleteMarker: boolean;
}

/** Listings come URL-encoded: XML cannot carry all characters that a key may have. */
function decode(listed: string): string {
  return decodeURIComponent(listed.replaceAll('+', ' '));
}

function isReadable(folder: string): boolean {
  try {
    checkReadableFolder(folder);
    return true;
  } catch {
    return false;
  }
}

/** The last `wanted` of `size` bytes; a body that ends early, or goes on, is an error. */
async function readBody(body: Readable, size: number, wanted: number, signal: AbortSignal): Promise<Buffer> {
  if (wanted === 0) {
    body.destroy();
    return Buffer.alloc(0);
  }
  const giveUp = (): void => void body.destroy(new Error('the store did not send the object in time'));
  signal.addEventListener('abort', giveUp);
  try {
    const chunks: Buffer[] = [];
    let length = 0;
    for await (const chunk of body) {
      chunks.push(chunk as Buffer);
      length += (chunk as Buffer).length;
      if (length > size) break;
    }
    if (length !== size) throw new Error(`the store announced ${size} bytes and sent ${length}`);
    const all = chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, size);
    return all.subarray(size - wanted);
  } finally {
    signal.removeEventListener('abort', giveUp);
  }
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : '';
}
