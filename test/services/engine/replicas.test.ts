import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HOUR_MS } from '../../../lib/record';
import { DuckDbEngine } from '../../../lib/services/engine/duckdb';
import type { EventPage } from '../../../lib/services/ports';
import { all } from '../../conformance/engine';
import { FakeClock } from '../../fake-clock';
import { LogBuilder, type ShardBuilder } from '../../log-builder';
import { MemoryStore } from '../../memory-store';

const HOUR = Date.parse('2026-03-01T12:00:00.000Z');
const MINUTE = 60_000;
const ACKNOWLEDGE_WITHIN_MS = 30_000;

let folder: string;
let clock: FakeClock;
let own: LogBuilder;
let source: LogBuilder;
let replica: MemoryStore;
let shard: ShardBuilder;
let engine: DuckDbEngine;
let reports: unknown[][];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'replicas-'));
  clock = new FakeClock(HOUR + MINUTE);
  own = LogBuilder.of('eu-1', new MemoryStore(), clock);
  source = LogBuilder.of('eu-2', new MemoryStore(), clock);
  replica = new MemoryStore();
  reports = [];
  engine = await open();
  shard = await source.shard(HOUR, 'source');
});
afterEach(async () => {
  await engine.close();
  await rm(folder, { recursive: true });
});

function open(): Promise<DuckDbEngine> {
  return DuckDbEngine.open({
    log: own.log,
    store: own.store,
    clock,
    cache: { folder: join(folder, 'query'), memoryBytes: 128 * 1024 ** 2, threads: 1 },
    acknowledgeWithinMs: ACKNOWLEDGE_WITHIN_MS,
    replicas: [{ log: source.log, store: replica }],
    report: (...report) => reports.push(report),
  });
}

const objectsOf = ({ store }: LogBuilder) => (store as MemoryStore).objects;
const numbersOf = ({ events }: EventPage) => events.map(({ line }) => Number(/"n":(\d+)/.exec(line)?.[1]));
const search = (more = {}) => engine.search(all({ to: HOUR + 48 * HOUR_MS, ...more }));
const numbers = async (more = {}) => numbersOf(await search(more));

/** How far the replica is complete: as a time of the source's root. */
async function until(): Promise<number> {
  return ((await search()).regions?.[1]?.completeUntil ?? 0) + ACKNOWLEDGE_WITHIN_MS;
}

/** Copies all objects that match none of the patterns. */
function replicate(...but: readonly string[]): void {
  for (const [key, bytes] of objectsOf(source)) {
    if (!but.includes(key)) replica.objects.set(key, bytes);
  }
}

/** Writes one event into its own segment and seals it a minute later. */
async function appendAndSeal(n: number): Promise<number> {
  await shard.append(`{"n":${n}}`);
  await clock.advance(MINUTE);
  await source.seal();
  return clock.now();
}

async function appendOwn(n: number, hour = HOUR, id?: string): Promise<void> {
  const each = await own.shard(hour, `own-${n}`);
  await each.appendLines(own.line({ json: `{"n":${n}}`, ...(id && { id }) }));
}

it('is complete up to its newest seal, and the log itself up to now', async () => {
  const sealed = await appendAndSeal(1);
  replicate();
  await clock.advance(10 * MINUTE);
  const { completeUntil, regions } = await search();
  expect(regions).toEqual([
    { region: 'eu-1', completeUntil: clock.now() - ACKNOWLEDGE_WITHIN_MS },
    { region: 'eu-2', completeUntil: sealed - ACKNOWLEDGE_WITHIN_MS },
  ]);
  expect(completeUntil).toBe(sealed - ACKNOWLEDGE_WITHIN_MS);
});

