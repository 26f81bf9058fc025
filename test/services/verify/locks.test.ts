import { HOUR_MS, sha256 } from '../../../lib/record';
import { type Verification, verifyLog } from '../../../lib/services/verify';
import { FakeClock } from '../../fake-clock';
import { LogBuilder, type ShardBuilder } from '../../log-builder';
import { S3Error } from '../../s3-server/s3-error';
import { S3Fixture } from '../../s3-server/s3-fixture';

const HOUR = Date.parse('2026-01-02T03:00:00.000Z');
const MINUTE = 60_000;
const DAY = 24 * HOUR_MS;

let clock: FakeClock;
let s3: S3Fixture;
let log: LogBuilder;
let shard: ShardBuilder;

/** A sealed log of one segment, in a bucket that locks for as long as the log promises: a day, in governance mode or better. */
beforeEach(async () => {
  clock = new FakeClock(HOUR + MINUTE);
  s3 = await S3Fixture.start({ now: () => clock.now(), mode: 'GOVERNANCE' });
  log = new LogBuilder(s3.store, clock);
  await log.seal();
  shard = await log.shard(HOUR, 'first');
  await shard.append('{"n":1}', '{"n":2}');
  await clock.advance(MINUTE);
  await log.seal();
});
afterEach(() => s3.server.close());

function verify(now = clock.now()): Promise<Verification> {
  return verifyLog({ store: s3.store, log: log.log, key: log.logKey.vkey, now });
}

async function codes(): Promise<string[]> {
  return (await verify()).findings.map(({ code, object }) => `${code} ${object}`);
}

/** The stored version that a key shows. */
function shown(key: string) {
  return s3.bucket.find(s3.fullName(key))!;
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
    shown(segment()).retention = { mode: 'COMPLIANCE', until: HOUR + 2 * DAY };
    expect(await codes()).toEqual([]);
  });

  it('has no finding when the time of its locks is over', async () => {
    await clock.advance(3 * DAY);
    expect((await verify()).findings.filter(({ code }) => code === 'unlocked')).toEqual([]);
  });
});

describe('unlocked', () => {
  it('names an object without a lock', async () => {
    shown(segment()).retention = undefined;
    expect(await codes()).toEqual([`unlocked ${segment()}`]);
  });

  it.each(['NoSuchObjectLockConfiguration', 'ObjectLockConfigurationNotFoundError', 'InvalidRequest'])(
    'names an object about whose lock the store says %s',
    async (code) => {
      s3.server.fail(new S3Error(code === 'InvalidRequest' ? 400 : 404, code), (request) =>
        request.asksFor('retention'),
      );
      expect((await codes()).map((line) => line.split(' ')[0])).toEqual(['unlocked']);
    },
  );

  it.each([
    ['a segment', segment],
    ['an endorsement', () => shard.endorsementKey],
    ['root entries', genesis],
    ['a checkpoint of the root', () => log.log.rootCheckpointKey(1)],
  ])('names %s with a lock that is half a day short', async (_, key) => {
    shown(key()).retention = { mode: 'GOVERNANCE', until: HOUR + DAY / 2 };
    expect(await codes()).toEqual([`unlocked ${key()}`]);
  });

  it('does not name a lock that the clocks of store and node set apart by less than the seal delay', async () => {
    shown(segment()).retention = { mode: 'GOVERNANCE', until: HOUR + DAY - 14 * MINUTE };
    expect(await codes()).toEqual([]);
  });

  it('names a lock in governance mode where the log promises compliance', async () => {
    const other = new FakeClock(HOUR + MINUTE);
    const strict = await S3Fixture.start({ now: () => other.now(), mode: 'COMPLIANCE' });
    const strictLog = new LogBuilder(strict.store, other);
    await strictLog.newSealer({ mode: 'compliance', days: 1 }).sealOnce();
    const key = strictLog.log.rootEntriesKey(0);
    strict.bucket.find(strict.fullName(key))!.retention = { mode: 'GOVERNANCE', until: HOUR + 2 * DAY };
    const options = { store: strict.store, log: strictLog.log, key: strictLog.logKey.vkey, now: other.now() };
    const { findings } = await verifyLog(options);
    expect(findings.map(({ code, object }) => [code, object])).toEqual([['unlocked', key]]);
    await strict.server.close();
  });

  it('asks of an object only what was promised when it was written, after the promise has grown', async () => {
    await clock.advance(HOUR_MS);
    s3.bucket.defaultRetention = { mode: 'GOVERNANCE', days: 30 };
    await log.newSealer({ mode: 'governance', days: 30 }).sealOnce();
    expect(await codes()).toEqual([]);
    const late = await log.shard(HOUR + 2 * HOUR_MS, 'late');
    await clock.advance(HOUR_MS);
    await late.append('{"n":3}');
    expect(await codes()).toEqual([]);
    shown(late.segmentKey(0)).retention = { mode: 'GOVERNANCE', until: HOUR + 4 * DAY };
    expect(await codes()).toEqual([`unlocked ${late.segmentKey(0)}`]);
  });

  it('is no finding about a foreign object', async () => {
    const key = `${log.log.prefix}entries/foreign`;
    s3.bucket.put(s3.fullName(key), { bytes: Buffer.from('x') });
    shown(key).retention = undefined;
    expect(await codes()).toEqual([`foreign ${key}`]);
  });
});

