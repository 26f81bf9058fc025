import { isUtf8 } from 'node:buffer';
import { type EntryKind, formatEntry, type Refusal, refuse } from './entry';
import { leafHash, MAX_LEAF_SIZE } from './hash';
import { Malformed } from './malformed';

/** One value of a request body, in the form in which it will be stored. */
export interface BodyValue {
  readonly kind: Extract<EntryKind, 'event' | 'text'>;
  /** The value as JSON text. */
  readonly json: string;
}

/** Who sent a body and when, as all of its entries will say. */
export interface Envelope {
  /** Milliseconds since 1970-01-01 UTC. */
  readonly received: number;
  readonly writer: string;
  /** The request's Idempotency-Key. */
  readonly idempotencyKey?: string | undefined;
}

/** The entries of one request, ready to be stored. */
export interface EncodedBody {
  /** The entries' lines, each ending in `\n`. */
  readonly lines: Buffer;
  /** One a line. */
  readonly leaves: readonly Buffer[];
  /** The values that were too large to keep; `i` counts from 0 within the request. */
  readonly rejected: readonly ({ readonly i: number } & Refusal)[];
}

const EDGE_SPACE = /^[ \t\r\n]+|[ \t\r\n]+$/g;
const IDEMPOTENCY_KEY = /^[A-Za-z0-9._:-]{1,128}$/;

/** Whether a text may be an Idempotency-Key: 1 to 128 of `[A-Za-z0-9._:-]`. */
export function isIdempotencyKey(text: string): boolean {
  return IDEMPOTENCY_KEY.test(text);
}

/**
 * Reads a body as text.
 *
 * @throws Malformed when it is not UTF-8 or begins with a byte order mark
 */
export function decodeBody(body: Uint8Array): string {
  if (!isUtf8(body)) {
    throw new Malformed('the body is not UTF-8');
  }
  if (body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf) {
    throw new Malformed('the body begins with a byte order mark');
  }
  return Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8');
}

/** Splits newline-delimited JSON. A line that is not JSON is kept as text; blank lines are passed over. */
export function splitLines(body: string): BodyValue[] {
  const values: BodyValue[] = [];
  for (const raw of body.split('\n')) {
    const line = raw.replace(EDGE_SPACE, '');
    if (line !== '') {
      values.push(isJson(line) ? event(line) : { kind: 'text', json: JSON.stringify(raw.replace(/\r$/, '')) });
    }
  }
  return values;
}

/**
 * Splits a JSON body: the elements of an array, or the one value that it is.
 *
 * @throws Malformed when it is not JSON
 */
export function splitJson(body: string): BodyValue[] {
  const text = body.replace(EDGE_SPACE, '');
  return text.startsWith('[') ? splitArray(text) : [checkedEvent(text)];
}

function splitArray(text: string): BodyValue[] {
  const values: BodyValue[] = [];
  let depth = 0;
  let start = 1;
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case 0x22: // "
        at = endOfString(text, at);
        break;
      case 0x5b: // [
      case 0x7b: // {
        depth++;
        break;
      case 0x2c: // ,
        if (depth === 1) {
          values.push(checkedEvent(text.slice(start, at)));
          start = at + 1;
        }
        break;
      case 0x5d: // ]
      case 0x7d: // }
        depth--;
        if (depth === 0) {
          return endArray(text, values, start, at);
        }
        break;
    }
  }
  throw new Malformed('the body is an array without an end');
}

function endArray(text: string, values: BodyValue[], start: number, end: number): BodyValue[] {
  if (end !== text.length - 1 || text[end] !== ']') {
    throw new Malformed('the body goes on behind its array');
  }
  const last = text.slice(start, end);
  if (values.length > 0 || last.replace(EDGE_SPACE, '') !== '') {
    values.push(checkedEvent(last));
  }
  return values;
}

function endOfString(text: string, quote: number): number {
  for (let at = quote + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x22) {
      return at;
    }
    if (code === 0x5c) {
      at++;
    }
  }
  throw new Malformed('the body ends within a string');
}

function checkedEvent(value: string): BodyValue {
  const text = value.replace(EDGE_SPACE, '');
  if (!isJson(text)) {
    throw new Malformed('the body is not JSON');
  }
  return event(text);
}

/** Line breaks inside valid JSON are white space only: each becomes one space. */
function event(json: string): BodyValue {
  return { kind: 'event', json: /[\r\n]/.test(json) ? json.replace(/[\r\n]/g, ' ') : json };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Makes the entries of a request. A value whose entry would be too large becomes a `refused` entry. */
export function encodeBody(values: readonly BodyValue[], { received, writer, idempotencyKey }: Envelope): EncodedBody {
  const rejected: ({ i: number } & Refusal)[] = [];
  const leaves: Buffer[] = [];
  const lines = values.map(({ kind, json }, i) => {
    const id = idempotencyKey === undefined ? undefined : `${idempotencyKey}#${i}`;
    let line = Buffer.from(`${formatEntry({ received, writer, id, kind, json })}\n`);
    if (line.length - 1 > MAX_LEAF_SIZE) {
      const refusal = refuse(kind === 'text' ? JSON.parse(json) : json);
      rejected.push({ i, ...refusal });
      line = Buffer.from(`${formatEntry({ received, writer, id, kind: 'refused', json: JSON.stringify(refusal) })}\n`);
    }
    leaves.push(leafHash(line.subarray(0, -1)));
    return line;
  });
  return { lines: Buffer.concat(lines), leaves, rejected };
}
