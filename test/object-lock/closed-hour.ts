import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { DuckDBInstance } from '@duckdb/node-api';
import { HOUR_MS, hourOf } from '../../lib/record';
import { viewKey } from '../../lib/services/view/roll-up';
import { FakeClock } from '../fake-clock';
import { LogBuilder } from '../log-builder';
import { MemoryStore } from '../memory-store';
import type { AttackedLog } from './attacked-log';

const VIEW_BUCKET = 'view';

/** Has the view role's process roll up an hour that closed long ago, of a log beside the attacked one, and gives the lines of its file. */
export async function rolledUpLines(log: AttackedLog, events: readonly string[]): Promise<string[]> {
  const hour = hourOf(Date.now()) - 3 * HOUR_MS;
  const store = new MemoryStore();
  const builder = new LogBuilder(store, new FakeClock(hour + HOUR_MS / 2));
  await (await builder.shard(hour, 'closed')).append(...events);
  const { owner, view } = log.principals;
  for (const [Key, Body] of store.objects) {
    await owner.s3.send(new PutObjectCommand({ Bucket: log.bucket.name, Key, Body, IfNoneMatch: '*' }));
  }
  await view.s3.send(new CreateBucketCommand({ Bucket: VIEW_BUCKET }));
  const code = await log.services.rollUp(view, builder.log.origin, VIEW_BUCKET);
  if (code !== 0) throw new Error(`the roll-up ended with ${code}`);
  const { Body } = await view.s3.send(new GetObjectCommand({ Bucket: VIEW_BUCKET, Key: viewKey(builder.log, hour) }));
  return linesOf((await Body?.transformToByteArray()) ?? new Uint8Array());
}

async function linesOf(parquet: Uint8Array): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'closed-hour-'));
  const duckdb = await DuckDBInstance.create();
  try {
    const file = join(folder, 'events.parquet');
    await writeFile(file, parquet);
    const connection = await duckdb.connect();
    const rows = await connection.runAndReadAll(`SELECT line FROM read_parquet('${file}') ORDER BY "index"`);
    return rows.getRows().map(([line]) => String(line));
  } finally {
    duckdb.closeSync();
    await rm(folder, { recursive: true });
  }
}