describe('hidden', () => {
  it('names an object behind a delete marker, which is missing besides', async () => {
    s3.bucket.hide(s3.fullName(segment()));
    expect(await codes()).toEqual([`missing ${segment()}`, `hidden ${segment()}`]);
  });

  it('names a key that was written again behind a delete marker', async () => {
    const { bytes } = shown(segment());
    s3.bucket.hide(s3.fullName(segment()));
    expect(await s3.store.putOnce(segment(), bytes)).toBe('written');
    expect(await codes()).toEqual([`hidden ${segment()}`]);
  });

  it('names an object that a newer version hides', async () => {
    const endorsement = shown(shard.endorsementKey).bytes;
    s3.bucket.put(s3.fullName(shard.endorsementKey), { bytes: Buffer.concat([endorsement, Buffer.from('x')]) });
    expect(await codes()).toEqual(expect.arrayContaining([`hidden ${shard.endorsementKey}`]));
  });

  it('is no finding when the older version has the same bytes', async () => {
    s3.bucket.put(s3.fullName(segment()), { bytes: shown(segment()).bytes });
    expect(await codes()).toEqual([]);
  });

  it('is no finding when a marker was placed after the hour and its retention', async () => {
    await clock.advance(2 * DAY);
    s3.bucket.hide(s3.fullName(segment()));
    expect((await codes()).filter((line) => line.startsWith('hidden'))).toEqual([]);
  });
});

describe('forked', () => {
  it('names a key with two versions that its shard signed', async () => {
    const other = await log.shard(HOUR, 'first');
    s3.bucket.hide(s3.fullName(segment()));
    await other.append('{"n":"another history"}');
    expect(await codes()).toEqual(expect.arrayContaining([`forked ${segment()}`]));
  });

  it('names a checkpoint with two versions that the log key signed', async () => {
    const key = log.log.rootCheckpointKey(1);
    const twin = new LogBuilder(s3.store, clock);
    const note = shown(key).bytes.toString();
    const root = sha256(Buffer.from('another history')).toString('base64');
    const text = `${note.split('\n').slice(0, 2).join('\n')}\n${root}\n`;
    s3.bucket.put(s3.fullName(key), { bytes: Buffer.from(await twin.logKey.note(text)) });
    expect(await codes()).toEqual(expect.arrayContaining([`forked ${key}`]));
  });

  it('is not said of a newer version that nobody signed: that is hidden', async () => {
    const key = log.log.rootCheckpointKey(1);
    s3.bucket.put(s3.fullName(key), { bytes: Buffer.from('unsigned') });
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
  for (let i = 0; i < 3; i++)
    s3.server.fail(new S3Error(403, 'AccessDenied'), (request) => request.asksFor('versions'));
  await expect(verify()).rejects.toMatchObject({ name: 'AccessDenied' });
});
