import { sha256 } from './hash';
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

const LINE =
  /^\{"received":"(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z)","writer":("(?:[^"\\]|\\.)+")(?:,"id":("(?:[^"\\]|\\.)+"))?,"(event|text|refused|heartbeat|blob|sealed)":(.+)\}$/su;

/** The entry's line, without its `\n`. */
export function formatEntry({ received, writer, id, kind, json }: Entry): string {
  const idField = id === undefined ? '' : `,"id":${JSON.stringify(id)}`;
  return `{"received":"${new Date(received).toISOString()}","writer":${JSON.stringify(writer)}${idField},"${kind}":${json}}`;
}

/**
 * Reads an entry's line, without its `\n`. Only lines that `formatEntry` writes are accepted.
 *
 * @throws Malformed
 */
export function parseEntry(line: string): Entry {
  const [, time, writer, id, kind, json] = LINE.exec(line) ?? [];
  if (time === undefined || writer === undefined || kind === undefined || json === undefined) {
    throw new Malformed('a line that is not an entry');
  }
  const entry: Entry = {
    received: Date.parse(time),
    writer: parseString(writer),
    id: id === undefined ? undefined : parseString(id),
    kind: kind as EntryKind,
    json,
  };
  if (Number.isNaN(entry.received) || formatEntry(entry) !== line) {
    throw new Malformed('an entry with a broken time, writer or id');
  }
  parseJson(json);
  return entry;
}

function parseString(json: string): string {
  const value = parseJson(json);
  return typeof value === 'string' ? value : '';
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
