import { HOUR_MS, SEAL_DELAY_MS } from '../../../lib/record';
import { exitCodeOf, type Verification, verifyLog } from '../../../lib/services/verify';
import { FakeClock } from '../../fake-clock';
import { LogBuilder, type ShardBuilder } from '../../log-builder';
import { MemoryStore } from '../../memory-store';
import { S3Fixture } from '../../s3-server/s3-fixture';

const HOUR = Date.parse('2026-01-02T03:00:00.000Z');
const MINUTE = 60_000;
const LAG = HOUR_MS;

describe('of a replica, verification', () => {
  let clock: FakeClock;
  let source: MemoryStore;
  let log: LogBuilder;
  let shard: ShardBuilder;
  let replica: MemoryStore;
  let receipts: string[];
  /** When each round sealed. */
  let rounds: number[];

  /** A log of one shard with the segments 0, 1 and 2, sealed one by one a minute apart, and nothing in the replica. */
  beforeEach(async () => {
    clock = new FakeClock(HOUR + MINUTE);
    rounds = [];
    receipts = [];
    source = new MemoryStore();
    replica = new MemoryStore();
    log = new LogBuilder(source, clock);
    await seal();
    shard = await log.shard(HOUR, 'first');
    for (const n of [1, 2, 3]) {
      receipts.push(await shard.append(`{"n":${n}}`));
      await clock.advance(MINUTE);
      await seal();
    }
  });

  async function seal(): Promise<void> {
    rounds.push(clock.now());
    await log.seal();
  }

  /** Copies all objects but those. */
  function replicate(...but: readonly string[]): void {
    for (const [key, bytes] of source.objects) {
      if (!but.includes(key)) replica.objects.set(key, bytes);
    }
  }

  async function verify(...lines: string[]): Promise<Verification> {
    async function* stream() {
      yield* lines;
    }
    const options = { store: replica, log: log.log, key: log.logKey.vkey, now: clock.now() };
    return verifyLog({ ...options, receipts: stream(), replicaLagMs: LAG });
  }

  const codes = async (...lines: string[]) =>
    (await verify(...lines)).findings.map(({ code, object }) => `${code} ${object}`);
  const completeUntil = async () => (await verify()).summary.completeUntil;
  const segment = (first: number) => shard.segmentKey(first);
  const entries = (first: number) => log.log.rootEntriesKey(first);
  const note = (size: number) => log.log.rootCheckpointKey(size);

  it('finds nothing in one that has everything, and says that it is complete up to the newest seal', async () => {
    replicate();
    expect(await codes(...receipts)).toEqual([]);
    expect((await verify(...receipts)).summary).toMatchObject({ entries: 3, receipts: 3, rootSize: 4 });
    expect(await completeUntil()).toBe(rounds[3]);
  });

  it('says of an empty one that its genesis is missing, and that it is complete up to no time', async () => {
    expect(await codes()).toEqual([`missing ${entries(0)}`]);
    expect(await completeUntil()).toBe(0);
  });

  describe.each([
    ['the last segment', () => [segment(2)], () => segment(2), () => rounds[2]],
    ['a segment before others', () => [segment(1)], () => segment(1), () => rounds[1]],
    ['the first segment', () => [segment(0)], () => segment(0), () => rounds[0]],
    [
      'all of a shard',
      () => [segment(0), segment(1), segment(2), shard.endorsementKey],
      () => segment(0),
      () => rounds[0],
    ],
    ['an endorsement', () => [shard.endorsementKey], () => shard.endorsementKey, () => rounds[0]],
    ['root entries before others', () => [entries(2)], () => entries(2), () => rounds[1]],
    ['root entries at the end, whose checkpoint is there', () => [entries(3)], () => entries(3), () => rounds[2]],
    ['a checkpoint before others', () => [note(2)], () => note(2), () => rounds[3]],
  ])('without %s', (_, absent, object, complete) => {
    beforeEach(() => replicate(...absent()));

    it('finds lag, which is no damage', async () => {
      expect(await codes()).toEqual([`lag ${object()}`]);
      expect(exitCodeOf((await verify()).counts)).toBe(0);
    });

    it('says how far it is complete', async () => {
      expect(await completeUntil()).toBe(complete());
    });

    it('finds damage once it has been absent for longer than replication may take', async () => {
      clock.setNow((rounds[3] as number) + LAG);
      expect(exitCodeOf((await verify()).counts)).toBe(object() === segment(2) ? 0 : 1);
      clock.setNow((rounds[3] as number) + LAG + 1);
      const found = await codes();
      expect(found).not.toContain(`lag ${object()}`);
      expect(found[0]).toMatch(/^(missing|unendorsed) /);
    });

    it('finds nothing once it is there', async () => {
      replicate();
      expect(await codes()).toEqual([]);
    });
  });

  it('judges each absence by when it was sealed, however much was sealed since', async () => {
    for (let minute = 0; minute < 70; minute += 5) {
      await clock.advance(5 * MINUTE);
      if (clock.now() < HOUR + 50 * MINUTE) await shard.append('{}');
      await seal();
    }
    replicate(segment(0));
    expect(await codes()).toEqual([`missing ${segment(0)}`]);
  });

  it('finds the oldest absence damage where a young one would be lag', async () => {
    await clock.advance(40 * MINUTE);
    await shard.append('{}');
    await clock.advance(MINUTE);
    await seal();
    clock.setNow((rounds[4] as number) + LAG - 1);
    replicate(segment(1), segment(3));
    expect(await codes()).toEqual([`missing ${segment(1)}`, `lag ${segment(3)}`]);
  });

  it('does not take an old gap of the root for lag because forged young entries stand before it', async () => {
    await clock.advance(3 * HOUR_MS);
    await (await log.shard(HOUR + 3 * HOUR_MS, 'later')).append('{}');
    await seal();
    replicate(entries(2), entries(3), note(3), note(4));
    const forged = source.objects.get(entries(4))?.toString() as string;
    replica.objects.set(entries(2), Buffer.from(forged));
    expect(await codes()).toContain(`missing ${entries(3)}`);
  });

  it('takes entries of the root without a checkpoint for pending, until they are too old', async () => {
    replicate(note(4));
    clock.setNow((rounds[3] as number) + SEAL_DELAY_MS + LAG);
    expect(await codes()).toEqual([]);
    expect((await verify()).summary.pending.rootEntries).toBe(1);
    expect(await completeUntil()).toBe(rounds[2]);
    await clock.advance(1);
    expect(await codes()).toContain(`unsealed ${entries(3)}`);
  });

  it('takes segments that its root does not know yet for pending, until their hour is long over', async () => {
    replicate(entries(3), note(4));
    clock.setNow(HOUR + HOUR_MS + SEAL_DELAY_MS + LAG);
    expect(await codes()).toEqual([]);
    expect((await verify()).summary.pending.entries).toBe(1);
    await clock.advance(1);
    expect(await codes()).toEqual([`unsealed ${segment(2)}`]);
  });

  it('takes a hole that its root does not know yet for lag, until its hour is long over', async () => {
    replicate(segment(1), entries(2), entries(3), note(3), note(4));
    clock.setNow(HOUR + HOUR_MS + SEAL_DELAY_MS + LAG);
    expect(await codes()).toEqual([`lag ${segment(1)}`]);
    await clock.advance(1);
    expect(await codes()).toContain(`missing ${segment(1)}`);
  });

  it('does not wait for an endorsement of an hour that has not begun', async () => {
    replicate();
    replica.objects.set(log.log.segmentKey(HOUR + 2 * HOUR_MS, shard.shard, 0), Buffer.from('x'));
    expect(await codes()).toEqual([`unendorsed ${log.log.endorsementKey(HOUR + 2 * HOUR_MS, shard.shard)}`]);
  });

  describe('of receipts', () => {
    it('counts those as pending whose entries are not there yet', async () => {
      replicate(segment(1));
      const { counts, summary } = await verify(...receipts);
      expect(counts).toEqual({ lag: 1 });
      expect([summary.receipts, summary.pending.receipts]).toEqual([2, 1]);
    });

    it('counts those as pending that nothing in the replica knows yet', async () => {
      replicate(segment(2), entries(3), note(4));
      clock.setNow((rounds[2] as number) + SEAL_DELAY_MS + LAG);
      expect(await codes(...receipts)).toEqual([]);
      expect((await verify(...receipts)).summary.pending.receipts).toBe(1);
    });

    it('finds those withheld that nothing in the replica knows for too long', async () => {
      replicate(segment(2), entries(3), note(4));
      clock.setNow((rounds[2] as number) + SEAL_DELAY_MS + LAG + 1);
      expect(await codes(receipts[2] as string)).toEqual(['withheld receipt line 1']);
    });

    it('finds those missing whose entries were sealed long ago', async () => {
      replicate(segment(1));
      clock.setNow((rounds[2] as number) + LAG + 1);
      expect(await codes(...receipts)).toEqual([`missing ${segment(1)}`, 'missing receipt line 2']);
    });
  });

  describe('is as strict as of the log itself:', () => {
    it.each([
      ['a flipped bit of a segment', () => segment(2), 'damaged'],
      ['a flipped bit of a checkpoint', () => note(4), 'damaged'],
      ['a flipped bit of an endorsement', () => shard.endorsementKey, 'unendorsed'],
    ])('%s', async (_, key, code) => {
      replicate();
      const bytes = Buffer.from(source.objects.get(key()) as Buffer);
      bytes[60] = (bytes[60] as number) ^ 1;
      replica.objects.set(key(), bytes);
      expect((await codes())[0]).toBe(`${code} ${key()}`);
      expect(exitCodeOf((await verify()).counts)).toBe(1);
    });

    it('a foreign object', async () => {
      replicate();
      replica.objects.set(`${log.log.prefix}entries/junk`, Buffer.from('x'));
      expect(await codes()).toEqual([`foreign ${log.log.prefix}entries/junk`]);
    });

    it('an absence when nobody says that it is a replica', async () => {
      replicate(segment(2));
      const { counts, summary } = await verifyLog({
        store: replica,
        log: log.log,
        key: log.logKey.vkey,
        now: clock.now(),
      });
      expect(counts).toEqual({ missing: 1 });
      expect(summary).not.toHaveProperty('completeUntil');
    });
  });
});

