import { type Entry, formatEntry, HOUR_MS, LogName } from '../../lib/record';
import type { EventPage, EventPosition, EventQuery, ObjectWriter, QueryEngine } from '../../lib/services/ports';
import { CORPUS, CORPUS_WRITER } from '../corpus';
import type { FakeClock } from '../fake-clock';
import { ShardWriter } from './shard-writer';

/** The log that an engine under test searches. */
export const LOG = new LogName('acme', 'local');
/** When the clock of a test starts. */
export const NOW = Date.parse('2026-03-01T12:30:00.000Z');
const HOUR = Date.parse('2026-03-01T12:00:00.000Z');
const ACKNOWLEDGE_WITHIN_MS = 30_000;

/** An engine to test, the store that it searches, and its clock, which starts at `NOW`. */
export interface EngineUnderTest {
  readonly engine: QueryEngine;
  readonly store: ObjectWriter;
  readonly clock: FakeClock;
  readonly close: () => Promise<void>;
}

/** A search over the whole log. */
export function all(conditions: Partial<EventQuery> = {}): EventQuery {
  return { from: 0, to: NOW + HOUR_MS, limit: 10_000, ...conditions };
}

/** An event received some milliseconds after the hour began. */
export function event(after: number, json: string, more: Partial<Entry> = {}): Entry {
  return { received: HOUR + after, writer: 'mtls:w', kind: 'event', json, ...more };
}

