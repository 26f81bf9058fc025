import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HOUR_MS, hourOf } from '../../../lib/record';
import { type QueryNode, startQuery } from '../../../lib/services/query/main';
import { FileStore } from '../../../lib/services/store/file';
import { rollUpOnce } from '../../../lib/services/view/main';
import { AthenaServer } from '../../athena-server';
import { event, LOG } from '../../conformance/engine';
import { ShardWriter } from '../../conformance/shard-writer';
import { SeededSigner } from '../../log-builder';

const HOUR = hourOf(Date.now());
const before = { ...process.env };

let folder: string;
let athena: AthenaServer;
let node: QueryNode;
let lines: string[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'query-tiered-'));
  const [origin, store, view] = [LOG.origin, `file:${folder}/store`, `file:${folder}/view`];
  lines = [];
  for (const received of [HOUR - 3 * HOUR_MS, HOUR]) {
    const shard = new ShardWriter(LOG, await FileStore.open(`${folder}/store`), received);
    lines.push(...(await shard.write(event(0, '{"action":"login"}', { received }))));
    if (received < HOUR) await rollUpOnce({ origin, store, view }, () => {});
  }
  athena = await AthenaServer.start(join(folder, 'view', LOG.prefix, 'events/*/*.parquet'));
  Object.assign(process.env, { AWS_ENDPOINT_URL_ATHENA: athena.endpoint, AWS_REGION: 'eu-central-1' });
  node = await startQuery(
    {
      origin,
      store,
      cacheFolder: join(folder, 'query'),
      listen: '127.0.0.1:0',
      logVkey: new SeededSigner(LOG.origin, 'log').vkey,
      readerSource: 'anonymous',
      memoryBytes: 2 ** 28,
      athena: { workgroup: 'audit-1', database: 'audit', table: 'events', viewStore: view },
    },
    () => {},
  );
});
afterAll(async () => {
  await node.stop();
  process.env = before;
  await athena.close();
  await rm(folder, { recursive: true });
});

const get = () => fetch(`http://${node.address}/v1/events`);

it('answers with what Athena found in the view, and what came after it', async () => {
  const answer = await get();
  expect([answer.status, await answer.text()]).toEqual([200, lines.map((line) => `${line}\n`).join('')]);
  expect(athena.started).toHaveLength(1);
});

it('becomes ready', async () => {
  await get();
  expect((await fetch(`http://${node.address}/readyz`)).status).toBe(200);
});

it('answers 503, and not with a part, when Athena fails', async () => {
  athena.states = ['FAILED'];
  const answer = await get();
  expect(answer.status).toBe(503);
  expect(await answer.json()).toMatchObject({ error: { code: 'internal' } });
});
