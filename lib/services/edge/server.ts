import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import { type Access, AuthenticationKind } from '../../policy';
import { AuditLogError } from '../../policy/errors';
import { SystemClock } from '../clock';
import { closeServer } from '../close-server';
import { logToStderr } from '../log';
import type { Clock, Log } from '../ports';
import { Admission } from './admission';
import { serverCertificate } from './certificate';
import { clientAddress } from './client-address';
import { clientIdentity } from './client-identity';
import { Forwarder } from './forwarder';
import { HealthChecks } from './health-checks';
import { Pool } from './pool';
import { RateLimiter } from './rate-limiter';
import { REFUSALS, type Refusal, type RefusalCode, refusalBody } from './refusal';
import { requestHeaders } from './request-headers';
import { refuse } from './respond';
import { type PoolName, pathOf } from './route-table';

/** Nodes and who may reach them. */
export interface PoolSettings {
  /** Unix sockets of the nodes. */
  readonly sockets: readonly string[];
  readonly access: Access;
}

/** Bounds on size, time and memory. */
export interface EdgeLimits {
  /** Largest body in bytes, as sent (compressed). */
  readonly bodyBytes: number;
  /** Most requests in progress in each pool. */
  readonly requestsPerPool: number;
  /** Longest time from the first byte of a request to the end of its headers, in milliseconds. */
  readonly headersMs: number;
  /** Longest time from the first byte of a request to the end of its body, in milliseconds. */
  readonly requestMs: number;
  /** Longest silence of a node before 504, and of a client that does not take its answer, in milliseconds. */
  readonly silenceMs: number;
  /** Longest time that `close` waits for requests in progress, in milliseconds. */
  readonly drainMs: number;
}

/** The bounds of a machine with one user. */
export const DEFAULT_LIMITS: EdgeLimits = {
  bodyBytes: 8 * 1024 * 1024,
  requestsPerPool: 512,
  headersMs: 10_000,
  requestMs: 60_000,
  silenceMs: 60_000,
  // Longer than a node takes to answer.
  drainMs: 35_000,
};

/** What an edge needs to start. */
export interface EdgeSettings {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Folder of the server certificate, made if there is none. */
  readonly tlsFolder: string;
  readonly writes: PoolSettings;
  readonly reads: PoolSettings;

  /**
   * The authorities that sign client certificates, in PEM.
   *
   * @default - none; a policy that asks for client certificates is refused
   */
  readonly clientCa?: string;

  /** @default DEFAULT_LIMITS */
  readonly limits?: EdgeLimits;
}

/** A running edge. */
export interface Edge {
  readonly port: number;
  /** Takes the connections that wait and then no more, lets requests in progress finish, and resolves when all is closed. */
  close(): Promise<void>;
}

const HEADERS_BYTES = 16 * 1024;
const MOST_CONNECTIONS = 4096;
const HANDSHAKE_MS = 10_000;
const KEEP_ALIVE_MS = 60_000;
const CERTIFICATE_CHECK_MS = 12 * 3600 * 1000;
const LONGEST_LOGGED_PATH = 256;

/**
 * Starts the edge and resolves when it takes connections and has asked every node once whether it is ready.
 *
 * @param log is told of each refusal and of nothing that passes: no query string, no header, no body
 * @throws authentication-unavailable when the policy asks for JWT, client-ca-missing
 */
export async function startEdge(
  settings: EdgeSettings,
  log: Log = logToStderr,
  clock: Clock = new SystemClock(),
): Promise<Edge> {
  checkAuthentication(settings);
  const certificate = await serverCertificate(settings.tlsFolder, clock.now());
  const server = new EdgeServer(settings, certificate, log, clock);
  await server.listen();
  return server;
}

class EdgeServer implements Edge {
  public port = 0;
  private readonly limits: EdgeLimits;
  private readonly stopped = new AbortController();
  private readonly pools: Readonly<Record<PoolName, Pool>>;
  private readonly forwarders: Readonly<Record<PoolName, Forwarder>>;
  private readonly admission: Admission;
  private readonly server: Server;

  public constructor(
    private readonly settings: EdgeSettings,
    certificate: { readonly cert: string; readonly key: string },
    private readonly log: Log,
    private readonly clock: Clock,
  ) {
    this.limits = settings.limits ?? DEFAULT_LIMITS;
    this.pools = both((name) => new Pool(settings[name].sockets, this.limits.requestsPerPool));
    this.forwarders = both((name) => new Forwarder(this.pools[name], this.limits));
    this.admission = new Admission(both((name) => gate(settings[name].access, clock)));
    this.server = this.createServer(certificate);
  }

