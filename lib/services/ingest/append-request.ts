import { AuditLogError } from '../../policy/errors';
import { type BodyValue, isIdempotencyKey, splitJson, splitLines } from '../../record';
import { MAX_BODY_SIZE } from './config';

/** The value of a header by its lower-case name. */
export type Header = (name: string) => string | undefined;

/** Who sent a request, as those prove it whom the settings believe; `undefined` when nobody does. */
export type Identify = (header: Header) => Promise<string | undefined>;

/** RECORD "writer": a URI SAN, a CN or a subject of printable ASCII. */
const WRITER = /^(anonymous|(mtls|jwt):[\x20-\x7e]{1,256})$/;

const SPLITTERS: Readonly<Record<string, (body: string) => BodyValue[]>> = {
  'application/json': splitJson,
  'application/jsonl': splitLines,
  'application/stream+json': splitLines,
  'application/x-ndjson': splitLines,
};

/** What the headers of a request to append say. */
export interface AppendRequest {
  readonly idempotencyKey: string | undefined;
  /** Cuts the body into values. */
  readonly split: (body: string) => BodyValue[];
  readonly isGzip: boolean;
  /** Most bytes that the body will have as it is sent. */
  readonly size: number;
}

/**
 * Reads the headers of a request to append.
 *
 * @throws idempotency-key-invalid, content-type-unsupported, content-encoding-unsupported, body-too-large
 */
export function readHeaders(header: Header): AppendRequest {
  return {
    idempotencyKey: idempotencyKey(header('idempotency-key')),
    split: splitter(header('content-type')),
    isGzip: isGzip(header('content-encoding')),
    size: announcedSize(header('content-length')),
  };
}

/**
 * The writer that entries will name.
 *
 * @throws writer-unverified
 */
export function verifiedWriter(text: string | undefined): string {
  if (text !== undefined && WRITER.test(text)) {
    return text;
  }
  throw new AuditLogError('writer-unverified', {
    problem: 'nobody proves who sent this request',
    fix: 'send it to the public name of the log, with the certificate or token that the policy asks for',
  });
}

function idempotencyKey(text: string | undefined): string | undefined {
  if (text === undefined || isIdempotencyKey(text)) {
    return text;
  }
  throw new AuditLogError('idempotency-key-invalid', {
    problem: 'the Idempotency-Key has a wrong form',
    given: text,
    allowed: '1 to 128 of A-Z a-z 0-9 . _ : -',
    fix: 'take a UUID for each request, and keep it when the request is sent again',
  });
}

function splitter(contentType: string | undefined): AppendRequest['split'] {
  const [type = '', ...parameters] = (contentType ?? '').toLowerCase().split(';');
  const name = type.trim();
  const split = Object.hasOwn(SPLITTERS, name) ? SPLITTERS[name] : undefined;
  if (split !== undefined && parameters.every(isUtf8Parameter)) {
    return split;
  }
  throw new AuditLogError('content-type-unsupported', {
    problem: 'the body is of no type that is understood',
    given: contentType,
    allowed: `${Object.keys(SPLITTERS).join(', ')}; in UTF-8`,
    fix: 'set Content-Type to what the body is',
  });
}

/** RFC 9110 section 8.3.2: `charset` decides how to read the body, and here only UTF-8 is read; other parameters mean nothing here. */
function isUtf8Parameter(parameter: string): boolean {
  const [name = '', value = ''] = parameter.split('=');
  return name.trim() !== 'charset' || /^"?utf-8"?$/.test(value.trim());
}

function isGzip(encoding: string | undefined): boolean {
  switch (encoding?.trim().toLowerCase()) {
    case undefined:
    case 'identity':
      return false;
    case 'gzip':
      return true;
    default:
      throw new AuditLogError('content-encoding-unsupported', {
        problem: 'the body has an encoding that is not understood',
        given: encoding,
        allowed: 'gzip, identity',
        fix: 'send it plain or with gzip',
      });
  }
}

/** A body in chunks may become as large as any. */
function announcedSize(contentLength: string | undefined): number {
  const size = contentLength === undefined ? MAX_BODY_SIZE : Number(contentLength);
  if (size <= MAX_BODY_SIZE) {
    return size;
  }
  throw bodyTooLarge();
}

/** Refuses a body over the limit. */
export function bodyTooLarge(): AuditLogError {
  return new AuditLogError('body-too-large', {
    problem: 'the body is too large',
    allowed: `${MAX_BODY_SIZE} bytes, also after gunzip`,
    fix: 'send fewer events in a request',
  });
}
