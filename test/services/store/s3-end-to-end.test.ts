import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLog } from '../../../bin/commands/open-log';
import { SystemClock } from '../../../lib/services/clock';
import { type IngestNode, startIngest } from '../../../lib/services/ingest/main';
import { type QueryNode, startQuery } from '../../../lib/services/query/main';
import { openSealer } from '../../../lib/services/seal/main';
import { FileSigner } from '../../../lib/services/signer/file';
import { type Verification, verifyLog } from '../../../lib/services/verify';
import { CORPUS } from '../../corpus';
import { S3Error } from '../../s3-server/s3-error';
import { S3Fixture } from '../../s3-server/s3-fixture';
import { send } from '../ingest/http-client';

const ORIGIN = 'acme/eu-central-1';
const JSON_TYPE = { 'Content-Type': 'application/json' };

let folder: string;
let s3: S3Fixture;
let ingest: IngestNode;
let query: QueryNode;
let logVkey: string;
let admission: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 's3-log-'));
  s3 = await S3Fixture.start();
  logVkey = (await FileSigner.create(join(folder, 'log.pem'), ORIGIN)).vkey;
  admission = (await FileSigner.create(join(folder, 'admission.pem'), `${ORIGIN}/admission`)).vkey;
  ingest = await startIngest({
    origin: ORIGIN,
    store: s3.url,
    admissionKey: `file:${join(folder, 'admission.pem')}`,
    listen: join(folder, 'ingest.sock'),
    writerSource: 'anonymous',
    paceMs: 5,
    memoryBytes: 64 * 1024 * 1024,
  });
  query = await startQuery(
    {
      origin: ORIGIN,
      store: s3.url,
      cacheFolder: join(folder, 'query'),
      listen: join(folder, 'query.sock'),
      logVkey,
      readerSource: 'anonymous',
      memoryBytes: 256 * 1024 * 1024,
    },
    () => {},
  );
});
afterEach(async () => {
  await ingest.stop();
  await query.stop();
  await s3.server.close();
  await rm(folder, { recursive: true, force: true });
});

async function seal(): Promise<void> {
  const retention = { mode: 'compliance', days: 1 } as const;
  const logKey = `file:${join(folder, 'log.pem')}`;
  const settings = { origin: ORIGIN, store: s3.url, logKey, admission, retention, intervalMs: 1_000 };
  await (await openSealer(settings, new SystemClock(), () => {})).sealOnce();
}

async function append(body: string): Promise<{ status: number; body: string }> {
  const answer = await send(ingest.address, { headers: JSON_TYPE, body });
  return { status: answer.status, body: String(answer.body) };
}

async function found(parameters = ''): Promise<string[]> {
  const { body } = await send(query.address, { method: 'GET', path: `/v1/events?limit=10000${parameters}` });
  return String(body).split('\n').slice(0, -1);
}

async function verify(...receipts: string[]): Promise<Verification> {
  const { store, log } = await openLog(s3.url, ORIGIN);
  return verifyLog({ store, log, key: logVkey, now: Date.now(), receipts: lines(receipts) });
}

async function* lines(texts: readonly string[]): AsyncIterable<string> {
  yield* texts;
}

test('what was appended is found byte for byte, sealed, locked and whole', async () => {
  for (const { sent } of CORPUS) expect((await append(sent)).status).toBe(200);
  await seal();
  const events = (await found()).map((line) => line.slice(line.indexOf('"event":') + 8, -1));
  expect(events).toEqual(CORPUS.map(({ stored }) => stored));
  const { findings, summary } = await verify();
  expect(findings).toEqual([]);
  expect(summary.entries).toBe(CORPUS.length);
  // A segment an event, the endorsement of its hour, and the root's genesis, shards and checkpoints.
  expect(summary.locks?.versions).toBe([...s3.bucket.versions()].length);
});

test('a lost answer, SlowDown and a broken connection neither lose nor repeat an acknowledged event', async () => {
  await append('{"n":0}');
  const isPut = ({ method, key }: { method: string; key: string }) => method === 'PUT' && key.includes('/entries/');
  for (const fault of ['lose-answer', new S3Error(503, 'SlowDown'), 'drop', 'duplicate'] as const) {
    s3.server.fail(fault, isPut);
    expect((await append(`{"fault":"${String(fault)}"}`)).status).toBe(200);
  }
  await seal();
  const { findings } = await verify();
  expect(findings).toEqual([]);
  expect(await found('&contains=%7B%22fault%22')).toHaveLength(6);
});

test('ingest only ever puts, below entries/ and shards/', async () => {
  await query.stop();
  s3.server.requests.length = 0;
  await append('{"n":1}');
  for (const request of s3.server.requests)
    expect(request).toMatch(/^PUT logs\/acme\/eu-central-1\/(entries|shards)\//);
  expect(s3.server.requests.length).toBeGreaterThan(0);
});

test.each([`/${ORIGIN}`, ''])('verify finds the log at the URL with %j behind the prefix', async (path) => {
  await append('{"n":1}');
  await seal();
  const url = s3.url.replace('/logs', `/logs${path}`);
  expect((await openLog(url)).log.origin).toBe(ORIGIN);
});
