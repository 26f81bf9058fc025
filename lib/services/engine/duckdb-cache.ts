import { mkdir, realpath, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { DuckDBAppender, DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { AuditLogError } from '../../policy/errors';
import type { LogName } from '../../record';
import { CacheBroken, cacheFailure } from './cache-failure';
import type { ListedSegment, LoadedSegments } from './new-segments';
import { searchable } from './searchable';
import type { EntryRow } from './segment-rows';

/** Changes whenever the tables below do, or what is written into them: caches of other layouts are built again. */
const LAYOUT = '1';

/** So many query processes of one machine may share a cache folder; each has a file of its own. */
const SLOTS = 16;

const TABLES = `
  CREATE TABLE cache (layout VARCHAR, log VARCHAR);
  CREATE TABLE segments (key VARCHAR, hour BIGINT, count BIGINT, broken BIGINT);
  CREATE TABLE entries (
    number BIGINT, received BIGINT, origin VARCHAR, "index" BIGINT, writer VARCHAR, id VARCHAR,
    actor VARCHAR, action VARCHAR, target VARCHAR, outcome VARCHAR, line VARCHAR, size BIGINT
  );
  CREATE TABLE repeats (number BIGINT);
`;

/** Entries that are not the first of their writer and id. An entry that is not the first now never will be: only more are added. */
const ADD_REPEATS = `
  INSERT INTO repeats SELECT number FROM (
    SELECT number, row_number() OVER (PARTITION BY writer, id ORDER BY received, origin, "index", number) AS place
    FROM entries
    WHERE id IS NOT NULL AND (writer, id) IN (SELECT (writer, id) FROM entries WHERE number >= $start AND id IS NOT NULL)
  ) WHERE place > 1 AND number NOT IN (SELECT number FROM repeats)
`;

/** Where a cache lies and how much it may use. */
export interface CacheSettings {
  /** Made if it is missing, for its owner only: it will hold event data. */
  readonly folder: string;
  /** Most memory of DuckDB, in bytes. */
  readonly memoryBytes: number;
  /** Most threads of DuckDB. */
  readonly threads: number;
}

/** One segment and what was read from it. */
export interface LoadedSegment {
  readonly segment: ListedSegment;
  /** Origin of its shard. */
  readonly origin: string;
  readonly rows: readonly EntryRow[];
  /** Its lines. */
  readonly count: number;
  /** Those that are no entries. */
  readonly broken: number;
}

/** Files that are open in this process: DuckDB's lock keeps out other processes only. */
const openFiles = new Set<string>();

/** A DuckDB file with all entries of some logs in searchable form. It can be deleted at any time while no process has it open. */
export class DuckDbCache {
  /**
   * Opens the first file of the folder that no other process has open. A file that is unreadable, of another layout or of other logs is built again.
   *
   * @throws engine-missing, search-cache-unusable
   */
  public static async open(logs: readonly LogName[], settings: CacheSettings): Promise<DuckDbCache> {
    await mkdir(settings.folder, { recursive: true, mode: 0o700 });
    const folder = await realpath(settings.folder);
    for (let slot = 0; slot < SLOTS; slot++) {
      const file = join(folder, `cache-${slot}.duckdb`);
      if (openFiles.has(file)) continue;
      openFiles.add(file);
      try {
        const cache = await DuckDbCache.openFile(file, logs, settings);
        if (cache !== undefined) return cache;
        openFiles.delete(file);
      } catch (error) {
        openFiles.delete(file);
        throw error;
      }
    }
    throw unusable(`${SLOTS} query processes use the folder`, settings.folder);
  }

  private static async openFile(
    file: string,
    logs: readonly LogName[],
    settings: CacheSettings,
  ): Promise<DuckDbCache | undefined> {
    for (const attempt of ['as it is', 'built again']) {
      let instance: DuckDBInstance | undefined;
      try {
        instance = await createInstance(file, settings);
        const connection = await instance.connect();
        await prepare(connection, logs.map(({ origin }) => origin).join(' '));
        return new DuckDbCache(file, instance, connection, await nextNumber(connection));
      } catch (error) {
        instance?.closeSync();
        if (error instanceof AuditLogError) throw error;
        const reason = error instanceof Error ? error.message : String(error);
        if (/could not set lock/i.test(reason)) return undefined;
        if (attempt === 'built again') throw unusable(reason.slice(0, 200), settings.folder);
        await removeFile(file);
      }
    }
    return undefined;
  }

  private closed = false;
  /** Ends when nobody uses the writing connection: a transaction and what others read would mix. */
  private idle: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly file: string,
    private readonly instance: DuckDBInstance,
    private readonly writer: DuckDBConnection,
    private next: bigint,
  ) {}

  /** A connection for one search. The caller closes it. */
  public connect(): Promise<DuckDBConnection> {
    return this.instance.connect();
  }

  /** What is loaded of one log. */
  public ofLog({ prefix }: LogName): LoadedSegments {
    return {
      count: async (from) => {
        const sql = 'SELECT count(*) FROM segments WHERE hour >= $from AND starts_with(key, $prefix)';
        const [[count] = []] = await this.read(sql, { from: BigInt(from), prefix });
        return Number(count);
      },
      ofHour: async (hour) => {
        const sql = 'SELECT key, count FROM segments WHERE hour = $hour AND starts_with(key, $prefix)';
        const rows = await this.read(sql, { hour: BigInt(hour), prefix });
        return new Map(rows.map(([key, count]) => [String(key), Number(count)]));
      },
    };
  }

  /** How many segments have lines that are no entries. */
  public async broken(): Promise<number> {
    const [[count] = []] = await this.read('SELECT count(*) FROM segments WHERE broken > 0', {});
    return Number(count);
  }

  /**
   * Adds segments and remembers them in one transaction: after a crash all of it is there or nothing.
   *
   * @throws CacheBroken, search-cache-unusable
   */
  public load(segments: readonly LoadedSegment[]): Promise<void> {
    return this.alone(() => this.add(segments));
  }

  private async add(segments: readonly LoadedSegment[]): Promise<void> {
    const start = this.next;
    try {
      await this.writer.run('BEGIN');
      await this.append('entries', (appender) => {
        for (const { origin, rows } of segments) {
          for (const row of rows) appendRow(appender, this.next++, origin, row);
        }
      });
      await this.append('segments', (appender) => {
        for (const { segment, count, broken } of segments) {
          appender.appendVarchar(segment.key);
          appender.appendBigInt(BigInt(segment.hour));
          appender.appendBigInt(BigInt(count));
          appender.appendBigInt(BigInt(broken));
          appender.endRow();
        }
      });
      if (segments.some(({ rows }) => rows.some(({ id }) => id !== undefined))) {
        await this.writer.run(ADD_REPEATS, { start });
      }
    } catch (error) {
      await this.writer.run('ROLLBACK').catch(() => {});
      throw cacheFailure(error);
    }
    // Nobody knows what a commit that failed has left behind.
    await this.writer.run('COMMIT').catch((error: unknown) => {
      throw new CacheBroken(String(error).slice(0, 200));
    });
  }

  /** Closes the file. */
  public close(): void {
    if (this.closed) return;
    this.closed = true;
    this.writer.closeSync();
    this.instance.closeSync();
    openFiles.delete(this.file);
  }

  /** Closes and deletes the file. */
  public async discard(): Promise<void> {
    await this.idle;
    this.close();
    await removeFile(this.file);
  }

  private read(sql: string, values: Record<string, bigint | string>): Promise<unknown[][]> {
    return this.alone(async () => {
      try {
        return (await this.writer.runAndReadAll(sql, values)).getRows();
      } catch (error) {
        throw cacheFailure(error);
      }
    });
  }

  /** Uses the writing connection while nobody else does. */
  private alone<T>(use: () => Promise<T>): Promise<T> {
    const used = this.idle.then(() => {
      if (this.closed) throw new CacheBroken('the cache was closed');
      return use();
    });
    this.idle = used.catch(() => {});
    return used;
  }

  private async append(table: string, fill: (appender: DuckDBAppender) => void): Promise<void> {
    const appender = await this.writer.createAppender(table);
    try {
      fill(appender);
    } finally {
      appender.closeSync();
    }
  }
}

async function createInstance(file: string, { memoryBytes, threads }: CacheSettings): Promise<DuckDBInstance> {
  const { DuckDBInstance } = await import('@duckdb/node-api').catch((): never => {
    throw new AuditLogError('engine-missing', {
      problem: 'the package @duckdb/node-api, which searches the log, is not installed',
      fix: 'run `npm install @duckdb/node-api@1.5.5-r.5` where immutable-audit-log is installed',
    });
  });
  return DuckDBInstance.create(file, {
    memory_limit: `${Math.ceil(memoryBytes / 2 ** 20)}MiB`,
    threads: String(threads),
    temp_directory: `${file}.tmp`,
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  });
}

/** Shuts the database off from all other files, and makes sure that its tables are ours. */
async function prepare(connection: DuckDBConnection, logs: string): Promise<void> {
  await connection.run('SET enable_external_access = false');
  await connection.run('SET lock_configuration = true');
  const tables = await connection.runAndReadAll('SELECT table_name FROM duckdb_tables()');
  if (tables.currentRowCount === 0) {
    await connection.run(`BEGIN; ${TABLES}`);
    await connection.run('INSERT INTO cache VALUES ($layout, $log)', { layout: LAYOUT, log: logs });
    await connection.run('COMMIT');
  }
  const [[layout, origin] = []] = (await connection.runAndReadAll('SELECT layout, log FROM cache')).getRows();
  if (layout !== LAYOUT || origin !== logs) throw new CacheBroken('a cache of another layout or of other logs');
}

async function nextNumber(connection: DuckDBConnection): Promise<bigint> {
  const [[next] = []] = (
    await connection.runAndReadAll('SELECT coalesce(max(number), 0)::BIGINT + 1 FROM entries')
  ).getRows();
  return BigInt(String(next));
}

function appendRow(appender: DuckDBAppender, number: bigint, origin: string, row: EntryRow): void {
  appender.appendBigInt(number);
  appender.appendBigInt(BigInt(row.received));
  appender.appendVarchar(origin);
  appender.appendBigInt(BigInt(row.index));
  for (const text of [row.writer, row.id, row.actor, row.action, row.target, row.outcome]) {
    if (text === undefined) appender.appendNull();
    else appender.appendVarchar(searchable(text));
  }
  appender.appendVarchar(row.line);
  appender.appendBigInt(BigInt(row.size));
  appender.endRow();
}

async function removeFile(file: string): Promise<void> {
  for (const each of [file, `${file}.wal`, `${file}.tmp`]) await rm(each, { recursive: true, force: true });
}

function unusable(reason: string, folder: string): AuditLogError {
  return new AuditLogError('search-cache-unusable', {
    problem: `the search cache cannot be opened: ${reason}`,
    given: folder,
    fix: 'give the query service a folder of its own that it may write to',
  });
}
