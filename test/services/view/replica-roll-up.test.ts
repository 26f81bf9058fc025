import { HOUR_MS } from '../../../lib/record';
import { SealedHours } from '../../../lib/services/engine/sealed-hours';
import { fromEnv, toEnv } from '../../../lib/services/view/config';
import { RollUp, viewKey } from '../../../lib/services/view/roll-up';
import { FakeClock } from '../../fake-clock';
import { LogBuilder, type ShardBuilder } from '../../log-builder';
import { MemoryStore } from '../../memory-store';

const HOUR = Date.parse('2026-03-01T12:00:00.000Z');
const MINUTE = 60_000;

let clock: FakeClock;
let source: LogBuilder;
let replica: MemoryStore;
let view: MemoryStore;
let shard: ShardBuilder;

/** A log with an event in each of two segments of an hour, and one two hours later. */
beforeEach(async () => {
  clock = new FakeClock(HOUR + MINUTE);
  source = LogBuilder.of('eu-2', new MemoryStore(), clock);
  replica = new MemoryStore();
  view = new MemoryStore();
  shard = await source.shard(HOUR, 'first');
  for (const json of ['1', '2']) {
    await shard.append(json);
    await clock.advance(MINUTE);
    await source.seal();
  }
  clock.setNow(HOUR + 2 * HOUR_MS);
  await (await source.shard(clock.now(), 'later')).append('3');
  await clock.advance(MINUTE);
  await source.seal();
});

function replicate(...but: readonly string[]): void {
  for (const [key, bytes] of (source.store as MemoryStore).objects)
    if (!but.includes(key)) replica.objects.set(key, bytes);
}

/** A roll-up whose files name their segments. */
function rollUp(): RollUp {
  const makeFile = async (segments: AsyncIterable<{ first: number }>) => {
    const firsts: number[] = [];
    for await (const { first } of segments) firsts.push(first);
    return Buffer.from(JSON.stringify(firsts));
  };
  return new RollUp({ log: source.log, store: replica, view, hours: new SealedHours(source.log, replica), makeFile });
}

const fileOf = (hour: number) => view.objects.get(viewKey(source.log, hour))?.toString();
const root = (size: number) => source.log.rootEntriesKey(size);
const note = (size: number) => source.log.rootCheckpointKey(size);

it('makes the hours up to the newest that its root says is over, also where nothing happened', async () => {
  replicate();
  expect(await rollUp().rollUp()).toEqual([HOUR]);
  expect(fileOf(HOUR)).toBe('[0,1]');
  clock.setNow(HOUR + 3 * HOUR_MS + 15 * MINUTE);
  await source.seal();
  replicate();
  expect(await rollUp().rollUp()).toEqual([HOUR + HOUR_MS, HOUR + 2 * HOUR_MS]);
  expect([fileOf(HOUR + HOUR_MS), fileOf(HOUR + 2 * HOUR_MS)]).toEqual(['[]', '[0]']);
});

it.each([
  ['a segment', () => [shard.segmentKey(1)]],
  ['its first segment', () => [shard.segmentKey(0)]],
  ['its root', () => [...(source.store as MemoryStore).objects.keys()].filter((key) => key.includes('/root/'))],
  ['the begin of its root', () => [root(0)]],
  ['root entries before others', () => [root(2)]],
  ['the seal that ends it', () => [root(3), note(4)]],
  ['the checkpoint that ends it', () => [note(4)]],
])('waits for an hour as long as %s is not there, whatever the clock says', async (_, absent) => {
  replicate(...absent());
  clock.setNow(HOUR + 48 * HOUR_MS);
  const waiting = rollUp();
  expect(await waiting.rollUp()).toEqual([]);
  expect(view.objects.size).toBe(0);
  replicate();
  expect(await rollUp().rollUp()).toEqual([HOUR]);
});

it('makes an hour at its next round whose segment came meanwhile', async () => {
  replicate(shard.segmentKey(1));
  const subject = rollUp();
  expect(await subject.rollUp()).toEqual([]);
  expect(await subject.rollUp()).toEqual([]);
  replicate();
  expect(await subject.rollUp()).toEqual([HOUR]);
});

it('does not make an hour of which a tail is damaged, so that nobody knows what is in it', async () => {
  replicate();
  replica.objects.set(shard.segmentKey(1), Buffer.from('broken'));
  expect(await rollUp().rollUp()).toEqual([]);
});

it('goes on behind the newest hour of the view without the root before it', async () => {
  replicate();
  await rollUp().rollUp();
  clock.setNow(HOUR + 3 * HOUR_MS + 15 * MINUTE);
  await source.seal();
  replicate();
  replica.objects.delete(root(0));
  expect(await rollUp().rollUp()).toEqual([HOUR + HOUR_MS, HOUR + 2 * HOUR_MS]);
});

describe('the settings of the roll-up', () => {
  const minimal = { AUDIT_LOG: 'acme/eu-2', AUDIT_STORE: 's3://replicas', AUDIT_VIEW_STORE: 's3://view' };

  it('are of a log itself if nothing else is said', () => {
    expect(fromEnv(minimal)).toEqual({ origin: 'acme/eu-2', store: 's3://replicas', view: 's3://view' });
    expect(fromEnv({ ...minimal, AUDIT_STORE_HOLDS: 'log' })).not.toHaveProperty('storeHolds');
  });

  it('go to the environment and back', () => {
    for (const env of [minimal, { ...minimal, AUDIT_STORE_HOLDS: 'replica' }]) expect(toEnv(fromEnv(env))).toEqual(env);
  });

  it('refuse what a store cannot hold', () => {
    expect(() => fromEnv({ ...minimal, AUDIT_STORE_HOLDS: 'copy' })).toThrow(/AUDIT_STORE_HOLDS/);
  });
});
