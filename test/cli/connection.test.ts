import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HttpsClient } from '../../bin/commands/https-client';
import { HttpsServer } from '../services/canary/https-server';
import { run } from './running-log';

const TOKEN = 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZGEifQ.c2VjcmV0';

let folder: string;
let log: HttpsServer;
let url: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'audit-log-connection-'));
  log = await HttpsServer.start((response) => response.setHeader('Audit-Complete-Until', 'now').end());
  url = log.origin;
  writeFileSync(join(folder, 'ca.pem'), log.ca);
  writeFileSync(join(folder, 'token'), `${TOKEN}\n`);
});
afterEach(async () => {
  await log.stop();
  rmSync(folder, { recursive: true });
});

const query = (...args: string[]) => run(['query', '--url', url, '--ca', 'ca.pem', ...args], { cwd: folder });

test('shows no token unless there is one', async () => {
  await query();
  expect(log.received).toHaveLength(1);
  expect(log.received[0]?.headers.authorization).toBeUndefined();
});

test.each([
  ['query', []],
  ['append', ['events.ndjson']],
])('%s shows the token of a file as bearer', async (command, args) => {
  writeFileSync(join(folder, 'events.ndjson'), '{"action":"a"}\n');
  await run([command, ...args, '--url', url, '--ca', 'ca.pem', '--token', 'token'], { cwd: folder });
  expect(log.received.map(({ headers }) => headers.authorization)).toEqual([`Bearer ${TOKEN}`]);
});

test('takes the file of the token from the environment', async () => {
  await run(['query', '--url', url, '--ca', 'ca.pem'], { cwd: folder, env: { AUDIT_LOG_TOKEN_FILE: 'token' } });
  expect(log.received[0]?.headers.authorization).toBe(`Bearer ${TOKEN}`);
});

test('reads the token again for each request, as it runs out before a long command ends', async () => {
  const files = { ca: join(folder, 'ca.pem'), token: join(folder, 'token') };
  const client = new HttpsClient(url, files);
  await client.ask({ method: 'GET', path: '/' });
  writeFileSync(files.token, 'next');
  await client.ask({ method: 'GET', path: '/' });
  client.close();
  expect(log.received.map(({ headers }) => headers.authorization)).toEqual([`Bearer ${TOKEN}`, 'Bearer next']);
});

test.each([
  ['works', 200, 0],
  ['is refused', 403, 2],
])('says nothing of the token when it %s', async (_, status, code) => {
  log.answering = (response) => response.writeHead(status).end();
  const ended = await query('--token', 'token');
  expect(ended.code).toBe(code);
  expect(ended.stdout + ended.stderr).not.toContain(TOKEN.slice(0, 8));
});

test.each([
  ['is not there', undefined],
  ['is empty', '\n'],
  ['holds more than a token', `${TOKEN}\nX-Other: header\n`],
  ['holds a whole header', `Bearer ${TOKEN}`],
])('asks for nothing when the file %s', async (_, content) => {
  const file = join(folder, 'other');
  if (content !== undefined) writeFileSync(file, content);
  const ended = await query('--token', file);
  expect(ended).toMatchObject({ code: 2, stdout: '' });
  expect(ended.stderr).toContain('[token-file-unusable]');
  expect(ended.stderr).not.toContain(TOKEN.slice(0, 8));
  expect(log.received).toEqual([]);
});
