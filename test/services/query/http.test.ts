import { mkdtemp, rename, rm } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hourOf, LogName, ShardKey } from '../../../lib/record';
import { type QueryNode, startQuery } from '../../../lib/services/query/main';
import { FileStore } from '../../../lib/services/store/file';
import { ShardWriter } from '../../conformance/shard-writer';

const LOG = new LogName('acme', 'local');
const VKEY = ShardKey.generate(LOG.origin).vkey;

interface Answer {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly body: string;
}

describe('a query node', () => {
  let folder: string;
  let node: QueryNode;
  let store: FileStore;
  let shard: ShardWriter;
  let hour: number;
  const logged: unknown[][] = [];

  async function start(readerSource: 'edge' | 'anonymous', jurisdiction?: string): Promise<void> {
    const settings = {
      origin: LOG.origin,
      store: `file:${folder}/store`,
      cacheFolder: join(folder, 'query'),
      listen: join(folder, 'query.sock'),
      logVkey: VKEY,
      readerSource,
      ...(jurisdiction && { jurisdiction }),
      memoryBytes: 256 * 1024 ** 2,
    };
    node = await startQuery(settings, (...line) => logged.push(line));
  }

  function ask(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const request = httpRequest({ socketPath: node.address, path, method, headers }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('end', () => {
          const body = Buffer.concat(chunks).toString();
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body });
        });
      });
      request.once('error', reject).end();
    });
  }

  const codeOf = ({ body }: Answer): unknown => JSON.parse(body).error.code;

  beforeEach(async () => {
    logged.length = 0;
    folder = await mkdtemp(join(tmpdir(), 'query-'));
    store = await FileStore.open(join(folder, 'store'));
    hour = hourOf(Date.now());
    shard = new ShardWriter(LOG, store, hour);
    await start('anonymous');
  });
  afterEach(async () => {
    await node.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const entry = (n: number, json = `{"action":"a${n}"}`) => ({
    received: hour + n,
    writer: 'mtls:w',
    kind: 'event' as const,
    json,
  });

  describe('GET /v1/events', () => {
    it('answers the stored lines byte for byte, each with its end', async () => {
      const lines = await shard.write(entry(1, '{"a":1.10,"s":"\\ud800é😀"}'), entry(2));
      const answer = await ask('/v1/events');
      expect(answer.status).toBe(200);
      expect(answer.body).toBe(`${lines.join('\n')}\n`);
      expect(answer.headers).toMatchObject({
        'content-type': 'application/x-ndjson',
        'cache-control': 'private, no-store',
        'x-content-type-options': 'nosniff',
      });
      expect(answer.headers).not.toHaveProperty('audit-next-cursor');
      expect(answer.headers).not.toHaveProperty('audit-skipped-segments');
    });

    it('says up to when it is complete', async () => {
      const before = Date.now();
      const { headers } = await ask('/v1/events');
      const until = Date.parse(String(headers['audit-complete-until']));
      expect(until).toBeGreaterThanOrEqual(before - 30_000);
      expect(until).toBeLessThanOrEqual(Date.now() - 30_000);
    });

    it('answers nothing from an empty log', async () => {
      expect(await ask('/v1/events')).toMatchObject({ status: 200, body: '' });
    });

    it('is walked by its cursor', async () => {
      const lines = await shard.write(...[1, 2, 3, 4, 5].map((n) => entry(n, '{"actor":"x y"}')));
      const found: string[] = [];
      let cursor: string | undefined;
      do {
        const { headers, body } = await ask(`/v1/events?actor=x+y&limit=2${cursor ? `&cursor=${cursor}` : ''}`);
        found.push(body);
        cursor = headers['audit-next-cursor'] as string | undefined;
      } while (cursor !== undefined);
      expect(found.map((body) => body.split('\n').length - 1)).toEqual([2, 2, 1]);
      expect(found.join('')).toBe(`${lines.join('\n')}\n`);
    });

    it('answers a page of several megabytes whole', async () => {
      const json = `{"pad":"${'é'.repeat(30_000)}"}`;
      const lines = await shard.write(...Array.from({ length: 100 }, (_, n) => entry(n, json)));
      expect((await ask('/v1/events')).body === `${lines.join('\n')}\n`).toBe(true);
    });

    it('answers HEAD like GET without a body, more often than there are slots', async () => {
      await shard.write(entry(1), entry(2));
      for (let i = 0; i < 20; i++) {
        const { status, headers, body } = await ask('/v1/events?limit=1', {}, 'HEAD');
        expect([status, body, typeof headers['audit-next-cursor']]).toEqual([200, '', 'string']);
      }
    });

    it('counts segments that it had to leave out', async () => {
      await store.putOnce(shard.nextKey, Buffer.from('broken'));
      const { headers } = await ask('/v1/events');
      expect(headers['audit-skipped-segments']).toBe('1');
    });

    it.each([
      ['x=1', 'parameter-unknown'],
      ['limit=1&limit=1', 'parameter-repeated'],
      ['limit=0', 'parameter-invalid'],
      ['cursor=x', 'cursor-invalid'],
    ])('refuses %s with %s', async (search, code) => {
      const answer = await ask(`/v1/events?${search}`);
      expect(answer.status).toBe(400);
      expect(codeOf(answer)).toBe(code);
    });

    it('gives slots back after refusals', async () => {
      for (let i = 0; i < 20; i++) await ask('/v1/events?limit=0');
      expect((await ask('/v1/events')).status).toBe(200);
    });

    it('answers 503 with Retry-After beyond 16 at once, and all again later', async () => {
      await shard.write(...Array.from({ length: 500 }, (_, n) => entry(n)));
      const answers = await Promise.all(Array.from({ length: 40 }, () => ask('/v1/events')));
      const busy = answers.filter(({ status }) => status === 503);
      expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThanOrEqual(16);
      expect(busy.length).toBeGreaterThan(0);
      for (const answer of busy) {
        expect([codeOf(answer), answer.headers['retry-after']]).toEqual(['search-busy', '2']);
      }
      expect((await ask('/v1/events')).status).toBe(200);
    });

    it('answers 503 with Retry-After when the store is away, without telling where it was', async () => {
      await rename(join(folder, 'store'), join(folder, 'away'));
      const answer = await ask('/v1/events');
      expect([answer.status, answer.headers['retry-after']]).toEqual([503, '2']);
      expect(answer.body).not.toContain(folder);
      await rename(join(folder, 'away'), join(folder, 'store'));
      expect((await ask('/v1/events')).status).toBe(200);
    });

    it('logs who read, which parameters and how much, and no values', async () => {
      await shard.write(entry(1), entry(2));
      await ask('/v1/events?contains=mtls&action=a1');
      const line = logged.find(([, event]) => event === 'search');
      expect(line).toEqual([
        'info',
        'search',
        {
          reader: 'anonymous',
          parameters: 'action contains',
          outcome: 'answered',
          results: 1,
          milliseconds: expect.any(Number),
        },
      ]);
    });
  });

  it('answers 503 where no firewall proves the jurisdiction, and says its health to everybody', async () => {
    await node.stop();
    await start('anonymous', 'EU');
    const answer = await ask('/v1/events');
    expect([answer.status, codeOf(answer)]).toEqual([503, 'jurisdiction-unproved']);
    expect((await ask('/v1/events', { 'x-amzn-waf-audit-jurisdiction': 'EU' })).status).toBe(200);
    expect((await ask('/healthz')).status).toBe(200);
  });

  describe('behind an edge', () => {
    beforeEach(async () => {
      await node.stop();
      await start('edge');
    });

    it('refuses who is not identified', async () => {
      const answer = await ask('/v1/events');
      expect([answer.status, codeOf(answer)]).toEqual([401, 'reader-unidentified']);
    });

    it('logs whom the edge names', async () => {
      expect((await ask('/v1/events', { 'X-Audit-Writer': 'mtls:ann' })).status).toBe(200);
      expect(logged.at(-1)).toEqual(['info', 'search', expect.objectContaining({ reader: 'mtls:ann' })]);
    });

    it('gives the key to everybody', async () => {
      expect((await ask('/v1/log.vkey')).status).toBe(200);
    });
  });

  it('GET /v1/log.vkey answers the key, for every cache and for good', async () => {
    const { status, headers, body } = await ask('/v1/log.vkey');
    expect([status, body]).toEqual([200, `${VKEY}\n`]);
    expect(headers['content-type']).toMatch(/^text\/plain/);
    expect(headers['cache-control']).toBe('public, max-age=31536000, immutable');
  });

  it('GET /healthz answers 200', async () => {
    expect((await ask('/healthz')).status).toBe(200);
  });

  it('GET /readyz answers 200 once the log was loaded', async () => {
    await ask('/v1/events');
    let status = 0;
    for (let i = 0; i < 50 && status !== 200; i++) status = (await ask('/readyz')).status;
    expect(status).toBe(200);
  });

  it.each([
    ['GET', '/'],
    ['GET', '/v1/events/'],
    ['GET', '/v1/tail'],
  ])('answers 404 to %s %s', async (method, path) => {
    const answer = await ask(path, {}, method);
    expect([answer.status, codeOf(answer)]).toEqual([404, 'not-found']);
  });

  it.each([
    ['POST', '/v1/events'],
    ['DELETE', '/v1/events'],
    ['PUT', '/v1/log.vkey'],
    ['POST', '/readyz'],
  ])('answers 405 to %s %s', async (method, path) => {
    const answer = await ask(path, {}, method);
    expect([answer.status, codeOf(answer), answer.headers.allow]).toEqual([405, 'method-not-allowed', 'GET, HEAD']);
  });

  it('does not start in a store that is not there', async () => {
    await node.stop();
    await rename(join(folder, 'store'), join(folder, 'away'));
    await expect(start('anonymous')).rejects.toMatchObject({ code: 'store-missing' });
    await rename(join(folder, 'away'), join(folder, 'store'));
    await start('anonymous');
  });
});
