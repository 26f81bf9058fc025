import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Malformed } from '../../record';
import { searchable } from './searchable';
import { type EntryRow, readSegmentRows } from './segment-rows';

/** A segment to put into a file. */
export interface SegmentToFile {
  /** Origin of its shard. */
  readonly origin: string;
  /** Index of its first entry. */
  readonly first: number;
  readonly bytes: Buffer;
}

const TABLE = `CREATE TABLE events (
  received BIGINT, origin VARCHAR, "index" BIGINT, writer VARCHAR, id VARCHAR,
  actor VARCHAR, action VARCHAR, target VARCHAR, outcome VARCHAR, line VARCHAR
)`;

/**
 * Puts the entries of segments into one Parquet file, by received, origin and index. Searched columns hold the form that searches compare with, `line` the
 * entry byte for byte. Heartbeats, lines that are no entries and damaged segments are left out.
 *
 * @param onDamaged told of each segment that is left out
 */
export async function makeParquet(
  segments: AsyncIterable<SegmentToFile>,
  memoryBytes: number,
  onDamaged: (segment: SegmentToFile, reason: string) => void,
): Promise<Buffer> {
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const folder = await mkdtemp(join(tmpdir(), 'view-'));
  const instance = await DuckDBInstance.create(join(folder, 'rows.duckdb'), {
    memory_limit: `${Math.ceil(memoryBytes / 2 ** 20)}MiB`,
    temp_directory: join(folder, 'spill'),
    autoinstall_known_extensions: 'false',
  });
  try {
    const connection = await instance.connect();
    await connection.run(TABLE);
    for await (const segment of segments) {
      const { origin } = segment;
      const appender = await connection.createAppender('events');
      for (const row of rowsOf(segment, onDamaged)) {
        appender.appendBigInt(BigInt(row.received));
        appender.appendVarchar(origin);
        appender.appendBigInt(BigInt(row.index));
        for (const text of searched(row)) {
          if (text === undefined) appender.appendNull();
          else appender.appendVarchar(searchable(text));
        }
        appender.appendVarchar(row.line);
        appender.endRow();
      }
      appender.closeSync();
    }
    const file = join(folder, 'events.parquet');
    // The path is of our own making: COPY takes no bound value there.
    await connection.run(
      `COPY (SELECT * FROM events ORDER BY received, origin, "index") TO '${file}' (FORMAT parquet, COMPRESSION zstd)`,
    );
    connection.closeSync();
    return await readFile(file);
  } finally {
    instance.closeSync();
    await rm(folder, { recursive: true, force: true });
  }
}

function rowsOf(
  segment: SegmentToFile,
  onDamaged: (segment: SegmentToFile, reason: string) => void,
): readonly EntryRow[] {
  try {
    return readSegmentRows(segment.bytes, segment.first).rows;
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    onDamaged(segment, error.reason);
    return [];
  }
}

function searched({ writer, id, actor, action, target, outcome }: EntryRow): (string | undefined)[] {
  return [writer, id, actor, action, target, outcome];
}
