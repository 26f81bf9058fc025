import { MAX_LEAF_SIZE, sha256 } from './hash';
import { Malformed } from './malformed';

/** What an entry carries; the name is its field in the line. `blob` and `sealed` are reserved: readable, never written. */
export type EntryKind = 'event' | 'text' | 'refused' | 'heartbeat' | 'blob' | 'sealed';

/** The writer of the node's own entries. No client can have this name: theirs have a colon or are `anonymous`. */
export const NODE_WRITER = 'node';

/** One entry: who wrote what, and when the node received it. */
export interface Entry {
  /** Milliseconds since 1970-01-01 UTC. */
  readonly received: number;
  readonly writer: string;
  /** `<Idempotency-Key>#<i>`. */
  readonly id?: string | undefined;
  readonly kind: EntryKind;
  /** The value as JSON text. For an `event` the producer's own, byte for byte. */
  readonly json: string;
}

/** Why a value was not kept, as the `refused` entry and the answer say it. */
export interface Refusal {
  readonly reason: 'too-large';
  /** Bytes of the value. */
  readonly size: number;
  /** SHA-256 of the value's bytes, 64 hex digits. */
  readonly sha256: string;
}

/** Fewest bytes of an entry: any time, a writer of one character, and an event of one digit. */
export const MIN_LEAF_SIZE = '{"received":"YYYY-MM-DDTHH:MM:SS.mmmZ","writer":"w","event":0}'.length;

/** The entry up to its value. Strings are matched without alternatives, so that no input makes it backtrack. */
const HEAD =
  /^\{"received":"([^"]{24})","writer":("[^"\\]*(?:\\.[^"\\]*)*")(?:,"id":("[^"\\]*(?:\\.[^"\\]*)*"))?,"(event|text|refused|heartbeat|blob|sealed)":/;
const PLAIN = /^"[ !#-[\]-~]+"$/;
const SHA256_HEX = /^[0-9a-f]{64}$/;

/** The entry's line, without its `\n`. */
export function formatEntry({ received, writer, id, kind, json }: Entry): string {
  return completeEntry(beginEntry(received, writer), { id, kind, json });
}

/** What the lines of all entries of one request begin with. */
export function beginEntry(received: number, writer: string): string {
  return `{"received":"${new Date(received).toISOString()}","writer":${JSON.stringify(writer)}`;
}

/** The rest of the line behind `beginEntry`. */
export function completeEntry(begin: string, { id, kind, json }: Pick<Entry, 'id' | 'kind' | 'json'>): string {
  const idField = id === undefined ? '' : `,"id":${JSON.stringify(id)}`;
  return `${begin}${idField},"${kind}":${json}}`;
}

/**
 * Reads an entry's line, without its `\n`. Only lines that `formatEntry` writes are accepted.
 *
 * @throws Malformed
 */
export function parseEntry(line: string): Entry {
  if (Buffer.byteLength(line) > MAX_LEAF_SIZE) {
    throw new Malformed('an entry of more than 65,535 bytes');
  }
  const [head, time, writer, id, kind] = HEAD.exec(line) ?? [];
  if (head === undefined || time === undefined || writer === undefined || kind === undefined || !line.endsWith('}')) {
    throw new Malformed('a line that is not an entry');
  }
  const json = line.slice(head.length, -1);
  requireValue(kind as EntryKind, json);
  return {
    received: parseTime(time),
    writer: parseName(writer),
    id: id === undefined ? undefined : parseName(id),
    kind: kind as EntryKind,
    json,
  };
}

/** All entries of a request have the same time, and most neighbours nearly the same. */
let lastTime = { text: '', time: Number.NaN };

function parseTime(text: string): number {
  if (text !== lastTime.text) {
    const time = Date.parse(text);
    if (Number.isNaN(time) || new Date(time).toISOString() !== text) {
      throw new Malformed('an entry with a broken time');
    }
    lastTime = { text, time };
  }
  return lastTime.time;
}

function parseName(json: string): string {
  if (PLAIN.test(json)) {
    return json.slice(1, -1);
  }
  const value = parseJson(json);
  if (typeof value !== 'string' || value === '' || JSON.stringify(value) !== json) {
    throw new Malformed('an entry with a broken writer or id');
  }
  return value;
}

function requireValue(kind: EntryKind, json: string): void {
  const value = parseJson(json);
  if (kind === 'event' ? isTrimmed(json) : canonicalValue(kind, value) === json) {
    return;
  }
  throw new Malformed(`an entry with a broken ${kind} value`);
}

/** Ingest drops white space around an event, and line breaks inside. What parsed as JSON has nothing else below 0x21 at its ends. */
function isTrimmed(json: string): boolean {
  const isBlank = json.charCodeAt(0) <= 0x20 || json.charCodeAt(json.length - 1) <= 0x20;
  return !isBlank && !json.includes('\n') && !json.includes('\r');
}

/** The only text that the value of such an entry may have, or `undefined` when it can have none. */
function canonicalValue(kind: EntryKind, value: unknown): string | undefined {
  if (kind === 'text') {
    return typeof value === 'string' ? JSON.stringify(value) : undefined;
  }
  const { reason, size, sha256, kid, ct } = Object(value) as Record<string, unknown>;
  const isDigest =
    Number.isSafeInteger(size) && Number(size) >= 0 && typeof sha256 === 'string' && SHA256_HEX.test(sha256);
  switch (kind) {
    case 'heartbeat':
      return '{}';
    case 'refused':
      return isDigest && reason === 'too-large' ? JSON.stringify({ reason, size, sha256 }) : undefined;
    case 'blob':
      return isDigest ? JSON.stringify({ sha256, size }) : undefined;
    case 'sealed':
      return typeof kid === 'string' && typeof ct === 'string' ? JSON.stringify({ kid, ct }) : undefined;
    default:
      return undefined;
  }
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw new Malformed('an entry whose value is not JSON');
  }
}

/** The value of a `refused` entry. */
export function refuse(value: string): Refusal {
  const bytes = Buffer.from(value);
  return { reason: 'too-large', size: bytes.length, sha256: sha256(bytes).toString('hex') };
}
