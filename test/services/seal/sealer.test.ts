import {
  formatCheckpoint,
  formatEndorsement,
  formatRootEntry,
  HOUR_MS,
  MAX_SHARDS_PER_ENTRY,
  openNote,
  parseRootEntry,
  parseVkey,
  type RootEntry,
  SEAL_DELAY_MS,
  sha256,
} from '../../../lib/record';
import type { PutOutcome } from '../../../lib/services/ports';
import { Sealer } from '../../../lib/services/seal/sealer';
import { verifyLog } from '../../../lib/services/verify';
import { FakeClock } from '../../fake-clock';
import { LogBuilder, SeededSigner, segmentOf } from '../../log-builder';
import { MemoryStore } from '../../memory-store';

const HOUR = Date.parse('2026-01-02T03:00:00.000Z');
const MINUTE = 60_000;

let store: MemoryStore;
let clock: FakeClock;
let builder: LogBuilder;

beforeEach(() => {
  store = new MemoryStore();
  clock = new FakeClock(HOUR + MINUTE);
  builder = new LogBuilder(store, clock);
});

function entriesOf(first: number): RootEntry[] {
  const lines = store.objects.get(builder.log.rootEntriesKey(first))?.toString().trimEnd().split('\n') ?? [];
  return lines.map(parseRootEntry);
}

async function codes(): Promise<string[]> {
  const { findings } = await verifyLog({ store, log: builder.log, key: builder.logKey.vkey, now: clock.now() });
  return findings.map(({ code, object }) => `${code} ${object}`);
}

/** A store whose next put ends as told; afterwards it is honest again. */
function doubt(part: string, isWritten: boolean): void {
  const { putOnce } = MemoryStore.prototype;
  store.putOnce = async (key, bytes): Promise<PutOutcome> => {
    if (!key.includes(part)) {
      return putOnce.call(store, key, bytes);
    }
    store.putOnce = putOnce;
    if (isWritten) {
      await putOnce.call(store, key, bytes);
    }
    return 'unknown';
  };
}

describe('the first round', () => {
  it('writes the genesis', async () => {
    await builder.seal();
    expect(entriesOf(0)).toEqual([
      {
        kind: 'genesis',
        time: '2026-01-02T03:01:00.000Z',
        format: 1,
        origin: 'acme-audit/local',
        admission: builder.admission.vkey,
        sealDelaySeconds: 900,
        retention: { mode: 'governance', days: 1 },
      },
    ]);
  });

  it('signs it with the log key', async () => {
    await builder.seal();
    const note = String(store.objects.get(builder.log.rootCheckpointKey(1)));
    expect(openNote(note, parseVkey(builder.logKey.vkey))).toMatch(/^acme-audit\/local\n1\n/);
  });

  it('seals in the same object what was written before, however long ago', async () => {
    const shard = await builder.shard(HOUR, 'early');
    await shard.append('{}');
    clock.setNow(HOUR + 100 * HOUR_MS);
    expect((await builder.seal()).size).toBe(2);
    expect(entriesOf(0).map(({ kind }) => kind)).toEqual(['genesis', 'shards']);
  });
});

