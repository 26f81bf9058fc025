import { randomUUID } from 'node:crypto';
import { AuditLogError } from '../../policy/errors';
import { isSafeEndpoint } from '../endpoint';
import { GoogleApi, GoogleApiError, type GoogleRequest } from '../google-api';
import type { EventPage, EventPosition, EventQuery, FoundEvent, QueryEngine } from '../ports';
import { BigQueryStatement } from './bigquery-statement';
import { searchTimeout } from './cache-failure';

const GOOGLE = 'https://bigquery.googleapis.com';

/** A page ends when its lines have this many bytes, however many were asked for. */
const MOST_PAGE_BYTES = 8 * 1024 * 1024;

/** How many rows one answer of BigQuery may have; BigQuery ends it at about 10 MB besides. */
const ROWS_AN_ANSWER = 1_000;

/** How long BigQuery keeps a request waiting for the end of the job. */
const WAIT_MS = 10_000;

const CANCEL_WITHIN_MS = 2_000;

/** Names cannot be bound: nothing else gets into a statement. https://cloud.google.com/bigquery/docs/tables#table_naming */
const TABLE = /^[a-z][a-z0-9-]{4,28}[a-z0-9]\.\w{1,1024}\.\w{1,1024}$/;
const PROJECT = /^[a-z][a-z0-9-]{4,28}[a-z0-9]$/;

/** Where BigQuery searches. */
export interface BigQueryTable {
  /** The project that queries run in and that pays for them. */
  readonly project: string;
  /** Where the table is, such as `europe-west3` or `EU`. */
  readonly location: string;
  /** The view's table, `project.dataset.table`, with the columns that `BigQueryStatement` names. */
  readonly table: string;
  /** What one search may read at most, in bytes; one that needs more fails. */
  readonly scanLimitBytes: number;

  /**
   * A server that speaks BigQuery.
   *
   * @default - Google's
   */
  readonly endpoint?: string;
}

/** What a BigQuery engine works on. */
export interface BigQueryEngineOptions {
  readonly where: BigQueryTable;
  /** Up to which time the view holds every acknowledged event, in milliseconds since 1970-01-01 UTC. */
  readonly completeUntil: () => Promise<number>;

  /**
   * Most time of a search, in milliseconds.
   *
   * @default 30000
   */
  readonly timeoutMs?: number;
}

/** What jobs.query and jobs.getQueryResults answer: https://cloud.google.com/bigquery/docs/reference/rest/v2/jobs/query#response-body */
interface Answer {
  readonly jobComplete: boolean;
  readonly jobReference: { readonly jobId: string; readonly location?: string };
  readonly rows?: readonly Row[];
  readonly pageToken?: string;
}

interface Row {
  readonly f: readonly { readonly v: string }[];
}

/**
 * Searches the view of a log with BigQuery. A search sees what was rolled up when it began; repeats of an event are left out for a day. BigQuery keeps
 * each result for about a day, for the account that asked. The caller needs
 * `bigquery.jobs.create` in the project, and to read the table and the files behind it.
 */
export class BigQueryEngine implements QueryEngine {
  private readonly api: GoogleApi;

  /** @throws setting-invalid */
  public constructor(private readonly options: BigQueryEngineOptions) {
    const { project, table, endpoint = GOOGLE } = options.where;
    check('the table of the view', table, TABLE.test(table), '<project>.<dataset>.<table>');
    check('the project of BigQuery', project, PROJECT.test(project), 'the id of a project');
    check('the endpoint of BigQuery', endpoint, isSafeEndpoint(endpoint), 'https://<host>');
    this.api = new GoogleApi(endpoint);
  }

  /** @throws search-timeout, search-too-large; and an error with BigQuery's word for what is wrong, without anything of the search */
  public async search(query: EventQuery): Promise<EventPage> {
    const completeUntil = await this.options.completeUntil();
    // Half a character is in no line, but as UTF-8 it would become the replacement character, which may be.
    if (query.contains !== undefined && Buffer.from(query.contains).toString() !== query.contains) {
      return { events: [], completeUntil };
    }
    const rows = this.rows(new BigQueryStatement(this.options.where.table, query));
    return { ...(await toPage(rows, query.limit)), completeUntil };
  }

  public async close(): Promise<void> {}

