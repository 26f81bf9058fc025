import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AthenaClient } from '@aws-sdk/client-athena';
import { type Entry, formatEntry, HOUR_MS, hourOf, LogName } from '../../../lib/record';
import { AthenaEngine } from '../../../lib/services/engine/athena';
import { quotedTable } from '../../../lib/services/engine/athena-sql';
import { makeParquet } from '../../../lib/services/engine/parquet';
import { hourName } from '../../../lib/services/engine/view-hours';
import type { EventPage, EventPosition, EventQuery } from '../../../lib/services/ports';
import { FileStore } from '../../../lib/services/store/file';
import { ClosedHours } from '../../../lib/services/view/closed-hours';
import { RollUp } from '../../../lib/services/view/roll-up';
import { AthenaServer } from '../../athena-server';
import { all, event, LOG, NOW } from '../../conformance/engine';
import { ShardWriter } from '../../conformance/shard-writer';
import { CORPUS, CORPUS_WRITER } from '../../corpus';
import { FakeClock } from '../../fake-clock';
import { MemoryStore } from '../../memory-store';

const HOUR = hourOf(NOW);

let folder: string;
let clock: FakeClock;
let store: MemoryStore;
let view: FileStore;
let athena: AthenaServer;
let engine: AthenaEngine;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'athena-'));
  clock = new FakeClock(HOUR + 2 * HOUR_MS);
  store = new MemoryStore();
  view = await FileStore.open(folder);
  athena = await AthenaServer.start(join(folder, LOG.prefix, 'events/*/*.parquet'));
  engine = openEngine();
});
afterEach(async () => {
  await engine.close();
  await athena.close();
  await rm(folder, { recursive: true });
});

function openEngine(replicas: readonly LogName[] = []): AthenaEngine {
  const client = new AthenaClient({ endpoint: athena.endpoint, region: 'eu-central-1', maxAttempts: 1 });
  const table = { workgroup: 'audit-1', database: 'audit', table: 'events' };
  return new AthenaEngine({ log: LOG, replicas, ...table, view, clock, client });
}

/** Writes a shard of one segment for each hour of the entries, and rolls them up. */
async function given(...entries: readonly Entry[]): Promise<string[]> {
  for (const hour of new Set(entries.map(({ received }) => hourOf(received)))) {
    await new ShardWriter(LOG, store, hour).write(...entries.filter(({ received }) => hourOf(received) === hour));
  }
  await rollUp();
  return entries.map(formatEntry);
}

async function rollUp(): Promise<number[]> {
  const makeFile = (segments: Parameters<typeof makeParquet>[0]) => makeParquet(segments, 128 * 1024 ** 2, () => {});
  return new RollUp({ log: LOG, store, view, hours: new ClosedHours({ log: LOG, store, clock }), makeFile }).rollUp();
}

const search = (conditions: Partial<EventQuery> = {}): Promise<EventPage> => engine.search(all(conditions));
const lines = async (conditions: Partial<EventQuery> = {}) => (await search(conditions)).events.map(({ line }) => line);

it('finds the corpus byte for byte, in order', async () => {
  const written = await given(...CORPUS.map(({ stored }, i) => event(i * 10, stored, { writer: CORPUS_WRITER })));
  expect(await lines()).toEqual(written);
});

it.each([
  ['actor', 'ann'],
  ['action', 'login'],
  ['target', 'door'],
  ['outcome', 'ok'],
  ['writer', 'mtls:w'],
  ['contains', 'door'],
] as const)('finds by %s', async (field, value) => {
  const other = event(0, '{"actor":"bob"}', { writer: 'mtls:other' });
  const [, wanted] = await given(other, event(1, '{"actor":"ann","action":"login","target":"door","outcome":"ok"}'));
  expect(await lines({ [field]: value })).toEqual([wanted]);
});

it('finds by time: from inclusive, to exclusive', async () => {
  const written = await given(event(0, '1'), event(5, '2'), event(10, '3'));
  expect(await lines({ from: HOUR + 5, to: HOUR + 10 })).toEqual([written[1]]);
});

it.each(["' OR 1=1 --", "'' OR ''=''", '1 OR 1=1', "x' UNION SELECT 1, 'a', 2, 'b' --", '?', '\\', "\\'", '%', '_'])(
  'takes %j for nothing but text',
  async (text) => {
    const [, , exact] = await given(
      event(0, '{"actor":"ann"}'),
      event(1, '{"actor":"bob"}'),
      event(2, JSON.stringify({ actor: text, note: 'exact' })),
    );
    expect(await lines({ actor: text })).toEqual([exact]);
  },
);

it('binds what is searched for, and names the workgroup', async () => {
  await given(event(0, '{}'));
  await search({ actor: "o'brien", contains: 'needle' });
  const { QueryString = '', ExecutionParameters, WorkGroup } = athena.started[0] ?? {};
  expect(WorkGroup).toBe('audit-1');
  expect(QueryString).not.toMatch(/brien|needle/);
  expect(ExecutionParameters).toEqual(expect.arrayContaining(["'o''brien'", "'needle'"]));
});

it('reads the partitions of its time, and those of a day before for repeats', async () => {
  await given(event(0, '{}'));
  await search({ from: HOUR, to: HOUR + 1 });
  const hours = ["'2026-02-28-12'", "'2026-03-01-12'", "'2026-03-01-12'", "'2026-03-01-12'"];
  expect(athena.started[0]?.ExecutionParameters?.slice(0, 4)).toEqual(hours);
});