describe('a round', () => {
  beforeEach(() => builder.seal());

  it('states size and root of a shard that grew', async () => {
    const shard = await builder.shard(HOUR, 'a');
    await shard.append('{}', '{}');
    await shard.append('{}');
    await clock.advance(MINUTE);
    expect(await builder.seal()).toEqual({ size: 2, added: 1, alarms: [] });
    expect(entriesOf(1)).toEqual([
      {
        kind: 'shards',
        time: '2026-01-02T03:02:00.000Z',
        shards: [
          {
            path: `date=2026-01-02/hour=03/${shard.shard}`,
            size: 3,
            root: shard.tree.root.toString('base64'),
            closed: false,
          },
        ],
      },
    ]);
  });

  it('writes nothing when nothing is new', async () => {
    await (await builder.shard(HOUR, 'a')).append('{}');
    await builder.seal();
    const before = [...store.objects.keys()];
    expect(await builder.seal()).toEqual({ size: 2, added: 0, alarms: [] });
    expect([...store.objects.keys()]).toEqual(before);
  });

  it('says nothing of a shard without entries', async () => {
    await builder.shard(HOUR, 'a');
    clock.setNow(HOUR + HOUR_MS + SEAL_DELAY_MS);
    expect((await builder.seal()).added).toBe(0);
  });

  it.each([
    ['not 1 ms before its time', -1, 0],
    ['15 minutes after its hour', 0, 1],
  ])('closes a shard %s', async (_, past, added) => {
    await (await builder.shard(HOUR, 'a')).append('{}');
    await builder.seal();
    clock.setNow(HOUR + HOUR_MS + SEAL_DELAY_MS + past);
    expect((await builder.seal()).added).toBe(added);
    expect(
      entriesOf(2).flatMap((entry) => (entry.kind === 'shards' ? entry.shards.map(({ closed }) => closed) : [])),
    ).toEqual(added === 1 ? [true] : []);
  });

  it('closes a shard once, even after days', async () => {
    await (await builder.shard(HOUR, 'a')).append('{}');
    await builder.seal();
    clock.setNow(HOUR + 50 * HOUR_MS);
    expect((await builder.seal()).added).toBe(1);
    await clock.advance(MINUTE);
    expect((await builder.seal()).added).toBe(0);
    expect((await builder.newSealer().sealOnce()).added).toBe(3);
  });

  it(`splits ${MAX_SHARDS_PER_ENTRY + 1} shards into two entries of one object`, async () => {
    for (let i = 0; i <= MAX_SHARDS_PER_ENTRY; i++) {
      await (await builder.shard(HOUR, String(i))).append('{}');
    }
    await builder.seal();
    const sizes = entriesOf(1).map((entry) => (entry.kind === 'shards' ? entry.shards.length : 0));
    expect(sizes).toEqual([MAX_SHARDS_PER_ENTRY, 1]);
    expect(await codes()).toEqual([]);
  });

  it('seals hours that a sealer who was away for days has missed', async () => {
    const shards = await Promise.all([1, 2, 3].map((hours) => builder.shard(HOUR + hours * HOUR_MS, `h${hours}`)));
    for (const shard of shards) {
      clock.setNow(shard.hour);
      await shard.append('{}');
    }
    clock.setNow(HOUR + 50 * HOUR_MS);
    await builder.newSealer().sealOnce();
    expect(entriesOf(1)).toMatchObject([{ kind: 'shards', shards: [{ size: 1 }, { size: 1 }, { size: 1 }] }]);
  });

  it('keeps its times from decreasing when the clock steps back', async () => {
    clock.setNow(HOUR);
    await (await builder.shard(HOUR, 'a')).append('{}');
    await builder.seal();
    expect(entriesOf(1)[0]?.time).toBe('2026-01-02T03:01:00.000Z');
  });

  it.each([
    ['retention', { retention: { mode: 'compliance', days: 7 } as const }],
    ['admission key', { admission: new SeededSigner('acme-audit/local/admission', 'rotated').vkey }],
  ])('states a new %s', async (_, change) => {
    const sealer = new Sealer({
      store,
      log: builder.log,
      signer: builder.logKey,
      admission: builder.admission.vkey,
      retention: { mode: 'governance', days: 1 },
      clock,
      ...change,
    });
    await sealer.sealOnce();
    expect(entriesOf(1)).toMatchObject([{ kind: 'config', ...change }]);
    expect((await sealer.sealOnce()).size).toBe(2);
    expect(await codes()).toEqual([]);
  });
});

