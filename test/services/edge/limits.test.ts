import { connect } from 'node:tls';
import { code, EdgeFixture, until } from './edge-fixture';

describe('bounds', () => {
  let fixture: EdgeFixture;
  beforeEach(async () => {
    fixture = await EdgeFixture.start({
      limits: { bodyBytes: 100_000, requestsPerPool: 2, headersMs: 500, requestMs: 1000 },
    });
  });
  afterEach(() => fixture.stop());

  test('a body at the limit passes', async () => {
    expect((await fixture.post(Buffer.alloc(100_000))).status).toBe(200);
    expect((await fixture.post(['a'.repeat(50_000), 'b'.repeat(50_000)])).status).toBe(200);
  });

  test('a body that announces one byte more is 413 before a node sees it', async () => {
    const reply = await fixture.post(Buffer.alloc(100_001));
    expect(reply.status).toBe(413);
    expect(code(reply)).toBe('body-too-large');
    expect(fixture.writer.seen).toHaveLength(0);
  });

  test('a chunked body of one byte more is 413 and never complete at a node', async () => {
    const reply = await fixture.post(['a'.repeat(100_000), 'b']);
    expect(reply.status).toBe(413);
    expect(code(reply)).toBe('body-too-large');
    expect(fixture.writer.seen).toHaveLength(0);
    expect((await fixture.post()).status).toBe(200);
  });

  test('a much larger body is 413, and the client gets to read it', async () => {
    const reply = await fixture.post(Buffer.alloc(8_000_000));
    expect(reply.status).toBe(413);
    expect(reply.headers.connection).toBe('close');
  });

  test('a client that asks first is told at once', async () => {
    const received = await fixture.sendRaw(
      'POST /v1/events HTTP/1.1\r\nHost: a\r\nContent-Length: 100001\r\nExpect: 100-continue\r\n\r\n',
    );
    expect(received).toMatch(/^HTTP\/1.1 413 /);
    expect(received).not.toContain('100 Continue');
  });

  test('after a small refusal the connection can be used again', async () => {
    expect((await fixture.send('POST', '/nothing', 'x'.repeat(1000))).headers.connection).toBe('keep-alive');
    expect((await fixture.post()).status).toBe(200);
  });

  test.each([
    ['GET', 'Content-Length: 5\r\n\r\nhello'],
    ['GET', 'Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n'],
    ['HEAD', 'Content-Length: 5\r\n\r\nhello'],
  ])('a body on a read is 400: %s %j', async (method, rest) => {
    const received = await fixture.sendRaw(`${method} /v1/events HTTP/1.1\r\nHost: a\r\nConnection: close\r\n${rest}`);
    expect(received).toMatch(/^HTTP\/1.1 400 /);
    if (method === 'GET') expect(received).toContain('body-not-allowed');
    expect(fixture.query.seen).toHaveLength(0);
  });

  test('a full pool is 503 with Retry-After, and the other pool goes on', async () => {
    const finish: (() => void)[] = [];
    fixture.writer.answer = (_incoming, outgoing) => void finish.push(() => outgoing.end());
    const held = [fixture.post(), fixture.post()];
    await until(() => finish.length === 2);
    const reply = await fixture.post();
    expect(reply.status).toBe(503);
    expect(code(reply)).toBe('overloaded');
    expect(reply.headers['retry-after']).toBe('1');
    expect((await fixture.get()).status).toBe(200);
    for (const end of finish) end();
    await Promise.all(held);
    fixture.writer.answer = (_incoming, outgoing) => outgoing.end();
    expect((await fixture.post()).status).toBe(200);
  });

  test('clients that leave give their places back', async () => {
    let arrived = 0;
    fixture.query.answer = () => {
      arrived += 1;
    };
    for (let i = 1; i <= 4; i += 1) {
      const socket = await fixture.connect();
      socket.write('GET /v1/events HTTP/1.1\r\nHost: a\r\n\r\n');
      await until(() => arrived === i);
      socket.destroy();
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(arrived).toBe(4);
  });

  test('headers over 16 KiB are 431', async () => {
    const received = await fixture.sendRaw(`GET /v1/events HTTP/1.1\r\nHost: a\r\nX: ${'a'.repeat(17_000)}\r\n\r\n`);
    expect(received).toMatch(/^HTTP\/1.1 431 /);
    expect(received).toContain('headers-too-large');
  });

  test('headers that do not end are 408', async () => {
    const received = await fixture.sendRaw('GET /v1/events HTTP/1.1\r\nHost: a\r\n');
    expect(received).toMatch(/^HTTP\/1.1 408 /);
    expect(received).toContain('request-timeout');
  });

  test('a body that does not end is 408, and no node answers it', async () => {
    const received = await fixture.sendRaw('POST /v1/events HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf');
    expect(received).toMatch(/^HTTP\/1.1 408 /);
    expect(fixture.writer.seen).toHaveLength(0);
  });

  test.each([
    [
      'both lengths',
      'POST /v1/events HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    ['two lengths', 'POST /v1/events HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!'],
    ['a coding that is not chunked', 'POST /v1/events HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n'],
    ['a disguised coding', 'POST /v1/events HTTP/1.1\r\nHost: a\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n'],
    ['a folded header', 'GET /v1/events HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n'],
    ['a bare line feed in a header', 'GET /v1/events HTTP/1.1\r\nHost: a\r\nX: a\nX-Audit-Writer: b\r\n\r\n'],
    ['a zero in a header', 'GET /v1/events HTTP/1.1\r\nHost: a\r\nX: a\u0000b\r\n\r\n'],
    ['no host', 'GET /v1/events HTTP/1.1\r\nConnection: close\r\n\r\n'],
    ['no HTTP', 'hello\r\n\r\n'],
  ])('%s is 400', async (_what, text) => {
    expect(await fixture.sendRaw(text)).toMatch(/^HTTP\/1.1 400 /);
    expect([...fixture.writer.seen, ...fixture.query.seen]).toHaveLength(0);
  });

  test('what the parser refuses is logged', async () => {
    await fixture.sendRaw('hello\r\n\r\n');
    expect(fixture.log).toEqual([
      { status: 400, code: 'request-malformed', method: '', path: '', client: '127.0.0.1' },
    ]);
  });
});

describe('TLS', () => {
  let fixture: EdgeFixture;
  beforeAll(async () => {
    fixture = await EdgeFixture.start();
  });
  afterAll(() => fixture.stop());

  const protocol = (version: 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3'): Promise<string | null> =>
    new Promise((resolve, reject) => {
      const range = { minVersion: version, maxVersion: version, ciphers: 'DEFAULT@SECLEVEL=0' };
      const socket = connect({ host: '127.0.0.1', port: fixture.edge.port, ca: fixture.ca, ...range }, () => {
        resolve(socket.getProtocol());
        socket.destroy();
      });
      socket.once('error', reject);
    });

  test.each(['TLSv1.2', 'TLSv1.3'] as const)('%s is spoken', async (version) => {
    expect(await protocol(version)).toBe(version);
  });

  test('TLS 1.1 is refused', async () => {
    await expect(protocol('TLSv1.1')).rejects.toThrow(/protocol version/);
  });

  test('plain HTTP gets nothing', async () => {
    await expect(fetch(`http://127.0.0.1:${fixture.edge.port}/v1/events`)).rejects.toThrow();
    expect(fixture.query.seen).toHaveLength(0);
  });

  test('without the authority the edge is not trusted', async () => {
    await expect(fixture.get('/v1/events', { ca: [], agent: false })).rejects.toThrow(/certificate/);
  });
});
