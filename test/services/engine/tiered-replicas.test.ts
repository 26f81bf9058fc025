import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AthenaClient } from '@aws-sdk/client-athena';
import { HOUR_MS, hourOf } from '../../../lib/record';
import { AthenaEngine } from '../../../lib/services/engine/athena';
import { DuckDbEngine } from '../../../lib/services/engine/duckdb';
import { makeParquet } from '../../../lib/services/engine/parquet';
import { RolledUpHours } from '../../../lib/services/engine/rolled-up-hours';
import { SealedHours } from '../../../lib/services/engine/sealed-hours';
import { TieredEngine } from '../../../lib/services/engine/tiered';
import type { EventPage, EventQuery, QueryEngine } from '../../../lib/services/ports';
import { FileStore } from '../../../lib/services/store/file';
import { ClosedHours } from '../../../lib/services/view/closed-hours';
import { RollUp } from '../../../lib/services/view/roll-up';
import { AthenaServer } from '../../athena-server';
import { FakeClock } from '../../fake-clock';
import { LogBuilder } from '../../log-builder';
import { MemoryStore } from '../../memory-store';

const FIRST = Date.parse('2026-03-01T12:00:00.000Z');
const MINUTE = 60_000;
const MEMORY = 128 * 1024 ** 2;

let folder: string;
let clock: FakeClock;
let own: LogBuilder;
let source: LogBuilder;
let replica: MemoryStore;
let view: FileStore;
let athena: AthenaServer;
/** Both engines that a node may search with, and DuckDB alone beside them. */
let tiered: TieredEngine;
let viewOnly: AthenaEngine;
let whole: DuckDbEngine;
let recent: DuckDbEngine;
let reports: unknown[][];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tiered-replicas-'));
  clock = new FakeClock(FIRST + MINUTE);
  own = LogBuilder.of('eu-1', new MemoryStore(), clock);
  source = LogBuilder.of('eu-2', new MemoryStore(), clock);
  replica = new MemoryStore();
  reports = [];
  view = await FileStore.open(join(folder, 'view'));
  athena = await AthenaServer.start(join(folder, 'view/acme-audit/*/events/*/*.parquet'));
  [recent, whole] = [await duckDb('recent'), await duckDb('whole')];
  viewOnly = new AthenaEngine({
    log: own.log,
    replicas: [source.log],
    workgroup: 'audit-1',
    database: 'audit',
    table: 'events',
    view,
    clock,
    client: new AthenaClient({ endpoint: athena.endpoint, region: 'eu-central-1', maxAttempts: 1 }),
  });
  tiered = new TieredEngine({
    view: viewOnly,
    recent,
    rolledUp: new RolledUpHours(own.log, own.store, view),
    replicas: [new RolledUpHours(source.log, replica, view)],
    report: (...report) => reports.push(report),
  });
});
afterEach(async () => {
  await tiered.close();
  await whole.close();
  await athena.close();
  await rm(folder, { recursive: true });
});

function duckDb(name: string): Promise<DuckDbEngine> {
  return DuckDbEngine.open({
    log: own.log,
    store: own.store,
    clock,
    cache: { folder: join(folder, name), memoryBytes: MEMORY, threads: 1 },
    acknowledgeWithinMs: 30_000,
    replicas: [{ log: source.log, store: replica }],
    report: () => {},
  });
}

async function rollUp(): Promise<void> {
  const makeFile = (segments: Parameters<typeof makeParquet>[0]) => makeParquet(segments, MEMORY, () => {});
  const ownHours = new ClosedHours({ log: own.log, store: own.store, clock });
  await new RollUp({ log: own.log, store: own.store, view, hours: ownHours, makeFile }).rollUp();
  const hours = new SealedHours(source.log, replica);
  await new RollUp({ log: source.log, store: replica, view, hours, makeFile }).rollUp();
}

/** For some hours: an event in each log, numbers going up; the third of each hour is sent to both. Sealed, and replicated if so wished. */
async function given(from: number, to: number, isReplicated = true): Promise<void> {
  for (let hour = from; hour < to; hour++) {
    clock.setNow(FIRST + hour * HOUR_MS + MINUTE);
    for (const [i, log] of [own, source].entries()) {
      const shard = await log.shard(hourOf(clock.now()), `${log.log.region} ${hour}`);
      await shard.appendLines(log.line({ json: `{"n":${hour * 10 + i}}` }));
      await clock.advance(MINUTE);
      await shard.appendLines(log.line({ json: `{"n":${hour * 10 + 5 + i}}`, id: `both-${hour}#0` }));
    }
    clock.setNow(FIRST + (hour + 1) * HOUR_MS + 16 * MINUTE);
    await own.seal();
    await source.seal();
  }
  if (isReplicated) replicate();
}

