import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { eachLine, LogName, parseEntry, parseRootEntry, parseSegment } from '../lib/record';
import { verifyLog } from '../lib/services/verify';
import { buildGoldenLog } from './golden-log';
import { MemoryStore } from './memory-store';

const FOLDER = join(__dirname, 'golden', 'v1');
const LOG = new LogName('acme-audit', 'local');
const NOW = Date.parse('2026-01-02T06:00:00.000Z');

function read(name: string): Buffer {
  return readFileSync(join(FOLDER, name));
}

function readLines(name: string): string[] {
  return read(name).toString().split('\n').slice(0, -1);
}

function readStore(): MemoryStore {
  const store = new MemoryStore();
  const root = join(FOLDER, 'store');
  for (const entry of readdirSync(root, { withFileTypes: true, recursive: true }).filter((each) => each.isFile())) {
    const path = join(entry.parentPath, entry.name);
    store.objects.set(relative(root, path).split(sep).join('/'), readFileSync(path));
  }
  return store;
}

async function* receipts(): AsyncIterable<string> {
  yield* readLines('receipts.ndjson');
}

function verify(store: MemoryStore) {
  return verifyLog({ store, log: LOG, key: read('log.vkey').toString().trim(), receipts: receipts(), now: NOW });
}

describe('the golden log of format 1', () => {
  it('verifies, whole', async () => {
    const { findings, summary } = await verify(readStore());
    expect(findings).toEqual([]);
    expect(summary).toMatchObject({
      entries: readLines('events.ndjson').length + 5,
      shards: 3,
      segments: 5,
      receipts: 3,
      pending: { entries: 0, rootEntries: 0, receipts: 0 },
    });
  });

  it('no longer verifies with a bit of any object flipped', async () => {
    for (const key of readStore().objects.keys()) {
      const store = readStore();
      const bytes = store.objects.get(key) as Buffer;
      const at = bytes.length >> 1;
      bytes[at] = Number(bytes[at]) ^ 4;
      expect([key, (await verify(store)).findings.length]).not.toEqual([key, 0]);
    }
  });

  it('holds every event byte for byte', () => {
    const stored: string[] = [];
    for (const [key, bytes] of readStore().objects) {
      if (LOG.parseKey(key)?.kind === 'segment') {
        eachLine(parseSegment(bytes).lines, (line) => {
          const { kind, json } = parseEntry(line.toString());
          stored.push(...(kind === 'event' ? [json] : []));
        });
      }
    }
    expect(stored).toEqual(expect.arrayContaining(readLines('events.ndjson')));
  });

  it('has every kind of root entry that is written', () => {
    const entries = [...readStore().objects]
      .filter(([key]) => LOG.parseKey(key)?.kind === 'root-entries')
      .flatMap(([, bytes]) => bytes.toString().split('\n').slice(0, -1).map(parseRootEntry));
    expect(new Set(entries.map(({ kind }) => kind))).toEqual(new Set(['genesis', 'shards', 'config']));
  });

  it('is what we write today, but for the compression of segments', async () => {
    const store = new MemoryStore();
    const { vkey, receipts: lines, end } = await buildGoldenLog(store, readLines('events.ndjson'));
    const golden = readStore().objects;
    expect([vkey, lines, end]).toEqual([read('log.vkey').toString().trim(), readLines('receipts.ndjson'), NOW]);
    expect([...store.objects.keys()].sort()).toEqual([...golden.keys()].sort());
    for (const [key, bytes] of store.objects) {
      expect([key, comparable(key, bytes)]).toEqual([key, comparable(key, golden.get(key) as Buffer)]);
    }
  });
});

/** What every version of zlib makes alike. */
function comparable(key: string, bytes: Buffer): unknown {
  if (LOG.parseKey(key)?.kind !== 'segment') {
    return bytes;
  }
  const { lines, tail } = parseSegment(bytes);
  return [lines, tail.checkpoint, tail.frontier];
}
