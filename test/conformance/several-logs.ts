import type { Entry, LogName } from '../../lib/record';
import { formatEntry, HOUR_MS, hourOf } from '../../lib/record';
import type { EventPage, EventQuery, ObjectWriter, QueryEngine } from '../../lib/services/ports';
import { ShardWriter } from './shard-writer';

/** An engine to test, and the logs that it searches, its own first, each with the store that it finds them in. */
export interface EngineOverLogs {
  readonly engine: QueryEngine;
  readonly logs: readonly (readonly [LogName, ObjectWriter])[];
  readonly close: () => Promise<void>;
}

/** The hour in which everything happens. */
export const SEVERAL_LOGS_HOUR = Date.parse('2026-03-01T12:00:00.000Z');

/** What every engine must do that searches two logs. Each test gets two empty ones. */
export function severalLogsConformance(name: string, open: () => Promise<EngineOverLogs>): void {
  describe(`${name} searches two logs as one`, () => {
    let subject: EngineOverLogs;
    beforeEach(async () => {
      subject = await open();
    });
    afterEach(() => subject.close());

    const event = (after: number, json: string, more: Partial<Entry> = {}): Entry => {
      return { received: SEVERAL_LOGS_HOUR + after, writer: 'mtls:w', kind: 'event', json, ...more };
    };
    const shardOf = (i: number, id?: string): ShardWriter => {
      const [log, store] = subject.logs[i] as [LogName, ObjectWriter];
      return new ShardWriter(log, store, hourOf(SEVERAL_LOGS_HOUR), id);
    };
    const search = (more: Partial<EventQuery> = {}): Promise<EventPage> =>
      subject.engine.search({ from: 0, to: SEVERAL_LOGS_HOUR + HOUR_MS, limit: 10_000, ...more });
    const lines = async (more: Partial<EventQuery> = {}) => (await search(more)).events.map(({ line }) => line);

    it('in the order of received, then origin, then index', async () => {
      // By its id alone the shard of the second log would come first.
      await shardOf(0, 'b'.repeat(32)).write(event(1, '1'), event(5, '2'), event(5, '3'));
      await shardOf(1, 'a'.repeat(32)).write(event(2, '4'), event(5, '5'), event(9, '6'));
      const found = (await search()).events.map(({ received, line }) => [received - SEVERAL_LOGS_HOUR, line.at(-2)]);
      expect(found).toEqual([
        [1, '1'],
        [2, '4'],
        [5, '2'],
        [5, '3'],
        [5, '5'],
        [9, '6'],
      ]);
    });

    it.each([1, 2, 3, 7])('with one cursor, in pages of %i', async (limit) => {
      for (const i of [0, 1]) await shardOf(i).write(...[1, 1, 2, 3].map((after, n) => event(after, `[${i},${n}]`)));
      const whole = await lines();
      expect(whole).toHaveLength(8);
      const found: string[] = [];
      let after: EventPage['next'];
      do {
        const page: EventPage = await search({ limit, ...(after && { after }) });
        found.push(...page.events.map(({ line }) => line));
        after = page.next;
      } while (after !== undefined);
      expect(found).toEqual(whole);
    });

    it('by every filter', async () => {
      for (const i of [0, 1]) await shardOf(i).write(event(i, `{"action":"login","actor":"a${i}"}`), event(5, '{}'));
      expect(await lines({ action: 'login' })).toHaveLength(2);
      expect(await lines({ actor: 'a1' })).toHaveLength(1);
      expect(await lines({ contains: '"a0"' })).toHaveLength(1);
    });

    it.each([
      ['its own log', 0, 1],
      ['the other log', 1, 0],
    ])('and shows equal writer and id once, the first, which is in %s', async (_, first, second) => {
      const [earlier, later] = [event(1, '1', { id: 'k#0' }), event(2, '2', { id: 'k#0' })];
      await shardOf(second).write(later);
      expect(await lines()).toEqual([formatEntry(later)]);
      await shardOf(first).write(earlier);
      expect(await lines()).toEqual([formatEntry(earlier)]);
      expect(await lines({ from: later.received })).toEqual([]);
    });

    it('and says of each how far it is complete, and of all the least', async () => {
      const { completeUntil, regions = [] } = await search();
      expect(regions.map(({ region }) => region)).toEqual(subject.logs.map(([{ region }]) => region));
      expect(completeUntil).toBe(Math.min(...regions.map((each) => each.completeUntil)));
      expect(regions[1]?.completeUntil).toBe(0);
    });
  });
}