describe('a replica is complete', () => {
  let seals: number[];

  beforeEach(async () => {
    seals = [];
    for (const n of [0, 1, 2]) seals.push(await appendAndSeal(n));
  });

  it('up to no time while nothing of it is there', async () => {
    expect((await search()).regions?.[1]?.completeUntil).toBe(0);
  });

  it('up to the newest seal once all is there, whatever the clock says', async () => {
    replicate();
    await clock.advance(5 * HOUR_MS);
    expect(await until()).toBe(seals[2]);
  });

  it.each([
    ['the last segment', () => [shard.segmentKey(2)], 1],
    ['a segment before others', () => [shard.segmentKey(1)], 0],
    ['root entries before others', () => [source.log.rootEntriesKey(3)], 1],
    [
      'root entries and their checkpoint before others',
      () => [source.log.rootEntriesKey(2), source.log.rootCheckpointKey(3)],
      0,
    ],
    ['the newest checkpoint', () => [source.log.rootCheckpointKey(4)], 1],
    ['a checkpoint before others', () => [source.log.rootCheckpointKey(3)], 0],
  ])('up to the seal before what is not there: without %s', async (_, absent, last) => {
    replicate(...absent());
    expect(await until()).toBe(seals[last]);
    replicate();
    expect(await until()).toBe(seals[2]);
    expect(await numbers()).toEqual([0, 1, 2]);
  });

  it('up to no time when the begin of its root is not there', async () => {
    replicate(source.log.rootEntriesKey(0));
    expect((await search()).regions?.[1]?.completeUntil).toBe(0);
    expect(await numbers()).toEqual([0, 1, 2]);
  });

  it('never beyond the time up to which a log of its own would be, whatever a root entry says', async () => {
    replicate();
    await search();
    const far = new Date(HOUR + 48 * HOUR_MS).toISOString();
    const entry = `{"kind":"shards","time":"${far}","shards":[{"path":"date=2026-03-01/hour=12/${shard.shard}","size":3,"root":"${Buffer.alloc(32).toString('base64')}","closed":true}]}\n`;
    replica.objects.set(source.log.rootEntriesKey(4), Buffer.from(entry));
    replica.objects.set(source.log.rootCheckpointKey(5), Buffer.from('forged'));
    expect(await until()).toBe(clock.now());
  });

  it('as far as before when its root is damaged, which is told once', async () => {
    replicate();
    replica.objects.set(source.log.rootEntriesKey(3), Buffer.from('no entry\n'));
    expect(await until()).toBe(seals[1]);
    await search();
    expect(reports.filter(([, event]) => event === 'root-unreadable')).toHaveLength(1);
  });

  it('with a segment that cannot be searched, when its tail says that it is the one that was sealed', async () => {
    replicate();
    const bytes = Buffer.from(replica.objects.get(shard.segmentKey(1)) as Buffer);
    bytes[12] = (bytes[12] as number) ^ 1;
    replica.objects.set(shard.segmentKey(1), bytes);
    expect(await until()).toBe(seals[2]);
    expect((await search()).skipped).toBe(1);
  });

  it('up to before a segment that is not recognised any more', async () => {
    replicate();
    replica.objects.set(shard.segmentKey(1), Buffer.from('broken'));
    expect(await until()).toBe(seals[0]);
    expect(await numbers()).toEqual([0, 2]);
  });

  it('with what was loaded before, in a node that starts again', async () => {
    replicate(shard.segmentKey(1));
    await search();
    await engine.close();
    engine = await open();
    expect(await until()).toBe(seals[0]);
    replicate();
    expect(await until()).toBe(seals[2]);
    expect(await numbers()).toEqual([0, 1, 2]);
  });
});

describe('what arrives late', () => {
  it.each([1, 2, 3, 100])('is found, %i hours after its hour', async (hours) => {
    for (const n of [0, 1, 2]) await appendAndSeal(n);
    replicate(shard.segmentKey(1));
    await search();
    await clock.advance(hours * HOUR_MS);
    await search();
    replicate();
    expect(await numbers()).toEqual([0, 1, 2]);
  });

  it('is found when its root entries come last', async () => {
    for (const n of [0, 1, 2]) await appendAndSeal(n);
    replicate(...[...objectsOf(source).keys()].filter((key) => !key.endsWith('/000000000001.ndjson.gz')));
    await search();
    await clock.advance(4 * HOUR_MS);
    expect(await numbers()).toEqual([1]);
    replicate(source.log.rootEntriesKey(2));
    await search();
    replicate();
    expect(await numbers()).toEqual([0, 1, 2]);
  });

  it('is found of every shard, when more are incomplete than are looked after at once', async () => {
    const shards = await Promise.all(Array.from({ length: 80 }, (_, n) => source.shard(HOUR, `many-${n}`)));
    for (const [n, each] of shards.entries()) await each.append(`{"n":${n}}`);
    await clock.advance(MINUTE);
    await source.seal();
    const keys = shards.map((each) => each.segmentKey(0));
    replicate(...keys);
    await search();
    await clock.advance(3 * HOUR_MS);
    replicate();
    await search();
    expect((await numbers()).sort((a, b) => a - b)).toEqual(Array.from({ length: 80 }, (_, n) => n));
  });
});

