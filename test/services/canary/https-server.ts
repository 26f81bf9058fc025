import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import { issueCertificate, type ServerCertificate } from '../../../lib/services/edge/certificate';

/** A request as a server got it. */
export interface Received {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  /** The name that the client asked for in the handshake. */
  readonly servername: string | undefined;
  /** Common name of the client's certificate. */
  readonly client: string | undefined;
}

export type Answering = (response: ServerResponse, request: Received) => void;

/** The names by which clients reach a log in tests. Authorities of the local edge speak for nothing but localhost. */
export const PUBLIC_NAMES = ['ingest.audit.localhost', 'query.audit.localhost'];

const shared = issueCertificate(['localhost', ...PUBLIC_NAMES], ['127.0.0.1', '::1'], Date.now());

/** A real HTTPS server on loopback that answers as a test says, and remembers what it was asked. */
export class HttpsServer {
  /**
   * @param clientCa in PEM: clients must show a certificate of this authority
   * @param certificate what the server shows
   */
  public static async start(answering: Answering, clientCa?: string, certificate?: ServerCertificate) {
    const { cert, key, ca } = certificate ?? (await shared);
    const server = createServer({
      cert,
      key,
      ...(clientCa !== undefined && { ca: clientCa, requestCert: true, rejectUnauthorized: true }),
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new HttpsServer(server, answering, ca);
  }

  public readonly received: Received[] = [];
  private readonly sockets = new Set<Duplex>();

  private constructor(
    private readonly server: Server,
    public answering: Answering,
    /** The authority that proves the server's name. */
    public readonly ca: string,
  ) {
    server.on('connection', (socket) => this.sockets.add(socket));
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const received = {
          method: `${request.method}`,
          url: `${request.url}`,
          headers: request.headers,
          body: Buffer.concat(chunks).toString(),
          servername: ((request.socket as TLSSocket).servername as string | false | null) || undefined,
          client: (request.socket as TLSSocket).getPeerCertificate()?.subject?.CN as string | undefined,
        };
        this.received.push(received);
        this.answering(response, received);
      });
    });
  }

  public get origin(): string {
    return `https://localhost:${(this.server.address() as AddressInfo).port}`;
  }

  /** Hangs up on everybody. */
  public disconnect(): void {
    for (const socket of this.sockets) socket.destroy();
    this.sockets.clear();
  }

  public async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.disconnect();
    await closed;
  }
}

/** Answers with a status and a body. */
export function answer(status: number, body = '', headers: Record<string, string> = {}): Answering {
  return (response) => response.writeHead(status, headers).end(body);
}