  private async *rows(statement: BigQueryStatement): AsyncGenerator<Row> {
    const signal = AbortSignal.timeout(this.options.timeoutMs ?? 30_000);
    let job: Answer['jobReference'] | undefined;
    let isDone = false;
    try {
      let answer = await this.start(statement, signal);
      job = answer.jobReference;
      for (;;) {
        isDone = answer.jobComplete;
        if (isDone) yield* answer.rows ?? [];
        if (isDone && answer.pageToken === undefined) return;
        answer = await this.proceed(job, answer.pageToken, signal);
      }
    } catch (error) {
      if (job !== undefined && !isDone) await this.cancel(job);
      throw signal.aborted ? searchTimeout() : failure(error);
    }
  }

  /** May be repeated: by its id BigQuery knows that it is the same request. */
  private start({ sql, parameters }: BigQueryStatement, signal: AbortSignal): Promise<Answer> {
    return this.api.ask({
      method: 'POST',
      path: this.path('queries'),
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        query: sql,
        useLegacySql: false,
        parameterMode: 'NAMED',
        queryParameters: parameters,
        location: this.options.where.location,
        maximumBytesBilled: String(this.options.where.scanLimitBytes),
        maxResults: ROWS_AN_ANSWER,
        timeoutMs: WAIT_MS,
        // What was rolled up meanwhile must be found.
        useQueryCache: false,
        requestId: randomUUID(),
      }),
      signal,
    });
  }

  private proceed(
    { jobId, location = this.options.where.location }: Answer['jobReference'],
    pageToken: string | undefined,
    signal: AbortSignal,
  ): Promise<Answer> {
    return this.api.ask({
      method: 'GET',
      path: this.path(`queries/${encodeURIComponent(jobId)}`),
      query: {
        location,
        maxResults: String(ROWS_AN_ANSWER),
        timeoutMs: String(WAIT_MS),
        ...(pageToken !== undefined && { pageToken }),
      } as Record<string, string>,
      signal,
    });
  }

  /** What runs on is paid for. If this fails too, the job ends at its scan limit. */
  private async cancel({ jobId, location = this.options.where.location }: Answer['jobReference']): Promise<void> {
    const request: GoogleRequest = {
      method: 'POST',
      path: this.path(`jobs/${encodeURIComponent(jobId)}/cancel`),
      query: { location },
      signal: AbortSignal.timeout(CANCEL_WITHIN_MS),
    };
    await this.api.send(request).catch(() => {});
  }

  private path(below: string): string {
    return `/bigquery/v2/projects/${this.options.where.project}/${below}`;
  }
}

/**
 * Reads rows until the page is full. In a log that is whole no two entries share a position; if somebody forged a twin, both are shown, even above
 * the limit, because the next page begins behind them.
 */
async function toPage(rows: AsyncIterable<Row>, limit: number): Promise<Omit<EventPage, 'completeUntil'>> {
  const events: FoundEvent[] = [];
  let [seen, bytes] = [0, 0];
  for await (const row of rows) {
    const event = toEvent(row);
    const last = events.at(-1);
    seen++;
    bytes += Buffer.byteLength(event.line) + 1;
    const isFull = events.length >= limit || bytes > MOST_PAGE_BYTES;
    if (last !== undefined && isFull && !isSame(last, event)) return { events, next: positionOf(last) };
    events.push(event);
  }
  const last = events.at(-1);
  return last !== undefined && seen > limit ? { events, next: positionOf(last) } : { events };
}

function toEvent({ f: [received, origin, index, line] }: Row): FoundEvent {
  if (!received || !origin || !index || !line) throw new Error('BigQuery answered with a row of other columns');
  return { received: Number(received.v), origin: origin.v, index: Number(index.v), line: line.v };
}

function positionOf({ received, origin, index }: EventPosition): EventPosition {
  return { received, origin, index };
}

function isSame(one: EventPosition, other: EventPosition): boolean {
  return one.received === other.received && one.origin === other.origin && one.index === other.index;
}

/** BigQuery's messages may quote the search: only its word for the kind of error gets out. */
function failure(error: unknown): unknown {
  if (!(error instanceof GoogleApiError)) return error;
  if (error.reason === 'bytesBilledLimitExceeded') {
    return new AuditLogError('search-too-large', {
      problem: 'the search would read more than one search may',
      fix: 'search a shorter time, or raise the scan limit of the view',
    });
  }
  return new Error(`BigQuery: ${error.status} ${error.reason ?? ''}`.trim());
}

function check(what: string, given: string, isGood: boolean, allowed: string): void {
  if (isGood) return;
  throw new AuditLogError('setting-invalid', { problem: `${what} is wrong`, given, allowed, fix: 'correct it' });
}
