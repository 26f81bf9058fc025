import { formatRootEntry, HOUR_MS, hourOf } from '../../../lib/record';
import type { ObjectStore } from '../../../lib/services/ports';
import { ClosedHours } from '../../../lib/services/view/closed-hours';
import { RollUp, viewKey } from '../../../lib/services/view/roll-up';
import { event, LOG, NOW } from '../../conformance/engine';
import { ShardWriter } from '../../conformance/shard-writer';
import { FakeClock } from '../../fake-clock';
import { SeededSigner } from '../../log-builder';
import { MemoryStore } from '../../memory-store';

const HOUR = hourOf(NOW);
const CLOSED = HOUR + HOUR_MS + 15 * 60_000;

let clock: FakeClock;
let store: MemoryStore;
let view: MemoryStore;

beforeEach(async () => {
  clock = new FakeClock(CLOSED + 1);
  store = new MemoryStore();
  view = new MemoryStore();
  await new ShardWriter(LOG, store, HOUR).write(event(0, '{"n":1}'));
});

/** A file that names its segments. */
function rollUp(into: ObjectStore = view): RollUp {
  const makeFile = async (segments: AsyncIterable<{ origin: string; first: number }>) => {
    const names: string[] = [];
    for await (const { origin, first } of segments) names.push(`${origin}@${first}`);
    return Buffer.from(names.join('\n'));
  };
  return new RollUp({ log: LOG, store, view: into, hours: new ClosedHours({ log: LOG, store, clock }), makeFile });
}

it('makes one file of all shards of a closed hour', async () => {
  await new ShardWriter(LOG, store, HOUR).write(event(1, '{"n":2}'));
  expect(await rollUp().rollUp()).toEqual([HOUR]);
  expect(view.objects.get(viewKey(LOG, HOUR))?.toString().split('\n')).toHaveLength(2);
});

it('names the partition by the hour in UTC', () => {
  expect(viewKey(LOG, HOUR)).toBe('acme/local/events/hour=2026-03-01-12/events.parquet');
});

it('leaves an hour alone whose shards may still grow', async () => {
  clock.setNow(CLOSED);
  expect(await rollUp().rollUp()).toEqual([]);
});

it('makes a file for each hour in between, also where nothing happened', async () => {
  await new ShardWriter(LOG, store, HOUR + 2 * HOUR_MS).write(event(2 * HOUR_MS, '{}'));
  clock.setNow(CLOSED + 2 * HOUR_MS + 1);
  expect(await rollUp().rollUp()).toEqual([HOUR, HOUR + HOUR_MS, HOUR + 2 * HOUR_MS]);
  expect(view.objects.get(viewKey(LOG, HOUR + HOUR_MS))).toEqual(Buffer.alloc(0));
});

it('begins where the log does, whatever a stolen node has planted before', async () => {
  const genesis = formatRootEntry({
    kind: 'genesis',
    time: new Date(NOW).toISOString(),
    format: 1,
    origin: LOG.origin,
    admission: new SeededSigner(LOG.admission, 'admission').vkey,
    sealDelaySeconds: 900,
    retention: { mode: 'compliance', days: 1 },
  });
  await store.putOnce(LOG.rootEntriesKey(0), Buffer.from(`${genesis}\n`));
  await store.putOnce(LOG.segmentKey(0, 'a'.repeat(32), 0), Buffer.from('planted'));
  expect(await rollUp().rollUp()).toEqual([HOUR]);
});

it('goes on behind the newest hour of the view, whoever made it', async () => {
  await rollUp().rollUp();
  clock.setNow(CLOSED + HOUR_MS + 1);
  expect(await rollUp().rollUp()).toEqual([HOUR + HOUR_MS]);
});

it('does nothing in an empty log', async () => {
  store.objects.clear();
  expect(await rollUp().rollUp()).toEqual([]);
});

it('is content when a store without versions does not say that it took the file, but has it', async () => {
  const putOnce = async (key: string, bytes: Uint8Array) => {
    await view.putOnce(key, bytes);
    return 'unknown' as const;
  };
  const quiet = Object.assign(Object.create(view) as MemoryStore, { putOnce });
  expect(await rollUp(quiet).rollUp()).toEqual([HOUR]);
});

it('throws when the store did not take the file, and tries the same hour again', async () => {
  const lost = Object.create(view) as MemoryStore;
  lost.putOnce = async () => 'unknown';
  const subject = rollUp(lost);
  await expect(subject.rollUp()).rejects.toThrow('did not take');
  lost.putOnce = (key, bytes) => view.putOnce(key, bytes);
  expect(await subject.rollUp()).toEqual([HOUR]);
});
