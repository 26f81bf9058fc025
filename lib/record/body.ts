import { isUtf8 } from 'node:buffer';
import { eachElement, trimSpace } from './elements';
import { beginEntry, completeEntry, type EntryKind, formatEntry, NODE_WRITER, type Refusal, refuse } from './entry';
import { leafHash, MAX_LEAF_SIZE } from './hash';
import { Malformed } from './malformed';
import { MAX_SEGMENT_LINES_SIZE } from './segment';
import { TooLarge } from './too-large';

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

/** The shortest line of an entry has more than 64 bytes: with more values than this a request cannot fit one segment. */
const MAX_VALUES = MAX_SEGMENT_LINES_SIZE / 64;

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

/**
 * Splits newline-delimited JSON. A line that is not JSON is kept as text; blank lines are passed over.
 *
 * @throws TooLarge when there are more values than fit one segment
 */
export function splitLines(body: string): BodyValue[] {
  const values: BodyValue[] = [];
  for (let start = 0; start < body.length; ) {
    const newline = body.indexOf('\n', start);
    const end = newline < 0 ? body.length : newline;
    const raw = body.slice(start, end);
    const line = trimSpace(raw);
    if (line !== '') {
      add(values, isJson(line) ? event(line) : { kind: 'text', json: JSON.stringify(raw.replace(/\r$/, '')) });
    }
    start = end + 1;
  }
  return values;
}

/**
 * Splits a JSON body: the elements of an array, or the one value that it is.
 *
 * @throws Malformed when it is not JSON
 * @throws TooLarge when there are more values than fit one segment
 */
export function splitJson(body: string): BodyValue[] {
  const text = trimSpace(body);
  if (!text.startsWith('[')) {
    return [checkedEvent(text)];
  }
  const values: BodyValue[] = [];
  eachElement(text, (element) => add(values, checkedEvent(element)));
  return values;
}

function add(values: BodyValue[], value: BodyValue): void {
  if (values.length === MAX_VALUES) {
    throw new TooLarge(`more than ${MAX_VALUES} events in one request`);
  }
  values.push(value);
}

function checkedEvent(value: string): BodyValue {
  const text = trimSpace(value);
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

/**
 * Makes the entries of a request. A value whose entry would be too large becomes a `refused` entry.
 *
 * @throws TooLarge as soon as the lines are larger than a segment may be
 */
export function encodeBody(values: readonly BodyValue[], { received, writer, idempotencyKey }: Envelope): EncodedBody {
  const rejected: ({ i: number } & Refusal)[] = [];
  const lines = new Lines();
  const begin = beginEntry(received, writer);
  values.forEach(({ kind, json }, i) => {
    const id = idempotencyKey === undefined ? undefined : `${idempotencyKey}#${i}`;
    if (lines.add(completeEntry(begin, { id, kind, json }))) {
      return;
    }
    const refusal = refuse(kind === 'text' ? JSON.parse(json) : json);
    rejected.push({ i, ...refusal });
    lines.add(completeEntry(begin, { id, kind: 'refused', json: JSON.stringify(refusal) }));
  });
  return { lines: lines.bytes, leaves: lines.leaves, rejected };
}

/** The entry by which a node says that it lives. */
export function encodeHeartbeat(received: number): EncodedBody {
  const line = formatEntry({ received, writer: NODE_WRITER, kind: 'heartbeat', json: '{}' });
  return { lines: Buffer.from(`${line}\n`), leaves: [leafHash(Buffer.from(line))], rejected: [] };
}

/** Lines in one growing buffer: a buffer a line costs more than the line. */
class Lines {
  public readonly leaves: Buffer[] = [];
  private buffer = Buffer.allocUnsafe(1024);
  private size = 0;

  /** Adds a line and its `\n`, unless it is too large to be a leaf. */
  public add(line: string): boolean {
    const size = Buffer.byteLength(line);
    if (size > MAX_LEAF_SIZE) {
      return false;
    }
    this.reserve(size + 1);
    const start = this.size;
    this.buffer.write(line, start);
    this.size += size;
    this.leaves.push(leafHash(this.buffer.subarray(start, this.size)));
    this.buffer[this.size++] = 0x0a;
    return true;
  }

  public get bytes(): Buffer {
    return this.buffer.subarray(0, this.size);
  }

  private reserve(size: number): void {
    const needed = this.size + size;
    if (needed > MAX_SEGMENT_LINES_SIZE) {
      throw new TooLarge(`the entries of one request are over ${MAX_SEGMENT_LINES_SIZE} bytes`);
    }
    if (needed > this.buffer.length) {
      const larger = Buffer.allocUnsafe(Math.min(Math.max(needed, 2 * this.buffer.length), MAX_SEGMENT_LINES_SIZE));
      this.buffer.copy(larger, 0, 0, this.size);
      this.buffer = larger;
    }
  }
}
