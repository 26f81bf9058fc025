import { code, EdgeFixture, until } from './edge-fixture';

describe('passing requests on', () => {
  let fixture: EdgeFixture;
  beforeEach(async () => {
    fixture = await EdgeFixture.start();
  });
  afterEach(() => fixture.stop());

  test('a write goes to the ingest node, byte for byte', async () => {
    const reply = await fixture.post('{"n":1.10}');
    expect(reply).toMatchObject({ status: 200, body: 'ok' });
    expect(fixture.writer.seen).toHaveLength(1);
    expect(fixture.writer.seen[0]?.body.toString()).toBe('{"n":1.10}');
    expect(fixture.query.seen).toHaveLength(0);
  });

  test('a chunked body arrives whole', async () => {
    await fixture.post(['a'.repeat(70_000), 'b'.repeat(70_000)]);
    expect(fixture.writer.seen[0]?.body.toString()).toBe('a'.repeat(70_000) + 'b'.repeat(70_000));
    expect(fixture.writer.seen[0]?.headers['content-length']).toBeUndefined();
  });

  test('a body of known length keeps its length', async () => {
    await fixture.post(Buffer.alloc(300_000, 1));
    expect(fixture.writer.seen[0]?.headers['content-length']).toBe('300000');
    expect(fixture.writer.seen[0]?.headers['transfer-encoding']).toBeUndefined();
  });

  test('a body of no bytes is passed on', async () => {
    const reply = await fixture.post('');
    expect(reply.status).toBe(200);
    expect(fixture.writer.seen[0]?.body).toHaveLength(0);
  });

  test.each(['/v1/events?from=2026-01-01&contains=a%2Fb', '/v1/log.vkey'])(
    'GET %s goes to the query node as it is',
    async (path) => {
      await fixture.get(path);
      expect(fixture.query.seen.map(({ method, url }) => `${method} ${url}`)).toEqual([`GET ${path}`]);
      expect(fixture.writer.seen).toHaveLength(0);
    },
  );

  test.each(['/v1/events', '/v1/log.vkey'])(
    'HEAD %s goes to the query node, and its headers come back',
    async (path) => {
      fixture.query.answer = (_incoming, outgoing) => outgoing.writeHead(200, { 'Content-Length': '42' }).end();
      const reply = await fixture.send('HEAD', path);
      expect(reply).toMatchObject({ status: 200, body: '', headers: { 'content-length': '42' } });
      expect(fixture.query.seen.map(({ method, url }) => `${method} ${url}`)).toEqual([`HEAD ${path}`]);
      expect(fixture.writer.seen).toHaveLength(0);
    },
  );

  test.each([
    ['DELETE', '/v1/events'],
    ['PUT', '/v1/events'],
    ['POST', '/v1/log.vkey'],
    ['GET', '/readyz'],
    ['HEAD', '/readyz'],
    ['GET', '/healthz'],
    ['GET', '/'],
    ['POST', '/v1/events/'],
    ['POST', '//v1/events'],
    ['POST', '/v1/./events'],
    ['POST', '/v1/%65vents'],
    ['POST', '/v1/events;a'],
    ['POST', '/V1/events'],
    ['POST', 'https://localhost/v1/events'],
  ])('%s %s is 404 and reaches no node', async (method, path) => {
    const reply = await fixture.send(method, path);
    expect(reply.status).toBe(404);
    if (method !== 'HEAD') expect(code(reply)).toBe('not-found');
    expect(fixture.writer.seen).toHaveLength(0);
    expect(fixture.query.seen).toHaveLength(0);
  });

  test("a node's status, headers and body come back unchanged", async () => {
    fixture.writer.answer = (_incoming, outgoing) =>
      outgoing
        .writeHead(429, { 'Retry-After': '7', 'X-Two': ['a', 'b'], 'Content-Type': 'application/json' })
        .end('{"a":1}');
    const reply = await fixture.post();
    expect(reply).toMatchObject({ status: 429, body: '{"a":1}' });
    expect(reply.headers).toMatchObject({ 'retry-after': '7', 'x-two': 'a, b', 'content-type': 'application/json' });
  });

  test('an answer streams: its first part arrives before its last is made', async () => {
    let finish = (): void => {};
    fixture.query.answer = (_incoming, outgoing) => {
      outgoing.write('first');
      finish = () => outgoing.end('last');
    };
    const socket = await fixture.connect();
    let received = '';
    socket.on('data', (chunk) => {
      received += chunk.toString();
    });
    socket.write('GET /v1/events HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
    await until(() => received.includes('first'));
    expect(received).not.toContain('last');
    finish();
    await until(() => received.includes('last'));
  });

  test('connections to the nodes and to clients are kept', async () => {
    const sockets = new Set<unknown>();
    fixture.writer.answer = (incoming, outgoing) => {
      sockets.add(incoming.socket);
      outgoing.end('ok');
    };
    for (let i = 0; i < 3; i += 1) expect((await fixture.post()).headers.connection).toBe('keep-alive');
    expect(sockets.size).toBe(1);
  });

  test('Expect: 100-continue is answered once a node can take the body', async () => {
    const reply = await fixture.post('x'.repeat(2000), { headers: { Expect: '100-continue', 'Content-Length': 2000 } });
    expect(reply.status).toBe(200);
    expect(fixture.writer.seen[0]?.body).toHaveLength(2000);
    expect(fixture.writer.seen[0]?.headers.expect).toBeUndefined();
  });

  test('a client that goes away ends the request at the node', async () => {
    let [arrived, aborted] = [false, false];
    fixture.query.answer = (_incoming, outgoing) => {
      arrived = true;
      outgoing.once('close', () => {
        aborted = !outgoing.writableFinished;
      });
    };
    const socket = await fixture.connect();
    socket.write('GET /v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await until(() => arrived);
    socket.destroy();
    await until(() => aborted);
    fixture.query.answer = (_incoming, outgoing) => outgoing.end('still in');
    expect((await fixture.get()).body).toBe('still in');
  });

  test('an upload that is broken off is not passed on as complete, and the node stays in', async () => {
    let [begun, closedEarly] = [false, false];
    fixture.writer.begin = (incoming) => {
      begun = true;
      incoming.resume().once('close', () => {
        closedEarly = !incoming.complete;
      });
      incoming.on('error', () => {});
    };
    const socket = await fixture.connect();
    socket.write('POST /v1/events HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nhalf');
    await until(() => begun);
    socket.destroy();
    await until(() => closedEarly);
    fixture.writer.begin = (_incoming, outgoing) => outgoing.end('still here');
    expect((await fixture.post()).body).toBe('still here');
  });
});
