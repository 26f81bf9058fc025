// npm run bench: what the services cost, as ratios to a baseline that runs in the same process of measurement, round by round.
import { execFileSync, spawn } from 'node:child_process';
import { createHash, generateKeyPairSync } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { cpus, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { batch, event } from './events.mjs';
import { load } from './load.mjs';
import { median, report } from './report.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const bundles = join(here, '..', '..', 'dist', 'bundles');
const ROUNDS = 3;
const SECONDS = 3;
const BATCH = 500;

const folder = mkdtempSync(join(tmpdir(), 'audit-log-bench-'));
const children = [];
const origin = 'bench/local';
const admission = makeKey('admission');

function start(script, env) {
  const child = spawn(process.execPath, [script], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  children.push(child);
  return child;
}

function get(socketPath, path) {
  return new Promise((resolve) => {
    const outgoing = request({ socketPath, path }, (incoming) => {
      const chunks = [];
      incoming.on('data', (chunk) => chunks.push(chunk));
      incoming.on('end', () => resolve({ status: incoming.statusCode, text: Buffer.concat(chunks).toString() }));
    });
    outgoing.on('error', () => resolve({ status: 0, text: '' }));
    outgoing.end();
  });
}

async function untilReady(socketPath, path = '/readyz') {
  for (let i = 0; i < 300; i++) {
    if ((await get(socketPath, path)).status === 200) return;
    await sleep(100);
  }
  throw new Error(`${socketPath} is not ready after 30 seconds`);
}

const percent = (ratio) => `${(ratio * 100).toFixed(ratio < 0.1 ? 1 : 0)} %`;

/** Median over rounds of the ratio within a round, so that a noisy minute hits both sides. */
async function compare(what, ours, baseline, unit) {
  const rounds = [];
  for (let i = 0; i < ROUNDS; i++) {
    rounds.push({ baseline: await baseline(), ours: await ours() });
  }
  const ratio = median(rounds.map((round) => round.ours.perSecond / round.baseline.perSecond));
  const pick = (side) => Math.round(median(rounds.map((round) => round[side].perSecond)));
  const p99 = median(rounds.map((round) => round.ours.p99 ?? 0));
  report(
    what,
    percent(ratio),
    `${pick('ours')} against ${pick('baseline')} ${unit}${p99 ? `, p99 ${p99.toFixed(0)} ms` : ''}`,
  );
}

/** An Ed25519 key as a file, and its public half as a C2SP verifier key. */
function makeKey(name) {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const path = join(folder, 'keys', `${name}.pem`);
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeFileSync(path, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  const raw = Buffer.from(publicKey.export({ format: 'jwk' }).x, 'base64url');
  const vkey = (keyName) => {
    const typed = Buffer.concat([Buffer.from([1]), raw]);
    const id = createHash('sha256').update(`${keyName}\n`).update(typed).digest('hex').slice(0, 8);
    return `${keyName}+${id}+${typed.toString('base64')}`;
  };
  return { url: `file:${path}`, vkey };
}

async function ingestAgainstBareServer() {
  const ingest = join(folder, 'ingest.sock');
  const bare = join(folder, 'bare.sock');
  start(join(bundles, 'ingest.js'), {
    AUDIT_LOG: origin,
    AUDIT_STORE: `file:${join(folder, 'store')}`,
    AUDIT_ADMISSION_KEY: admission.url,
    AUDIT_LISTEN: ingest,
    AUDIT_WRITER_SOURCE: 'anonymous',
  });
  start(join(here, 'bare-server.mjs'), { AUDIT_LISTEN: bare });
  await untilReady(ingest);
  await untilReady(bare);
  const single = { body: Buffer.from(event(1)), contentType: 'application/json', connections: 480, seconds: SECONDS };
  const many = { body: batch(0, BATCH), contentType: 'application/x-ndjson', connections: 64, seconds: SECONDS };
  await load({ ...single, socketPath: ingest, seconds: 1 });
  await compare(
    'ingest, single events / bare node:http',
    () => load({ ...single, socketPath: ingest }),
    () => load({ ...single, socketPath: bare }),
    'requests/s',
  );
  await compare(
    `ingest, ${BATCH}-event batches / bare node:http`,
    () => load({ ...many, socketPath: ingest }),
    () => load({ ...many, socketPath: bare }),
    'requests/s',
  );
  await compare(
    'ingest, bytes in batches / SHA-256 + gzip of them',
    async () => {
      const { perSecond } = await load({ ...many, socketPath: ingest });
      return { perSecond: (perSecond * many.body.length) / 2 ** 20 };
    },
    () => ({ perSecond: hashAndCompress(many.body) / 2 ** 20 }),
    'MiB/s',
  );
}

/** The limit of any ingest that hashes and compresses: bytes a second on one core. */
function hashAndCompress(body) {
  const started = performance.now();
  let bytes = 0;
  while (performance.now() - started < SECONDS * 1000) {
    createHash('sha256').update(body).digest();
    gzipSync(body, { level: 1 });
    bytes += body.length;
  }
  return (bytes / (performance.now() - started)) * 1000;
}

function timed(command, args) {
  const started = performance.now();
  const output = execFileSync(process.execPath, [command, ...args], {
    maxBuffer: 2 ** 28,
    env: process.env,
  }).toString();
  return { seconds: (performance.now() - started) / 1000, output };
}

/** Whole processes on the log that the measurements before have written; `verify` exits 0 or this fails. */
async function verifyAgainstGunzip(vkey) {
  const store = join(folder, 'store');
  const bytes = JSON.parse(timed(join(here, 'bare-verify.mjs'), [store]).output).bytes;
  const perSecond = (run) => ({ perSecond: bytes / 2 ** 20 / run.seconds });
  await compare(
    'verify / gunzip + SHA-256 of the same segments',
    () => perSecond(timed(join(bundles, 'audit-log.js'), ['verify', `file:${store}`, '--key', vkey, '--json'])),
    () => perSecond(timed(join(here, 'bare-verify.mjs'), [store])),
    'MiB/s of lines',
  );
}

function append(socketPath, body) {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': body.length };
    const outgoing = request({ socketPath, method: 'POST', path: '/v1/events', headers }, (incoming) => {
      incoming.resume();
      incoming.on('end', () => resolve(incoming.statusCode));
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** From the answer of an append until a search by its action finds the event. */
async function timeUntilVisible(vkey) {
  const query = join(folder, 'query.sock');
  start(join(bundles, 'query.js'), {
    AUDIT_LOG: origin,
    AUDIT_STORE: `file:${join(folder, 'store')}`,
    AUDIT_CACHE_FOLDER: join(folder, 'query'),
    AUDIT_LISTEN: query,
    AUDIT_LOG_VKEY: vkey,
    AUDIT_READER_SOURCE: 'anonymous',
  });
  await untilReady(query);
  while ((await get(query, '/v1/events?limit=1')).status !== 200) await sleep(200);
  const idle = [];
  const visible = [];
  for (let i = 0; i < 30; i++) {
    let started = performance.now();
    await get(query, `/v1/events?action=none-${i}`);
    idle.push(performance.now() - started);
    await append(join(folder, 'ingest.sock'), Buffer.from(JSON.stringify({ action: `bench-${i}` })));
    started = performance.now();
    while ((await get(query, `/v1/events?action=bench-${i}`)).text === '');
    visible.push(performance.now() - started);
  }
  const details = `${median(visible).toFixed(0)} ms against ${median(idle).toFixed(0)} ms for a search that finds nothing new`;
  report('visible after acknowledge / idle search', `${(median(visible) / median(idle)).toFixed(1)} x`, details);
}

/** Seals what was written, so that the verification has a root log; gives the log key's vkey. */
async function seal() {
  const log = makeKey('log');
  start(join(bundles, 'seal.js'), {
    AUDIT_LOG: origin,
    AUDIT_STORE: `file:${join(folder, 'store')}`,
    AUDIT_LOG_KEY: log.url,
    AUDIT_ADMISSION_VKEY: admission.vkey(`${origin}/admission`),
    AUDIT_RETENTION_MODE: 'governance',
    AUDIT_RETENTION_DAYS: '1',
    AUDIT_SEAL_INTERVAL_MS: '1000',
  });
  const checkpoints = join(folder, 'store', origin, 'root', 'checkpoints');
  for (let i = 0; i < 300 && !existsSync(checkpoints); i++) await sleep(100);
  return log.vkey(origin);
}

console.log(`${cpus().length} cores, Node ${process.version}, median of ${ROUNDS} rounds\n`);
try {
  await ingestAgainstBareServer();
  const vkey = await seal();
  await verifyAgainstGunzip(vkey);
  await timeUntilVisible(vkey);
} finally {
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
}
