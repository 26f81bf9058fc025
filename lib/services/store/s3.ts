import { createHash } from 'node:crypto';
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { ObjectStore, PutOutcome } from '../ports';
import { checkWritableKey } from './object-key';
import { s3Client } from './s3-client';
import { S3Reader } from './s3-reader';
import type { S3Location } from './s3-url';

/** An attempt that takes longer is in doubt; ingest makes the next one, within its own budget of 10 s. */
const PUT_WITHIN_MS = 4_000;
const CONNECT_WITHIN_MS = 1_000;

export interface S3StoreOptions {
  /**
   * Told why a `putOnce` ended `unknown`.
   *
   * @default - nobody is told
   */
  readonly onDoubt?: (key: string, cause: unknown) => void;
}

/**
 * Keeps objects in a bucket with versions and Object Lock. Writing needs `s3:PutObject` alone.
 *
 * | S3 answers a PUT with `If-None-Match: *` | outcome |
 * |---|---|
 * | 200 with ETag and version id | `written` |
 * | 200 without one of them: whatever it is, it keeps no versions | `unknown` |
 * | 412 | `exists` |
 * | 409 (a conflicting PUT is under way), 5xx, 503 SlowDown, 403, everything else, nothing within 4 s | `unknown` |
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
 */
export class S3Store extends S3Reader implements ObjectStore {
  public static override open(location: S3Location, options: S3StoreOptions = {}): S3Store {
    return new S3Store(location, options.onDoubt ?? (() => {}));
  }

  private readonly writes: S3Client;

  private constructor(
    location: S3Location,
    private readonly onDoubt: (key: string, cause: unknown) => void,
  ) {
    super(location);
    // The SDK must not repeat a PUT: whether the first one took effect would be lost.
    this.writes = s3Client(location, { maxAttempts: 1, requestHandler: { connectionTimeout: CONNECT_WITHIN_MS } });
  }

  /** @throws object-key-invalid */
  public async putOnce(key: string, bytes: Uint8Array): Promise<PutOutcome> {
    checkWritableKey(key);
    try {
      const { ETag, VersionId } = await this.writes.send(
        new PutObjectCommand({
          Bucket: this.location.bucket,
          Key: this.fullName(key),
          Body: bytes,
          IfNoneMatch: '*',
          ChecksumAlgorithm: 'SHA256',
          ChecksumSHA256: createHash('sha256').update(bytes).digest('base64'),
        }),
        { abortSignal: AbortSignal.timeout(PUT_WITHIN_MS) },
      );
      if (ETag && VersionId) return 'written';
      this.onDoubt(key, new Error('the bucket keeps no versions: it gave no version id'));
      return 'unknown';
    } catch (cause) {
      if (statusOf(cause) === 412) return 'exists';
      this.onDoubt(key, cause);
      return 'unknown';
    }
  }
}

function statusOf(error: unknown): number | undefined {
  return (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
}
