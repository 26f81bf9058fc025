import { HOUR_MS, sha256 } from '../../lib/record';
import type { LockReader, ObjectLock, ObjectStore } from '../../lib/services/ports';
import { type Verification, verifyLog } from '../../lib/services/verify';
import { FakeClock } from '../fake-clock';
import { LogBuilder, type ShardBuilder } from '../log-builder';

const HOUR = Date.parse('2026-01-02T03:00:00.000Z');
const MINUTE = 60_000;
const DAY = 24 * HOUR_MS;

/** A store with versions and locks, and what its owner, or an attacker, can do to it. */
export interface LockedStore {
  readonly store: ObjectStore & LockReader;
  /** The bytes that a key shows. */
  readonly shown: (key: string) => Buffer;
  /** Makes another version, whatever is there. */
  readonly put: (key: string, bytes: Buffer) => void;
  /** Deletes what a key shows, as far as a lock allows it: the version stays. */
  readonly hide: (key: string) => void;
  /** Gives the version that a key shows another lock, or none. */
  readonly lock: (key: string, lock?: ObjectLock) => void;
  /** How each new version is locked from now on. */
  readonly lockNew: (mode: ObjectLock['mode'], days: number) => void;
  /** Whether it shows that a key was hidden when it was written again with the same bytes. */
  readonly keepsMarkers: boolean;
  /** Makes the next readings of locks fail. */
  readonly breakDown: () => void;
  readonly close: () => Promise<void>;
}

