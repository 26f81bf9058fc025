import { EdgeFixture, until } from './edge-fixture';

test('close lets a request in progress finish, tells the client to go, and takes no more connections', async () => {
  const fixture = await EdgeFixture.start();
  let finish = (): void => {};
  fixture.writer.answer = (_incoming, outgoing) => {
    finish = () => outgoing.end('finished');
  };
  await fixture.get();
  const inProgress = fixture.post();
  await until(() => fixture.writer.seen.length === 1);
  const closed = fixture.edge.close();
  const attempt = () => fixture.get('/v1/events', { agent: false }).catch(({ code }: NodeJS.ErrnoException) => code);
  await until(async () => (await attempt()) === 'ECONNREFUSED');
  finish();
  const reply = await inProgress;
  expect(reply).toMatchObject({ status: 200, body: 'finished' });
  expect(reply.headers.connection).toBe('close');
  await closed;
  await Promise.all([fixture.writer.kill(), fixture.query.kill()]);
});

test('close does not wait for idle connections', async () => {
  const fixture = await EdgeFixture.start();
  await fixture.get();
  const begin = Date.now();
  await fixture.edge.close();
  expect(Date.now() - begin).toBeLessThan(1000);
  await Promise.all([fixture.writer.kill(), fixture.query.kill()]);
});

test('close cuts what does not finish in time', async () => {
  const fixture = await EdgeFixture.start({ limits: { drainMs: 200 } });
  fixture.writer.answer = () => {};
  const inProgress = fixture.post();
  await until(() => fixture.writer.seen.length === 1);
  await Promise.all([fixture.edge.close(), expect(inProgress).rejects.toThrow(/hang up|ECONNRESET/)]);
  await Promise.all([fixture.writer.kill(), fixture.query.kill()]);
});

test('close ends a connection whose answer had begun, as soon as the answer is whole', async () => {
  const fixture = await EdgeFixture.start();
  let [begun, finish] = [false, (): void => {}];
  fixture.query.answer = (_incoming, outgoing) => {
    outgoing.writeHead(200, { 'Content-Length': 8 }).flushHeaders();
    finish = () => outgoing.end('finished');
    begun = true;
  };
  const socket = await fixture.connect();
  let received = '';
  socket.on('data', (chunk) => {
    received += chunk.toString();
  });
  socket.write('GET /v1/events HTTP/1.1\r\nHost: a\r\n\r\n');
  await until(() => begun && received.includes('\r\n\r\n'));
  const begin = Date.now();
  const closed = fixture.edge.close();
  finish();
  await closed;
  expect(received).toContain('finished');
  expect(Date.now() - begin).toBeLessThan(1500);
  await Promise.all([fixture.writer.kill(), fixture.query.kill()]);
});
