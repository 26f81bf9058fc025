import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A request as a fake node saw it, with its whole body. */
export interface SeenRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

type Answer = (incoming: IncomingMessage, outgoing: ServerResponse, body: Buffer) => void;

/** A server on a Unix socket in the place of an ingest or query node. */
export class FakeNode {
  public static async start(socketPath: string): Promise<FakeNode> {
    const node = new FakeNode(socketPath);
    await new Promise<void>((resolve) => node.server.listen(socketPath, resolve));
    return node;
  }

  /** Requests but health checks. */
  public readonly seen: SeenRequest[] = [];
  public readonly server: Server;
  public ready = true;

  /** What it does with a request whose body is complete. */
  public answer: Answer = (_incoming, outgoing) => outgoing.end('ok');

  /** What it does with a request whose headers are complete; by default it reads the body and answers. */
  public begin = (incoming: IncomingMessage, outgoing: ServerResponse): void => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const body = Buffer.concat(chunks);
      this.seen.push({ method: incoming.method ?? '', url: incoming.url ?? '', headers: incoming.headers, body });
      this.answer(incoming, outgoing, body);
    });
  };

  private constructor(public readonly socketPath: string) {
    this.server = createServer({ keepAliveTimeout: 65_000 }, (incoming, outgoing) => {
      if (incoming.url === '/readyz') outgoing.writeHead(this.ready ? 200 : 503).end();
      else this.begin(incoming, outgoing);
    });
  }

  /** Goes away as a killed process does: every connection is cut, new ones are refused. */
  public async kill(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.server.closeAllConnections();
    await closed;
  }
}

/** A folder with a path short enough for Unix sockets; removed by the returned function. */
export function temporaryFolder(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'edge-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
