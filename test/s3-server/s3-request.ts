import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { crc32 } from 'node:zlib';
import type { Retention } from './bucket';
import { S3Error } from './s3-error';

/** A request in path style, read whole. */
export class S3Request {
  public static async read(incoming: IncomingMessage): Promise<S3Request> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    return new S3Request(incoming, Buffer.concat(chunks));
  }

  public readonly method: string;
  public readonly bucket: string;
  /** Empty when the request is about the bucket. */
  public readonly key: string;
  private readonly query: URLSearchParams;

  private constructor(
    private readonly incoming: IncomingMessage,
    public readonly body: Buffer,
  ) {
    this.method = incoming.method ?? '';
    const [path = '', query = ''] = (incoming.url ?? '').split(/\?(.*)/s);
    const [, bucket = '', key = ''] = /^\/([^/]*)\/?(.*)$/s.exec(path) ?? [];
    this.bucket = bucket;
    this.key = decodeURIComponent(key);
    this.query = new URLSearchParams(query);
  }

  public header(name: string): string | undefined {
    return this.incoming.headers[name]?.toString();
  }

  public parameter(name: string): string | undefined {
    return this.query.get(name) ?? undefined;
  }

  /** Whether the query asks for a part of the object or bucket, such as `?retention`. */
  public asksFor(name: string): boolean {
    return this.query.has(name);
  }

  public get bypassesGovernance(): boolean {
    return this.header('x-amz-bypass-governance-retention') === 'true';
  }

  /** The lock that the headers ask for. */
  public get retention(): Retention | undefined {
    return retentionOf(this.header('x-amz-object-lock-mode'), this.header('x-amz-object-lock-retain-until-date'));
  }

  /** The checksums that came with the body, each of which must be right. */
  public checksums(): Record<string, string> {
    const right: Record<string, () => string> = {
      'content-md5': () => createHash('md5').update(this.body).digest('base64'),
      'x-amz-checksum-sha256': () => createHash('sha256').update(this.body).digest('base64'),
      'x-amz-checksum-crc32': () => crc32Of(this.body),
    };
    const given: Record<string, string> = {};
    for (const [name, compute] of Object.entries(right)) {
      const value = this.header(name);
      if (value === undefined) continue;
      if (value !== compute()) throw new S3Error(400, 'BadDigest');
      given[name] = value;
    }
    const hash = this.header('x-amz-content-sha256');
    const isHash = hash !== undefined && /^[0-9a-f]{64}$/.test(hash);
    if (isHash && hash !== createHash('sha256').update(this.body).digest('hex')) {
      throw new S3Error(400, 'XAmzContentSHA256Mismatch');
    }
    if (hash?.startsWith('STREAMING-')) throw new S3Error(501, 'NotImplemented', 'aws-chunked bodies');
    return given;
  }
}

/** A lock in words; mode and date come together or not at all. */
export function retentionOf(mode: string | undefined, until: string | undefined): Retention | undefined {
  if (mode === undefined && until === undefined) return undefined;
  const time = Date.parse(until ?? '');
  if ((mode !== 'COMPLIANCE' && mode !== 'GOVERNANCE') || Number.isNaN(time)) {
    throw new S3Error(400, 'InvalidArgument', 'x-amz-object-lock-retain-until-date and -mode must both be supplied');
  }
  return { mode, until: time };
}

function crc32Of(bytes: Buffer): string {
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(bytes));
  return sum.toString('base64');
}
