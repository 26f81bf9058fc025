import { HOUR_MS } from '../../../lib/record';
import { exitCodeOf, MAX_FINDINGS_PER_CODE, type VerifySummary, verifyLog } from '../../../lib/services/verify';
import { FakeClock } from '../../fake-clock';
import { LogBuilder, SeededSigner } from '../../log-builder';
import { MemoryStore } from '../../memory-store';

const HOUR = Date.parse('2026-01-02T03:00:00.000Z');

describe('verifyLog', () => {
  let store: MemoryStore;
  let clock: FakeClock;
  let builder: LogBuilder;

  beforeEach(async () => {
    store = new MemoryStore();
    clock = new FakeClock(HOUR);
    builder = new LogBuilder(store, clock);
    await builder.seal();
  });

  const options = () => ({ store, log: builder.log, key: builder.logKey.vkey, now: clock.now() });

  it.each([
    ['text that is no key', 'acme-audit/local'],
    ['the key of another log', new SeededSigner('other/local', 'log').vkey],
    ['the admission key', new SeededSigner('acme-audit/local/admission', 'admission').vkey],
  ])('refuses %s', async (_, key) => {
    await expect(verifyLog({ ...options(), key })).rejects.toMatchObject({ code: 'log-key-invalid' });
  });

  it('finds every checkpoint damaged when the key is another of the same name', async () => {
    const key = new SeededSigner('acme-audit/local', 'another').vkey;
    expect((await verifyLog({ ...options(), key })).counts).toEqual({ damaged: 1 });
  });

  it('finds an empty store missing', async () => {
    store.objects.clear();
    expect((await verifyLog(options())).findings).toMatchObject([
      { code: 'missing', object: 'acme-audit/local/root/000000000000.ndjson' },
    ]);
  });

  it('does not believe young entries of a log without genesis', async () => {
    store.objects.clear();
    await (await builder.shard(HOUR, 'a')).append('{}');
    expect((await verifyLog(options())).counts).toEqual({ missing: 1 });
  });

  it('keeps a bounded number of findings of one code, and counts all', async () => {
    for (let i = 0; i <= MAX_FINDINGS_PER_CODE; i++) {
      store.objects.set(`acme-audit/local/entries/junk-${i}`, Buffer.alloc(0));
    }
    store.objects.set('acme-audit/local/root/checkpoints/000000000001.note', Buffer.from('junk'));
    const { findings, counts } = await verifyLog(options());
    expect(findings).toHaveLength(MAX_FINDINGS_PER_CODE + 1);
    expect(counts).toEqual({ damaged: 1, foreign: MAX_FINDINGS_PER_CODE + 1 });
  });

  it('throws what an outage of the store throws', async () => {
    store.getTail = () => Promise.reject(new Error('outage'));
    await expect(verifyLog(options())).rejects.toThrow('outage');
  });

  it('accepts shards of an admission key that was rotated since', async () => {
    const rotated = new SeededSigner('acme-audit/local/admission', 'rotated');
    const shard = await builder.shard(HOUR, 'old');
    await shard.append('{}');
    const other = new LogBuilder(store, clock, rotated);
    await other.seal();
    await (await other.shard(HOUR, 'new')).append('{}');
    await other.seal();
    const { findings, summary } = await verifyLog(options());
    expect(findings).toEqual([]);
    expect(summary.shards).toBe(2);
  });

  it('tells its progress, which ends at the summary', async () => {
    for (const name of ['a', 'b']) {
      await (await builder.shard(HOUR, name)).append('{}');
    }
    await builder.seal();
    const told: VerifySummary[] = [];
    const { summary } = await verifyLog({ ...options(), onProgress: (each) => told.push(each) });
    expect(told.map(({ rootSize, shards }) => [rootSize, shards])).toEqual([
      [1, 0],
      [2, 0],
      [2, 1],
      [2, 2],
    ]);
    expect(told.at(-1)).toEqual(summary);
  });

  it('finds what was written while it was listing', async () => {
    const shard = await builder.shard(HOUR, 'a');
    for (let i = 0; i < 3; i++) {
      await shard.append('{}');
    }
    await builder.seal();
    const { list } = MemoryStore.prototype;
    store.list = async function* (prefix, after) {
      for await (const object of list.call(store, prefix, after)) {
        if (![shard.segmentKey(1), shard.endorsementKey, builder.log.rootCheckpointKey(2)].includes(object.key)) {
          yield object;
        }
      }
    };
    expect((await verifyLog(options())).findings).toEqual([]);
  });

  it('judges by the time that it is given', async () => {
    await (await builder.shard(HOUR, 'a')).append('{}');
    expect((await verifyLog(options())).counts).toEqual({});
    expect((await verifyLog({ ...options(), now: HOUR + 2 * HOUR_MS })).counts).toEqual({ unsealed: 1 });
  });
});

describe('exitCodeOf', () => {
  it.each([
    [{}, 0],
    [{ lag: 3 }, 0],
    [{ damaged: 1 }, 1],
    [{ lag: 1, foreign: 1 }, 1],
  ] as const)('of %j is %i', (counts, code) => {
    expect(exitCodeOf(counts)).toBe(code);
  });
});
