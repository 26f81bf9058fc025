import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Bucket } from './bucket';
import { answerBucket } from './bucket-operations';
import { element } from './listing';
import { answerObject, type S3Answer } from './object-operations';
import { S3Error } from './s3-error';
import { S3Request } from './s3-request';

/**
 * What goes wrong with a request. `drop`: the connection breaks before anything happened. `lose-answer`: it breaks after the request took effect. `hang`:
 * it took effect, and nothing is ever answered. `duplicate`: it takes effect twice, as when something in between repeats it, and the second answer arrives.
 * `no-version`: the answer does not name the version. `cut`: half of the answer's body arrives. A number of milliseconds: that much later.
 * A refusal: that, instead of the request's effect.
 */
export type Fault = 'drop' | 'lose-answer' | 'hang' | 'duplicate' | 'no-version' | 'cut' | number | S3Error;

export interface S3ServerOptions {
  /** @default Date.now */
  readonly now?: () => number;
  /** Most objects in one page of a listing. @default 1000 */
  readonly pageSize?: number;
}

/**
 * An S3 server for tests, in path style, written from the documented behaviour: versions, Object Lock with default and single retention and legal holds,
 * conditional writes, ranges, listings. Who asks is not checked, signatures are not verified: everyone may do everything. Multipart uploads, copies, policies and ACLs are
 * answered 501. It keeps everything in memory.
 */
export class S3Server {
  public static async start(options: S3ServerOptions = {}): Promise<S3Server> {
    const made = new S3Server(options);
    made.server.listen(0, '127.0.0.1');
    await once(made.server, 'listening');
    return made;
  }

  public readonly buckets = new Map<string, Bucket>();
  /** `METHOD key` of all requests so far. */
  public readonly requests: string[] = [];
  private readonly server: Server;
  private readonly faults: { matches: (request: S3Request) => boolean; fault: Fault }[] = [];
  private readonly now: () => number;

  private constructor(private readonly options: S3ServerOptions) {
    this.now = options.now ?? Date.now;
    this.server = createServer((incoming, outgoing) => {
      void S3Request.read(incoming).then(
        (request) => this.serve(request, outgoing),
        () => outgoing.destroy(),
      );
    });
  }

  /** `http://127.0.0.1:<port>` */
  public get endpoint(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Makes a bucket with Object Lock. */
  public createLocked(name: string, mode: 'COMPLIANCE' | 'GOVERNANCE', days: number): Bucket {
    const bucket = new Bucket(this.now, true);
    bucket.defaultRetention = { mode, days };
    this.buckets.set(name, bucket);
    return bucket;
  }

  /** Makes the next request that matches fail in one way; several calls make several requests fail, in order. */
  public fail(fault: Fault, matches: (request: S3Request) => boolean = () => true): void {
    this.faults.push({ fault, matches });
  }

  public async close(): Promise<void> {
    this.server.closeAllConnections();
    if (!this.server.listening) return;
    this.server.close();
    await once(this.server, 'close');
  }

  private async serve(request: S3Request, outgoing: ServerResponse): Promise<void> {
    this.requests.push(`${request.method} ${request.key}`);
    const index = this.faults.findIndex(({ matches }) => matches(request));
    const [planned] = index < 0 ? [] : this.faults.splice(index, 1);
    const fault = planned?.fault;
    if (typeof fault === 'number') await sleep(fault);
    if (fault === 'drop') return void outgoing.destroy();
    const refusal = fault instanceof S3Error ? refuse(fault) : undefined;
    if (fault === 'duplicate') this.answer(request);
    const answer = refusal ?? this.answer(request);
    if (fault === 'lose-answer') return void outgoing.destroy();
    if (fault !== 'hang') send(answer, request.method, outgoing, fault);
  }

  private answer(request: S3Request): S3Answer {
    try {
      return this.carryOut(request);
    } catch (error) {
      if (error instanceof S3Error) return refuse(error);
      throw error;
    }
  }

  private carryOut(request: S3Request): S3Answer {
    if (request.header('authorization') === undefined) throw new S3Error(403, 'AccessDenied');
    const bucket = this.buckets.get(request.bucket);
    if (request.key === '' && request.method === 'PUT' && bucket === undefined) return this.create(request);
    if (bucket === undefined) throw new S3Error(404, 'NoSuchBucket');
    if (request.key !== '') return answerObject(request, bucket);
    if (request.method === 'DELETE') return this.removeBucket(request.bucket, bucket);
    return answerBucket(request, bucket, this.options.pageSize ?? 1_000);
  }

  private create(request: S3Request): S3Answer {
    const hasLock = request.header('x-amz-bucket-object-lock-enabled') === 'true';
    this.buckets.set(request.bucket, new Bucket(this.now, hasLock));
    return { status: 200 };
  }

  private removeBucket(name: string, bucket: Bucket): S3Answer {
    if (!bucket.isEmpty) throw new S3Error(409, 'BucketNotEmpty');
    this.buckets.delete(name);
    return { status: 204 };
  }
}

function refuse({ status, code, message }: S3Error): S3Answer {
  return { status, body: `<Error>${element('Code', code)}${element('Message', message)}</Error>` };
}

function send({ status, headers = {}, body = '' }: S3Answer, method: string, outgoing: ServerResponse, fault?: Fault) {
  const bytes =
    typeof body === 'string' && body !== '' ? Buffer.from(`<?xml version="1.0"?>\n${body}`) : Buffer.from(body);
  for (const [name, value] of Object.entries(headers)) {
    if (fault !== 'no-version' || name !== 'x-amz-version-id') outgoing.setHeader(name, value);
  }
  outgoing.writeHead(status, status === 204 ? {} : { 'Content-Length': bytes.length });
  if (fault === 'cut') {
    outgoing.write(bytes.subarray(0, bytes.length / 2), () => outgoing.destroy());
  } else {
    outgoing.end(method === 'HEAD' ? undefined : bytes);
  }
}
