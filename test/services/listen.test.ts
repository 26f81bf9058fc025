import { mkdtemp, rm, stat } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Listener, listen } from '../../lib/services/listen';
import { send } from './ingest/http-client';

let folder: string;
let socket: string;
const open: Listener[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'listen-'));
  socket = join(folder, 's');
});

afterEach(async () => {
  for (const listener of open.splice(0)) {
    await listener.close(0);
  }
  await rm(folder, { recursive: true, force: true });
});

async function serve(
  address: string,
  answer: () => Promise<Response> = async () => new Response('hello'),
): Promise<Listener> {
  const listener = await listen(answer, address);
  open.push(listener);
  return listener;
}

test('serves on a Unix socket that only its owner may open', async () => {
  await serve(socket);
  expect((await send(socket, { method: 'GET' })).body).toBe('hello');
  expect((await stat(socket)).mode & 0o777).toBe(0o600);
});

test('serves on a free port and says which', async () => {
  const { address } = await serve('127.0.0.1:0');
  expect(address).toMatch(/^127\.0\.0\.1:[1-9]\d*$/);
  expect((await send(address, { method: 'GET' })).body).toBe('hello');
});

test('keeps idle connections for longer than any load balancer does', async () => {
  const { address } = await serve('127.0.0.1:0');
  const { headers } = await fetch(`http://${address}/`);
  expect(headers.get('keep-alive')).toBe('timeout=620');
});

test('replaces a socket that a dead process left behind', async () => {
  const dead: Server = createServer();
  await new Promise<void>((resolve) => dead.listen(join(folder, 'first'), resolve));
  // Closing removes the file: a second name for it stays, as after a kill.
  const { link } = await import('node:fs/promises');
  await link(join(folder, 'first'), socket);
  await new Promise((resolve) => dead.close(resolve));
  await serve(socket);
  expect((await send(socket, { method: 'GET' })).body).toBe('hello');
});

test('never takes the socket of a living process', async () => {
  await serve(socket);
  await expect(listen(async () => new Response('other'), socket)).rejects.toMatchObject({ code: 'EADDRINUSE' });
  expect((await send(socket, { method: 'GET' })).body).toBe('hello');
});

test.each(['', 'localhost', 'localhost:', 'localhost:99999', ':80', 'a b:80', './relative'])(
  'cannot listen at %p',
  async (address) => {
    await expect(listen(async () => new Response(), address)).rejects.toMatchObject({ code: 'setting-invalid' });
  },
);

test('closing lets a running request finish', async () => {
  const listener = await serve(socket, async () => {
    await sleep(100);
    return new Response('finished');
  });
  const answer = send(socket, { method: 'GET' });
  await sleep(30);
  await listener.close(5_000);
  expect((await answer).body).toBe('finished');
  await expect(send(socket, { method: 'GET' })).rejects.toThrow();
});

test('closing answers every client that had connected', async () => {
  const listener = await serve(socket);
  const answers = Array.from({ length: 100 }, () => send(socket, { method: 'GET' }));
  await new Promise(process.nextTick);
  await listener.close(5_000);
  expect((await Promise.all(answers)).map(({ body }) => body)).toEqual(answers.map(() => 'hello'));
});

test('closing ends while clients keep connecting', async () => {
  const listener = await serve(socket);
  let refused = false;
  const load = Array.from({ length: 8 }, async () => {
    while (!refused) await send(socket, { method: 'GET' }).catch(() => (refused = true));
  });
  await sleep(50);
  await listener.close(5_000);
  await Promise.all(load);
  expect(refused).toBe(true);
});

test('closing cuts off what takes longer than its deadline', async () => {
  const listener = await serve(socket, () => new Promise(() => {}));
  const answer = send(socket, { method: 'GET' });
  const cut = expect(answer).rejects.toThrow('socket hang up');
  await sleep(30);
  await listener.close(50);
  await cut;
});