it('finds lag on S3, where a replica keeps the time of its source, and locks', async () => {
  const clock = new FakeClock(HOUR + MINUTE);
  const source = await S3Fixture.start({ now: () => clock.now(), pageSize: 3, mode: 'GOVERNANCE' });
  const log = new LogBuilder(source.store, clock);
  const shard = await log.shard(HOUR, 'first');
  await shard.append('{"n":1}');
  await log.seal();
  await clock.advance(MINUTE);
  await shard.append('{"n":2}');
  await log.seal();
  source.bucket.erase(source.fullName(shard.segmentKey(1)));
  const options = { store: source.store, log: log.log, key: log.logKey.vkey, replicaLagMs: LAG };
  await clock.advance(LAG);
  expect((await verifyLog({ ...options, now: clock.now() })).counts).toEqual({ lag: 1 });
  expect((await verifyLog({ ...options, now: clock.now() + 1 })).counts).toEqual({ missing: 1 });
  await source.server.close();
});

it('finds a lock in a replica that is shorter than the log promised', async () => {
  const clock = new FakeClock(HOUR + MINUTE);
  const { store, server, bucket } = await S3Fixture.start({ now: () => clock.now(), mode: 'GOVERNANCE' });
  const log = new LogBuilder(store, clock);
  await log.seal();
  const key = log.log.rootEntriesKey(0);
  const object = bucket.find(`logs/${key}`);
  if (object !== undefined) object.retention = { mode: 'GOVERNANCE', until: HOUR + HOUR_MS };
  const { counts } = await verifyLog({
    store,
    log: log.log,
    key: log.logKey.vkey,
    now: clock.now(),
    replicaLagMs: LAG,
  });
  expect(counts).toEqual({ unlocked: 1 });
  await server.close();
});
