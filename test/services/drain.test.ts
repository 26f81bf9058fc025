import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { eachLine, LogName, parseEntry, parseSegment } from '../../lib/record';
import { toEnv } from '../../lib/services/ingest/config';
import { KmsServer } from '../kms-server';
import { S3Fixture } from '../s3-server/s3-fixture';
import { send } from './ingest/http-client';

/** As a container runs it: the bundle, on a TCP port, with its store in S3 and its key in KMS. */
const BUNDLE = join(__dirname, '../../dist/bundles/ingest.js');
const LOG = new LogName('acme', 'eu-central-1');
const CLIENTS = 8;

let folder: string;
let s3: S3Fixture;
let kms: KmsServer;
let node: ChildProcess;
let address: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'drain-'));
  s3 = await S3Fixture.start();
  kms = await KmsServer.start();
  const settings = {
    origin: LOG.origin,
    store: s3.url,
    admissionKey: `awskms:${kms.createKey()}?endpoint=${kms.endpoint}`,
    listen: '127.0.0.1:0',
    writerSource: 'anonymous',
    paceMs: 20,
    memoryBytes: 64 * 1024 * 1024,
  } as const;
  const credentials = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' };
  const env = { ...toEnv(settings), ...credentials, PATH: process.env.PATH };
  node = spawn(process.execPath, [BUNDLE], { cwd: folder, env, stdio: ['ignore', 'ignore', 'pipe'] });
  address = await new Promise((resolve, reject) => {
    let text = '';
    node.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      const [, found] = /"event":"listening","address":"([^"]+)"/.exec(text) ?? [];
      if (found !== undefined) resolve(found);
    });
    node.once('exit', () => reject(new Error(text)));
  });
  for (let turn = 0; turn < 500 && !(await isReady()); turn++) await sleep(20);
});
afterEach(async () => {
  if (node.exitCode === null && node.signalCode === null) {
    node.kill('SIGKILL');
    await once(node, 'exit');
  }
  await s3.server.close();
  await kms.close();
  await rm(folder, { recursive: true, force: true });
});

async function isReady(): Promise<boolean> {
  return (await send(address, { method: 'GET', path: '/readyz' }).catch(() => undefined))?.status === 200;
}

/** Appends over one kept-alive connection until it is refused or cut; each answer as it came. */
async function load(client: number, answers: { body: string; status: number }[]): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  for (let i = 0; ; i++) {
    const body = `{"client":${client},"i":${i}}`;
    const status = await post(agent, body).catch(() => 0);
    answers.push({ body, status });
    if (status !== 200) break;
  }
  agent.destroy();
}

function post(agent: Agent, body: string): Promise<number> {
  const [host, port] = address.split(':');
  const headers = { 'Content-Type': 'application/json' };
  return new Promise((resolve, reject) => {
    const outgoing = request({ agent, host, port, method: 'POST', path: '/v1/events', headers }, (incoming) => {
      incoming
        .resume()
        .once('end', () => resolve(incoming.statusCode ?? 0))
        .once('error', reject);
    });
    outgoing.once('error', reject).end(body);
  });
}

async function stored(): Promise<Set<string>> {
  const events = new Set<string>();
  for await (const { key } of s3.store.list(`${LOG.prefix}entries/`)) {
    eachLine(parseSegment((await s3.store.get(key)) as Buffer).lines, (line) => {
      events.add(parseEntry(line.toString()).json);
    });
  }
  return events;
}

test('SIGTERM under load: the node ends by itself, and every event that it acknowledged is stored', async () => {
  const answers: { body: string; status: number }[] = [];
  const clients = Array.from({ length: CLIENTS }, (_, client) => load(client, answers));
  while (answers.length < 20 * CLIENTS) await sleep(10);
  node.kill('SIGTERM');
  const [exit] = await Promise.all([once(node, 'exit'), ...clients]);
  expect(exit).toEqual([0, null]);
  const acknowledged = answers.filter(({ status }) => status === 200).map(({ body }) => body);
  const events = await stored();
  expect(acknowledged.filter((body) => !events.has(body))).toEqual([]);
});

test('SIGTERM under load: a request that the node has taken is answered, none is cut off', async () => {
  s3.server.fail(400, ({ key }) => key.includes('/entries/'));
  const answers: { body: string; status: number }[] = [];
  const agents = Array.from({ length: CLIENTS }, () => new Agent({ keepAlive: true, maxSockets: 1 }));
  const running = agents.map(async (agent, i) => {
    const body = `{"n":${i}}`;
    answers.push({ body, status: await post(agent, body) });
  });
  await sleep(200);
  node.kill('SIGTERM');
  await Promise.all([once(node, 'exit'), ...running]);
  expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: CLIENTS }, () => 200));
  const events = await stored();
  expect(answers.filter(({ body }) => !events.has(body))).toEqual([]);
  for (const agent of agents) agent.destroy();
});
