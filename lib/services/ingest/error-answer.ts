import { AuditLogError, type ErrorCode } from '../../policy/errors';
import { Malformed, TooLarge } from '../../record';
import type { Log } from '../ports';

/** HTTP status by code. What a client may send again is 503, which senders retry where they drop on 408 and other 4xx. */
const STATUS = {
  'append-unconfirmed': 503,
  'body-incomplete': 400,
  'body-malformed': 400,
  'body-timeout': 503,
  'body-too-large': 413,
  'content-encoding-unsupported': 415,
  'content-type-unsupported': 415,
  draining: 503,
  'idempotency-key-invalid': 400,
  internal: 503,
  'issuer-unavailable': 503,
  'jurisdiction-unproved': 503,
  'method-not-allowed': 405,
  'no-events': 400,
  'not-found': 404,
  overloaded: 503,
  'too-many-events': 413,
  'writer-unverified': 401,
} as const satisfies Partial<Record<ErrorCode, number>>;

type Status = (typeof STATUS)[keyof typeof STATUS];

/** An answer that says why not. */
export interface ErrorAnswer {
  readonly status: Status;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: { readonly error: { readonly code: string; readonly message: string } };
}

/** The answer to a request that failed. An error that was not foreseen goes to the log, without its message, which may hold parts of events. */
export function answerTo(error: unknown, report: Log): ErrorAnswer {
  const { code, message } = coded(error, report);
  const status = statusOf(code);
  return {
    status,
    headers: { 'Cache-Control': 'no-store', ...(status === 503 && { 'Retry-After': '1' }) },
    body: { error: { code, message } },
  };
}

function statusOf(code: string): Status {
  return Object.hasOwn(STATUS, code) ? STATUS[code as keyof typeof STATUS] : 503;
}

function coded(error: unknown, report: Log): AuditLogError {
  if (error instanceof AuditLogError) {
    return error;
  }
  if (error instanceof Malformed) {
    return new AuditLogError('body-malformed', {
      problem: error.reason,
      fix: 'correct the body; nothing of it was stored',
    });
  }
  if (error instanceof TooLarge) {
    return new AuditLogError('too-many-events', { problem: error.reason, fix: 'send fewer events in a request' });
  }
  report('error', 'internal', describe(error));
  return new AuditLogError('internal', {
    problem: 'the node failed in a way that was not foreseen',
    fix: 'send the request again with the same Idempotency-Key, after the time in Retry-After',
  });
}

/** Name and place of an error. */
export function describe(error: unknown): { error: string; at: string } {
  if (!(error instanceof Error)) {
    return { error: typeof error, at: '' };
  }
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return { error: error.name, at: frames.slice(0, 8).join('').trim() };
}
