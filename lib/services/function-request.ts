import { type IncomingHttpHeaders, type IncomingMessage, request, type ServerResponse } from 'node:http';

/** A request as Cloud Run functions hand it over: its body was read already. */
export interface FunctionRequest extends IncomingMessage {
  readonly rawBody?: Buffer;
}

/** Headers of one connection only (RFC 9110 section 7.6.1), and the length, which is known anew. */
const OF_THE_CONNECTION = [
  'connection',
  'keep-alive',
  'transfer-encoding',
  'content-length',
  'expect',
  'te',
  'upgrade',
];

/**
 * Passes a request on to the service that listens on a Unix socket of this process, and its answer back; so a function is the very service
 * that runs everywhere else.
 */
export function passOn(received: FunctionRequest, response: ServerResponse, socketPath: string): Promise<void> {
  const { method, url: path, rawBody = Buffer.alloc(0) } = received;
  const headers = { ...withoutConnection(received.headers), 'content-length': rawBody.length };
  return new Promise((resolve) => {
    response.once('close', resolve);
    request({ socketPath, method, path, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, withoutConnection(answer.headers));
      answer.once('error', () => response.destroy()).pipe(response);
    })
      .once('error', () => refuse(response))
      .end(rawBody);
  });
}

function withoutConnection(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !OF_THE_CONNECTION.includes(name)));
}

function refuse(response: ServerResponse): void {
  if (response.headersSent) response.destroy();
  else response.writeHead(503, { 'Retry-After': '1' }).end();
}
