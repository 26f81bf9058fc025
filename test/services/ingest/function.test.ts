import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createGzip, gzipSync } from 'node:zlib';
import { readSegmentRows } from '../../../lib/services/engine/segment-rows';
import { toEnv } from '../../../lib/services/ingest/config';
import { GcsFixture } from '../../gcs-server/gcs-fixture';
import { GoogleKmsServer } from '../../google-kms-server';
import { type FunctionInstance, FunctionSource } from '../function-source';
import { leafOf } from '../identity/leaf';
import { codeOf, type HttpAnswer, send } from './http-client';

const MIB = 1024 ** 2;
const NDJSON = { 'Content-Type': 'application/x-ndjson' };
/** Preloaded, it makes a minute of a second and a half. */
const FAST_CLOCK = join(__dirname, 'fast-clock.js');
const GZIP = { 'Content-Encoding': 'gzip' };

let source: FunctionSource;
/** The headers that the load balancer sets for a client with a certificate. */
let certified: Record<string, string>;
let gcs: GcsFixture;
let kms: GoogleKmsServer;
let settings: Record<string, string>;
let instance: FunctionInstance;

beforeAll(async () => {
  source = new FunctionSource('ingest-function');
  const pem = decodeURIComponent(await leafOf('CN=agent', ['spiffe://acme/agent']));
  certified = {
    'Content-Type': 'application/json',
    'X-Client-Cert-Present': 'true',
    'X-Client-Cert-Chain-Verified': 'true',
    'X-Client-Cert-Leaf': `:${pem.replace(/-----[A-Z ]+-----|\s/g, '')}:`,
  };
});
afterAll(() => source.remove());

/** One instance behind Google's load balancer, with its store and its key behind Google's APIs. */
async function start(more: Record<string, string> = {}): Promise<void> {
  gcs = await GcsFixture.start();
  kms = await GoogleKmsServer.start();
  settings = toEnv({
    origin: 'acme/europe-west3',
    store: gcs.url,
    admissionKey: `gcpkms:${kms.createKey()}?endpoint=${kms.endpoint}`,
    listen: '0.0.0.0:8080',
    writerSource: 'gclb-mtls',
    paceMs: 0,
    memoryBytes: 64 * MIB,
  });
  instance = await source.start({ ...settings, ...more });
}

async function stop(): Promise<void> {
  await instance.stop();
  await gcs.server.close();
  await kms.close();
}

function append(body: string | Buffer, headers: Record<string, string> = {}): Promise<HttpAnswer> {
  return send(instance.address, { headers: { ...certified, ...headers }, body });
}

/** The stored events, in the order of their segments. */
function stored(): string[] {
  const segments = gcs.bucket.sorted().filter(({ name }) => name.includes('/entries/'));
  const rows = segments.flatMap(({ bytes }) => readSegmentRows(bytes, 0).rows);
  return rows.map(({ line }) => /"event":(.*)\}$/.exec(line)?.[1] ?? line);
}

const refusal = (answer: HttpAnswer) => [answer.status, codeOf(answer)];

describe('requests reach it as they were sent', () => {
  beforeAll(() => start());
  afterAll(stop);
  beforeEach(() => {
    for (const { name } of gcs.bucket.sorted()) gcs.bucket.erase(name);
  });

  test('an event is acknowledged when it is stored, byte for byte', async () => {
    expect((await append('{"n":1.10}')).status).toBe(200);
    expect(stored()).toEqual(['{"n":1.10}']);
  });

  test('in gzip, as JSON and as lines', async () => {
    expect((await append(gzipSync('{"n":1.10}'), GZIP)).status).toBe(200);
    expect((await append(gzipSync('{"n":2}\n{"n":3}\n'), { ...GZIP, ...NDJSON })).status).toBe(200);
    expect(stored()).toEqual(['{"n":1.10}', '{"n":2}', '{"n":3}']);
  });

  test.each<[string, number, string, string | Buffer, Record<string, string>]>([
    ['broken JSON', 400, 'body-malformed', '{"n":', {}],
    ['broken gzip', 400, 'body-malformed', '{"n":1}', GZIP],
    [
      'an unknown character set',
      415,
      'content-type-unsupported',
      '{}',
      { 'Content-Type': 'application/json; charset=x' },
    ],
    ['an unknown encoding', 415, 'content-encoding-unsupported', '{}', { 'Content-Encoding': 'br' }],
    ['a body that says that it is over 4 MiB', 413, 'body-too-large', '', { 'Content-Length': String(5 * MIB) }],
    ['no certificate', 401, 'writer-unverified', '{}', { 'X-Client-Cert-Present': 'false' }],
  ])('%s is answered %i with the code %s', async (_, status, code, body, headers) => {
    expect(refusal(await append(body, headers))).toEqual([status, code]);
    expect(stored()).toEqual([]);
  });

  test('bodies that inflate to 256 MiB cost no more memory than the settings allow', async () => {
    await append(gzipSync('{}'), GZIP);
    const before = instance.peakMemory;
    const bomb = await zeros(256);
    const answers = await Promise.all(Array.from({ length: 8 }, () => append(bomb, GZIP)));
    for (const { status } of answers) expect([413, 503]).toContain(status);
    expect(instance.peakMemory - before).toBeLessThan(96 * MIB);
    expect((await append('{}')).status).toBe(200);
  });

  test('bodies in chunks are read no further than the settings allow, however many come at once', async () => {
    await append('{}');
    const before = instance.peakMemory;
    const body = Buffer.alloc(32 * MIB, ' ');
    // A body that is read no further breaks the connection of a client that goes on sending.
    const sent = Array.from({ length: 8 }, () =>
      append(body, { 'Transfer-Encoding': 'chunked' }).catch(() => undefined),
    );
    for (const answer of await Promise.all(sent)) expect([413, 503, undefined]).toContain(answer?.status);
    expect(instance.peakMemory - before).toBeLessThan(96 * MIB);
    expect((await append('{}')).status).toBe(200);
  });
});

describe('its life', () => {
  afterEach(stop);

  test('while its key cannot be read it answers 503, and starts with the first request after', async () => {
    await start();
    kms.fail(403);
    const answer = await append('{}');
    expect([answer.headers['retry-after'], ...refusal(answer)]).toEqual(['1', 503, 'internal']);
    expect((await append('{}')).status).toBe(200);
  });

  test('it appends nothing on its own: it has no processor between requests', async () => {
    await start({ NODE_OPTIONS: `--require ${FAST_CLOCK}` });
    expect((await append('{}')).status).toBe(200);
    await sleep(2_500);
    expect(stored()).toEqual(['{}']);
  });

  test('wrong settings end it, so that the deployment fails', async () => {
    await start();
    await expect(source.start({ ...settings, AUDIT_LOG: '' })).rejects.toThrow(/ended with 1: .*AUDIT_LOG/);
  });

  test('SIGTERM ends it in good order', async () => {
    await start();
    await append('{}');
    expect(await instance.stop()).toBe(0);
  });
});

/** So many MiB of zeros, in gzip. */
async function zeros(mebibytes: number): Promise<Buffer> {
  const gzip = createGzip({ level: 9 });
  const packed: Buffer[] = [];
  gzip.on('data', (chunk: Buffer) => packed.push(chunk));
  const piece = Buffer.alloc(MIB);
  for (let i = 0; i < mebibytes; i++) {
    if (!gzip.write(piece)) await new Promise((resolve) => gzip.once('drain', resolve));
  }
  await new Promise<void>((resolve) => gzip.end(resolve));
  return Buffer.concat(packed);
}