  public async listen(): Promise<void> {
    const nodes = [...this.pools.writes.nodes, ...this.pools.reads.nodes];
    await new HealthChecks(nodes, this.clock, this.stopped.signal).start();
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject).listen(this.settings.port, this.settings.host, resolve);
    });
    this.port = (this.server.address() as AddressInfo).port;
    void this.renewCertificate();
  }

  public async close(): Promise<void> {
    const { writes, reads } = this.forwarders;
    writes.drain();
    reads.drain();
    await closeServer(this.server, this.limits.drainMs);
    this.stopped.abort();
    writes.close();
    reads.close();
  }

  private createServer(certificate: { readonly cert: string; readonly key: string }): Server {
    const server = createServer({
      ...this.tls(certificate),
      minVersion: 'TLSv1.2',
      ALPNProtocols: ['http/1.1'],
      handshakeTimeout: HANDSHAKE_MS,
      // The policy of each pool decides; a bad certificate gets an answer that tells why.
      rejectUnauthorized: false,
      requestCert: this.settings.clientCa !== undefined,
      maxHeaderSize: HEADERS_BYTES,
      headersTimeout: this.limits.headersMs,
      requestTimeout: this.limits.requestMs,
      keepAliveTimeout: KEEP_ALIVE_MS,
      connectionsCheckingInterval: 500,
      insecureHTTPParser: false,
    });
    server.maxConnections = MOST_CONNECTIONS;
    const handle = (incoming: IncomingMessage, outgoing: ServerResponse) => void this.handle(incoming, outgoing);
    server.on('request', handle).on('checkContinue', handle);
    server.on('clientError', (error, socket) => this.refuseUnread(error, socket));
    return server;
  }

  private tls({ cert, key }: { readonly cert: string; readonly key: string }): {
    cert: string;
    key: string;
    ca?: string;
  } {
    return { cert, key, ...(this.settings.clientCa !== undefined && { ca: this.settings.clientCa }) };
  }

  private async handle(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    incoming.on('error', () => outgoing.destroy());
    const refusal = await this.serve(incoming, outgoing).catch((): Refusal => ({ code: 'request-malformed' }));
    if (refusal === undefined || outgoing.destroyed) return;
    const { method = '', url = '', socket } = incoming;
    this.logRefusal(refusal.code, method, pathOf(url), clientAddress(socket.remoteAddress));
    refuse(incoming, outgoing, refusal);
  }

  private async serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<Refusal | undefined> {
    const { method = '', url = '', socket } = incoming;
    const address = clientAddress(socket.remoteAddress);
    const verdict = this.admission.decide(method, pathOf(url), address, () => clientIdentity(socket as TLSSocket));
    if ('code' in verdict) return verdict;
    const sender = { address, writer: verdict.writer, port: this.port };
    const headers = requestHeaders(incoming.rawHeaders, sender);
    return this.forwarders[verdict.pool].forward({ incoming, outgoing, headers });
  }

  /** Answers what Node's parser, its time limits or TLS have refused, and closes the connection. */
  private refuseUnread(error: Error & { code?: string }, socket: Duplex): void {
    const code = unreadRefusal(error.code ?? '', socket as TLSSocket);
    if (code === undefined || !socket.writable) {
      socket.destroy();
      return;
    }
    this.logRefusal(code, '', '', clientAddress((socket as TLSSocket).remoteAddress));
    const body = refusalBody(code);
    const head = `HTTP/1.1 ${REFUSALS[code][0]} Refused\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n`;
    socket.end(`${head}Connection: close\r\n\r\n${body}`, () => socket.destroy());
  }

  private logRefusal(code: RefusalCode, method: string, path: string, client: string): void {
    this.log('warn', 'refused', {
      status: REFUSALS[code][0],
      code,
      method,
      path: path.slice(0, LONGEST_LOGGED_PATH),
      client,
    });
  }

  private async renewCertificate(): Promise<void> {
    const { signal } = this.stopped;
    while (!signal.aborted) {
      await this.clock.sleep(CERTIFICATE_CHECK_MS, signal);
      if (signal.aborted) return;
      try {
        this.server.setSecureContext(this.tls(await serverCertificate(this.settings.tlsFolder, this.clock.now())));
      } catch (error) {
        // The old certificate is good for weeks: the next check tries again.
        this.log('error', 'certificate-not-renewed', {
          reason: error instanceof Error ? error.message : String(error),
        });
      }
    }
  }
}

/** What to answer to an error of Node's `clientError`, or `undefined` where nobody would hear it. */
function unreadRefusal(error: string, socket: TLSSocket): RefusalCode | undefined {
  if (error === 'HPE_HEADER_OVERFLOW') return 'headers-too-large';
  if (error === 'ERR_HTTP_REQUEST_TIMEOUT') return 'request-timeout';
  if (error.startsWith('HPE_')) return 'request-malformed';
  // OpenSSL fails the first read, too, after a certificate whose issuer has a trusted name and another key.
  return error.startsWith('ERR_SSL_') && clientIdentity(socket).proof === 'untrusted'
    ? 'certificate-untrusted'
    : undefined;
}

function both<T>(make: (name: PoolName) => T): Readonly<Record<PoolName, T>> {
  return { writes: make('writes'), reads: make('reads') };
}

function gate(access: Access, clock: Clock): { access: Access; rateLimiter: RateLimiter } {
  return { access, rateLimiter: new RateLimiter(access.rateLimit, clock) };
}

function checkAuthentication({ writes, reads, clientCa }: EdgeSettings): void {
  const kinds = [writes, reads].map(({ access }) => access.authenticate.kind);
  if (kinds.includes(AuthenticationKind.JWT)) {
    throw new AuditLogError('authentication-unavailable', {
      problem: 'the local edge cannot check JSON Web Tokens yet',
      given: AuthenticationKind.JWT,
      allowed: `${AuthenticationKind.NONE}, ${AuthenticationKind.MUTUAL_TLS}`,
      fix: 'use a policy with another authentication on this machine',
    });
  }
  if (kinds.includes(AuthenticationKind.MUTUAL_TLS) && clientCa === undefined) {
    throw new AuditLogError('client-ca-missing', {
      problem: 'the policy asks for client certificates, and no authority is given to check them with',
      fix: 'give the edge a PEM file of the authorities that sign them',
    });
  }
}
