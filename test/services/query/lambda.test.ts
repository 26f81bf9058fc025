import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HOUR_MS, hourOf } from '../../../lib/record';
import type { AlbHandler } from '../../../lib/services/alb-handler';
import { athenaToEnv, toEnv } from '../../../lib/services/query/config';
import { FileStore } from '../../../lib/services/store/file';
import { rollUpOnce } from '../../../lib/services/view/main';
import { AthenaServer } from '../../athena-server';
import { event, LOG } from '../../conformance/engine';
import { ShardWriter } from '../../conformance/shard-writer';
import { SeededSigner } from '../../log-builder';
import { albEvent, CONTEXT, multiValueEvent } from '../alb-event';

/** As Lambda loads it: the bundle, by its exported handler. */
const BUNDLE = join(__dirname, '../../../dist/bundles/query-lambda/index.js');
const HOUR = hourOf(Date.now()) - 3 * HOUR_MS;
const VKEY = new SeededSigner(LOG.origin, 'log').vkey;

let folder: string;
let athena: AthenaServer;
let handler: AlbHandler;
let lines: string[];
const before = { ...process.env };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'query-lambda-'));
  const [origin, store, view] = [LOG.origin, `file:${folder}/store`, `file:${folder}/view`];
  const shard = new ShardWriter(LOG, await FileStore.open(`${folder}/store`), HOUR);
  lines = await shard.write(
    event(0, '{"actor":"ann"}', { received: HOUR }),
    event(0, '{"actor":"مُحَمَّد"}', { received: HOUR + 1 }),
  );
  await rollUpOnce({ origin, store, view }, () => {});
  athena = await AthenaServer.start(join(folder, 'view', LOG.prefix, 'events/*/*.parquet'));
  const settings = { cacheFolder: '/tmp', listen: '0.0.0.0:1', logVkey: VKEY, memoryBytes: 2 ** 28 };
  Object.assign(
    process.env,
    toEnv({ origin, store, readerSource: 'anonymous', ...settings }),
    athenaToEnv({ workgroup: 'audit-1', database: 'audit', table: 'events', viewStore: view }),
    { AWS_ENDPOINT_URL_ATHENA: athena.endpoint, AWS_REGION: 'eu-central-1' },
  );
  handler = (require(BUNDLE) as { handler: AlbHandler }).handler;
});
afterAll(async () => {
  process.env = before;
  await athena.close();
  await rm(folder, { recursive: true });
});

const bodyOf = ({ body, isBase64Encoded }: { body: string; isBase64Encoded: boolean }) =>
  isBase64Encoded ? Buffer.from(body, 'base64').toString() : body;

it('answers a search with the stored lines', async () => {
  const answer = await handler(albEvent({ httpMethod: 'GET' }), CONTEXT);
  expect(answer.statusCode).toBe(200);
  expect(bodyOf(answer)).toBe(lines.map((line) => `${line}\n`).join(''));
  expect(answer.headers).toMatchObject({
    'content-type': 'application/x-ndjson',
    'cache-control': 'private, no-store',
  });
  // The hour that ended last may still be open.
  expect(Date.parse(answer.headers?.['audit-complete-until'] ?? '')).toBeGreaterThanOrEqual(HOUR + HOUR_MS);
});

it.each([albEvent, multiValueEvent])('reads parameters as the load balancer leaves them, encoded', async (payload) => {
  const actor = encodeURIComponent('مُحَمَّد');
  const answer = await handler(payload({ httpMethod: 'GET', queryStringParameters: { actor } }), CONTEXT);
  expect(bodyOf(answer)).toBe(`${lines[1]}\n`);
});

it('gives out the key of the log', async () => {
  const answer = await handler(albEvent({ httpMethod: 'GET', path: '/v1/log.vkey' }), CONTEXT);
  expect(bodyOf(answer)).toBe(`${VKEY}\n`);
});

it('refuses a parameter that is given twice', async () => {
  const twice = { multiValueQueryStringParameters: { actor: ['ann', 'bob'] } };
  const answer = await handler({ ...multiValueEvent({ httpMethod: 'GET' }), ...twice }, CONTEXT);
  expect([answer.statusCode, bodyOf(answer)]).toEqual([400, expect.stringContaining('parameter-repeated')]);
});

it('answers 503 when Athena fails', async () => {
  athena.states = ['FAILED'];
  const answer = await handler(albEvent({ httpMethod: 'GET' }), CONTEXT);
  expect([answer.statusCode, answer.headers?.['retry-after']]).toEqual([503, '2']);
});
