import { EdgeFixture } from './edge-fixture';

describe('headers that a node gets', () => {
  let fixture: EdgeFixture;
  beforeAll(async () => {
    fixture = await EdgeFixture.start();
  });
  beforeEach(() => {
    fixture.writer.seen.length = 0;
  });
  afterAll(() => fixture.stop());

  test.each([
    'X-Audit-Writer',
    'x-audit-writer',
    'X-AUDIT-WRITER',
    'X_Audit_Writer',
    'x-audit_writer',
    'X-Audit-Region',
    'X-Forwarded-For',
    'X-Forwarded-Host',
    'x_forwarded_for',
    'X-Real-IP',
    'Forwarded',
    'Via',
  ])('a forged %s is gone', async (name) => {
    await fixture.post('{}', { headers: { [name]: 'forged' } });
    expect(Object.values(fixture.writer.seen[0]!.headers).join()).not.toContain('forged');
  });

  test('a forged identity is gone however often it is sent', async () => {
    const forged = 'X-Audit-Writer: forged\r\nx_audit_writer: forged\r\nX-Audit-Writer: forged';
    await fixture.sendRaw(
      `POST /v1/events HTTP/1.1\r\nHost: a\r\n${forged}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`,
    );
    expect(fixture.writer.seen[0]?.headers['x-audit-writer']).toBe('anonymous');
    expect(JSON.stringify(fixture.writer.seen[0]?.headers)).not.toContain('forged');
  });

  test('a Connection header cannot take away what the edge says', async () => {
    await fixture.post('{}', {
      headers: { Connection: 'x-audit-writer, x-forwarded-for, x-mine, keep-alive', 'X-Mine': '1' },
    });
    const { headers } = fixture.writer.seen[0]!;
    expect(headers['x-audit-writer']).toBe('anonymous');
    expect(headers['x-forwarded-for']).toBe('127.0.0.1');
    expect(headers['x-mine']).toBeUndefined();
  });

  test('a Connection header cannot take away the framing of the body', async () => {
    await fixture.sendRaw(
      'POST /v1/events HTTP/1.1\r\nHost: a\r\nConnection: close, content-length\r\nContent-Length: 5\r\n\r\nhello',
    );
    expect(fixture.writer.seen.map(({ body }) => body.toString())).toEqual(['hello']);
  });

  test.each(['TE', 'Trailer', 'Upgrade', 'Keep-Alive', 'Proxy-Authorization', 'Proxy-Connection'])(
    '%s ends at the edge',
    async (name) => {
      await fixture.post('{}', { headers: { [name]: 'x' } });
      expect(fixture.writer.seen[0]?.headers[name.toLowerCase()]).toBeUndefined();
    },
  );

  test('the edge says where the request came from', async () => {
    await fixture.post();
    expect(fixture.writer.seen[0]?.headers).toMatchObject({
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-proto': 'https',
      'x-forwarded-port': String(fixture.edge.port),
    });
  });

  test('other headers pass, repeated ones all of them', async () => {
    await fixture.post('{}', {
      headers: { 'Idempotency-Key': 'k1', 'Content-Encoding': 'gzip', 'X-Many': ['1', '2'], Host: 'localhost:1' },
    });
    expect(fixture.writer.seen[0]?.headers).toMatchObject({
      'idempotency-key': 'k1',
      'content-encoding': 'gzip',
      'x-many': '1, 2',
      host: 'localhost:1',
    });
  });

  test('an answer loses the headers of its connection only', async () => {
    fixture.writer.answer = (_incoming, outgoing) =>
      outgoing.writeHead(200, { Connection: 'keep-alive, x-hop', 'X-Hop': '1', 'X-Kept': '2' }).end();
    const { headers } = await fixture.post();
    expect(headers['x-hop']).toBeUndefined();
    expect(headers['x-kept']).toBe('2');
  });
});
