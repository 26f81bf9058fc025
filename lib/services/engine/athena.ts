import {
  AthenaClient,
  GetQueryExecutionCommand,
  GetQueryResultsCommand,
  StartQueryExecutionCommand,
  StopQueryExecutionCommand,
} from '@aws-sdk/client-athena';
import { AuditLogError } from '../../policy/errors';
import type { LogName } from '../../record';
import type { Clock, EventPage, EventQuery, FoundEvent, ObjectReader, QueryEngine } from '../ports';
import { quotedTable, searchSql } from './athena-sql';
import { completenessOf, viewCompleteUntil } from './view-hours';

/** A page ends when its lines have this many bytes: base64 makes a third more of them, and a function may answer 1 MB. */
const MOST_PAGE_BYTES = 700_000;
/** Rows of one call; a row may have 64 KiB. */
const ROWS_AT_A_TIME = 200;
const SEARCH_WITHIN_MS = 25_000;
const POLL_MS = 250;

/** What an Athena engine searches. */
export interface AthenaEngineOptions {
  readonly log: LogName;
  /**
   * Logs of other regions that are in the view too.
   *
   * @default - none
   */
  readonly replicas?: readonly LogName[];
  readonly workgroup: string;
  readonly database: string;
  readonly table: string;
  /** The view's store: which hours are in it says how far a search is complete. */
  readonly view: ObjectReader;
  readonly clock: Clock;
  /**
   * Replaces AWS, for tests.
   *
   * @default - Athena of the environment's region
   */
  readonly client?: AthenaClient;
}

/**
 * Searches the view of a log with Athena: the hours that were rolled up, and none after them. A search that begins after all of them is answered without
 * Athena.
 */
export class AthenaEngine implements QueryEngine {
  private readonly client: AthenaClient;
  private readonly table: string;

  /** @throws setting-invalid */
  public constructor(private readonly options: AthenaEngineOptions) {
    this.client = options.client ?? new AthenaClient({});
    this.table = quotedTable(options.database, options.table);
  }

  /** @throws search-timeout, search-too-large; and what Athena and the store throw */
  public async search(query: EventQuery): Promise<EventPage> {
    const completeness = await this.completeness();
    if (query.from >= endOf(completeness)) return { events: [], ...completeness };
    const id = await this.start(query);
    await this.finish(id);
    return { ...(await this.page(id, query.limit)), ...completeness };
  }

  private completeness(): Promise<Pick<EventPage, 'completeUntil' | 'regions'>> {
    const { view, log, replicas = [], clock } = this.options;
    return completenessOf([log, ...replicas], (each) => viewCompleteUntil(view, each, clock.now()));
  }

  public async close(): Promise<void> {
    this.client.destroy();
  }

  private async start(query: EventQuery): Promise<string> {
    const { sql, parameters } = searchSql(this.table, query);
    const { QueryExecutionId } = await this.client.send(
      new StartQueryExecutionCommand({
        QueryString: sql,
        ExecutionParameters: [...parameters],
        WorkGroup: this.options.workgroup,
        QueryExecutionContext: { Database: this.options.database },
      }),
    );
    if (QueryExecutionId === undefined) throw new Error('Athena gave no execution id');
    return QueryExecutionId;
  }

  private async finish(id: string): Promise<void> {
    const { clock } = this.options;
    const end = clock.monotonic() + SEARCH_WITHIN_MS;
    for (;;) {
      const { QueryExecution } = await this.client.send(new GetQueryExecutionCommand({ QueryExecutionId: id }));
      const { State, StateChangeReason = '' } = QueryExecution?.Status ?? {};
      if (State === 'SUCCEEDED') return;
      if (State === 'CANCELLED') throw tooLarge();
      if (State === 'FAILED') throw new Error(`Athena: ${StateChangeReason.slice(0, 200)}`);
      if (clock.monotonic() >= end) {
        await this.client.send(new StopQueryExecutionCommand({ QueryExecutionId: id }));
        throw timeout();
      }
      await clock.sleep(POLL_MS);
    }
  }

  private async page(id: string, limit: number): Promise<Pick<EventPage, 'events' | 'next'>> {
    const events: FoundEvent[] = [];
    let bytes = 0;
    for await (const event of this.rows(id)) {
      bytes += Buffer.byteLength(event.line) + 1;
      const last = events.at(-1);
      if (last !== undefined && (events.length === limit || bytes > MOST_PAGE_BYTES)) {
        const { received, origin, index } = last;
        return { events, next: { received, origin, index } };
      }
      events.push(event);
    }
    return { events };
  }

  private async *rows(id: string): AsyncIterable<FoundEvent> {
    let token: string | undefined;
    let isHeading = true;
    do {
      const { ResultSet, NextToken } = await this.client.send(
        new GetQueryResultsCommand({ QueryExecutionId: id, MaxResults: ROWS_AT_A_TIME, NextToken: token }),
      );
      for (const { Data = [] } of ResultSet?.Rows ?? []) {
        const [received, origin, index, line] = Data.map(({ VarCharValue }) => VarCharValue ?? '');
        if (!isHeading)
          yield { received: Number(received), origin: origin ?? '', index: Number(index), line: line ?? '' };
        isHeading = false;
      }
      token = NextToken;
    } while (token !== undefined);
  }
}

/** Where the view ends of all logs in it: hours are rolled up in order, so nothing is behind. */
function endOf({ completeUntil, regions = [] }: Pick<EventPage, 'completeUntil' | 'regions'>): number {
  return Math.max(completeUntil, ...regions.map((region) => region.completeUntil));
}

function timeout(): AuditLogError {
  return new AuditLogError('search-timeout', {
    problem: 'the search took too long',
    fix: 'search a shorter time, or for less common values',
  });
}

function tooLarge(): AuditLogError {
  return new AuditLogError('search-too-large', {
    problem: 'the search would read more than it may',
    fix: 'search a shorter time',
  });
}