/** What verification says of every store with versions and locks. */
export function lockConformance(name: string, open: (now: () => number) => Promise<LockedStore>): void {
  describe(`the locks of ${name}`, () => {
    let clock: FakeClock;
    let cloud: LockedStore;
    let log: LogBuilder;
    let shard: ShardBuilder;

    /** A sealed log of one segment, in a bucket that locks for as long as the log promises: a day, in governance mode or better. */
    beforeEach(async () => {
      clock = new FakeClock(HOUR + MINUTE);
      cloud = await open(() => clock.now());
      cloud.lockNew('governance', 1);
      log = new LogBuilder(cloud.store, clock);
      await log.seal();
      shard = await log.shard(HOUR, 'first');
      await shard.append('{"n":1}', '{"n":2}');
      await clock.advance(MINUTE);
      await log.seal();
    });
    afterEach(() => cloud.close());

    function verify(now = clock.now()): Promise<Verification> {
      return verifyLog({ store: cloud.store, log: log.log, key: log.logKey.vkey, now });
    }

    async function codes(): Promise<string[]> {
      return (await verify()).findings.map(({ code, object }) => `${code} ${object}`);
    }

    const segment = () => shard.segmentKey(0);
    const genesis = () => log.log.rootEntriesKey(0);

    describe('a bucket that locks as promised', () => {
      it('has no finding', async () => {
        expect(await codes()).toEqual([]);
      });

      it('is summed up: every version, and the earliest end of a lock', async () => {
        const { locks } = (await verify()).summary;
        expect(locks).toEqual({ versions: 6, until: HOUR + MINUTE + DAY });
      });

      it('has no finding when its locks are in compliance mode', async () => {
        cloud.lock(segment(), { mode: 'compliance', until: HOUR + 2 * DAY });
        expect(await codes()).toEqual([]);
      });

      it('has no finding when the time of its locks is over', async () => {
        await clock.advance(3 * DAY);
        expect((await verify()).findings.filter(({ code }) => code === 'unlocked')).toEqual([]);
      });
    });

    describe('unlocked', () => {
      it('names an object without a lock', async () => {
        cloud.lock(segment());
        expect(await codes()).toEqual([`unlocked ${segment()}`]);
      });

      it.each([
        ['a segment', segment],
        ['an endorsement', () => shard.endorsementKey],
        ['root entries', genesis],
        ['a checkpoint of the root', () => log.log.rootCheckpointKey(1)],
      ])('names %s with a lock that is half a day short', async (_, key) => {
        cloud.lock(key(), { mode: 'governance', until: HOUR + DAY / 2 });
        expect(await codes()).toEqual([`unlocked ${key()}`]);
      });

      it('does not name a lock that the clocks of store and node set apart by less than the seal delay', async () => {
        cloud.lock(segment(), { mode: 'governance', until: HOUR + DAY - 14 * MINUTE });
        expect(await codes()).toEqual([]);
      });

      it('names a lock in governance mode where the log promises compliance', async () => {
        const other = new FakeClock(HOUR + MINUTE);
        const strict = await open(() => other.now());
        strict.lockNew('compliance', 1);
        const strictLog = new LogBuilder(strict.store, other);
        await strictLog.newSealer({ mode: 'compliance', days: 1 }).sealOnce();
        const key = strictLog.log.rootEntriesKey(0);
        strict.lock(key, { mode: 'governance', until: HOUR + 2 * DAY });
        const options = { store: strict.store, log: strictLog.log, key: strictLog.logKey.vkey, now: other.now() };
        const { findings } = await verifyLog(options);
        expect(findings.map(({ code, object }) => [code, object])).toEqual([['unlocked', key]]);
        await strict.close();
      });

      it('asks of an object only what was promised when it was written, after the promise has grown', async () => {
        await clock.advance(HOUR_MS);
        cloud.lockNew('governance', 30);
        await log.newSealer({ mode: 'governance', days: 30 }).sealOnce();
        expect(await codes()).toEqual([]);
        const late = await log.shard(HOUR + 2 * HOUR_MS, 'late');
        await clock.advance(HOUR_MS);
        await late.append('{"n":3}');
        expect(await codes()).toEqual([]);
        cloud.lock(late.segmentKey(0), { mode: 'governance', until: HOUR + 4 * DAY });
        expect(await codes()).toEqual([`unlocked ${late.segmentKey(0)}`]);
      });

      it('is no finding about a foreign object', async () => {
        const key = `${log.log.prefix}entries/foreign`;
        cloud.put(key, Buffer.from('x'));
        cloud.lock(key);
        expect(await codes()).toEqual([`foreign ${key}`]);
      });
    });

    describe('hidden', () => {
      it('names an object behind a delete marker, which is missing besides', async () => {
        cloud.hide(segment());
        expect(await codes()).toEqual([`missing ${segment()}`, `hidden ${segment()}`]);
      });

      it('names a key that was written again behind a delete marker, where markers stay: nothing is lost', async () => {
        const bytes = cloud.shown(segment());
        cloud.hide(segment());
        expect(await cloud.store.putOnce(segment(), bytes)).toBe('written');
        expect(await codes()).toEqual(cloud.keepsMarkers ? [`hidden ${segment()}`] : []);
      });

      it('names an object that a newer version hides', async () => {
        const endorsement = cloud.shown(shard.endorsementKey);
        cloud.put(shard.endorsementKey, Buffer.concat([endorsement, Buffer.from('x')]));
        expect(await codes()).toEqual(expect.arrayContaining([`hidden ${shard.endorsementKey}`]));
      });

      it('is no finding when the older version has the same bytes', async () => {
        cloud.put(segment(), cloud.shown(segment()));
        expect(await codes()).toEqual([]);
      });

      it('is no finding when a marker was placed after the hour and its retention', async () => {
        await clock.advance(2 * DAY);
        cloud.hide(segment());
        expect((await codes()).filter((line) => line.startsWith('hidden'))).toEqual([]);
      });
    });

    describe('forked', () => {
      it('names a key with two versions that its shard signed', async () => {
        const other = await log.shard(HOUR, 'first');
        cloud.hide(segment());
        await other.append('{"n":"another history"}');
        expect(await codes()).toEqual(expect.arrayContaining([`forked ${segment()}`]));
      });

      it('names a checkpoint with two versions that the log key signed', async () => {
        const key = log.log.rootCheckpointKey(1);
        const twin = new LogBuilder(cloud.store, clock);
        const note = cloud.shown(key).toString();
        const root = sha256(Buffer.from('another history')).toString('base64');
        const text = `${note.split('\n').slice(0, 2).join('\n')}\n${root}\n`;
        cloud.put(key, Buffer.from(await twin.logKey.note(text)));
        expect(await codes()).toEqual(expect.arrayContaining([`forked ${key}`]));
      });

      it('is not said of a newer version that nobody signed: that is hidden', async () => {
        const key = log.log.rootCheckpointKey(1);
        cloud.put(key, Buffer.from('unsigned'));
        expect(await codes()).toEqual(expect.arrayContaining([`hidden ${key}`]));
      });
    });

    describe('time-mismatch', () => {
      it.each([
        [-16, 'before'],
        [16, 'after'],
      ])('names a segment that the store got %i minutes (%s) what its entries say', async (minutes) => {
        const late = await log.shard(HOUR, 'late');
        const line = log.line({ received: clock.now() - minutes * MINUTE, json: '{}' });
        clock.setNow(HOUR + 30 * MINUTE);
        const written = log.line({ received: clock.now() - minutes * MINUTE, json: '{}' });
        expect(line).not.toBe(written);
        await late.appendLines(written);
        expect(await codes()).toEqual([`time-mismatch ${late.segmentKey(0)}`]);
      });

      it('is not said of a difference of less than the seal delay', async () => {
        const late = await log.shard(HOUR, 'late');
        clock.setNow(HOUR + 30 * MINUTE);
        await late.appendLines(log.line({ received: clock.now() - 14 * MINUTE, json: '{}' }));
        expect(await codes()).toEqual([]);
      });
    });

    it('an outage while locks are read is no finding', async () => {
      cloud.breakDown();
      await expect(verify()).rejects.toThrow();
    });
  });
}