describe('what is wrong is not sealed:', () => {
  beforeEach(() => builder.seal());

  it('a shard without endorsement', async () => {
    const shard = builder.unendorsed(HOUR, 'a');
    await shard.append('{}');
    const path = `date=2026-01-02/hour=03/${shard.shard}`;
    expect(await builder.seal()).toEqual({
      size: 1,
      added: 0,
      alarms: [{ path, reason: 'its endorsement is not there' }],
    });
  });

  it('a shard that another key endorsed', async () => {
    const shard = builder.unendorsed(HOUR, 'a');
    const mallory = new SeededSigner(builder.log.admission, 'mallory');
    const note = await mallory.note(formatEndorsement(builder.log, shard.key.vkey, HOUR, HOUR));
    await store.putOnce(shard.endorsementKey, Buffer.from(note));
    await shard.append('{}');
    expect(await builder.seal()).toMatchObject({ added: 0, alarms: [{}] });
  });

  it('a segment behind a gap', async () => {
    const shard = await builder.shard(HOUR, 'a');
    await shard.append('{}');
    await shard.append('{}');
    store.objects.delete(shard.segmentKey(0));
    const { added, alarms } = await builder.seal();
    expect(added).toBe(0);
    expect(alarms[0]?.reason).toBe('segment 1: it begins at 1 where 0 comes next');
  });

  it('a segment that continues another history', async () => {
    const shard = await builder.shard(HOUR, 'a');
    const other = shard.fork();
    await shard.append('{}');
    await builder.seal();
    other.tree.append(sha256(Buffer.from('other')));
    store.objects.set(shard.segmentKey(1), await segmentOf(builder.line({}), other.tree, shard.key));
    const { added, alarms } = await builder.seal();
    expect(added).toBe(0);
    expect(alarms[0]?.reason).toBe('segment 1: it continues another history');
  });

  it('what stands behind a wrong segment; but what stands before it is', async () => {
    const shard = await builder.shard(HOUR, 'a');
    await shard.append('{}');
    store.objects.set(shard.segmentKey(1), Buffer.from('junk'));
    const { added, alarms } = await builder.seal();
    expect(added).toBe(1);
    expect(alarms).toHaveLength(1);
  });

  it('and the alarm is raised once', async () => {
    await builder.unendorsed(HOUR, 'a').append('{}');
    expect((await builder.seal()).alarms).toHaveLength(1);
    expect((await builder.seal()).alarms).toHaveLength(0);
  });

  it('a late tail', async () => {
    const shard = await builder.shard(HOUR, 'a');
    await shard.append('{}');
    const late = builder.line({});
    clock.setNow(HOUR + HOUR_MS + SEAL_DELAY_MS);
    await builder.seal();
    await shard.appendLines(late);
    expect((await builder.seal()).added).toBe(0);
    expect((await builder.newSealer().sealOnce()).size).toBe(2);
  });
});

describe('after a crash or in doubt', () => {
  const grow = async (): Promise<void> => {
    await builder.seal();
    await (await builder.shard(HOUR, 'a')).append('{}');
  };

  it.each([
    ['entries', 'root/0', true],
    ['entries', 'root/0', false],
    ['a checkpoint', 'root/checkpoints/', true],
  ])('about %s (%s, written: %s) the log is whole after the next round', async (_, part, isWritten) => {
    await grow();
    doubt(part, isWritten);
    await builder.seal();
    expect((await builder.seal()).size).toBe(2);
    expect(await codes()).toEqual([]);
  });

  it('a checkpoint that was not written fails the round, and the next one writes it', async () => {
    await grow();
    doubt('root/checkpoints/', false);
    await expect(builder.seal()).rejects.toMatchObject({ code: 'seal-unconfirmed' });
    expect((await builder.seal()).size).toBe(2);
    expect(await codes()).toEqual([]);
  });

  it('another sealer signs entries that were claimed and left', async () => {
    await grow();
    await builder.seal();
    const note = builder.log.rootCheckpointKey(2);
    const signed = store.objects.get(note);
    store.objects.delete(note);
    expect((await builder.newSealer().sealOnce()).size).toBe(2);
    expect(store.objects.get(note)).toEqual(signed);
  });

  it('a sealer that starts anew goes on where the last one stopped', async () => {
    await grow();
    await builder.seal();
    expect(await builder.newSealer().sealOnce()).toEqual({ size: 2, added: 2, alarms: [] });
  });
});

