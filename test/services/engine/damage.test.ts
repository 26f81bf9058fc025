import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { formatEntry, HOUR_MS, type LogName } from '../../../lib/record';
import { CacheBroken, cacheFailure } from '../../../lib/services/engine/cache-failure';
import type { DuckDbEngine } from '../../../lib/services/engine/duckdb';
import type { DuckDbCache } from '../../../lib/services/engine/duckdb-cache';
import { EventSearch } from '../../../lib/services/engine/event-search';
import { all, event, LOG, NOW } from '../../conformance/engine';
import { ShardWriter } from '../../conformance/shard-writer';
import { EngineFixture } from './engine-fixture';

describe('DuckDbEngine in a log that is not whole', () => {
  let fixture: EngineFixture;
  let engine: DuckDbEngine;
  let shard: ShardWriter;
  const log: LogName = LOG;

  const indexes = async (): Promise<number[]> => (await engine.search(all())).events.map(({ index }) => index);

  beforeEach(async () => {
    fixture = await EngineFixture.make();
    engine = await fixture.open();
    shard = new ShardWriter(log, fixture.store, NOW);
  });
  afterEach(() => fixture.close());

  async function damage(change: (bytes: Buffer) => Buffer): Promise<string> {
    await shard.write(event(1, '1'));
    const key = shard.nextKey;
    const bytes = await shard.segment(Buffer.from(`${formatEntry(event(2, '2'))}\n`));
    await fixture.store.putOnce(key, change(bytes));
    await shard.write(event(3, '3'));
    return key;
  }

  it.each([
    ['flipped', (bytes: Buffer) => Buffer.from(bytes).fill(0xff, 20, 21)],
    ['cut', (bytes: Buffer) => bytes.subarray(0, -1)],
    ['empty', () => Buffer.alloc(0)],
    ['larger than any', (bytes: Buffer) => Buffer.concat([Buffer.alloc(9 * 1024 * 1024), bytes])],
  ])('passes by a segment that is %s, and counts it', async (_, change) => {
    await damage(change);
    const { events, skipped } = await engine.search(all());
    expect(events.map(({ index }) => index)).toEqual([0, 2]);
    expect(skipped).toBe(1);
  });

  it('reports a damaged segment once', async () => {
    const key = await damage((bytes) => bytes.subarray(1));
    for (let i = 0; i < 3; i++) await indexes();
    await fixture.clock.advance(3 * HOUR_MS);
    await indexes();
    expect(fixture.reports).toEqual([['alarm', 'segment-skipped', { key, reason: expect.any(String) }]]);
  });

  it('counts nothing in a log that is whole', async () => {
    await shard.write(event(1, '1'));
    expect((await engine.search(all())).skipped).toBe(0);
  });

  it.each([
    ['not an entry', Buffer.from(`{"a":"${'x'.repeat(100)}"}`)],
    ['not UTF-8', Buffer.from('{"received":"2026-03-01T12:00:00.001Z","writer":"w","event":"\xff"}', 'latin1')],
  ])('passes by a line that is %s, and finds its neighbours', async (_, line) => {
    const [before, behind] = [event(1, '1'), event(3, '3')].map((entry) => Buffer.from(`${formatEntry(entry)}\n`));
    await shard.writeLines(Buffer.concat([before as Buffer, line, Buffer.from('\n'), behind as Buffer]));
    expect(await indexes()).toEqual([0, 2]);
    expect((await engine.search(all())).skipped).toBe(1);
    expect(fixture.reports).toEqual([['alarm', 'lines-skipped', { key: expect.any(String), lines: 1 }]]);
  });

  it('finds what a node writes behind an object that somebody put ahead of it', async () => {
    await shard.write(event(1, '1'));
    const forged = await shard.segment(Buffer.from(`${formatEntry(event(9, '9'))}\n`));
    await fixture.store.putOnce(log.segmentKey(NOW - (NOW % HOUR_MS), shard.shard, 999_999), forged);
    expect(await indexes()).toEqual([0, 999_999]);
    const honest = new ShardWriter(log, fixture.store, NOW, shard.shard);
    await honest.segment(Buffer.from('x\n'));
    await honest.write(event(2, '2'));
    expect(await indexes()).toEqual([0, 1, 999_999]);
    expect(await indexes()).toEqual([0, 1, 999_999]);
  });

  it('shows both of two entries that claim one place, on one page', async () => {
    await shard.write(event(1, '"a"'), event(2, '"b"'));
    const forger = new ShardWriter(log, fixture.store, NOW, shard.shard);
    await forger.segment(Buffer.from('x\n'));
    await forger.write(event(2, '"forged"'));
    const first = await engine.search(all({ limit: 2 }));
    expect(first.events.map(({ line }) => /"event":(.*)}/.exec(line)?.[1])).toEqual(['"a"', '"b"', '"forged"']);
    expect(first.next && (await engine.search(all({ after: first.next }))).events).toEqual([]);
  });

  it.each([
    'entries/foreign.txt',
    'entries/date=2026-03-01/hour=12/x/000000000000.ndjson.gz',
    'entries/date=2026-03-01/a',
  ])('passes by the foreign object %s', async (name) => {
    await fixture.store.putOnce(`${log.prefix}${name}`, Buffer.from('x'));
    await shard.write(event(1, '1'));
    expect(await indexes()).toEqual([0]);
    await shard.write(event(2, '2'));
    expect(await indexes()).toEqual([0, 1]);
  });

  it('finds an hour again that a wrong clock took for closed', async () => {
    await shard.write(event(1, '1'));
    await indexes();
    fixture.clock.setNow(NOW + 10 * HOUR_MS);
    await indexes();
    fixture.clock.setNow(NOW);
    await shard.write(event(2, '2'));
    expect(await indexes()).toEqual([0, 1]);
  });

  it('finds nothing while the store is away, says so, and finds all when it is back', async () => {
    await shard.write(event(1, '1'));
    const folder = join(fixture.folder, 'store');
    await rename(folder, `${folder}-away`);
    await expect(engine.search(all())).rejects.toThrow();
    await rename(`${folder}-away`, folder);
    expect(await indexes()).toEqual([0]);
  });

  it('gives up a search that takes too long', async () => {
    const slow = await fixture.open({ timeoutMs: 0 });
    await expect(slow.search(all())).rejects.toMatchObject({ code: 'search-timeout' });
  });

  it.each([
    ['INTERRUPT Error: Interrupted!', 'search-timeout'],
    ['Out of Memory Error: failed to allocate data of size 1.0 MiB', 'search-too-large'],
    ['IO Error: Could not write file "x": No space left on device', 'search-cache-unusable'],
  ])('tells %s apart', (message, code) => {
    expect(cacheFailure(new Error(message))).toMatchObject({ code });
  });

  it.each([
    ['IO Error: Corrupt database file: computed checksum 1 does not match stored checksum 2', true],
    ['FATAL Error: database has been invalidated', true],
    ['INTERNAL Error: x', true],
    ['Binder Error: x', false],
  ])('after %s builds the cache again: %s', (message, isBroken) => {
    expect(cacheFailure(new Error(message)) instanceof CacheBroken).toBe(isBroken);
  });

  it('interrupts a statement that runs too long', async () => {
    const { cache } = (engine as unknown as { generation: { cache: DuckDbCache } }).generation;
    const connection = await cache.connect();
    let interrupted = 0;
    jest.spyOn(cache, 'connect').mockResolvedValue(connection);
    jest.spyOn(connection, 'interrupt').mockImplementation(() => void interrupted++);
    jest.spyOn(connection, 'runAndReadAll').mockImplementation(async () => {
      await sleep(200);
      throw new Error('INTERRUPT Error: Interrupted!');
    });
    await expect(new EventSearch(all()).run(cache, 20)).rejects.toMatchObject({ code: 'search-timeout' });
    expect(interrupted).toBeGreaterThan(0);
  });
});
