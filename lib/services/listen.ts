import { unlink } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { isAbsolute } from 'node:path';
import { getRequestListener } from '@hono/node-server';
import { AuditLogError } from '../policy/errors';
import { closeServer } from './close-server';

/**
 * Longer than the 600 s for which Google's load balancers keep an idle connection, and the 60 s of Amazon's, so that it is never the node that drops one under
 * a request. Few connect: load balancers and the edge.
 */
const KEEP_ALIVE_MS = 620_000;
const HEADERS_TIMEOUT_MS = 60_000;
/** Others on the machine could name themselves any writer over a socket that they may open. */
const SOCKET_UMASK = 0o177;

/** What a Hono app hands over. `env` holds Node's own request and answer. */
export type Fetch = (
  request: Request,
  env: { incoming: IncomingMessage; outgoing: ServerResponse },
) => Response | Promise<Response>;

/** A server that takes requests. */
export interface Listener {
  /** Where: the socket's path, or `host:port` with the port that was taken. */
  readonly address: string;

  /** Takes the connections that wait and then no more, lets running requests finish, and cuts off those that have not after `deadlineMs`. */
  close(deadlineMs: number): Promise<void>;
}

/**
 * Serves an app.
 *
 * @param address absolute path of a Unix socket, which only this user may open, or `host:port`; port 0 takes a free one.
 * A socket file that a dead process left behind is replaced
 * @throws setting-invalid
 */
export async function listen(fetch: Fetch, address: string): Promise<Listener> {
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS, headersTimeout: HEADERS_TIMEOUT_MS });
  const handle = getRequestListener(fetch as Parameters<typeof getRequestListener>[0], { errorHandler: refuse });
  server.on('request', (incoming, outgoing) => void handle(incoming, outgoing));
  await bind(server, address);
  return { address: addressOf(server), close: (deadlineMs) => closeServer(server, deadlineMs) };
}

/** What the adapter itself could not make a request of. The app answers its own errors. */
function refuse(): Response {
  const error = { code: 'request-malformed', message: 'The request line or the host header is malformed.' };
  return Response.json({ error }, { status: 400 });
}

async function bind(server: Server, address: string): Promise<void> {
  if (!isAbsolute(address)) {
    const { host, port } = parseHostPort(address);
    return listening(server, () => server.listen(port, host));
  }
  try {
    await listening(server, () => listenPrivately(server, address));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE' || (await isAlive(address))) {
      throw error;
    }
    await unlink(address);
    await listening(server, () => listenPrivately(server, address));
  }
}

/** The file is made before `listen` returns: nobody sees it with wider permissions. */
function listenPrivately(server: Server, path: string): void {
  const umask = process.umask(SOCKET_UMASK);
  try {
    server.listen(path);
  } finally {
    process.umask(umask);
  }
}

function listening(server: Server, start: () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.once('listening', () => {
      server.off('error', reject);
      resolve();
    });
    start();
  });
}

function isAlive(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code !== 'ECONNREFUSED'));
  });
}

function parseHostPort(address: string): { host: string; port: number } {
  const [, bracketed, plain, digits] = /^(?:\[([^\]]+)\]|([^:/\s]+)):(\d{1,5})$/.exec(address) ?? [];
  const host = bracketed ?? plain;
  const port = Number(digits);
  if (host === undefined || port > 65_535) {
    throw new AuditLogError('setting-invalid', {
      problem: 'nothing can listen at this address',
      given: address,
      allowed: 'the absolute path of a Unix socket, or host:port',
      fix: 'correct AUDIT_LISTEN',
    });
  }
  return { host, port };
}

function addressOf(server: Server): string {
  const address = server.address() as AddressInfo | string;
  if (typeof address === 'string') {
    return address;
  }
  return `${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}`;
}
