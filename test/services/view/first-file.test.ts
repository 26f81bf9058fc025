import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Archive, View } from '../../../lib/google';
import { LogName } from '../../../lib/record';
import { makeParquet } from '../../../lib/services/engine/parquet';
import { viewCompleteUntil } from '../../../lib/services/engine/view-hours';
import { type Hours, RollUp } from '../../../lib/services/view/roll-up';
import { deployment } from '../../google/deployments';
import { firstRegion, only, policyOf, synthesized, UserStack } from '../../google/synthesized';
import { MemoryStore } from '../../memory-store';

/** What a view on Google Cloud begins with. */
const FIRST_FILE = join(__dirname, '../../../lib/google/no-events.parquet');

const json = (() => {
  const stack = new UserStack();
  const policy = policyOf();
  const archive = new Archive(stack, 'Archive', { policy, region: firstRegion(policy), project: 'acme-logs' });
  new View(stack, 'View', { archive, deployment: deployment() });
  return synthesized(stack);
})();

/** Names and types of the columns of a file. */
async function columnsOf(path: string): Promise<unknown> {
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const rows = await connection.runAndReadAll(`DESCRIBE SELECT * FROM read_parquet('${path}')`);
  const count = await connection.runAndReadAll(`SELECT count(*)::INTEGER FROM read_parquet('${path}')`);
  connection.closeSync();
  instance.closeSync();
  return { columns: rows.getRows().map(([name, type]) => [name, type]), rows: count.getRows() };
}

it('has the columns of the table, and no events', async () => {
  const types: Record<string, string> = { INT64: 'BIGINT', STRING: 'VARCHAR' };
  const columns = JSON.parse(only(json, 'google_bigquery_table').schema).map(
    ({ name, type }: { name: string; type: string }) => [name, types[type]],
  );
  expect(await columnsOf(FIRST_FILE)).toEqual({ columns, rows: [[0]] });
});

it('is what the roll-up makes of no events', async () => {
  const made = await makeParquet((async function* () {})(), 64 * 1024 ** 2, () => {});
  // Behind the columns a file says which version wrote it.
  const columns = (file: Buffer) => file.subarray(0, file.indexOf('DuckDB version'));
  expect(columns(readFileSync(FIRST_FILE))).toEqual(columns(made));
});

it('is in no hour that a search or the roll-up sees', async () => {
  const { name } = only(json, 'google_storage_bucket_object');
  const log = LogName.parse('acme-audit/europe-west3') as LogName;
  const [files, records] = [new MemoryStore(), new MemoryStore()];
  await files.putOnce(name, readFileSync(FIRST_FILE));
  expect(await viewCompleteUntil(files, log, Date.now())).toBe(0);
  const first = jest.fn(async () => undefined);
  const hours: Hours = { first, sizes: async () => undefined };
  await new RollUp({ log, store: records, view: files, hours, makeFile: async () => Buffer.of() }).rollUp();
  // The view says nothing of where to go on: the log is asked.
  expect(first).toHaveBeenCalled();
});