/** What every engine must do, when `ACKNOWLEDGE_WITHIN_MS` is 30 s. Each test gets an empty log of its own. */
export function engineConformance(name: string, open: () => Promise<EngineUnderTest>): void {
  describe(`${name} is a query engine`, () => {
    let subject: EngineUnderTest;
    let engine: QueryEngine;
    let shard: ShardWriter;

    const newShard = (id?: string, hour = HOUR): ShardWriter => new ShardWriter(LOG, subject.store, hour, id);
    const linesOf = async (conditions: Partial<EventQuery> = {}): Promise<string[]> =>
      (await engine.search(all(conditions))).events.map(({ line }) => line);

    beforeEach(async () => {
      subject = await open();
      engine = subject.engine;
      shard = newShard();
    });
    afterEach(() => subject.close());

    describe('an empty log', () => {
      it('has no events and no next page', async () => {
        const { events, next } = await engine.search(all());
        expect(events).toEqual([]);
        expect(next).toBeUndefined();
      });

      it('is complete up to the time within which events are acknowledged', async () => {
        expect((await engine.search(all())).completeUntil).toBe(NOW - ACKNOWLEDGE_WITHIN_MS);
      });
    });

    describe('the corpus', () => {
      const entries = CORPUS.map(({ stored }, i) => event(i * 10, stored, { writer: CORPUS_WRITER }));
      const lines = entries.map(formatEntry);
      const named = CORPUS.map(({ name: item }, i) => [item, i] as const);

      beforeEach(() => shard.write(...entries));

      it('comes back byte for byte, in order, none hiding another', async () => {
        expect(await linesOf()).toEqual(lines);
      });

      it('is found by its writer', async () => {
        expect(await linesOf({ writer: CORPUS_WRITER })).toEqual(lines);
      });

      it('is found by time, one by one', async () => {
        for (const [item, i] of named) {
          const found = await linesOf({ from: HOUR + i * 10, to: HOUR + i * 10 + 1 });
          expect([item, found]).toEqual([item, [lines[i]]]);
        }
      });

      it('is found by what its line contains, one by one', async () => {
        for (const [item, i] of named) {
          const found = await linesOf({ contains: `"event":${CORPUS[i]?.stored}}` });
          expect([item, found.includes(lines[i] as string)]).toEqual([item, true]);
        }
      });
    });

    describe('filters', () => {
      const ann = event(1, '{"actor":{"id":"ann"},"action":"login","target":{"id":"db"},"outcome":"ok"}');
      const bob = event(2, '{"actor":"bob","action":"login","target":"db","outcome":"denied"}', { writer: 'jwt:b' });
      const eve = event(3, '{"actor":"eve","action":"drop","targets":[{"id":"tbl"}],"outcome":"ok"}');
      const text = event(4, '"actor ann, not JSON"', { kind: 'text' });

      beforeEach(() => shard.write(ann, bob, eve, text));

      it.each<[string, Partial<EventQuery>, Entry[]]>([
        ['none', {}, [ann, bob, eve, text]],
        ['actor.id', { actor: 'ann' }, [ann]],
        ['actor', { actor: 'bob' }, [bob]],
        ['action', { action: 'login' }, [ann, bob]],
        ['target.id and target', { target: 'db' }, [ann, bob]],
        ['targets[0].id', { target: 'tbl' }, [eve]],
        ['outcome', { outcome: 'ok' }, [ann, eve]],
        ['writer', { writer: 'jwt:b' }, [bob]],
        ['contains', { contains: 'ann' }, [ann, text]],
        ['contains in the envelope', { contains: '"writer":"jwt:b"' }, [bob]],
        ['two fields', { action: 'login', outcome: 'ok' }, [ann]],
        [
          'all fields',
          { actor: 'ann', action: 'login', target: 'db', outcome: 'ok', writer: 'mtls:w', contains: 'ann' },
          [ann],
        ],
        ['fields that no event has together', { actor: 'ann', action: 'drop' }, []],
        ['a part of a value', { actor: 'an' }, []],
        ['another case', { actor: 'ANN' }, []],
        ['another case in contains', { contains: 'ANN' }, []],
        ['an empty actor', { actor: '' }, []],
      ])('by %s', async (_, conditions, expected) => {
        expect(await linesOf(conditions)).toEqual(expected.map(formatEntry));
      });

      it.each([
        ['from, inclusive', { from: HOUR + 2 }, [bob, eve, text]],
        ['to, exclusive', { to: HOUR + 3 }, [ann, bob]],
        ['both', { from: HOUR + 2, to: HOUR + 3 }, [bob]],
        ['an empty window', { from: HOUR + 2, to: HOUR + 2 }, []],
      ])('by %s', async (_, conditions, expected) => {
        expect(await linesOf(conditions)).toEqual(expected.map(formatEntry));
      });

      it.each([
        "' OR 1=1 --",
        "ann'; DROP TABLE entries; --",
        '$actor',
        '?',
        '%',
        '_',
        'ann\\',
        '"ann"',
        "ann' UNION SELECT line FROM entries",
      ])('takes the value %s as it is', async (value) => {
        for (const field of ['actor', 'action', 'target', 'outcome', 'writer', 'contains']) {
          const found = (await linesOf({ [field]: value })).filter((line) => !line.includes(value));
          expect(found).toEqual([]);
        }
        expect(await linesOf()).toHaveLength(4);
      });
    });

    describe('text', () => {
      const actors = [
        '',
        'é',
        'e\u0301',
        '😀',
        '\u{10ffff}',
        '\ufffd',
        '\ud800',
        '\udc00',
        '\\ud800',
        'a\u0000b',
        'a',
        'ab',
        '"',
        '\\',
        '\\"',
        '\n',
        '\\n',
        '100%',
        "'",
        'ı',
        'İ',
      ];

      it('tells all actors apart, lone surrogates and NUL included', async () => {
        const entries = actors.map((actor, i) => event(i, JSON.stringify({ actor })));
        await shard.write(...entries);
        for (const [i, actor] of actors.entries()) {
          expect([actor, await linesOf({ actor })]).toEqual([actor, [formatEntry(entries[i] as Entry)]]);
        }
      });

      it.each([
        ['wildcards of LIKE', '{"s":"50%_x"}', ['50%', '%_', '_x'], ['5_%', '5%x']],
        ['regular expressions', '{"s":"a.c[x]*"}', ['a.c', '[x]*'], ['a.*c', 'abc']],
        ['composed letters', '{"s":"é"}', ['é'], ['e\u0301', '\u0301']],
        ['astral characters', '{"s":"😀"}', ['😀'], ['\ud83d', '\ude00', '😁']],
        ['the replacement character', '{"s":"\ufffd"}', ['\ufffd'], ['\ud800']],
        ['escapes', String.raw`{"s":"\u0041\/"}`, [String.raw`\u0041\/`], ['A', '"s":"/']],
      ])('contains compares character by character: %s', async (_, json, present, absent) => {
        await shard.write(event(1, json));
        for (const contains of present) expect([contains, await linesOf({ contains })]).toHaveProperty('1.length', 1);
        for (const contains of absent) expect([contains, await linesOf({ contains })]).toHaveProperty('1.length', 0);
      });
    });

    describe('kinds', () => {
      const sha256 = 'f'.repeat(64);

      it.each([
        ['event', '{"x":1}'],
        ['text', '"x"'],
        ['refused', `{"reason":"too-large","size":99999,"sha256":"${sha256}"}`],
        ['blob', `{"sha256":"${sha256}","size":1}`],
        ['sealed', '{"kid":"k","ct":"eA=="}'],
      ] as const)('finds %s entries', async (kind, json) => {
        const lines = await shard.write(event(1, json, { kind }));
        expect(await linesOf()).toEqual(lines);
      });

      it('does not show heartbeats, and counts them in the index', async () => {
        await shard.write(event(1, '{}', { kind: 'heartbeat', writer: 'node' }), event(2, '{"a":1}'));
        const { events } = await engine.search(all());
        expect(events.map(({ index }) => index)).toEqual([1]);
      });

      it('takes fields from events only', async () => {
        await shard.write(event(1, '"{\\"actor\\":\\"x\\"}"', { kind: 'text' }));
        expect(await linesOf({ actor: 'x' })).toEqual([]);
      });
    });

    describe('order', () => {
      it('is by received, then origin, then index', async () => {
        const [a, b] = [newShard('a'.repeat(32)), newShard('b'.repeat(32))];
        await b.write(event(1, '1'), event(5, '5'), event(5, '6'));
        await a.write(event(2, '2'), event(5, '3'), event(5, '4'));
        await a.write(event(9, '9'));
        const { events } = await engine.search(all());
        expect(events.map(({ received, origin, index }) => [received - HOUR, origin, index])).toEqual([
          [1, b.origin, 0],
          [2, a.origin, 0],
          [5, a.origin, 1],
          [5, a.origin, 2],
          [5, b.origin, 1],
          [5, b.origin, 2],
          [9, a.origin, 3],
        ]);
      });

      it('does not depend on when segments were found', async () => {
        await shard.write(event(50, '"late"'));
        await linesOf();
        const early = newShard();
        await early.write(event(10, '"early"'));
        expect((await linesOf()).map((line) => /"(early|late)"/.exec(line)?.[1])).toEqual(['early', 'late']);
      });
    });

    describe('pages', () => {
      const COUNT = 7;
      const times = [0, 1, 1, 1, 2, 2, 3];

      async function walk(conditions: Partial<EventQuery>, between: () => Promise<void> = async () => {}) {
        const pages: EventPage[] = [];
        let after: EventPosition | undefined;
        do {
          const page = await engine.search(all({ ...conditions, ...(after && { after }) }));
          pages.push(page);
          after = page.next;
          await between();
        } while (after !== undefined);
        return pages;
      }

      it.each([1, 2, 3, 4, 5, 6, 7, 8])('of %i have no gap and no repeat', async (limit) => {
        await Promise.all(
          [shard, newShard()].map((each) => each.write(...times.map((time) => event(time, '{"a":1}')))),
        );
        const whole = await linesOf();
        expect(whole).toHaveLength(2 * COUNT);
        const pages = await walk({ limit });
        expect(pages.flatMap(({ events }) => events.map(({ line }) => line))).toEqual(whole);
        expect(pages.slice(0, -1).map(({ events }) => events.length)).toEqual(Array(pages.length - 1).fill(limit));
        expect(pages).toHaveLength(Math.ceil((2 * COUNT) / limit));
      });

      it('keep to the filters', async () => {
        await shard.write(...times.map((time, i) => event(time, `{"action":"${i % 2 ? 'odd' : 'even'}"}`)));
        const pages = await walk({ limit: 1, action: 'odd' });
        expect(pages.map(({ events }) => events[0]?.index)).toEqual([1, 3, 5]);
      });

      it('have no next when they end with the last result', async () => {
        await shard.write(event(1, '1'), event(2, '2'));
        expect((await engine.search(all({ limit: 2 }))).next).toBeUndefined();
      });

      it('give the position of their last line as next', async () => {
        await shard.write(event(1, '1'), event(2, '2'));
        expect((await engine.search(all({ limit: 1 }))).next).toEqual({
          received: HOUR + 1,
          origin: shard.origin,
          index: 0,
        });
      });

      it.each([
        [HOUR, '', 0, [0, 1, 2]],
        [HOUR + 1, 'zzz', 0, [1, 2]],
        [HOUR + 2, '', 0, [1, 2]],
        [HOUR + 3, 'zzz', 0, []],
        [HOUR + 99, '', 0, []],
      ])('begin behind (%i, %j, %i)', async (received, origin, index, expected) => {
        await shard.write(event(1, '1'), event(2, '2'), event(3, '3'));
        const { events } = await engine.search(all({ after: { received, origin, index } }));
        expect(events.map((found) => found.index)).toEqual(expected);
      });

      it('show events that are added ahead between them, and repeat none for events added behind', async () => {
        await shard.write(event(10, '1'), event(20, '2'));
        const extra = newShard();
        let rounds = 0;
        const pages = await walk({ limit: 1 }, async () => {
          if (rounds++ === 0) await extra.write(event(5, '"behind"'), event(15, '"ahead"'));
        });
        expect(pages.flatMap(({ events }) => events.map(({ received }) => received - HOUR))).toEqual([10, 15, 20]);
      });

      it('end early when their lines are large', async () => {
        const json = `{"pad":"${'x'.repeat(60_000)}"}`;
        for (let i = 0; i < 3; i++)
          await shard.write(...Array.from({ length: 60 }, (_, j) => event(i * 100 + j, json)));
        const pages = await walk({});
        expect(pages.length).toBeGreaterThan(1);
        for (const { events } of pages) {
          expect(events.reduce((sum, { line }) => sum + line.length + 1, 0)).toBeLessThanOrEqual(8 * 1024 * 1024);
        }
        expect(pages.flatMap(({ events }) => events.map(({ index }) => index))).toEqual(
          Array.from({ length: 180 }, (_, i) => i),
        );
      });
    });

    describe('equal writer and id', () => {
      const first = event(1, '{"n":1}', { id: 'k#0' });
      const again = event(2, '{"n":2}', { id: 'k#0' });

      it('are shown once, the first, within a segment', async () => {
        await shard.write(first, again);
        expect(await linesOf()).toEqual([formatEntry(first)]);
      });

      it('are shown once, the first, across shards and searches, whichever was found first', async () => {
        await shard.write(again);
        expect(await linesOf()).toEqual([formatEntry(again)]);
        await newShard().write(first);
        expect(await linesOf()).toEqual([formatEntry(first)]);
      });

      it('at one time are ordered by origin', async () => {
        await newShard('b'.repeat(32)).write(first);
        await newShard('a'.repeat(32)).write({ ...again, received: first.received });
        expect((await linesOf())[0]).toContain('"n":2');
      });

      it('hide the repeat even from a search in which the first is not', async () => {
        await shard.write(first, again);
        expect(await linesOf({ from: again.received })).toEqual([]);
        expect(await linesOf({ contains: '"n":2' })).toEqual([]);
      });

      it.each([
        ['writers', { writer: 'mtls:other' }],
        ['ids', { id: 'k#1' }],
        ['cases of ids', { id: 'K#0' }],
      ])('differ by %s', async (_, more) => {
        await shard.write(first, { ...again, ...more });
        expect(await linesOf()).toHaveLength(2);
      });

      it('are not what entries without an id have', async () => {
        await shard.write(event(1, '1'), event(1, '1'));
        expect(await linesOf()).toHaveLength(2);
      });
    });

    describe('new events', () => {
      it('are found by the next search', async () => {
        for (let i = 0; i < 5; i++) {
          await shard.write(event(i, `{"n":${i}}`));
          expect(await linesOf()).toHaveLength(i + 1);
        }
      });

      it('are found in a later hour', async () => {
        await shard.write(event(1, '1'));
        expect(await linesOf()).toHaveLength(1);
        await subject.clock.advance(5 * HOUR_MS);
        await newShard(undefined, HOUR + 5 * HOUR_MS).write(event(5 * HOUR_MS, '2'));
        expect(await linesOf({ to: NOW + 9 * HOUR_MS })).toHaveLength(2);
      });

      it('are found in an hour that is over, when they came before it closed', async () => {
        await linesOf();
        await subject.clock.advance(44 * 60_000);
        await shard.write(event(HOUR_MS - 1, '1'));
        expect(await linesOf()).toHaveLength(1);
      });

      it('are found in an hour that closed since the last search', async () => {
        await shard.write(event(1, '1'));
        await linesOf();
        await shard.write(event(2, '2'));
        await subject.clock.advance(3 * HOUR_MS);
        expect(await linesOf()).toHaveLength(2);
      });

      it('move the time up to which a page is complete', async () => {
        await linesOf();
        await subject.clock.advance(60_000);
        expect((await engine.search(all())).completeUntil).toBe(NOW + 60_000 - ACKNOWLEDGE_WITHIN_MS);
      });

      it('are all found by searches at once', async () => {
        await shard.write(...Array.from({ length: 50 }, (_, i) => event(i, String(i))));
        const found = await Promise.all(Array.from({ length: 10 }, () => linesOf()));
        expect(found.map((lines) => lines.length)).toEqual(Array(10).fill(50));
      });
    });
  });
}
