import { readFileSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import { Agent, type RequestOptions, request } from 'node:https';
import { join } from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import { Access, AllowList, Authentication, RateLimit } from '../../../lib/policy';
import { SystemClock } from '../../../lib/services/clock';
import { DEFAULT_LIMITS, type Edge, type EdgeLimits, startEdge } from '../../../lib/services/edge/server';
import type { Clock, Log } from '../../../lib/services/ports';
import { FakeNode, temporaryFolder } from './fake-node';

/** A clock whose passing of time is real and whose reading tests may set. */
export class SteppedClock extends SystemClock implements Clock {
  public elapsed = 0;

  public override monotonic(): number {
    return this.elapsed;
  }

  public override sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    return new SystemClock().sleep(milliseconds, signal);
  }
}

export interface FixtureOptions {
  readonly writers?: Access;
  readonly readers?: Access;
  readonly limits?: Partial<EdgeLimits>;
  readonly clientCa?: string;
  readonly clock?: Clock;
  readonly ingestNodes?: number;
}

type Refused = Parameters<Log>[2];

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Who may do what, where a test does not care. */
export function access(options: { allow?: string[]; requests?: number; authenticate?: Authentication } = {}): Access {
  return Access.of({
    allow: AllowList.of(options.allow ?? ['127.0.0.0/8', '::1/128']),
    authenticate: options.authenticate ?? Authentication.none(),
    rateLimit: RateLimit.of({ requests: options.requests ?? 100_000, perSeconds: 60 }),
  });
}

/** An edge on a free port with fake nodes behind it. */
export class EdgeFixture {
  public static async start(options: FixtureOptions = {}): Promise<EdgeFixture> {
    const folder = temporaryFolder();
    const ingest: FakeNode[] = [];
    for (let i = 0; i < (options.ingestNodes ?? 1); i += 1) {
      ingest.push(await FakeNode.start(join(folder.path, `ingest-${i}.sock`)));
    }
    const query = await FakeNode.start(join(folder.path, 'query.sock'));
    const log: Refused[] = [];
    const settings = {
      host: '127.0.0.1',
      port: 0,
      tlsFolder: join(folder.path, 'tls'),
      writes: { sockets: ingest.map((node) => node.socketPath), access: options.writers ?? access() },
      reads: { sockets: [query.socketPath], access: options.readers ?? access() },
      limits: { ...DEFAULT_LIMITS, drainMs: 2000, ...options.limits },
      ...(options.clientCa !== undefined && { clientCa: options.clientCa }),
    };
    try {
      const edge = await startEdge(settings, (_level, _event, fields) => log.push(fields), options.clock);
      return new EdgeFixture(edge, ingest, query, log, folder);
    } catch (error) {
      await Promise.all([...ingest, query].map((node) => node.kill()));
      folder.remove();
      throw error;
    }
  }

  public readonly ca: string;
  private readonly agent = new Agent({ keepAlive: true });

  private constructor(
    public readonly edge: Edge,
    public readonly ingest: readonly FakeNode[],
    public readonly query: FakeNode,
    /** What the access log was told. */
    public readonly log: readonly Refused[],
    private readonly folder: { readonly path: string; remove(): void },
  ) {
    this.ca = readFileSync(join(folder.path, 'tls', 'ca.pem'), 'utf8');
  }

  /** The first ingest node. */
  public get writer(): FakeNode {
    return this.ingest[0]!;
  }

  public async stop(): Promise<void> {
    this.agent.destroy();
    await this.edge.close();
    await Promise.all([...this.ingest, this.query].filter((node) => node.server.listening).map((node) => node.kill()));
    this.folder.remove();
  }

  public options(overrides: RequestOptions = {}): RequestOptions {
    return { host: '127.0.0.1', port: this.edge.port, ca: this.ca, agent: this.agent, method: 'GET', ...overrides };
  }

  /** One request; the body is sent with its length, or in chunks when there are several. */
  public send(
    method: string,
    path: string,
    body: string | Buffer | string[] = '',
    overrides: RequestOptions = {},
  ): Promise<Reply> {
    return new Promise((resolve, reject) => {
      const outgoing = request(this.options({ ...overrides, method, path }), (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.once('error', reject);
        answer.once('end', () =>
          resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(chunks).toString() }),
        );
      });
      outgoing.on('error', reject);
      if (Array.isArray(body)) {
        for (const chunk of body) outgoing.write(chunk);
        outgoing.end();
      } else outgoing.end(body);
    });
  }

  public post(body: string | Buffer | string[] = '{}', overrides: RequestOptions = {}): Promise<Reply> {
    return this.send('POST', '/v1/events', body, overrides);
  }

  public get(path = '/v1/events', overrides: RequestOptions = {}): Promise<Reply> {
    return this.send('GET', path, '', overrides);
  }

  /** A bare TLS connection, for what HTTP clients refuse to send. */
  public connect(): Promise<TLSSocket> {
    return new Promise((resolve, reject) => {
      const socket = connect({ host: '127.0.0.1', port: this.edge.port, ca: this.ca });
      socket.once('secureConnect', () => resolve(socket)).once('error', reject);
    });
  }

  /** Sends bytes and returns all that comes back until the edge closes the connection. */
  public async sendRaw(text: string): Promise<string> {
    const socket = await this.connect();
    return new Promise((resolve) => {
      let received = '';
      socket.on('data', (chunk) => {
        received += chunk.toString('latin1');
      });
      socket.on('error', () => {});
      socket.once('close', () => resolve(received));
      socket.write(text, 'latin1');
    });
  }
}

/** The code of a refusal. */
export function code(reply: Reply): string {
  return (JSON.parse(reply.body) as { error: { code: string } }).error.code;
}

/** Resolves when the condition holds; tests time out when it never does. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 20));
}
