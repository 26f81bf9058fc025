import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type DuckDBConnection, DuckDBInstance, type DuckDBValue } from '@duckdb/node-api';
import type { QueryParameter } from '../lib/services/engine/bigquery-statement';
import { searchable } from '../lib/services/engine/searchable';
import type { EntryRow } from '../lib/services/engine/segment-rows';

/** What jobs.query is sent. */
export interface QueryRequest {
  readonly query: string;
  readonly queryParameters: readonly QueryParameter[];
  readonly [member: string]: unknown;
}

/** What goes wrong with a request: it is refused; or the job goes on for so many answers more. */
export type BigQueryFault = { readonly status: number; readonly reason: string } | { readonly waits: number };

interface Job {
  readonly rows: readonly object[];
  waits: number;
}

/**
 * A server that speaks as much of BigQuery as a search needs. Statements run in DuckDB, after names, parameters and nothing else were spelt as DuckDB does; so
 * what is tested is their meaning in SQL, not that BigQuery takes them.
 */
export class BigQueryServer {
  /** @param table its name as statements have it */
  public static async start(table: string): Promise<BigQueryServer> {
    const instance = await DuckDBInstance.create(':memory:', { threads: '2', memory_limit: '256MB' });
    const connection = await instance.connect();
    await connection.run(
      'CREATE TABLE events (received BIGINT, origin VARCHAR, "index" BIGINT, writer VARCHAR, id VARCHAR, actor VARCHAR, action VARCHAR, target VARCHAR, outcome VARCHAR, line VARCHAR, hour VARCHAR)',
    );
    const made = new BigQueryServer(table, connection, instance);
    made.server.listen(0, '127.0.0.1');
    await once(made.server, 'listening');
    return made;
  }

  /** What was asked, newest last: `METHOD path` without the query, and body. */
  public readonly requests: [string, QueryRequest | undefined][] = [];
  private readonly jobs: Job[] = [];
  private readonly faults: BigQueryFault[] = [];
  private readonly server: Server = createServer((incoming, outgoing) => void this.serve(incoming, outgoing));

  private constructor(
    private readonly table: string,
    private readonly connection: DuckDBConnection,
    private readonly instance: DuckDBInstance,
  ) {}

  public get endpoint(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Puts rows of a shard into the table, as rolling up does. */
  public async load(origin: string, rows: readonly EntryRow[]): Promise<void> {
    const appender = await this.connection.createAppender('events');
    for (const row of rows) {
      appender.appendBigInt(BigInt(row.received));
      appender.appendVarchar(origin);
      appender.appendBigInt(BigInt(row.index));
      for (const text of [row.writer, row.id, row.actor, row.action, row.target, row.outcome]) {
        if (text === undefined) appender.appendNull();
        else appender.appendVarchar(searchable(text));
      }
      appender.appendVarchar(row.line);
      appender.appendVarchar(new Date(row.received).toISOString().slice(0, 13).replace('T', '-'));
      appender.endRow();
    }
    appender.closeSync();
  }

  /** Makes the next requests go wrong, in order. */
  public fail(...faults: BigQueryFault[]): void {
    this.faults.push(...faults);
  }

  public async close(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
    this.connection.closeSync();
    this.instance.closeSync();
  }

  private async serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const body = text === '' ? undefined : (JSON.parse(text) as QueryRequest);
    const { pathname, searchParams } = new URL(incoming.url ?? '', this.endpoint);
    const request = `${incoming.method} ${pathname}`;
    this.requests.push([request, body]);
    const fault = this.faults.shift();
    if (fault !== undefined && 'status' in fault) {
      const { status, reason } = fault;
      const message = `the search for a secret failed: ${reason}`;
      return send(outgoing, status, { error: { code: status, message, errors: [{ reason, message }] } });
    }
    const id = /\/queries\/job-(\d+)$/.exec(request)?.[1];
    if (body !== undefined) {
      this.jobs.push({ rows: await this.run(body), waits: fault?.waits ?? 0 });
      return send(outgoing, 200, this.answer(this.jobs.length - 1, 0, Number(body.maxResults)));
    }
    if (id === undefined) return send(outgoing, 200, {});
    const start = Number(searchParams.get('pageToken') ?? 0);
    send(outgoing, 200, this.answer(Number(id), start, Number(searchParams.get('maxResults'))));
  }

  private answer(id: number, start: number, count: number): object {
    const job = this.jobs[id]!;
    const jobReference = { projectId: 'acme-audit', jobId: `job-${id}`, location: 'EU' };
    if (job.waits-- > 0) return { jobComplete: false, jobReference };
    const rows = job.rows.slice(start, start + count);
    const end = start + rows.length;
    return {
      jobComplete: true,
      jobReference,
      totalRows: String(job.rows.length),
      ...(rows.length > 0 && { rows }),
      ...(end < job.rows.length && { pageToken: String(end) }),
    };
  }

  private async run({ query, queryParameters }: QueryRequest): Promise<object[]> {
    const sql = query.replaceAll(`\`${this.table}\``, 'events').replaceAll('`', '"').replaceAll('@', '$');
    const values: Record<string, DuckDBValue> = {};
    for (const { name, parameterType, parameterValue } of queryParameters) {
      values[name] = parameterType.type === 'INT64' ? BigInt(parameterValue.value) : parameterValue.value;
    }
    const result = await this.connection.runAndReadAll(sql, values);
    return result.getRows().map((row) => ({ f: row.map((value) => ({ v: value === null ? null : String(value) })) }));
  }
}

function send(outgoing: ServerResponse, status: number, body: object): void {
  outgoing.writeHead(status, { 'content-type': 'application/json' });
  outgoing.end(JSON.stringify(body));
}
