import { randomUUID } from 'node:crypto';
import { crc32c } from '../crc32c';
import { GoogleApiError } from '../google-api';
import type { ObjectStore, PutOutcome } from '../ports';
import { GcsReader, statusOf } from './gcs-reader';
import type { GcsLocation } from './gcs-url';
import { checkWritableKey } from './object-key';

/** An attempt that takes longer is in doubt; ingest makes the next one, within its own budget of 10 s. */
const PUT_WITHIN_MS = 4_000;

export interface GcsStoreOptions {
  /**
   * Told why a `putOnce` ended `unknown`.
   *
   * @default - nobody is told
   */
  readonly onDoubt?: (key: string, cause: unknown) => void;
}

/**
 * Keeps objects in a bucket with a retention policy. Writing needs `storage.objects.create` alone.
 *
 * | Cloud Storage answers an insert with `ifGenerationMatch=0` | outcome |
 * |---|---|
 * | 200 with a generation | `written` |
 * | 200 without | `unknown` |
 * | 412 | `exists` |
 * | 403, for want of what replacing an object takes | `exists` |
 * | 429, 5xx, everything else, nothing within 4 s | `unknown` |
 *
 * https://cloud.google.com/storage/docs/request-preconditions
 */
export class GcsStore extends GcsReader implements ObjectStore {
  public static override open(location: GcsLocation, options: GcsStoreOptions = {}): GcsStore {
    return new GcsStore(location, options.onDoubt ?? (() => {}));
  }

  private constructor(
    location: GcsLocation,
    private readonly onDoubt: (key: string, cause: unknown) => void,
  ) {
    super(location);
  }

  /** @throws object-key-invalid */
  public async putOnce(key: string, bytes: Uint8Array): Promise<PutOutcome> {
    checkWritableKey(key);
    try {
      const { generation } = await this.insert(this.fullName(key), bytes);
      if (generation !== undefined && /^[1-9]\d*$/.test(generation)) return 'written';
      this.onDoubt(key, new Error('the store gave no generation'));
      return 'unknown';
    } catch (cause) {
      if (statusOf(cause) === 412 || isOfTakenKey(cause)) return 'exists';
      this.onDoubt(key, cause);
      return 'unknown';
    }
  }

  /** In one request with the checksum, so that Google refuses what was damaged on the way. https://cloud.google.com/storage/docs/uploading-objects */
  private async insert(name: string, bytes: Uint8Array): Promise<{ readonly generation?: string }> {
    const checksum = Buffer.alloc(4);
    checksum.writeUInt32BE(crc32c(bytes));
    const boundary = randomUUID();
    const metadata = { name, contentType: 'application/octet-stream', crc32c: checksum.toString('base64') };
    const response = await this.api.send({
      method: 'POST',
      path: `/upload/storage/v1/b/${this.location.bucket}/o`,
      query: { uploadType: 'multipart', ifGenerationMatch: '0', fields: 'generation' },
      headers: { 'content-type': `multipart/related; boundary=${boundary}` },
      body: Buffer.concat([
        Buffer.from(
          `--${boundary}\r\ncontent-type: application/json; charset=UTF-8\r\n\r\n${JSON.stringify(metadata)}\r\n` +
            `--${boundary}\r\ncontent-type: application/octet-stream\r\n\r\n`,
        ),
        bytes,
        Buffer.from(`\r\n--${boundary}--\r\n`),
      ]),
      signal: AbortSignal.timeout(PUT_WITHIN_MS),
    });
    return (await response.json()) as { generation?: string };
  }
}

/**
 * Whether a refusal can only be one to replace an object. Google does not document whether it looks at the condition first, or at what the caller may do; who
 * creates an object needs no permission to delete, and no retention to be over.
 */
function isOfTakenKey(error: unknown): boolean {
  if (!(error instanceof GoogleApiError) || error.status !== 403) return false;
  return error.reason === 'retentionPolicyNotMet' || /\bstorage\.objects\.delete\b/.test(error.message);
}
