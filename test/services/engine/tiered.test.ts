import { HOUR_MS, hourOf } from '../../../lib/record';
import type { EventPage, EventQuery, QueryEngine } from '../../../lib/services/ports';
import { all, engineConformance, event, LOG, NOW } from '../../conformance/engine';
import { ShardWriter } from '../../conformance/shard-writer';
import { TieredFixture } from './tiered-fixture';

const HOUR = hourOf(NOW);
const FIRST = HOUR - 6 * HOUR_MS;

describe.each([
  ['when nothing of what is searched is in the view', 0],
  ['when the view ends in the hour before', HOUR],
])('%s', (_, viewEnds) => {
  engineConformance('TieredEngine', async () => {
    const fixture = await TieredFixture.make();
    const { store, clock } = fixture;
    const heartbeat = event(0, '{}', { kind: 'heartbeat', writer: 'node', received: FIRST });
    if (viewEnds > 0) await new ShardWriter(LOG, store, FIRST).write(heartbeat);
    await fixture.rollUp(viewEnds);
    return { engine: fixture.engine, store, clock, close: () => fixture.close() };
  });
});

describe('a log of which some hours are in the view', () => {
  let fixture: TieredFixture;
  let engine: QueryEngine;

  beforeEach(async () => {
    fixture = await TieredFixture.make();
    engine = fixture.engine;
  });
  afterEach(() => fixture.close());

  const numbersOf = ({ events }: EventPage): number[] => events.map(({ line }) => Number(/"n":(\d+)/.exec(line)?.[1]));
  const search = async (conditions: Partial<EventQuery> = {}) => numbersOf(await engine.search(all(conditions)));

  /** Writes a shard of its own in the hour of a time. */
  function write(received: number, n: number, more: { id?: string; pad?: string } = {}): Promise<string[]> {
    const { pad = '', ...entry } = more;
    const json = `{"n":${n},"action":"${n % 3 ? 'a' : 'b'}","pad":"${pad}"}`;
    return new ShardWriter(LOG, fixture.store, hourOf(received)).write(event(0, json, { received, ...entry }));
  }

  async function given(): Promise<void> {
    for (let n = 0; n < 14; n++) await write(FIRST + n * (HOUR_MS / 2) - (n % 2), n);
  }

  async function walk(subject: QueryEngine, conditions: Partial<EventQuery>, between = async () => {}) {
    const pages: EventPage[] = [];
    let after: EventPage['next'];
    do {
      const page = await subject.search(all({ ...conditions, ...(after && { after }) }));
      pages.push(page);
      after = page.next;
      await between();
    } while (after !== undefined);
    return pages;
  }

  it.each([0, 1, 3, 6])('gives the pages of one engine when %i hours are in the view', async (hours) => {
    await given();
    await fixture.rollUp(FIRST - HOUR_MS + hours * HOUR_MS);
    const whole = await fixture.openWhole();
    for (const limit of [1, 2, 3, 5, 13, 14, 100]) {
      for (const conditions of [{}, { action: 'b' }, { from: FIRST + HOUR_MS, to: HOUR - 1 }]) {
        const expected = await walk(whole, { limit, ...conditions });
        expect(await walk(engine, { limit, ...conditions })).toEqual(expected);
      }
    }
    await whole.close();
  });

  it('asks the view for what is in it only, and not at all for what is behind it', async () => {
    await given();
    await fixture.rollUp(HOUR - 2 * HOUR_MS);
    await search({ from: HOUR - 2 * HOUR_MS });
    expect(fixture.athena.started).toEqual([]);
    await search({ from: HOUR - 2 * HOUR_MS - 1 });
    expect(fixture.athena.started[0]?.ExecutionParameters).toContain(String(HOUR - 2 * HOUR_MS));
  });

  it('loads a day before the end of the view, and nothing earlier', async () => {
    await write(HOUR - 30 * HOUR_MS, 1);
    await write(HOUR - 24 * HOUR_MS, 2);
    await write(HOUR, 3);
    await fixture.rollUp(HOUR);
    expect(await search()).toEqual([1, 2, 3]);
    expect(numbersOf(await fixture.recent.search(all()))).toEqual([2, 3]);
  });

  it('shows equal writer and id once, the first, across the end of the view', async () => {
    await write(HOUR - 23 * HOUR_MS, 1, { id: 'k#0' });
    await write(HOUR + 1, 2, { id: 'k#0' });
    await write(HOUR + 2, 3, { id: 'other#0' });
    await fixture.rollUp(HOUR);
    expect(await search()).toEqual([1, 3]);
    expect(await search({ from: HOUR })).toEqual([3]);
  });

  it.each([1, 2, 5])('has no gap and no repeat when the view grows between pages of %i', async (limit) => {
    await given();
    let until = FIRST - HOUR_MS;
    const pages = await walk(engine, { limit }, async () => {
      until += HOUR_MS;
      await fixture.rollUp(until);
    });
    expect(pages.flatMap(numbersOf)).toEqual(Array.from({ length: 14 }, (_, n) => n));
  });

  it.each([
    ['an hour in the middle is missing', FIRST + HOUR_MS],
    ['its first hour is missing', FIRST - HOUR_MS],
    ['its newest hour is missing', HOUR - HOUR_MS],
    ['it is empty', undefined],
  ])('finds everything when %s, before and after it was loaded', async (_, hour) => {
    await given();
    await fixture.rollUp(HOUR);
    await search();
    await fixture.remove(hour);
    // The next hour makes the names be listed again.
    if (hour !== undefined && hour !== HOUR - HOUR_MS) await fixture.rollUp(HOUR + HOUR_MS);
    expect(await search({ to: NOW + 2 * HOUR_MS })).toEqual(Array.from({ length: 14 }, (_, n) => n));
  });

  it('ends a page across the end of the view at 8 MiB', async () => {
    const pad = 'x'.repeat(60_000);
    for (let n = 0; n < 150; n++) await write(n < 8 ? HOUR - 1000 + n : HOUR + n, n, { pad });
    await fixture.rollUp(HOUR);
    const [first, second, ...others] = await walk(engine, {});
    expect(others).toEqual([]);
    const bytes = (first as EventPage).events.reduce((sum, { line }) => sum + line.length + 1, 0);
    expect(bytes).toBeLessThanOrEqual(8 * 1024 * 1024);
    expect(bytes).toBeGreaterThan(8 * 1024 * 1024 - 2 * 60_000);
    expect([first, second].flatMap((page) => numbersOf(page as EventPage))).toHaveLength(150);
  });

  it('is complete up to what was loaded last, also when all of a page is in the view', async () => {
    await given();
    await fixture.rollUp(HOUR);
    expect((await engine.search(all({ to: FIRST + HOUR_MS }))).completeUntil).toBe(NOW - 30_000);
  });

  it('counts what is damaged behind the view', async () => {
    await given();
    await fixture.rollUp(HOUR);
    const { nextKey } = new ShardWriter(LOG, fixture.store, HOUR);
    await fixture.store.putOnce(nextKey, Buffer.from('no segment'));
    expect((await engine.search(all({ to: FIRST + HOUR_MS }))).skipped).toBe(1);
  });

  it('fails when the view cannot be searched, instead of leaving it out', async () => {
    await given();
    await fixture.rollUp(HOUR);
    fixture.athena.states = ['FAILED'];
    await expect(search()).rejects.toThrow(/Athena: why/);
    expect(await search({ from: HOUR })).toEqual([12, 13]);
  });

  it('fails when nobody can say what is in the view', async () => {
    await given();
    await fixture.rollUp(HOUR);
    jest.spyOn(fixture.view, 'list').mockImplementation(() => {
      throw new Error('no view');
    });
    await expect(search({ from: HOUR })).rejects.toThrow('no view');
  });
});
