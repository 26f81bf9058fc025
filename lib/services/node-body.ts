import type { IncomingMessage } from 'node:http';
import { AuditLogError } from '../policy/errors';

/** A body that is not complete by then is given up: it holds memory that others need. */
const BODY_TIMEOUT_MS = 10_000;

/**
 * Reads the body of a request from Node's own stream, which costs a fraction of a web stream over it.
 *
 * @param limit most bytes; the body is read no further
 * @param tooLarge makes the error for a body over the limit
 * @throws what `tooLarge` makes
 * @throws body-timeout
 * @throws body-incomplete
 */
export function readNodeBody(
  incoming: IncomingMessage,
  limit: number,
  tooLarge: () => Error,
  timeoutMs = BODY_TIMEOUT_MS,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const timer = setTimeout(() => end(() => reject(bodyTimeout(timeoutMs))), timeoutMs);
    const onData = (chunk: Buffer): void => {
      size += chunk.length;
      chunks.push(chunk);
      if (size > limit) {
        end(() => reject(tooLarge()));
      }
    };
    const onEnd = (): void => end(() => resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)));
    const onLoss = (): void => end(() => reject(bodyIncomplete()));
    const end = (settle: () => void): void => {
      clearTimeout(timer);
      incoming.off('data', onData).off('end', onEnd).off('close', onLoss).off('error', onLoss);
      incoming.on('error', () => {});
      settle();
    };
    incoming.on('data', onData).once('end', onEnd).once('close', onLoss).once('error', onLoss);
  });
}

/** 503 and not 408: log senders send again after 503 and drop after 408 (OTLP/HTTP, "Failures", names 429, 502, 503 and 504). */
function bodyTimeout(timeoutMs: number): AuditLogError {
  return new AuditLogError('body-timeout', {
    problem: `the body did not arrive within ${timeoutMs / 1000} s`,
    fix: 'send smaller requests, after the time in Retry-After',
  });
}

function bodyIncomplete(): AuditLogError {
  return new AuditLogError('body-incomplete', { problem: 'the body ended early', fix: 'send the request again' });
}
