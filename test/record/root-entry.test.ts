import { formatRootEntry, MAX_SHARDS_PER_ENTRY, Malformed, parseRootEntry, type RootEntry } from '../../lib/record';
import { FixedKey } from './fixed-key';

const TIME = '2026-10-16T23:00:00.000Z';
const ADMISSION = new FixedKey('acme/local/admission').vkey;
const RETENTION = { mode: 'governance', days: 1 } as const;
const SHARD = {
  path: `date=2026-10-16/hour=23/${'a'.repeat(32)}`,
  size: 3,
  root: Buffer.alloc(32, 7).toString('base64'),
  closed: false,
};

const GENESIS = {
  kind: 'genesis',
  time: TIME,
  format: 1,
  origin: 'acme/local',
  admission: ADMISSION,
  sealDelaySeconds: 900,
  retention: RETENTION,
} as const;
const CONFIG = {
  kind: 'config',
  time: TIME,
  admission: ADMISSION,
  sealDelaySeconds: 900,
  retention: RETENTION,
} as const;
const SHARDS = { kind: 'shards', time: TIME, shards: [SHARD] } as const;
const ACKNOWLEDGED = {
  kind: 'acknowledged',
  time: TIME,
  key: 'k',
  version: 'v',
  sha256: 'a'.repeat(64),
  reason: 'r',
} as const;
const ALL: RootEntry[] = [GENESIS, CONFIG, SHARDS, ACKNOWLEDGED];

describe.each(ALL)('$kind', (entry) => {
  it('has its fields in order', () => {
    expect(formatRootEntry(entry)).toBe(JSON.stringify(entry));
  });

  it('is written in order whatever the order given', () => {
    const reversed = Object.fromEntries(Object.entries(entry).reverse()) as unknown as RootEntry;
    expect(formatRootEntry(reversed)).toBe(JSON.stringify(entry));
  });

  it('is read as it was written', () => {
    expect(parseRootEntry(JSON.stringify(entry))).toEqual(entry);
  });

  it('is refused with any field missing, of another type, or moved to the end', () => {
    for (const [name, value] of Object.entries(entry)) {
      const { [name]: _, ...rest } = entry as unknown as Record<string, unknown>;
      const wrong = [null, 7.5, {}, [], true, 'x'].filter(
        (other) => typeof other !== 'string' || typeof value !== 'string',
      );
      const lines = [rest, ...wrong.map((other) => ({ ...entry, [name]: other }))].map((e) => JSON.stringify(e));
      if (name !== Object.keys(entry).at(-1)) {
        lines.push(JSON.stringify({ ...rest, [name]: value }));
      }
      for (const line of lines) {
        expect(() => parseRootEntry(line)).toThrow(Malformed);
      }
    }
  });

  it('is refused with a further field or white space', () => {
    expect(() => parseRootEntry(JSON.stringify({ ...entry, x: 1 }))).toThrow(Malformed);
    expect(() => parseRootEntry(` ${JSON.stringify(entry)}`)).toThrow(Malformed);
    expect(() => parseRootEntry(JSON.stringify(entry).replace(',', ', '))).toThrow(Malformed);
  });

  it.each(['2026-10-16T23:00:00Z', '2026-02-30T00:00:00.000Z', 'now', ''])('is refused at %j', (time) => {
    expect(() => parseRootEntry(JSON.stringify({ ...entry, time }))).toThrow(Malformed);
  });
});

describe('refuses', () => {
  it.each([
    ['another format', { ...GENESIS, format: 2 }],
    ['an origin that is no log', { ...GENESIS, origin: 'acme' }],
    ['a broken admission key', { ...GENESIS, admission: 'vkey' }],
    ['a seal delay of 0', { ...CONFIG, sealDelaySeconds: 0 }],
    ['negative days', { ...CONFIG, retention: { mode: 'compliance', days: -1 } }],
    ['days in part', { ...CONFIG, retention: { mode: 'compliance', days: 0.5 } }],
    ['another mode', { ...CONFIG, retention: { mode: 'none', days: 1 } }],
    ['a retention with more in it', { ...CONFIG, retention: { mode: 'compliance', days: 1, x: 1 } }],
    ['an unknown kind', { kind: 'x', time: TIME }],
    ['a hash of 63 digits', { ...ACKNOWLEDGED, sha256: 'a'.repeat(63) }],
    ['no shard', { ...SHARDS, shards: [] }],
    ['a shard without entries', { ...SHARDS, shards: [{ ...SHARD, size: 0 }] }],
    ['a size in part', { ...SHARDS, shards: [{ ...SHARD, size: 1.5 }] }],
    ['a size as text', { ...SHARDS, shards: [{ ...SHARD, size: '3' }] }],
    ['a root of 31 bytes', { ...SHARDS, shards: [{ ...SHARD, root: Buffer.alloc(31).toString('base64') }] }],
    ['a root that is not strict base64', { ...SHARDS, shards: [{ ...SHARD, root: SHARD.root.replace('c=', 'd=') }] }],
    ['a path that is none', { ...SHARDS, shards: [{ ...SHARD, path: 'x' }] }],
    ['closed as text', { ...SHARDS, shards: [{ ...SHARD, closed: 'no' }] }],
    ['a shard that is null', { ...SHARDS, shards: [null] }],
  ])('%s', (_, entry) => {
    expect(() => parseRootEntry(JSON.stringify(entry))).toThrow(Malformed);
  });

  it.each(['', 'null', '[]', '7', '"shards"', '{}', '{"kind":"shards"}', '['.repeat(100_000)])('%.20j', (line) => {
    expect(() => parseRootEntry(line)).toThrow(Malformed);
  });

  it('deep nesting where text belongs', () => {
    const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;
    expect(() => parseRootEntry(JSON.stringify(ACKNOWLEDGED).replace('"r"', deep))).toThrow(Malformed);
  });
});

it('has room for 256 shards, not for 257', () => {
  const line = (n: number) => JSON.stringify({ ...SHARDS, shards: Array.from({ length: n }, () => SHARD) });
  expect(MAX_SHARDS_PER_ENTRY).toBe(256);
  expect(parseRootEntry(line(256))).toMatchObject({ kind: 'shards' });
  expect(() => parseRootEntry(line(257))).toThrow(Malformed);
});
