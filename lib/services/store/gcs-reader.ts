import { GoogleApi, GoogleApiError } from '../google-api';
import type { LockReader, ObjectReader, ObjectVersion, StoredObject } from '../ports';
import { LARGEST_OBJECT_BYTES } from './file-reader';
import type { GcsLocation } from './gcs-url';
import { GENERATION_FIELDS, type Generation, versionsOf } from './gcs-versions';
import { checkReadableFolder, checkReadableKey } from './object-key';

const GOOGLE = 'https://storage.googleapis.com';

/** A read that takes longer, repetitions included, is an outage. */
const READ_WITHIN_MS = 60_000;

interface ListedObject extends Generation {
  /** Bytes, in decimal digits. */
  readonly size: string;
}

/** https://cloud.google.com/storage/docs/json_api/v1/buckets#resource */
interface RetentionPolicy {
  /** Seconds, in decimal digits. */
  readonly retentionPeriod: string;
  readonly isLocked?: boolean;
}

interface Page {
  readonly items?: readonly ListedObject[];
  readonly prefixes?: readonly string[];
  readonly nextPageToken?: string;
}

/**
 * Reads the objects of a prefix of a bucket, and never writes. An object over 64 MiB, or one with a content encoding, reads as no bytes, which no object of the
 * record is. Folders whose names no path could have (`//`, `..`) are left out of `listFolders`; `list` shows what is in them.
 *
 * Objects need `storage.objects.get` and `.list`, locks `storage.buckets.get` besides.
 */
export class GcsReader implements ObjectReader, LockReader {
  public static open(location: GcsLocation): GcsReader {
    return new GcsReader(location);
  }

  protected readonly api: GoogleApi;

  protected constructor(protected readonly location: GcsLocation) {
    this.api = new GoogleApi(location.endpoint ?? GOOGLE);
  }

  public get(key: string): Promise<Buffer | undefined> {
    return this.read(key, {}, {});
  }

  public getVersion(key: string, versionId: string): Promise<Buffer | undefined> {
    return this.read(key, { generation: versionId }, {});
  }

  public async getTail(key: string, bytes: number): Promise<Buffer | undefined> {
    const tail = await this.read(key, {}, { range: `bytes=-${bytes}` });
    return tail?.subarray(Math.max(0, tail.length - bytes));
  }

  public async *list(prefix: string, after = ''): AsyncIterable<StoredObject> {
    checkReadableFolder(prefix.slice(0, prefix.lastIndexOf('/') + 1));
    const startOffset = after === '' ? '' : this.fullName(after);
    for await (const { items = [] } of this.pages({ prefix: this.fullName(prefix), startOffset })) {
      for (const { name, size, timeCreated } of items) {
        const key = this.key(name);
        // The offset itself is shown as well.
        if (key !== after) yield { key, size: Number(size), modified: Date.parse(timeCreated) };
      }
    }
  }

  public async *listFolders(prefix: string): AsyncIterable<string> {
    checkReadableFolder(prefix);
    for await (const { prefixes = [] } of this.pages({ prefix: this.fullName(prefix), delimiter: '/' })) {
      for (const name of prefixes) {
        const folder = this.key(name);
        if (isReadable(folder)) yield folder;
      }
    }
  }

  public async *versions(prefix: string): AsyncIterable<ObjectVersion> {
    const period = await this.lockedPeriodMs();
    for await (const version of versionsOf(this.generations(prefix), period)) {
      yield { ...version, key: this.key(version.key) };
    }
  }

  private async *generations(prefix: string): AsyncIterable<Generation> {
    for await (const { items = [] } of this.pages({ prefix: this.fullName(prefix), versions: 'true' })) yield* items;
  }

  /** How long the bucket retains each object for sure: nobody can shorten or take away a policy that is locked. */
  private async lockedPeriodMs(): Promise<number | undefined> {
    const { retentionPolicy } = await this.ask<{ retentionPolicy?: RetentionPolicy }>('', {
      fields: 'retentionPolicy',
    });
    return retentionPolicy?.isLocked === true ? Number(retentionPolicy.retentionPeriod) * 1_000 : undefined;
  }

  private async read(
    key: string,
    query: Readonly<Record<string, string>>,
    headers: Readonly<Record<string, string>>,
  ): Promise<Buffer | undefined> {
    checkReadableKey(key);
    try {
      const response = await this.api.sendAgain({
        method: 'GET',
        path: `${this.bucketPath}/o/${encodeURIComponent(this.fullName(key))}`,
        query: { ...query, alt: 'media' },
        headers: { ...headers, 'accept-encoding': 'identity' },
        signal: AbortSignal.timeout(READ_WITHIN_MS),
      });
      return await readBody(response);
    } catch (error) {
      // The last bytes of an object that has none.
      if (statusOf(error) === 416) return Buffer.alloc(0);
      if (statusOf(error) !== 404) throw error;
      await this.checkBucket();
      return undefined;
    }
  }

  /** Without a bucket everything is "not found", which must not pass for an absence. */
  private async checkBucket(): Promise<void> {
    await this.ask('/o', { prefix: this.location.prefix, maxResults: '1', fields: 'kind' });
  }

  private async *pages(query: Readonly<Record<string, string>>): AsyncIterable<Page> {
    const fields = `items(size,${GENERATION_FIELDS}),prefixes,nextPageToken`;
    for (let pageToken: string | undefined, isFirst = true; isFirst || pageToken !== undefined; isFirst = false) {
      const page = await this.ask<Page>('/o', { ...query, fields, ...(pageToken && { pageToken }) });
      yield page;
      pageToken = page.nextPageToken;
    }
  }

  private ask<Answer>(path: string, query: Readonly<Record<string, string>>): Promise<Answer> {
    const signal = AbortSignal.timeout(READ_WITHIN_MS);
    return this.api.ask({ method: 'GET', path: `${this.bucketPath}${path}`, query, signal });
  }

  private get bucketPath(): string {
    return `/storage/v1/b/${this.location.bucket}`;
  }

  protected fullName(key: string): string {
    return this.location.prefix + key;
  }

  private key(name: string): string {
    return name.slice(this.location.prefix.length);
  }
}

/** The HTTP status of an answer that was no success. */
export function statusOf(error: unknown): number | undefined {
  return error instanceof GoogleApiError ? error.status : undefined;
}

function isReadable(folder: string): boolean {
  try {
    checkReadableFolder(folder);
    return true;
  } catch {
    return false;
  }
}

/** A body that ends early, or goes on, is an error. */
async function readBody({ body, headers }: Response): Promise<Buffer> {
  const size = Number(headers.get('content-length') ?? Number.NaN);
  const isEncoded = (headers.get('x-goog-stored-content-encoding') ?? 'identity') !== 'identity';
  if (isEncoded || size > LARGEST_OBJECT_BYTES) {
    await body?.cancel();
    return Buffer.alloc(0);
  }
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body ?? []) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > size || length > LARGEST_OBJECT_BYTES) break;
  }
  if (length !== size) throw new Error(`the store announced ${size} bytes and sent ${length}`);
  return Buffer.concat(chunks, length);
}
