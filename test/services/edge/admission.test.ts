import { access, code, EdgeFixture, SteppedClock } from './edge-fixture';

const ELSEWHERE = access({ allow: ['198.51.100.0/24', '2001:db8::/32'] });

describe('who may pass', () => {
  let fixture: EdgeFixture;
  afterEach(() => fixture.stop());

  test('an address outside the allow-list is 403 and reaches no node', async () => {
    fixture = await EdgeFixture.start({ writers: ELSEWHERE });
    const reply = await fixture.post();
    expect(reply.status).toBe(403);
    expect(code(reply)).toBe('address-not-allowed');
    expect(fixture.writer.seen).toHaveLength(0);
  });

  test('each pool has its own allow-list', async () => {
    fixture = await EdgeFixture.start({ writers: ELSEWHERE });
    expect((await fixture.get()).status).toBe(200);
  });

  test('the address decides, not what the client says of it', async () => {
    fixture = await EdgeFixture.start({ writers: ELSEWHERE });
    const reply = await fixture.post('{}', { headers: { 'X-Forwarded-For': '198.51.100.1' } });
    expect(reply.status).toBe(403);
  });

  test('an address in no allow-list does not learn which paths there are', async () => {
    fixture = await EdgeFixture.start({ writers: ELSEWHERE, readers: ELSEWHERE });
    expect((await fixture.send('GET', '/nothing')).status).toBe(403);
  });

  test('an address in one allow-list gets 404', async () => {
    fixture = await EdgeFixture.start({ writers: ELSEWHERE });
    expect((await fixture.send('GET', '/nothing')).status).toBe(404);
  });

  test('above the rate it is 429 with Retry-After until the window has passed; the other pool goes on', async () => {
    const clock = new SteppedClock();
    fixture = await EdgeFixture.start({ writers: access({ requests: 10 }), clock });
    for (let i = 0; i < 10; i += 1) expect((await fixture.post()).status).toBe(200);
    const reply = await fixture.post();
    expect(reply.status).toBe(429);
    expect(code(reply)).toBe('rate-exceeded');
    expect(reply.headers['retry-after']).toBe('65');
    expect((await fixture.get()).status).toBe(200);
    clock.elapsed += 64_999;
    expect((await fixture.post()).status).toBe(429);
    clock.elapsed += 1;
    expect((await fixture.post()).status).toBe(200);
    expect(fixture.writer.seen).toHaveLength(11);
  });

  test('refusals are logged without query, headers and body', async () => {
    fixture = await EdgeFixture.start({ readers: ELSEWHERE });
    await fixture.get('/v1/events?actor=secret', { headers: { Authorization: 'secret' } });
    expect(fixture.log).toEqual([
      { status: 403, code: 'address-not-allowed', method: 'GET', path: '/v1/events', client: '127.0.0.1' },
    ]);
  });

  test('what passes is not logged', async () => {
    fixture = await EdgeFixture.start();
    await fixture.post();
    expect(fixture.log).toEqual([]);
  });

  test('a long path is cut in the log', async () => {
    fixture = await EdgeFixture.start();
    await fixture.get(`/${'a'.repeat(5000)}`);
    expect(fixture.log[0]?.path).toHaveLength(256);
  });
});