function replicate(): void {
  for (const [key, bytes] of (source.store as MemoryStore).objects) replica.objects.set(key, bytes);
}

const all = (more: Partial<EventQuery> = {}): EventQuery => ({ from: 0, to: clock.now(), limit: 10_000, ...more });
const numbersOf = ({ events }: EventPage) => events.map(({ line }) => Number(/"n":(\d+)/.exec(line)?.[1]));

async function walk(engine: QueryEngine, limit: number): Promise<EventPage[]> {
  const pages: EventPage[] = [];
  let after: EventPage['next'];
  do {
    const page = await engine.search(all({ limit, ...(after && { after }) }));
    pages.push(page);
    after = page.next;
  } while (after !== undefined);
  return pages;
}

it('gives the pages of DuckDB alone, wherever the views of the logs end', async () => {
  await given(0, 3);
  await rollUp();
  await given(3, 5, false);
  await rollUp();
  replicate();
  expect(numbersOf(await tiered.search(all()))).toEqual([0, 5, 1, 10, 15, 11, 20, 25, 21, 30, 35, 31, 40, 45, 41]);
  for (const limit of [1, 4, 15]) expect(await walk(tiered, limit)).toEqual(await walk(whole, limit));
});

it('searches with Athena only what is before the end of the least view', async () => {
  await given(0, 3);
  await rollUp();
  await given(3, 5, false);
  await rollUp();
  const before = athena.started.length;
  await tiered.search(all({ from: FIRST + 3 * HOUR_MS }));
  expect(athena.started).toHaveLength(before);
  await tiered.search(all({ from: FIRST + 3 * HOUR_MS - 1 }));
  expect(athena.started).toHaveLength(before + 1);
});

it('searches all logs of the view with Athena alone, and says of each how far it goes', async () => {
  await given(0, 3);
  await rollUp();
  await given(3, 4, false);
  await rollUp();
  const page = await viewOnly.search(all());
  expect(numbersOf(page)).toEqual([0, 5, 1, 10, 15, 11, 20, 25, 21, 30, 35]);
  expect(page.regions).toEqual([
    { region: 'eu-1', completeUntil: FIRST + 4 * HOUR_MS },
    { region: 'eu-2', completeUntil: FIRST + 3 * HOUR_MS },
  ]);
  expect(page.completeUntil).toBe(FIRST + 3 * HOUR_MS);
});

describe('a replica that stands still', () => {
  beforeEach(async () => {
    await given(0, 2);
    await rollUp();
    await given(2, 3, false);
    clock.setNow(FIRST + 80 * HOUR_MS);
    await given(80, 81, false);
    await rollUp();
  });

  it('does not make a node load more than some days of the log itself', async () => {
    await tiered.search(all());
    expect(numbersOf(await recent.search(all()))).toEqual([800, 805]);
  });

  it('is complete up to the end of its view', async () => {
    const { regions, completeUntil } = await tiered.search(all());
    expect(regions?.[1]).toEqual({ region: 'eu-2', completeUntil: FIRST + 2 * HOUR_MS });
    expect(completeUntil).toBe(FIRST + 2 * HOUR_MS);
  });

  it('is found whole again when it has caught up', async () => {
    replicate();
    await rollUp();
    const found = await tiered.search(all());
    expect(numbersOf(found)).toEqual([0, 5, 1, 10, 15, 11, 20, 25, 21, 800, 805, 801]);
    expect(found.regions?.[1]?.completeUntil).toBeGreaterThan(FIRST + 81 * HOUR_MS);
  });
});

describe('a replica that cannot be read', () => {
  const outage = () => {
    throw new Error('outage');
  };

  it('keeps nobody from searching, and its time stands still', async () => {
    await given(0, 3);
    await rollUp();
    const { regions } = await tiered.search(all());
    jest.spyOn(replica, 'list').mockImplementation(outage);
    await given(3, 4, false);
    await rollUp().catch(() => {});
    const later = await tiered.search(all());
    expect(numbersOf(later)).toEqual([0, 5, 1, 10, 15, 11, 20, 25, 21, 30, 35]);
    expect(later.regions?.[1]).toEqual(regions?.[1]);
  });

  it('is told, and complete up to no time, when nothing of it was known before', async () => {
    await given(0, 3);
    jest.spyOn(replica, 'list').mockImplementation(outage);
    const page = await tiered.search(all());
    expect(numbersOf(page)).toEqual([0, 5, 10, 15, 20, 25]);
    expect(page.regions?.[1]?.completeUntil).toBe(0);
    expect(reports.at(-1)).toEqual(['error', 'replica-view-unknown', { region: 'eu-2', reason: 'outage' }]);
  });
});
