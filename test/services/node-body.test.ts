import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { readNodeBody } from '../../lib/services/node-body';

let server: Server;
let outcome: Promise<string>;

beforeEach(async () => {
  let settle: (text: string) => void = () => {};
  outcome = new Promise((resolve) => {
    settle = resolve;
  });
  server = createServer((incoming, outgoing) => {
    readNodeBody(incoming, 8, () => new Error('over the limit'), 100).then(
      (body) => settle(body.toString()),
      (error: Error & { code?: string }) => settle(error.code ?? error.message),
    );
    outgoing.on('error', () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

function sendRaw(text: string) {
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  socket.on('error', () => {});
  socket.write(`POST / HTTP/1.1\r\nHost: x\r\n${text}`);
  return socket;
}

test('reads a body up to the limit', async () => {
  sendRaw('Content-Length: 8\r\n\r\n12345678');
  expect(await outcome).toBe('12345678');
});

test('reads a body of several chunks', async () => {
  sendRaw('Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n');
  expect(await outcome).toBe('abcde');
});

test('reads no body as none', async () => {
  sendRaw('\r\n');
  expect(await outcome).toBe('');
});

test('stops one byte over the limit', async () => {
  sendRaw('Transfer-Encoding: chunked\r\n\r\n9\r\n123456789\r\n');
  expect(await outcome).toBe('over the limit');
});

test('gives up a body that does not come', async () => {
  sendRaw('Content-Length: 8\r\n\r\n1234');
  expect(await outcome).toBe('body-timeout');
});

test('notices that the client has gone', async () => {
  const socket = sendRaw('Content-Length: 8\r\n\r\n1234');
  setTimeout(() => socket.destroy(), 20);
  expect(await outcome).toBe('body-incomplete');
});
