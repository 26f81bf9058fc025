import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';

process.env.AWS_ACCESS_KEY_ID ??= 'test';
process.env.AWS_SECRET_ACCESS_KEY ??= 'test';

interface AthenaRequest {
  readonly QueryString?: string;
  readonly ExecutionParameters?: readonly string[];
  readonly WorkGroup?: string;
  readonly QueryExecutionId?: string;
  readonly MaxResults?: number;
  readonly NextToken?: string;
}

/**
 * A server that speaks as much of Athena as searching needs. The SQL really runs, on DuckDB, over the Parquet files of a folder; each parameter takes the
 * place of its question mark as the expression that it is, as Athena has it.
 */
export class AthenaServer {
  /** @param files pattern of the Parquet files, in folders `hour=…` */
  public static async start(files: string): Promise<AthenaServer> {
    const instance = await DuckDBInstance.create();
    const made = new AthenaServer(await instance.connect(), files);
    made.server.listen(0, '127.0.0.1');
    await once(made.server, 'listening');
    return made;
  }

  /** What was asked to run, newest last. */
  public readonly started: AthenaRequest[] = [];
  /** Executions that were stopped. */
  public readonly stopped: string[] = [];
  /** The states that the next execution goes through instead of succeeding. */
  public states: string[] = [];
  private rows: (string | null)[][] = [];
  private readonly server: Server = createServer((incoming, outgoing) => void this.serve(incoming, outgoing));

  private constructor(
    private readonly connection: DuckDBConnection,
    private readonly files: string,
  ) {}

  public get endpoint(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  public async close(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
    this.connection.closeSync();
  }

  private async serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const operation = String(incoming.headers['x-amz-target']).replace('AmazonAthena.', '');
    const answer = await this.answer(operation, JSON.parse(Buffer.concat(chunks).toString()) as AthenaRequest).then(
      (body) => ({ status: 200, body }),
      (error: Error) => ({ status: 400, body: { __type: 'InvalidRequestException', Message: error.message } }),
    );
    outgoing.writeHead(answer.status, { 'Content-Type': 'application/x-amz-json-1.1' });
    outgoing.end(JSON.stringify(answer.body));
  }

  private async answer(operation: string, request: AthenaRequest): Promise<object> {
    switch (operation) {
      case 'StartQueryExecution':
        this.started.push(request);
        this.rows = await this.run(request);
        return { QueryExecutionId: 'execution-1' };
      case 'GetQueryExecution':
        return { QueryExecution: { Status: { State: this.states.shift() ?? 'SUCCEEDED', StateChangeReason: 'why' } } };
      case 'StopQueryExecution':
        this.stopped.push(request.QueryExecutionId ?? '');
        return {};
      default:
        return this.results(Number(request.NextToken ?? 0), request.MaxResults ?? 1000);
    }
  }

  private results(start: number, most: number): object {
    const cells = (row: (string | null)[]) => ({
      Data: row.map((cell) => (cell === null ? {} : { VarCharValue: cell })),
    });
    const all = [['received', 'origin', 'index', 'line'], ...this.rows];
    const end = start + most;
    return {
      ResultSet: { Rows: all.slice(start, end).map(cells) },
      ...(end < all.length && { NextToken: String(end) }),
    };
  }

  private async run({ QueryString = '', ExecutionParameters = [] }: AthenaRequest): Promise<(string | null)[][]> {
    await this.connection.run('CREATE SCHEMA IF NOT EXISTS audit');
    const source = `read_parquet('${this.files}', hive_partitioning = true, hive_types_autocast = false)`;
    await this.connection.run(`CREATE OR REPLACE VIEW audit.events AS SELECT * FROM ${source}`);
    const parts = QueryString.split('?');
    if (parts.length !== ExecutionParameters.length + 1) throw new Error('wrong number of parameters');
    const sql = parts.map((part, i) => part + (ExecutionParameters[i] ?? '')).join('');
    const result = await this.connection.runAndReadAll(sql);
    return result.getRows().map((row) => row.map((cell) => (cell === null ? null : String(cell))));
  }
}