describe('a sealer refuses to sign', () => {
  const time = (offset = 0): string => new Date(clock.now() + offset).toISOString();
  const plant = (...lines: string[]): void =>
    void store.objects.set(builder.log.rootEntriesKey(1), Buffer.from(lines.map((line) => `${line}\n`).join('')));
  const retention = { mode: 'governance', days: 1 } as const;
  const mallory = new SeededSigner('acme-audit/local/admission', 'mallory').vkey;
  const path = `date=2026-01-02/hour=03/${sha256(Buffer.from('a')).toString('hex', 0, 16)}`;
  const root = Buffer.alloc(32).toString('base64');

  beforeEach(async () => {
    await builder.seal();
    await (await builder.shard(HOUR, 'a')).append('{}', '{}');
  });

  it.each<[string, () => RootEntry]>([
    [
      'another admission key',
      () => ({ kind: 'config', time: time(), admission: mallory, sealDelaySeconds: 900, retention }),
    ],
    [
      'an acknowledgement',
      () => ({ kind: 'acknowledged', time: time(), key: 'x', version: '1', sha256: 'a'.repeat(64), reason: 'x' }),
    ],
    [
      'a root that the shard has not',
      () => ({ kind: 'shards', time: time(), shards: [{ path, size: 2, root, closed: false }] }),
    ],
    [
      'a size that no segment ends at',
      () => ({ kind: 'shards', time: time(), shards: [{ path, size: 1, root, closed: false }] }),
    ],
    [
      'a time that is far off',
      () => ({ kind: 'shards', time: time(HOUR_MS), shards: [{ path, size: 2, root, closed: false }] }),
    ],
  ])('a claim of %s', async (_, entry) => {
    plant(formatRootEntry(entry()));
    await expect(builder.seal()).rejects.toMatchObject({ code: 'root-log-broken' });
    expect(store.objects.has(builder.log.rootCheckpointKey(2))).toBe(false);
  });

  it('a claim that closes a shard too early', async () => {
    await builder.seal();
    const [entry] = entriesOf(1);
    const shard = entry?.kind === 'shards' ? entry.shards[0] : undefined;
    const line = formatRootEntry({ kind: 'shards', time: time(), shards: [{ ...shard!, closed: true }] });
    store.objects.set(builder.log.rootEntriesKey(2), Buffer.from(`${line}\n`));
    await expect(builder.seal()).rejects.toMatchObject({ code: 'root-log-broken' });
  });

  it('a claim that repeats what was closed long ago', async () => {
    clock.setNow(HOUR + HOUR_MS + SEAL_DELAY_MS);
    await builder.seal();
    const closing = String(store.objects.get(builder.log.rootEntriesKey(1)));
    clock.setNow(HOUR + 9 * HOUR_MS);
    await (await builder.shard(HOUR + 9 * HOUR_MS, 'b')).append('{}');
    await builder.seal();
    const repeated = closing.replace(/"time":"[^"]*"/, `"time":"${time()}"`);
    store.objects.set(builder.log.rootEntriesKey(3), Buffer.from(repeated));
    await expect(builder.seal()).rejects.toMatchObject({ code: 'root-log-broken' });
  });

  it('a claim that is not root entries', async () => {
    plant('{}');
    await expect(builder.seal()).rejects.toMatchObject({ code: 'root-log-broken' });
  });

  it('behind a checkpoint that signs other entries', async () => {
    const text = formatCheckpoint({ origin: builder.log.origin, size: 1, root: sha256(Buffer.from('other')) });
    store.objects.set(builder.log.rootCheckpointKey(1), Buffer.from(await builder.logKey.note(text)));
    await expect(builder.newSealer().sealOnce()).rejects.toMatchObject({ code: 'root-log-broken' });
  });

  it('in the place of entries that are gone', async () => {
    await builder.seal();
    store.objects.delete(builder.log.rootEntriesKey(1));
    await expect(builder.newSealer().sealOnce()).rejects.toMatchObject({ code: 'root-log-broken' });
  });
});
