import type { IncomingMessage, ServerResponse } from 'node:http';
import { REFUSALS, type Refusal, refusalBody } from './refusal';

/** A refused body of a known length up to this is read to its end, so that the connection can be used again. */
const KEEP_ALIVE_BYTES = 64 * 1024;

/** How long and how much of an unwanted body is read and dropped. Closing at once would reset the connection, and the client might never see the answer. */
const LINGER_MS = 2000;
const LINGER_BYTES = 16 * 1024 * 1024;

/** Answers with a refusal. Does nothing when the client has gone. */
export function refuse(incoming: IncomingMessage, outgoing: ServerResponse, refusal: Refusal): void {
  if (outgoing.headersSent || outgoing.destroyed) return;
  const body = refusalBody(refusal.code);
  outgoing.writeHead(REFUSALS[refusal.code][0], {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
    ...(refusal.retryAfterSeconds !== undefined && { 'Retry-After': refusal.retryAfterSeconds }),
    ...(!isSmall(incoming) && { Connection: 'close' }),
  });
  outgoing.write(body);
  endAfterBody(incoming, outgoing);
}

/** Ends an answer whose body is written, once the rest of the request's body is read and dropped, within bounds. */
export function endAfterBody(incoming: IncomingMessage, outgoing: ServerResponse): void {
  if (incoming.complete || expectsContinue(incoming)) {
    outgoing.end();
    incoming.resume();
    return;
  }
  let left = LINGER_BYTES;
  const end = (): void => {
    clearTimeout(timer);
    outgoing.end();
  };
  const timer = setTimeout(end, LINGER_MS);
  incoming.on('data', (chunk: Buffer) => {
    left -= chunk.length;
    if (left < 0) end();
  });
  incoming.once('close', end).once('end', end).resume();
}

/** Whether the client waits for `100 Continue` before it sends the body (RFC 9110 section 10.1.1). */
export function expectsContinue(incoming: IncomingMessage): boolean {
  return incoming.headers.expect?.toLowerCase() === '100-continue';
}

/** Whether the request announces a body (RFC 9112 section 6.3). */
export function hasBody(incoming: IncomingMessage): boolean {
  return incoming.headers['transfer-encoding'] !== undefined || Number(incoming.headers['content-length'] ?? 0) > 0;
}

function isSmall(incoming: IncomingMessage): boolean {
  if (!hasBody(incoming)) return true;
  const length = Number(incoming.headers['content-length'] ?? Number.POSITIVE_INFINITY);
  return length <= KEEP_ALIVE_BYTES && !expectsContinue(incoming);
}
