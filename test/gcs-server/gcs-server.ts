import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Bucket } from './bucket';
import { GcsError } from './gcs-error';
import { answer, type GcsAnswer, type GcsRequest } from './operations';

/**
 * What goes wrong with a request. `drop`: the connection breaks before anything happened. `lose-answer`: it breaks after the request took effect. `hang`:
 * it took effect, and nothing is ever answered. `duplicate`: it takes effect twice, as when something in between repeats it, and the second answer arrives.
 * `no-generation`: the answer to an insert does not name the generation. `cut`: half of the answer's body arrives. `damage`: the last byte of the
 * object arrives changed. A number of milliseconds: that much later. A refusal: that, instead of the request's effect.
 */
export type Fault =
  | 'drop'
  | 'lose-answer'
  | 'hang'
  | 'duplicate'
  | 'no-generation'
  | 'cut'
  | 'damage'
  | number
  | GcsError;

export interface GcsServerOptions {
  /** @default Date.now */
  readonly now?: () => number;
  /** Most objects and folders in one page of a listing. @default 1000 */
  readonly pageSize?: number;
}

/** A Cloud Storage server for tests, in memory. See README.md for what it does and does not do. */
export class GcsServer {
  public static async start(options: GcsServerOptions = {}): Promise<GcsServer> {
    const made = new GcsServer(options);
    made.server.listen(0, '127.0.0.1');
    await once(made.server, 'listening');
    return made;
  }

  public readonly buckets = new Map<string, Bucket>();
  /** `METHOD name` of all requests so far, of objects; `METHOD` of others. */
  public readonly requests: string[] = [];
  private readonly server: Server;
  private readonly faults: { fault: Fault; matches: (request: string) => boolean }[] = [];

  private constructor(private readonly options: GcsServerOptions) {
    this.server = createServer((incoming, outgoing) => void this.serve(incoming, outgoing));
  }

  /** `http://127.0.0.1:<port>` */
  public get endpoint(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Makes a bucket whose objects stay. */
  public createBucket(name: string, seconds: number, isLocked: boolean): Bucket {
    const bucket = new Bucket(this.options.now ?? Date.now, { seconds, isLocked });
    this.buckets.set(name, bucket);
    return bucket;
  }

  /** Makes the next request that matches, as `requests` has it, fail in one way; several calls make several requests fail, in order. */
  public fail(fault: Fault, matches: (request: string) => boolean = () => true): void {
    this.faults.push({ fault, matches });
  }

  public async close(): Promise<void> {
    this.server.closeAllConnections();
    if (!this.server.listening) return;
    this.server.close();
    await once(this.server, 'close');
  }

  private async serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const { pathname, searchParams } = new URL(incoming.url ?? '', this.endpoint);
    const parsed = /^(?<upload>\/upload)?\/storage\/v1\/b\/(?<bucket>[^/]+)(?<path>.*)$/.exec(pathname)?.groups;
    const { method = '', headers } = incoming;
    const { upload, bucket = '', path = '' } = parsed ?? {};
    const isUpload = upload !== undefined;
    const name = isUpload ? uploadName(searchParams, body) : decodeURIComponent(path.slice('/o/'.length));
    const shown = `${method} ${name}`.trim();
    this.requests.push(shown);
    const index = this.faults.findIndex(({ matches }) => matches(shown));
    const fault = index < 0 ? undefined : this.faults.splice(index, 1)[0]?.fault;
    if (typeof fault === 'number') await sleep(fault);
    if (fault === 'drop') return void outgoing.destroy();
    if (fault === 'damage') body[body.lastIndexOf('\r\n--') - 1]! ^= 1;
    const request = { method, path, isUpload, query: searchParams, headers, body };
    const refusal = fault instanceof GcsError ? refuse(fault) : undefined;
    if (fault === 'duplicate') this.carryOut(request, bucket);
    const answered = refusal ?? this.carryOut(request, bucket);
    if (fault === 'lose-answer') return void outgoing.destroy();
    if (fault !== 'hang') send(answered, outgoing, fault);
  }

  private carryOut(request: GcsRequest, name: string): GcsAnswer {
    try {
      const bucket = this.buckets.get(name);
      if (bucket === undefined) throw new GcsError(404, 'notFound', 'The specified bucket does not exist.');
      return answer(request, bucket, name, this.options.pageSize ?? 1_000);
    } catch (error) {
      if (error instanceof GcsError) return refuse(error);
      throw error;
    }
  }
}

/** The name stands in the query or at the begin of the body. */
function uploadName(query: URLSearchParams, body: Buffer): string {
  return query.get('name') ?? /"name":"([^"]*)"/.exec(body.toString('utf8', 0, 2_048))?.[1] ?? '';
}

function refuse({ status, reason, message }: GcsError): GcsAnswer {
  const errors = [{ domain: 'global', reason, message }];
  const body = Buffer.from(JSON.stringify({ error: { code: status, message, errors } }));
  return { status, headers: { 'content-type': 'application/json' }, body };
}

function send({ status, headers = {}, body }: GcsAnswer, outgoing: ServerResponse, fault?: Fault): void {
  const bytes = fault === 'no-generation' ? Buffer.from('{}') : body;
  outgoing.writeHead(status, { ...headers, ...(status !== 204 && { 'content-length': bytes.length }) });
  if (fault === 'cut') {
    outgoing.write(bytes.subarray(0, bytes.length / 2), () => outgoing.destroy());
  } else {
    outgoing.end(bytes);
  }
}