it.each(["'", 'x', '😀'])('binds a long text of %s in pieces that Athena takes', async (character) => {
  const text = character.repeat(1_024);
  const [, wanted] = await given(event(0, `"${text.slice(2)}"`), event(1, `"${text}"`));
  expect(await lines({ contains: text })).toEqual([wanted]);
  const lengths = (athena.started[0]?.ExecutionParameters ?? []).map(({ length }) => length);
  expect(Math.max(...lengths)).toBe(character === 'x' ? 502 : 1_002);
});

it('goes through all pages without a gap or a repeat', async () => {
  const written = await given(...Array.from({ length: 450 }, (_, i) => event(i >> 2, `{"i":${i}}`)));
  const seen: string[] = [];
  let after: EventPosition | undefined;
  do {
    const { events, next } = await search({ limit: 100, ...(after && { after }) });
    seen.push(...events.map(({ line }) => line));
    after = next;
  } while (after !== undefined);
  expect(seen).toEqual(written);
});

it('ends a page before an answer is larger than a function may give', async () => {
  await given(...Array.from({ length: 20 }, (_, i) => event(i, `{"pad":"${'x'.repeat(60_000)}"}`)));
  const { events, next } = await search();
  expect(events).toHaveLength(11);
  expect(next).toMatchObject({ received: HOUR + 10 });
});

it('shows equal writer and id once, the first, also across hours', async () => {
  const [first] = await given(
    event(0, '{"n":1}', { id: 'k#0' }),
    event(1, '{"n":2}', { id: 'k#0' }),
    event(HOUR_MS - 1, '{"n":3}', { id: 'k#0' }),
  );
  const early = new ShardWriter(LOG, store, HOUR - HOUR_MS);
  await early.write(event(-1, '{"n":0}', { id: 'other#0' }));
  expect(await lines()).toEqual([first]);
  expect(await lines({ from: HOUR + 1 })).toEqual([]);
});

describe('the time up to which a search is complete', () => {
  it('is the end of the newest hour in the view', async () => {
    await given(event(0, '{}'));
    expect((await search()).completeUntil).toBe(HOUR + HOUR_MS);
  });

  it('moves on with hours in which nothing happened', async () => {
    await given(event(0, '{}'));
    await clock.advance(5 * HOUR_MS);
    await rollUp();
    expect((await search()).completeUntil).toBe(HOUR + 6 * HOUR_MS);
  });

  it('is found when the roll-up has stood still for long', async () => {
    await given(event(0, '{}'));
    await clock.advance(100 * HOUR_MS);
    expect((await search()).completeUntil).toBe(HOUR + HOUR_MS);
  });
});

describe('a search that begins after all that was rolled up', () => {
  const OTHER = new LogName('acme', 'other');
  /** The end of the view of `LOG`, and of that of a replica an hour later. */
  const [END, REPLICA_END] = [HOUR + HOUR_MS, HOUR + 2 * HOUR_MS];

  it('is answered without Athena, and says up to which time it is complete', async () => {
    await given(event(0, '{}'));
    athena.states = ['FAILED'];
    expect(await search({ from: END, to: END + 60_000 })).toEqual({ events: [], completeUntil: END });
    expect(athena.started).toEqual([]);
  });

  it('is answered without Athena while nothing was rolled up', async () => {
    expect(await search()).toEqual({ events: [], completeUntil: 0 });
    expect(athena.started).toEqual([]);
  });

  it.each([
    ['a moment before', 0, END - 1, 1],
    ['before the end of a replica', 1, REPLICA_END - 1, 1],
    ['at the end of the replica', 1, REPLICA_END, 0],
  ])('%s: with %s replicas, a search from %s is %s queries', async (_, replicas, from, queries) => {
    await given(event(0, '{}'));
    await mkdir(join(folder, `${OTHER.prefix}events`, `hour=${hourName(END)}`), { recursive: true });
    await writeFile(join(folder, `${OTHER.prefix}events`, `hour=${hourName(END)}`, 'events.parquet'), '');
    const one = openEngine([OTHER].slice(0, replicas));
    await one.search(all({ from, to: REPLICA_END + 60_000 }));
    await one.close();
    expect(athena.started).toHaveLength(queries);
  });
});

it('waits while a query is queued and running', async () => {
  const [line] = await given(event(0, '{}'));
  athena.states = ['QUEUED', 'RUNNING'];
  let isDone = false;
  const found = lines().finally(() => {
    isDone = true;
  });
  for (let turn = 0; turn < 200 && !isDone; turn++) {
    await new Promise((resolve) => setTimeout(resolve, 10));
    await clock.advance(250);
  }
  expect(await found).toEqual([line]);
});

it.each([
  ['FAILED', /Athena: why/],
  ['CANCELLED', /search-too-large/],
])('throws when a query is %s', async (state, message) => {
  await given(event(0, '{}'));
  athena.states = [state];
  await expect(search()).rejects.toThrow(message);
});

it('stops a query that takes too long', async () => {
  await given(event(0, '{}'));
  athena.states = Array.from({ length: 10_000 }, () => 'RUNNING');
  const found = expect(search()).rejects.toMatchObject({ code: 'search-timeout' });
  for (let turn = 0; turn < 500 && athena.stopped.length === 0; turn++) {
    await new Promise((resolve) => setTimeout(resolve, 5));
    await clock.advance(1_000);
  }
  await found;
  expect(athena.stopped).toEqual(['execution-1']);
});

it.each(['a"b', 'a.b', '', '1a', 'a b'])('refuses the name %j of a table', (name) => {
  expect(() => quotedTable('audit', name)).toThrow(expect.objectContaining({ code: 'setting-invalid' }));
});
