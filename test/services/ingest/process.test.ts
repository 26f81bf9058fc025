import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { buildSync } from 'esbuild';
import { toEnv } from '../../../lib/services/ingest/config';
import { send } from './http-client';
import { makeNodeFolder, type NodeFolder } from './node-fixture';

const JSON_TYPE = { 'Content-Type': 'application/json' };

let bundles: string;
let bundle: string;
let folder: NodeFolder;
let running: ChildProcess[];

beforeAll(async () => {
  bundles = await mkdtemp(join(tmpdir(), 'ingest-bundle-'));
  bundle = join(bundles, 'ingest.js');
  const entry = join(__dirname, '../../../lib/services/ingest/main.ts');
  buildSync({ entryPoints: [entry], outfile: bundle, bundle: true, platform: 'node', target: 'node20' });
});

afterAll(() => rm(bundles, { recursive: true }));

beforeEach(async () => {
  running = [];
  folder = await makeNodeFolder();
});

afterEach(async () => {
  for (const node of running.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null)) {
    node.kill('SIGKILL');
    await once(node, 'exit');
  }
  await folder.remove();
});

function start(env: Record<string, string> = {}): { node: ChildProcess; stderr: () => string } {
  const node = spawn(process.execPath, [bundle], {
    env: { ...toEnv(folder.settings), ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  running.push(node);
  let text = '';
  node.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  return { node, stderr: () => text };
}

async function untilReady(): Promise<void> {
  for (let turn = 0; turn < 500; turn++) {
    const answer = await send(folder.settings.listen, { method: 'GET', path: '/readyz' }).catch(() => undefined);
    if (answer?.status === 200) {
      return;
    }
    await sleep(20);
  }
  throw new Error('the node never got ready');
}

test('a node gets ready without traffic, and SIGTERM ends it in good order', async () => {
  const { node, stderr } = start();
  await untilReady();
  node.kill('SIGTERM');
  expect(await once(node, 'exit')).toEqual([0, null]);
  const events = stderr()
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { event: string }).event);
  expect(events).toEqual(['listening', 'stopped']);
});

test('SIGTERM under load: what was confirmed is stored, and every request is answered', async () => {
  const { node } = start({ AUDIT_PACE_MS: '200' });
  await untilReady();
  const answers = Array.from({ length: 40 }, (_, i) =>
    send(folder.settings.listen, { headers: JSON_TYPE, body: `{"n":${i}}` }),
  );
  await answers[0];
  node.kill('SIGTERM');
  const statuses = (await Promise.all(answers)).map(({ status }) => status);
  expect(await once(node, 'exit')).toEqual([0, null]);
  const confirmed = statuses.flatMap((status, i) => (status === 200 ? [`{"n":${i}}`] : []));
  expect(statuses.every((status) => status === 200 || status === 503)).toBe(true);
  expect(confirmed.length).toBeGreaterThan(0);
  expect(await folder.stored()).toEqual(expect.arrayContaining(confirmed));
});

test('kill -9 loses nothing that was confirmed, and the next node starts over the dead socket', async () => {
  const { node } = start();
  await untilReady();
  const confirmed: string[] = [];
  const load = Array.from({ length: 8 }, async (_, client) => {
    for (let i = 0; ; i++) {
      const body = `{"client":${client},"i":${i}}`;
      const answer = await send(folder.settings.listen, { headers: JSON_TYPE, body }).catch(() => undefined);
      if (answer === undefined) {
        return;
      }
      confirmed.push(...(answer.status === 200 ? [body] : []));
    }
  });
  await sleep(500);
  node.kill('SIGKILL');
  await Promise.all(load);
  expect(confirmed.length).toBeGreaterThan(8);
  expect(await folder.stored()).toEqual(expect.arrayContaining(confirmed));
  start();
  await untilReady();
  expect((await send(folder.settings.listen, { headers: JSON_TYPE, body: '{}' })).status).toBe(200);
});

test.each([
  ['AUDIT_LOG', 'Acme', 'setting-invalid'],
  ['AUDIT_STORE', 's4://bucket', 'setting-invalid'],
  ['AUDIT_ADMISSION_KEY', 'file:/nowhere/admission.pem', 'signing-key-missing'],
  ['AUDIT_LISTEN', 'nowhere', 'setting-invalid'],
])('a node with %s=%s ends with a line that says why', async (name, value, code) => {
  const { node, stderr } = start({ [name]: value });
  expect(await once(node, 'exit')).toEqual([1, null]);
  expect(JSON.parse(stderr().trim().split('\n').at(-1) ?? '')).toMatchObject({
    level: 'error',
    event: 'failed',
    message: expect.stringContaining(code),
  });
});
