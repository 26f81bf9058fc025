import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, request, type Server } from 'node:http';
import { type AddressInfo, createServer as createSocket, type Server as SocketServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type FunctionRequest, passOn } from '../../lib/services/function-request';

let folder: string;
let socketPath: string;
let service: Server | SocketServer;
let front: Server;

/** As the functions framework does it: the body is read before the function is called. */
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'function-'));
  socketPath = join(folder, 'service.sock');
  front = createServer(async (received, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of received) chunks.push(chunk as Buffer);
    const { method, url, headers } = received;
    const asked = { method, url, headers, rawBody: chunks.length > 0 ? Buffer.concat(chunks) : undefined };
    await passOn(asked as FunctionRequest, response, socketPath);
  });
  await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve));
});

afterEach(async () => {
  for (const server of [front, service]) await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true });
});

async function serve(server: Server | SocketServer): Promise<void> {
  service = server;
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));
}

interface Answer {
  readonly status: number | undefined;
  readonly headers: Record<string, unknown>;
  readonly body: string;
}

function ask(method: string, body?: string, headers: Record<string, string> = {}): Promise<Answer> {
  const { port } = front.address() as AddressInfo;
  return new Promise((resolve, reject) => {
    request({ port, method, path: '/v1/events?a=%20b', headers }, async (answer) => {
      let text = '';
      for await (const chunk of answer) text += chunk;
      resolve({ status: answer.statusCode, headers: answer.headers, body: text });
    })
      .once('error', reject)
      .end(body);
  });
}

/** Answers with what it was asked. */
const echo = () =>
  createServer(async (received, response) => {
    let body = '';
    for await (const chunk of received) body += chunk;
    const { method, url, headers } = received;
    response.writeHead(201, { 'X-Answer': 'yes' }).end(JSON.stringify({ method, url, headers, body }));
  });

test('a request arrives as it was sent', async () => {
  await serve(echo());
  const { status, headers, body } = await ask('POST', '{"n":1.10}', { 'content-type': 'application/json' });
  expect(status).toBe(201);
  expect(headers['x-answer']).toBe('yes');
  expect(JSON.parse(body)).toMatchObject({
    method: 'POST',
    url: '/v1/events?a=%20b',
    body: '{"n":1.10}',
    headers: { 'content-type': 'application/json', 'content-length': '10' },
  });
});

test('a request without a body has none', async () => {
  await serve(echo());
  expect(JSON.parse((await ask('GET')).body)).toMatchObject({ body: '', headers: { 'content-length': '0' } });
});

test('headers of the connection stay with it', async () => {
  await serve(echo());
  const { body } = await ask('POST', 'x', { 'transfer-encoding': 'chunked' });
  expect(JSON.parse(body).headers).not.toHaveProperty('transfer-encoding');
});

test('a service that hangs up is answered 503, to be tried again', async () => {
  await serve(createSocket((socket) => socket.destroy()));
  expect(await ask('POST', 'x')).toMatchObject({ status: 503, headers: { 'retry-after': '1' } });
});
