import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api';
import type { EventPage, EventPosition, EventQuery } from '../ports';
import { cacheFailure, searchTimeout } from './cache-failure';
import type { DuckDbCache } from './duckdb-cache';
import { searchable } from './searchable';

/** A page ends when its lines have this many bytes, however many were asked for. */
export const MOST_PAGE_BYTES = 8 * 1024 * 1024;

/** An interrupt that comes between two statements is lost: it is repeated this often. */
const INTERRUPT_AGAIN_MS = 50;

const FIELDS = ['actor', 'action', 'target', 'outcome', 'writer'] as const;

/** The conditions of a search. Values are only ever bound, never part of the text. */
interface Conditions {
  readonly sql: string;
  readonly values: Record<string, DuckDBValue>;
}

/** One search in one state of the cache: first where the page ends, then its lines. */
export class EventSearch {
  public constructor(private readonly query: EventQuery) {}

  /**
   * @param milliseconds how long it may take
   * @throws search-timeout, search-too-large, CacheBroken
   */
  public async run(cache: DuckDbCache, milliseconds: number): Promise<Omit<EventPage, 'completeUntil'>> {
    const connection = await cache.connect();
    const deadline = performance.now() + milliseconds;
    const alarm = setInterval(() => {
      if (performance.now() >= deadline) connection.interrupt();
    }, INTERRUPT_AGAIN_MS);
    try {
      await connection.run('BEGIN');
      const positions = await this.positions(connection);
      if (performance.now() >= deadline) throw searchTimeout();
      const page = this.cut(positions);
      const last = page.at(-1);
      if (last === undefined) return { events: [] };
      const events = await this.events(connection, last);
      return page.length < positions.length ? { events, next: last } : { events };
    } catch (error) {
      throw cacheFailure(error);
    } finally {
      clearInterval(alarm);
      connection.closeSync();
    }
  }

  /** Where the results stand, one more than asked for. Their lines are not touched: thousands of them may be larger than the memory. */
  private async positions(connection: DuckDBConnection): Promise<(EventPosition & { size: number })[]> {
    const { sql, values } = this.conditions();
    const result = await connection.runAndReadAll(
      `SELECT received, origin, "index", size FROM entries WHERE ${sql} ORDER BY received, origin, "index", number LIMIT $limit`,
      { ...values, limit: BigInt(this.query.limit + 1) },
    );
    return result.getRows().map(([received, origin, index, size]) => ({
      received: Number(received),
      origin: String(origin),
      index: Number(index),
      size: Number(size),
    }));
  }

  private cut(found: readonly (EventPosition & { size: number })[]): EventPosition[] {
    const page: EventPosition[] = [];
    let bytes = 0;
    for (const { received, origin, index, size } of found.slice(0, this.query.limit)) {
      bytes += size + 1;
      if (bytes > MOST_PAGE_BYTES && page.length > 0) break;
      page.push({ received, origin, index });
    }
    return page;
  }

  /**
   * The lines up to a position. In a log that is whole no two entries share one; if somebody forged a twin, both are shown, even above the limit,
   * because the next page begins behind them.
   */
  private async events(connection: DuckDBConnection, last: EventPosition): Promise<EventPage['events']> {
    const { sql, values } = this.conditions();
    const result = await connection.runAndReadAll(
      `SELECT received, origin, "index", line FROM entries
       WHERE ${sql} AND received <= $lastReceived AND NOT ${isBehind('last')}
       ORDER BY received, origin, "index", number`,
      {
        ...values,
        lastReceived: BigInt(last.received),
        lastOrigin: last.origin,
        lastIndex: BigInt(last.index),
      },
    );
    return result.getRows().map(([received, origin, index, line]) => ({
      received: Number(received),
      origin: String(origin),
      index: Number(index),
      line: String(line),
    }));
  }

  private conditions(): Conditions {
    const { from, to, contains, after } = this.query;
    const sql = ['received >= $from', 'received < $to', 'number NOT IN (SELECT number FROM repeats)'];
    const values: Record<string, DuckDBValue> = {
      from: BigInt(Math.max(from, after?.received ?? from)),
      to: BigInt(to),
    };
    if (after !== undefined) {
      sql.push(isBehind('after'));
      values.afterReceived = BigInt(after.received);
      values.afterOrigin = after.origin;
      values.afterIndex = BigInt(after.index);
    }
    for (const field of FIELDS) {
      const wanted = this.query[field];
      if (wanted === undefined) continue;
      sql.push(`${field} = $${field}`);
      values[field] = searchable(wanted);
    }
    if (contains !== undefined) {
      // Half a character is in no line, but as UTF-8 it would become the replacement character, which may be.
      sql.push(
        Buffer.from(contains).toString() === contains ? 'contains(line, $contains)' : 'false AND $contains IS NULL',
      );
      values.contains = contains;
    }
    return { sql: sql.join(' AND '), values };
  }
}

/** Rows behind a position. Written out, because DuckDB 1.5 cannot plan two comparisons of one row value. */
function isBehind(position: 'after' | 'last'): string {
  const [received, origin, index] = ['Received', 'Origin', 'Index'].map((part) => `$${position}${part}`);
  return `(received > ${received} OR (received = ${received} AND (origin > ${origin} OR (origin = ${origin} AND "index" > ${index}))))`;
}
