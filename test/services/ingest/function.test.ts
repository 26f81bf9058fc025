import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, inflateRawSync } from 'node:zlib';
import { toEnv } from '../../../lib/services/ingest/config';
import { leafOf } from '../identity/leaf';
import { send } from './http-client';
import { makeNodeFolder, type NodeFolder } from './node-fixture';

const ARCHIVE = join(__dirname, '../../../dist/bundles/ingest-function.zip');

/** What Cloud Run functions do with an unpacked archive: read each body, then call the entry point that the archive exports. */
const FRAMEWORK = `
  const { handler } = require(process.argv[2]);
  require('node:http').createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    request.rawBody = Buffer.concat(chunks);
    await handler(request, response);
  }).listen(process.argv[3], () => console.log('listening'));
`;

let folder: NodeFolder;
let unpacked: string;
let called: ChildProcess;
let socket: string;

beforeEach(async () => {
  folder = await makeNodeFolder({ writerSource: 'gclb-mtls' });
  unpacked = mkdtempSync(join(tmpdir(), 'ingest-function-'));
  socket = join(unpacked, 'function.sock');
  for (const [name, content] of filesIn(readFileSync(ARCHIVE))) writeFileSync(join(unpacked, name), content);
  writeFileSync(join(unpacked, 'framework.js'), FRAMEWORK);
  called = spawn(process.execPath, [join(unpacked, 'framework.js'), unpacked, socket], {
    env: toEnv(folder.settings),
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  await once(called.stdout as NodeJS.ReadableStream, 'data');
});

afterEach(async () => {
  called.kill('SIGKILL');
  await once(called, 'exit');
  rmSync(unpacked, { recursive: true });
  await folder.remove();
});

/** The files of an archive, by its local headers (PKWARE's APPNOTE, section 4.3.7). */
function filesIn(archive: Buffer): [string, Buffer][] {
  const files: [string, Buffer][] = [];
  for (let at = 0; archive.readUInt32LE(at) === 0x04034b50; ) {
    const [sum, packed, nameLength] = [
      archive.readUInt32LE(at + 14),
      archive.readUInt32LE(at + 18),
      archive.readUInt16LE(at + 26),
    ];
    const start = at + 30 + nameLength;
    const content = inflateRawSync(archive.subarray(start, start + packed));
    expect(crc32(content)).toBe(sum);
    files.push([archive.toString('utf8', at + 30, start), content]);
    at = start + packed;
  }
  return files;
}

/** The headers that the load balancer sets for a client with a certificate. */
async function certified(): Promise<Record<string, string>> {
  const pem = decodeURIComponent(await leafOf('CN=agent', ['spiffe://acme/agent']));
  return {
    'Content-Type': 'application/json',
    'X-Client-Cert-Present': 'true',
    'X-Client-Cert-Chain-Verified': 'true',
    'X-Client-Cert-Leaf': `:${pem.replace(/-----[A-Z ]+-----|\s/g, '')}:`,
  };
}

const append = (headers: Record<string, string>) =>
  send(socket, { method: 'POST', path: '/v1/events', headers, body: '{"n":1.10}' });

test('the archive that Google builds takes an event, and acknowledges it when it is stored', async () => {
  expect((await append(await certified())).status).toBe(200);
  expect(await folder.stored()).toEqual(['{"n":1.10}']);
});

test('a client without a certificate is refused', async () => {
  const { 'X-Client-Cert-Present': _, ...headers } = await certified();
  expect((await append(headers)).status).toBe(401);
  expect(await folder.stored()).toEqual([]);
});
