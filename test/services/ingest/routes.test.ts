import { SystemClock } from '../../../lib/services/clock';
import type { IdentitySource } from '../../../lib/services/identity/config';
import { identifyBy } from '../../../lib/services/identity/identify';
import { fromJurisdiction } from '../../../lib/services/identity/jurisdiction';
import { createApp } from '../../../lib/services/ingest/routes';
import { IngestFixture } from './ingest-fixture';
import { held } from './scripted-writer';

const JSON_TYPE = { 'Content-Type': 'application/json' };

/** The routes over a node whose store follows a script; bodies come from the request itself. */
function makeApp(writerSource: IdentitySource = 'anonymous', options: { budget?: number } = {}) {
  const node = new IngestFixture(options);
  const logged: unknown[] = [];
  const app = createApp({
    ingest: node.ingest,
    budget: node.budget,
    identify: identifyBy(writerSource, undefined, new SystemClock()),
    readBody: async (context) => new Uint8Array(await context.req.arrayBuffer()),
    report: (...line) => logged.push(line),
  });
  const post = async (body: string, headers: Record<string, string> = {}) => {
    const answer = await app.request('/v1/events', { method: 'POST', headers: { ...JSON_TYPE, ...headers }, body });
    return { status: answer.status, headers: answer.headers, json: JSON.parse(await answer.text()) };
  };
  return { node, app, post, logged };
}

describe('the writer', () => {
  test.each(['mtls:spiffe://acme/agent', 'mtls:Agent 7', 'jwt:ada', 'anonymous'])(
    'is %s if the edge says so',
    async (writer) => {
      const { post } = makeApp('edge');
      const answer = await post('{}', { 'X-Audit-Writer': writer });
      expect(answer.json.receipt.writer).toBe(writer);
    },
  );

  test.each([undefined, '', 'ada', 'node', 'mtls:', 'jwt:ada\tbob', 'jwt:ä', `jwt:${'x'.repeat(257)}`])(
    'is nobody with the header %p',
    async (writer) => {
      const { post, node } = makeApp('edge');
      const answer = await post('{}', writer === undefined ? {} : { 'X-Audit-Writer': writer });
      expect([answer.status, answer.json.error.code]).toEqual([401, 'writer-unverified']);
      expect(node.writer.puts).toEqual([]);
    },
  );

  test('is anonymous where nobody is asked, whatever the header says', async () => {
    const { post } = makeApp('anonymous');
    const answer = await post('{}', { 'X-Audit-Writer': 'mtls:root' });
    expect(answer.json.receipt.writer).toBe('anonymous');
  });
});

describe('where clients stay in their jurisdiction', () => {
  const node = new IngestFixture();
  const app = createApp({
    ingest: node.ingest,
    budget: node.budget,
    identify: fromJurisdiction('EU', async () => 'jwt:ada'),
    readBody: async (context) => new Uint8Array(await context.req.arrayBuffer()),
    report: () => {},
  });
  const ask = async (path: string, init: RequestInit) => (await app.request(path, init)).status;
  const append = (headers: Record<string, string>) =>
    ask('/v1/events', { method: 'POST', headers: { ...JSON_TYPE, ...headers }, body: '{}' });

  test('a request without the mark of the firewall, or with another, is answered 503, to be sent again, and not stored', async () => {
    expect([await append({}), await append({ 'x-amzn-waf-audit-jurisdiction': 'US' })]).toEqual([503, 503]);
    const answer = await app.request('/v1/events', { method: 'POST', headers: JSON_TYPE, body: '{}' });
    expect(answer.headers.get('retry-after')).toBe('1');
    expect(await answer.json()).toMatchObject({ error: { code: 'jurisdiction-unproved' } });
    expect(node.writer.puts).toEqual([]);
  });

  test('a request with the mark is stored, and health needs no mark', async () => {
    expect(await append({ 'x-amzn-waf-audit-jurisdiction': 'EU' })).toBe(200);
    expect([await ask('/healthz', {}), await ask('/readyz', {})]).toEqual([200, 200]);
  });
});

describe('a node that cannot take a request', () => {
  test('has no memory: 503, and the client may come back', async () => {
    const { post, node } = makeApp('anonymous', { budget: 8_000 });
    const answer = await post('{}', { 'Content-Length': '2' });
    expect([answer.status, answer.json.error.code, answer.headers.get('retry-after')]).toEqual([
      503,
      'overloaded',
      '1',
    ]);
    expect(node.budget.reserved).toBe(0);
  });

  test('reserves as much as the largest body for one of unknown length', async () => {
    const { post, app } = makeApp('anonymous', { budget: 4 * 1024 * 1024 });
    const stream = new Blob(['{}']).stream();
    const init = { method: 'POST', headers: JSON_TYPE, body: stream, duplex: 'half' };
    expect((await app.request('/v1/events', init as RequestInit)).status).toBe(503);
    expect((await post('{}', { 'Content-Length': '2' })).status).toBe(200);
  });

  test('reserves as much for what may come out of gzip', async () => {
    const { post } = makeApp('anonymous', { budget: 4 * 1024 * 1024 });
    expect((await post('{}', { 'Content-Length': '2', 'Content-Encoding': 'gzip' })).status).toBe(503);
  });

  test('is draining: 503', async () => {
    const { post, node } = makeApp();
    node.ingest.drain();
    const answer = await post('{}');
    expect([answer.status, answer.json.error.code, answer.headers.get('retry-after')]).toEqual([503, 'draining', '1']);
  });

  test('has a store that hangs: 503 within 30 seconds', async () => {
    const { post, node } = makeApp();
    node.ingest.start();
    node.writer.otherwise = held().step;
    let answer: Awaited<ReturnType<typeof post>> | undefined;
    void post('{}').then((given) => {
      answer = given;
    });
    await node.passUntil(() => answer !== undefined, 1_000);
    expect([answer?.status, answer?.json.error.code, answer?.headers.get('retry-after')]).toEqual([
      503,
      'append-unconfirmed',
      '1',
    ]);
    expect(node.clock.monotonic()).toBeLessThanOrEqual(30_000);
    node.ingest.close();
  });

  test('fails in an unforeseen way: 503 and a line without what the error says', async () => {
    const { app, logged, node } = makeApp();
    jest.spyOn(node.ingest, 'append').mockRejectedValue(new TypeError('{"secret":1}'));
    const answer = await app.request('/v1/events', { method: 'POST', headers: JSON_TYPE, body: '{}' });
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1']);
    expect(await answer.json()).toMatchObject({ error: { code: 'internal' } });
    expect(logged).toEqual([['error', 'internal', { error: 'TypeError', at: expect.stringContaining('at ') }]]);
    expect(JSON.stringify(logged)).not.toContain('secret');
  });
});

describe('health', () => {
  test('a node that the store has confirmed nothing is up and not ready', async () => {
    const { app } = makeApp();
    const ready = await app.request('/readyz');
    expect([(await app.request('/healthz')).status, ready.status, ready.headers.get('retry-after')]).toEqual([
      200,
      503,
      '1',
    ]);
  });

  test('a node that drains is up and not ready', async () => {
    const { app, post, node } = makeApp();
    await post('{}');
    expect((await app.request('/readyz')).status).toBe(200);
    node.ingest.drain();
    expect([(await app.request('/healthz')).status, (await app.request('/readyz')).status]).toEqual([200, 503]);
  });
});
