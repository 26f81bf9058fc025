import { code, EdgeFixture, until } from './edge-fixture';
import { FakeNode } from './fake-node';

describe('nodes that fail', () => {
  let fixture: EdgeFixture;
  beforeEach(async () => {
    fixture = await EdgeFixture.start({ ingestNodes: 2 });
  });
  afterEach(() => fixture.stop());

  test('requests are spread over the ready nodes', async () => {
    for (let i = 0; i < 10; i += 1) await fixture.post();
    expect(fixture.ingest.map((node) => node.seen.length)).toEqual([5, 5]);
  });

  test('a busy node gets less', async () => {
    const [busy, free] = fixture.ingest as [FakeNode, FakeNode];
    const finish: (() => void)[] = [];
    busy.answer = (_incoming, outgoing) => void finish.push(() => outgoing.end('late'));
    const first = [fixture.post(), fixture.post()];
    await until(() => finish.length === 1);
    for (let i = 0; i < 4; i += 1) await fixture.post();
    expect([busy.seen.length, free.seen.length]).toEqual([1, 5]);
    for (const end of finish) end();
    await Promise.all(first);
  });

  test('a node that refuses connections costs no request', async () => {
    await fixture.ingest[0]?.kill();
    for (let i = 0; i < 6; i += 1) expect((await fixture.post(`${i}`)).status).toBe(200);
    expect(fixture.ingest[1]?.seen.map(({ body }) => body.toString())).toEqual(['0', '1', '2', '3', '4', '5']);
  });

  test('a request in progress on a node that is killed is 502, and never replayed', async () => {
    for (const node of fixture.ingest) {
      node.answer = () => void node.kill();
    }
    const reply = await fixture.post();
    expect(reply.status).toBe(502);
    expect(code(reply)).toBe('upstream-lost');
    expect(fixture.ingest.map((node) => node.seen.length).sort()).toEqual([0, 1]);
  });

  test('after a lost request the node is out at once', async () => {
    const [first, second] = fixture.ingest as [FakeNode, FakeNode];
    first.answer = (incoming) => incoming.socket.destroy();
    second.answer = first.answer;
    await fixture.post();
    const lost = first.seen.length === 1 ? first : second;
    const other = lost === first ? second : first;
    other.answer = (_incoming, outgoing) => outgoing.end('other');
    for (let i = 0; i < 3; i += 1) expect((await fixture.post()).body).toBe('other');
    expect(lost.seen).toHaveLength(1);
  });

  test('an answer that is cut off reaches the client cut off', async () => {
    for (const node of fixture.ingest) {
      node.answer = (incoming, outgoing) => {
        outgoing.writeHead(200, { 'Content-Length': 100 }).write('half');
        setTimeout(() => incoming.socket.destroy(), 50);
      };
    }
    await expect(fixture.post()).rejects.toThrow(/aborted|hang up|ECONNRESET/);
  });

  test('without a ready node a write is 503 with Retry-After, and reads go on', async () => {
    await Promise.all(fixture.ingest.map((node) => node.kill()));
    const reply = await fixture.post();
    expect(reply.status).toBe(503);
    expect(code(reply)).toBe('no-ready-node');
    expect(reply.headers['retry-after']).toBe('1');
    expect((await fixture.get()).status).toBe(200);
  });

  test('a dead query node does not touch writes', async () => {
    await fixture.query.kill();
    expect(code(await fixture.get())).toBe('no-ready-node');
    expect((await fixture.post()).status).toBe(200);
  });

  test('a node that says it is not ready is left alone after two checks, and gets requests again after two more', async () => {
    const [drained, other] = fixture.ingest as [FakeNode, FakeNode];
    drained.ready = false;
    await until(async () => {
      const before = drained.seen.length;
      await fixture.post();
      await fixture.post();
      return drained.seen.length === before;
    });
    expect(other.seen.length).toBeGreaterThan(0);
    drained.ready = true;
    await until(async () => {
      const before = drained.seen.length;
      await fixture.post();
      return drained.seen.length > before;
    });
  });

  test('a node that comes back is used again', async () => {
    const [gone] = fixture.ingest as [FakeNode, FakeNode];
    await gone.kill();
    await fixture.post();
    const returned = await FakeNode.start(gone.socketPath);
    await until(async () => {
      await fixture.post();
      return returned.seen.length > 0;
    });
    await returned.kill();
  });
});

test('a node that is silent is 504', async () => {
  const fixture = await EdgeFixture.start({ limits: { silenceMs: 300 } });
  fixture.query.answer = () => {};
  const reply = await fixture.get();
  expect(reply.status).toBe(504);
  expect(code(reply)).toBe('upstream-timeout');
  await fixture.stop();
});

test('the first check decides before the edge takes connections', async () => {
  const fixture = await EdgeFixture.start();
  expect((await fixture.post()).status).toBe(200);
  expect((await fixture.get()).status).toBe(200);
  await fixture.stop();
});
