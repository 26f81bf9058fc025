import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HOUR_MS, hourOf } from '../../../lib/record';
import { readSegmentRows } from '../../../lib/services/engine/segment-rows';
import { bigQueryFromEnv, bigQueryToEnv, toEnv } from '../../../lib/services/query/config';
import { FileStore } from '../../../lib/services/store/file';
import { rollUpOnce } from '../../../lib/services/view/main';
import { BigQueryServer } from '../../bigquery-server';
import { event, LOG } from '../../conformance/engine';
import { ShardWriter } from '../../conformance/shard-writer';
import { GoogleKmsServer } from '../../google-kms-server';
import { type FunctionInstance, FunctionSource } from '../function-source';

const HOUR = hourOf(Date.now()) - 3 * HOUR_MS;
const TABLE = 'acme-audit.audit_log.events';

describe('the settings', () => {
  const settings = {
    project: 'acme-audit',
    location: 'EU',
    table: TABLE,
    scanLimitBytes: 1_000,
    viewStore: 'gs://view',
    endpoint: 'https://bigquery.example.com',
  };
  const { endpoint, ...minimal } = settings;

  it.each([settings, minimal])('go to the environment and back', (each) => {
    expect(bigQueryFromEnv(bigQueryToEnv(each))).toEqual(each);
  });

  it.each(Object.keys(bigQueryToEnv(minimal)))('need %s', (name) => {
    const env = { ...bigQueryToEnv(minimal), [name]: '' };
    expect(() => bigQueryFromEnv(env)).toThrow(expect.objectContaining({ code: 'setting-missing' }));
  });

  it.each(['0', '-1', '1e9', 'all', '1.5'])('refuse the scan limit %s', (limit) => {
    const env = { ...bigQueryToEnv(minimal), AUDIT_BIGQUERY_SCAN_LIMIT_BYTES: limit };
    expect(() => bigQueryFromEnv(env)).toThrow(expect.objectContaining({ code: 'setting-invalid' }));
  });
});

describe('the function', () => {
  let folder: string;
  let bigQuery: BigQueryServer;
  let kms: GoogleKmsServer;
  let source: FunctionSource;
  let instance: FunctionInstance;
  let lines: string[];
  let url: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'query-function-'));
    const [origin, store, viewStore] = [LOG.origin, `file:${folder}/store`, `file:${folder}/view`];
    const shard = new ShardWriter(LOG, await FileStore.open(`${folder}/store`), HOUR);
    const key = shard.nextKey;
    lines = await shard.write(
      event(0, '{"actor":"ann"}', { received: HOUR }),
      event(0, '{"actor":"مُحَمَّد"}', { received: HOUR + 1 }),
    );
    await rollUpOnce({ origin, store, view: viewStore }, () => {});
    bigQuery = await BigQueryServer.start(TABLE);
    const segment = await (await FileStore.open(`${folder}/store`)).get(key);
    await bigQuery.load(shard.origin, readSegmentRows(segment!, 0).rows);
    const where = { project: 'acme-audit', location: 'EU', table: TABLE, scanLimitBytes: 1_000_000, viewStore };
    kms = await GoogleKmsServer.start();
    const env = {
      ...toEnv({
        origin,
        store,
        cacheFolder: folder,
        listen: '0.0.0.0:8080',
        logVkey: `gcpkms:${kms.createKey()}?endpoint=${kms.endpoint}`,
        readerSource: 'anonymous',
        memoryBytes: 2 ** 28,
      }),
      ...bigQueryToEnv({ ...where, endpoint: bigQuery.endpoint }),
    };
    source = new FunctionSource('query-function');
    instance = await source.start(env);
    url = `http://${instance.address}`;
  });
  afterAll(async () => {
    await instance.stop();
    source.remove();
    await kms.close();
    await bigQuery.close();
    await rm(folder, { recursive: true });
  });

  it('answers 503 while its key cannot be read, and starts with the first request after', async () => {
    kms.fail(403);
    const answer = await fetch(`${url}/v1/events`);
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1']);
    expect(await answer.json()).toMatchObject({ error: { code: 'internal' } });
    expect((await fetch(`${url}/v1/events`)).status).toBe(200);
  });

  it('answers a search with the stored lines', async () => {
    const answer = await fetch(`${url}/v1/events`);
    expect(answer.status).toBe(200);
    expect(await answer.text()).toBe(lines.map((line) => `${line}\n`).join(''));
    expect(answer.headers.get('cache-control')).toBe('private, no-store');
  });

  it('says how far the view is complete', async () => {
    const until = (await fetch(`${url}/v1/events`)).headers.get('audit-complete-until');
    expect(Date.parse(until ?? '')).toBeGreaterThanOrEqual(HOUR + HOUR_MS);
  });

  it('filters', async () => {
    const answer = await fetch(`${url}/v1/events?actor=${encodeURIComponent('مُحَمَّد')}`);
    expect(await answer.text()).toBe(`${lines[1]}\n`);
  });
});
