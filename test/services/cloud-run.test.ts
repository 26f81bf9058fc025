import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { buildSync } from 'esbuild';
import { LogName } from '../../lib/record';
import { SystemClock } from '../../lib/services/clock';
import { readSegmentRows } from '../../lib/services/engine/segment-rows';
import { toEnv } from '../../lib/services/ingest/config';
import { openSealer } from '../../lib/services/seal/main';
import { openSigner } from '../../lib/services/signer/open';
import { type Verification, verifyLog } from '../../lib/services/verify';
import { GcsFixture } from '../gcs-server/gcs-fixture';
import { GoogleKmsServer } from '../google-kms-server';
import { leafOf } from './identity/leaf';

const ORIGIN = 'acme/europe-west3';
const log = LogName.parse(ORIGIN)!;

let folder: string;
let bundle: string;
let headers: Record<string, string>;
let gcs: GcsFixture;
let kms: GoogleKmsServer;
let environment: NodeJS.ProcessEnv;
let node: ChildProcess;
let logKey: string;
let admission: string;
let address: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cloud-run-'));
  bundle = join(folder, 'ingest.js');
  const entry = join(__dirname, '../../lib/services/ingest/main.ts');
  buildSync({ entryPoints: [entry], outfile: bundle, bundle: true, platform: 'node', target: 'node20' });
  const pem = decodeURIComponent(await leafOf('CN=agent', ['spiffe://acme/agent']));
  headers = {
    'content-type': 'application/json',
    'x-client-cert-present': 'true',
    'x-client-cert-chain-verified': 'true',
    'x-client-cert-leaf': `:${pem.replace(/-----[A-Z ]+-----|\s/g, '')}:`,
  };
});
afterAll(() => rm(folder, { recursive: true }));

/** One container: the bundle as a process, with its store and its key behind Google's APIs, and clients behind Google's load balancer. */
beforeEach(async () => {
  gcs = await GcsFixture.start();
  kms = await GoogleKmsServer.start();
  const urlOf = (version: string) => `gcpkms:${version}?endpoint=${kms.endpoint}`;
  [logKey, admission] = [urlOf(kms.createKey()), urlOf(kms.createKey())];
  const settings = {
    origin: ORIGIN,
    store: gcs.url,
    admissionKey: admission,
    listen: '127.0.0.1:0',
    writerSource: 'gclb-mtls',
    paceMs: 50,
    memoryBytes: 64 * 1024 * 1024,
  } as const;
  environment = toEnv(settings);
  await startNode();
});
afterEach(async () => {
  await stopNode();
  await gcs.server.close();
  await kms.close();
});

/** Starts the container and gives the events that it reports until it listens. */
async function startNode(): Promise<string[]> {
  node = spawn(process.execPath, [bundle], { env: environment, stdio: ['ignore', 'ignore', 'pipe'] });
  const reported: string[] = [];
  for await (const line of createInterface({ input: node.stderr! })) {
    const { event, address: listening } = JSON.parse(line) as { event: string; address?: string };
    reported.push(event);
    if (listening === undefined) continue;
    address = listening;
    break;
  }
  return reported;
}

async function stopNode(): Promise<void> {
  if (node.exitCode !== null) return;
  node.kill('SIGKILL');
  await once(node, 'exit');
}

function append(body: string, more: Record<string, string> = headers): Promise<Response> {
  return fetch(`http://${address}/v1/events`, { method: 'POST', headers: more, body });
}

/** Who wrote the entries in the bucket. */
function writers(): string[] {
  const segments = gcs.bucket.sorted().filter(({ name }) => name.startsWith(`logs/${log.prefix}entries/`));
  return segments.flatMap(({ bytes }) => readSegmentRows(bytes, 0).rows.map(({ writer }) => writer));
}

async function sealAndVerify(): Promise<Verification> {
  const retention = { mode: 'compliance', days: 1 } as const;
  const settings = { origin: ORIGIN, store: gcs.url, logKey, admission, retention, intervalMs: 1_000 };
  await (await openSealer(settings, new SystemClock(), () => {})).sealOnce();
  const { vkey } = await openSigner(logKey, ORIGIN);
  return verifyLog({ store: gcs.store, log, key: vkey, now: Date.now() });
}

test('what a client with a certificate appends is kept under its name, and the log is whole', async () => {
  expect((await append('{"action":"login"}')).status).toBe(200);
  const { findings, summary } = await sealAndVerify();
  expect(findings).toEqual([]);
  expect(summary.entries).toBe(1);
  expect(writers()).toEqual(['mtls:spiffe://acme/agent']);
});

test.each([
  ['without a certificate', { 'x-client-cert-present': 'false', 'x-client-cert-leaf': '' }],
  ['with one that did not verify', { 'x-client-cert-chain-verified': 'false' }],
  ['that names itself', { 'x-client-cert-leaf': '', 'x-audit-writer': 'mtls:root' }],
])('a client %s is refused, and nothing is stored', async (_, changed) => {
  expect((await append('{}', { ...headers, ...changed })).status).toBe(401);
  expect(writers()).toEqual([]);
});

test('a container whose grants do not hold yet waits for them', async () => {
  await stopNode();
  kms.fail(403, 403);
  expect(await startNode()).toEqual(['start-refused', 'start-refused', 'listening']);
  expect((await append('{}')).status).toBe(200);
});

test('SIGTERM under load: what was confirmed is in the log, and the container ends in good order', async () => {
  const answers = Array.from({ length: 40 }, (_, i) => append(`{"n":${i}}`));
  await answers[0];
  node.kill('SIGTERM');
  const ends = await Promise.all(answers.map((answer) => answer.then(({ status }) => status).catch(() => 0)));
  expect(await once(node, 'exit')).toEqual([0, null]);
  const confirmed = ends.filter((status) => status === 200).length;
  expect(confirmed).toBeGreaterThan(0);
  const { findings, summary } = await sealAndVerify();
  expect(findings).toEqual([]);
  expect(summary.entries).toBeGreaterThanOrEqual(confirmed);
});
