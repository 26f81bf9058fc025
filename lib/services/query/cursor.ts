import { AuditLogError } from '../../policy/errors';
import { sha256 } from '../../record';
import type { EventPosition } from '../ports';

const DIGEST_SIZE = 16;

/** Where a search goes on. It carries the time window, so that a default that depends on the present stays what it was on the first page. */
export interface Cursor {
  readonly from: number;
  readonly to: number;
  readonly after: EventPosition;
}

/**
 * The text form of a cursor: base64url of a digest and the position. The digest finds damage and use with another search. It needs no secret: who makes
 * a cursor of his own starts his own search elsewhere, no more.
 *
 * @param conditions text that is equal for equal conditions
 */
export function formatCursor({ from, to, after }: Cursor, conditions: string): string {
  const payload = JSON.stringify([from, to, after.received, after.origin, after.index]);
  return Buffer.concat([digest(payload, conditions), Buffer.from(payload)]).toString('base64url');
}

/**
 * Reads a cursor.
 *
 * @throws cursor-invalid
 */
export function parseCursor(text: string, conditions: string): Cursor {
  const bytes = Buffer.from(text, 'base64url');
  const payload = bytes.toString('utf8', DIGEST_SIZE);
  if (bytes.toString('base64url') !== text || !digest(payload, conditions).equals(bytes.subarray(0, DIGEST_SIZE))) {
    throw new AuditLogError('cursor-invalid', {
      problem: 'the cursor is damaged, or belongs to a search with other parameters',
      fix: 'repeat the search without it, or with the parameters of the page that it came with; only limit may differ',
    });
  }
  const [from, to, received, origin, index] = JSON.parse(payload);
  if (![from, to, received, index].every(Number.isSafeInteger) || typeof origin !== 'string') {
    throw new AuditLogError('cursor-invalid', { problem: 'the cursor is not of our making', fix: 'leave it out' });
  }
  return { from, to, after: { received, origin, index } };
}

function digest(payload: string, conditions: string): Buffer {
  return sha256(Buffer.from(`${conditions}\n${payload}`)).subarray(0, DIGEST_SIZE);
}
