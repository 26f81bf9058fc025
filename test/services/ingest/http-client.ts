import { type IncomingHttpHeaders, type OutgoingHttpHeaders, request } from 'node:http';

/** What a node answered. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Sends one request to a Unix socket or to `host:port`, on a connection of its own. */
export function send(
  address: string,
  options: { method?: string; path?: string; headers?: OutgoingHttpHeaders; body?: string | Buffer } = {},
): Promise<HttpAnswer> {
  const [host, port] = address.split(':');
  const place = port === undefined ? { socketPath: address } : { host, port };
  const { method = 'POST', path = '/v1/events', headers = {}, body } = options;
  return new Promise((resolve, reject) => {
    const outgoing = request({ ...place, method, path, headers, agent: false }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('end', () =>
        resolve({
          status: incoming.statusCode ?? 0,
          headers: incoming.headers,
          body: Buffer.concat(chunks).toString(),
        }),
      );
      incoming.on('error', reject);
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** The code in an error answer. */
export function codeOf({ body }: HttpAnswer): string {
  return (JSON.parse(body) as { error: { code: string } }).error.code;
}
