import { createServer } from 'node:net';
import type { HttpsRequest } from '../../../lib/services/canary/https';
import { httpsClient } from '../../../lib/services/canary/https-client';
import { issueCertificate } from '../../../lib/services/edge/certificate';
import { ClientAuthority } from '../edge/client-certificates';
import { type Answering, answer, HttpsServer } from './https-server';

const servers: HttpsServer[] = [];

async function serve(answering: Answering, ...more: [clientCa?: string]): Promise<HttpsServer> {
  const server = await HttpsServer.start(answering, ...more);
  servers.push(server);
  return server;
}

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});

const get = (server: HttpsServer, more: Partial<HttpsRequest> = {}) =>
  httpsClient(server.ca)({ url: server.origin, method: 'GET', headers: {}, timeoutMs: 5_000, ...more });

test('sends what it is given', async () => {
  const server = await serve(answer(200, 'fine'));
  const url = `${server.origin}/v1/events?limit=1`;
  const got = await get(server, { url, method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' });
  expect([got.status, got.body.toString()]).toEqual([200, 'fine']);
  expect(server.received).toMatchObject([{ method: 'POST', url: '/v1/events?limit=1', body: '{}' }]);
});

test('follows nothing', async () => {
  const server = await serve(answer(302, '', { location: '/elsewhere' }));
  expect((await get(server)).status).toBe(302);
  expect(server.received).toHaveLength(1);
});

test('uses no connection twice', async () => {
  const server = await serve(answer(200));
  const ports: unknown[] = [];
  server.answering = (response) => {
    ports.push(response.socket?.remotePort);
    response.end();
  };
  await get(server);
  await get(server);
  expect(new Set(ports).size).toBe(2);
});

test('reads only the beginning of an answer without an end', async () => {
  const server = await serve((response) => {
    response.writeHead(200);
    const write = (): void => void (response.writable && response.write('x'.repeat(16_384)) ? setImmediate(write) : 0);
    response.on('drain', write);
    write();
  });
  const { status, body } = await get(server);
  expect([status, body.length]).toEqual([200, 64 * 1024]);
});

test('shows its certificate to who asks', async () => {
  const authority = await ClientAuthority.create();
  const { cert: certificate, key: privateKey } = await authority.issue({ subject: 'CN=canary' });
  const server = await serve(answer(200), authority.pem);
  await get(server, { certificate: { certificate, privateKey } });
  expect(server.received[0]?.client).toBe('canary');
});

const failure = async (asking: Promise<unknown>) => {
  const error = await asking.then(
    () => undefined,
    (reason: unknown) => reason as Error & { code?: string },
  );
  return error?.code && typeof error.code === 'string' ? error.code : error?.name;
};

test('a server that wants a certificate refuses without one', async () => {
  const authority = await ClientAuthority.create();
  const server = await serve(answer(200), authority.pem);
  expect(await failure(get(server))).toMatch(/^(ERR_SSL_|ECONNRESET)/);
  expect(server.received).toEqual([]);
});

test('trusts no server that an unknown authority speaks for, whatever the environment says', async () => {
  const server = await serve(answer(200));
  const other = await issueCertificate(['localhost'], ['127.0.0.1'], Date.now());
  const before = process.env.NODE_TLS_REJECT_UNAUTHORIZED;
  process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
  try {
    const asking = [httpsClient(other.ca), httpsClient()].map((send) =>
      failure(send({ url: server.origin, method: 'GET', headers: {}, timeoutMs: 5_000 })),
    );
    expect(await Promise.all(asking)).toEqual(Array(2).fill(expect.stringMatching(/UNABLE|SELF_SIGNED|SIGNATURE/)));
  } finally {
    if (before === undefined) delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    else process.env.NODE_TLS_REJECT_UNAUTHORIZED = before;
  }
  expect(server.received).toEqual([]);
});

test('trusts no server of another name', async () => {
  const certificate = await issueCertificate([], ['127.0.0.1'], Date.now());
  const server = await HttpsServer.start(answer(200), undefined, certificate);
  servers.push(server);
  expect(await failure(get(server))).toBe('ERR_TLS_CERT_ALTNAME_INVALID');
});

describe('asked for another name than that of the address', () => {
  const NAME = 'ingest.audit.localhost';

  test('says so in the handshake and in the request', async () => {
    const certificate = await issueCertificate([NAME], [], Date.now());
    const server = await HttpsServer.start(answer(200), undefined, certificate);
    servers.push(server);
    expect((await get(server, { host: NAME })).status).toBe(200);
    expect(server.received).toMatchObject([{ servername: NAME, headers: { host: NAME } }]);
  });

  test('trusts no server that proves only the name of the address', async () => {
    const certificate = await issueCertificate(['localhost'], ['127.0.0.1'], Date.now());
    const server = await HttpsServer.start(answer(200), undefined, certificate);
    servers.push(server);
    expect(await failure(get(server, { host: NAME }))).toBe('ERR_TLS_CERT_ALTNAME_INVALID');
    expect(server.received).toEqual([]);
  });
});

test.each<[string, Answering]>([
  ['never answers', () => {}],
  ['stops in the middle', (response) => response.writeHead(200, { 'content-length': '10' }).write('half')],
  [
    'answers byte by byte',
    (response) => {
      const timer = setInterval(() => response.write('x'), 20);
      response.once('close', () => clearInterval(timer));
    },
  ],
])('gives up on a server that %s', async (_, answering) => {
  const server = await serve(answering);
  expect(await failure(get(server, { timeoutMs: 300 }))).toBe('TimeoutError');
});

test('gives up on a server that says nothing in the handshake', async () => {
  const silent = createServer((socket) => socket.resume());
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const { port } = silent.address() as { port: number };
  const url = `https://localhost:${port}`;
  const sent = httpsClient()({ url, method: 'GET', headers: {}, timeoutMs: 200 });
  expect(await failure(sent)).toBe('TimeoutError');
  await new Promise((resolve) => silent.close(resolve));
});

test.each<[string, Answering, string]>([
  [
    'breaks off',
    (response) => response.writeHead(200, { 'content-length': '10' }).write('half', () => response.destroy()),
    'ECONNRESET',
  ],
  ['hangs up', (response) => response.destroy(), 'ECONNRESET'],
  ['speaks no HTTP', (response) => response.socket?.end('SSH-2.0-OpenSSH\r\n\r\n'), 'HPE_INVALID_CONSTANT'],
])('has no answer from a server that %s', async (_, answering, code) => {
  const server = await serve(answering);
  expect(await failure(get(server))).toBe(code);
});

test('has no answer where nobody listens', async () => {
  const server = await serve(answer(200));
  const { origin, ca } = server;
  await server.stop();
  const sent = httpsClient(ca)({ url: origin, method: 'GET', headers: {}, timeoutMs: 5_000 });
  expect(await failure(sent)).toBe('ECONNREFUSED');
});