describe('when only a part is loaded', () => {
  it('the root is followed from that part on, without what is before', async () => {
    let sealed = 0;
    for (let hour = 0; hour < 12; hour++) {
      clock.setNow(HOUR + hour * HOUR_MS + MINUTE);
      shard = await source.shard(HOUR + hour * HOUR_MS, `hour-${hour}`);
      for (const n of [0, 1, 2]) sealed = await appendAndSeal(hour * 10 + n);
    }
    replicate();
    for (const size of [0, 1, 4, 5]) replica.objects.delete(source.log.rootEntriesKey(size));
    engine.loadFrom(HOUR + 9 * HOUR_MS);
    expect(await numbers()).toEqual([90, 91, 92, 100, 101, 102, 110, 111, 112]);
    expect(await until()).toBe(sealed);
  });

  it('it is complete up to no time until an earlier part is loaded too', async () => {
    await appendAndSeal(0);
    clock.setNow(HOUR + 5 * HOUR_MS);
    shard = await source.shard(HOUR + 5 * HOUR_MS, 'later');
    const sealed = await appendAndSeal(1);
    const first = [...objectsOf(source).keys()].find((key) => key.endsWith('.gz')) as string;
    replicate(first);
    engine.loadFrom(HOUR + 5 * HOUR_MS);
    expect(await until()).toBe(sealed);
    engine.loadFrom(0);
    expect((await search()).regions?.[1]?.completeUntil).toBeLessThan(sealed - ACKNOWLEDGE_WITHIN_MS);
    replicate();
    expect(await until()).toBe(sealed);
    expect(await numbers()).toEqual([0, 1]);
  });
});

describe('a replica that cannot be read', () => {
  const outage = () => {
    throw new Error('outage');
  };

  it('keeps nobody from finding what is in the log itself, and what was loaded before', async () => {
    const sealed = await appendAndSeal(1);
    replicate();
    await search();
    jest.spyOn(replica, 'list').mockImplementation(outage);
    jest.spyOn(replica, 'listFolders').mockImplementation(outage);
    await appendOwn(2);
    await clock.advance(MINUTE);
    expect(await numbers()).toEqual([1, 2]);
    expect(await until()).toBe(sealed);
    expect(reports.at(-1)).toEqual([
      'error',
      'replica-not-loaded',
      { origin: 'acme-audit/eu-2', reason: 'Error: outage' },
    ]);
  });

  it('is loaded when it is back', async () => {
    const list = jest.spyOn(replica, 'list').mockImplementation(outage);
    const sealed = await appendAndSeal(1);
    replicate();
    expect(await numbers()).toEqual([]);
    list.mockRestore();
    expect(await numbers()).toEqual([1]);
    expect(await until()).toBe(sealed);
  });

  it('makes a search wait for two seconds at most, and the next ones not at all', async () => {
    let wake = (): void => {};
    const asleep = new Promise<void>((resolve) => {
      wake = resolve;
    });
    jest.spyOn(replica, 'list').mockImplementation(async function* () {
      await asleep;
      yield* [];
    });
    await appendOwn(1);
    const start = performance.now();
    expect(await numbers()).toEqual([1]);
    const first = performance.now();
    expect(await numbers()).toEqual([1]);
    expect(first - start).toBeGreaterThan(1_900);
    expect(performance.now() - first).toBeLessThan(1_500);
    wake();
  });

  it('does not keep the log from being ready', async () => {
    jest.spyOn(replica, 'list').mockImplementation(outage);
    await expect(engine.refresh()).resolves.toBeUndefined();
  });

  it('makes the log fail as ever when it is the log itself', async () => {
    jest.spyOn(own.store, 'list').mockImplementation(outage);
    await expect(search()).rejects.toThrow('outage');
  });
});
