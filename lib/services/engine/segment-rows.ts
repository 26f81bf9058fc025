import { isUtf8 } from 'node:buffer';
import {
  type Entry,
  eachLine,
  extractFields,
  Malformed,
  parseEntry,
  parseSegment,
  type SearchFields,
} from '../../record';

/** One entry as the cache holds it. */
export interface EntryRow extends SearchFields {
  /** Place in its shard, from 0. */
  readonly index: number;
  /** Milliseconds since 1970-01-01 UTC. */
  readonly received: number;
  readonly writer: string;
  readonly id?: string | undefined;
  /** The entry's line, without its `\n`. */
  readonly line: string;
  /** Bytes of the line. */
  readonly size: number;
}

/** What a segment gives to search. */
export interface SegmentRows {
  /** All entries but heartbeats, which are never results. */
  readonly rows: readonly EntryRow[];
  /** Lines of the segment, heartbeats and broken ones included. */
  readonly count: number;
  /** Lines that are no entries. They do not keep the others from being found; `verify` names them. */
  readonly broken: number;
}

/**
 * Reads a segment for search. Signatures are not checked: that is what `verify` is for.
 *
 * @param first index of its first entry in the shard
 * @throws Malformed when the segment's framing, hash or compression is broken
 */
export function readSegmentRows(bytes: Buffer, first: number): SegmentRows {
  const rows: EntryRow[] = [];
  let count = 0;
  let broken = 0;
  eachLine(parseSegment(bytes).lines, (line, i) => {
    count++;
    const entry = readEntry(line);
    if (entry === undefined) broken++;
    else if (entry.kind !== 'heartbeat') rows.push(row(entry, line, first + i));
  });
  return { rows, count, broken };
}

function readEntry(line: Buffer): Entry | undefined {
  try {
    return isUtf8(line) ? parseEntry(line.toString()) : undefined;
  } catch (error) {
    if (error instanceof Malformed) return undefined;
    throw error;
  }
}

function row(entry: Entry, line: Buffer, index: number): EntryRow {
  const { received, writer, id, kind, json } = entry;
  const fields = kind === 'event' ? extractFields(json) : {};
  return { index, received, writer, id, ...fields, line: line.toString(), size: line.length };
}
