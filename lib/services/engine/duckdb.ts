import { hourOf, type LogName, MAX_SEGMENT_LINES_SIZE, Malformed, TAIL_SIZE } from '../../record';
import type { Clock, EventPage, EventQuery, Log, ObjectReader, QueryEngine } from '../ports';
import { CacheBroken, searchTimeout } from './cache-failure';
import { type CacheSettings, DuckDbCache, type LoadedSegment } from './duckdb-cache';
import { EventSearch } from './event-search';
import { type ListedSegment, NewSegments, StoreChanged } from './new-segments';
import { readSegmentRows } from './segment-rows';

/** No segment is larger: deflate adds less than 1 byte to 1,000 that it cannot compress. */
const MOST_SEGMENT_BYTES = MAX_SEGMENT_LINES_SIZE + 64 * 1024 + TAIL_SIZE;

/** How much is read and committed at once: bounds memory, and what a crash must load again. */
const BATCH_BYTES = 4 * 1024 * 1024;
const BATCH_SEGMENTS = 256;

/** What a DuckDB engine works on. */
export interface DuckDbEngineOptions {
  readonly log: LogName;
  readonly store: ObjectReader;
  readonly clock: Clock;
  readonly cache: CacheSettings;
  /** An event is in the store at most this long after it was received if it was acknowledged at all, in milliseconds. */
  readonly acknowledgeWithinMs: number;

  /**
   * Most time of a search, waiting for new segments included, in milliseconds.
   *
   * @default 30000
   */
  readonly timeoutMs?: number;

  /** Told of what search had to leave out or do again. */
  readonly report: Log;
}

/**
 * Searches a log with an embedded DuckDB. Before each search it loads the store's new segments into a cache file, so that a search finds all that
 * was in the store when it began. A damaged segment is left out, told once and counted: search is not verification.
 */
export class DuckDbEngine implements QueryEngine {
  /**
   * Opens the cache.
   *
   * @throws engine-missing, search-cache-unusable
   */
  public static async open(options: DuckDbEngineOptions): Promise<DuckDbEngine> {
    return new DuckDbEngine(options, await DuckDbCache.open(options.log, options.cache));
  }

  private newSegments: NewSegments;
  private readonly skipped = new Set<string>();
  private damaged = 0;
  private completeUntil = Number.NEGATIVE_INFINITY;
  private running: Promise<void> | undefined;
  private queued: Promise<void> | undefined;
  /** Why the cache must be built again before anything is loaded. */
  private broken: Error | undefined;
  private isClosed = false;
  /** The first hour that is loaded, when not all are. */
  private from: number | undefined;

  private constructor(
    private readonly options: DuckDbEngineOptions,
    private cache: DuckDbCache,
  ) {
    this.newSegments = this.listing(cache);
  }

  /**
   * @throws search-timeout, search-too-large, search-cache-unusable; and what the store throws when it cannot be read
   */
  public async search(query: EventQuery): Promise<EventPage> {
    const start = performance.now();
    const left = (): number => (this.options.timeoutMs ?? 30_000) - (performance.now() - start);
    await within(left(), this.refresh());
    const { completeUntil, cache } = this;
    try {
      return this.page(await new EventSearch(query).run(cache, left()), completeUntil);
    } catch (error) {
      if (!(error instanceof CacheBroken)) throw error;
      if (this.cache === cache) this.broken = error;
    }
    await within(left(), this.refresh());
    return this.page(await new EventSearch(query).run(this.cache, left()), this.completeUntil);
  }

  /**
   * Lets hours before a time be left out, if this is said before the first of them is loaded. A later call may name an earlier time, which is then loaded
   * too; what is loaded stays.
   *
   * @param time milliseconds since 1970-01-01 UTC; its hour is loaded
   */
  public loadFrom(time: number): void {
    this.from = Math.min(this.from ?? Number.POSITIVE_INFINITY, Math.max(0, hourOf(time)));
  }

  /** Loads what is new in the store. Resolves when all is loaded that was there at the call. */
  public refresh(): Promise<void> {
    if (this.running === undefined) return this.start();
    // The one under way may have passed by what the caller wants: all who wait share the next.
    this.queued ??= this.running
      .catch(() => {})
      .then(() => {
        this.queued = undefined;
        return this.start();
      });
    return this.queued;
  }

  public async close(): Promise<void> {
    this.isClosed = true;
    await Promise.allSettled([this.running, this.queued]);
    this.cache.close();
  }

  private start(): Promise<void> {
    this.running = this.load().finally(() => {
      this.running = undefined;
    });
    return this.running;
  }

  private async load(): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      const start = this.options.clock.now();
      try {
        if (this.broken !== undefined) await this.rebuild(this.broken);
        await this.loadNew(this.cache);
        this.damaged = this.skipped.size + (await this.cache.broken());
        this.completeUntil = start - this.options.acknowledgeWithinMs;
        return;
      } catch (error) {
        if (!(error instanceof CacheBroken || error instanceof StoreChanged)) throw error;
        this.broken = error;
        if (attempt > 2) throw error;
      }
    }
  }

  private async loadNew(cache: DuckDbCache): Promise<void> {
    let batch: ListedSegment[] = [];
    let bytes = 0;
    for await (const segment of this.newSegments.list(this.from ?? 0)) {
      if (this.isClosed) return;
      if (this.skipped.has(segment.key)) continue;
      if (segment.size > MOST_SEGMENT_BYTES) {
        this.skip(segment, `${segment.size} bytes`);
        continue;
      }
      batch.push(segment);
      bytes += segment.size;
      if (batch.length < BATCH_SEGMENTS && bytes < BATCH_BYTES) continue;
      await this.loadBatch(cache, batch);
      batch = [];
      bytes = 0;
    }
    if (batch.length > 0) await this.loadBatch(cache, batch);
  }

  private async loadBatch(cache: DuckDbCache, batch: readonly ListedSegment[]): Promise<void> {
    const objects = await Promise.all(batch.map(({ key }) => this.options.store.get(key)));
    const loaded: LoadedSegment[] = [];
    for (const [i, segment] of batch.entries()) {
      const bytes = objects[i];
      const segmentRows = bytes === undefined ? undefined : this.read(segment, bytes);
      if (segmentRows !== undefined) loaded.push(segmentRows);
      // Large segments take long to read: others want to be served too.
      await new Promise((resolve) => setImmediate(resolve));
    }
    await cache.load(loaded);
    for (const { segment, count } of loaded) this.newSegments.read(segment, count);
  }

  private read(segment: ListedSegment, bytes: Buffer): LoadedSegment | undefined {
    try {
      const { rows, count, broken } = readSegmentRows(bytes, segment.first);
      if (broken > 0) this.options.report('alarm', 'lines-skipped', { key: segment.key, lines: broken });
      return { segment, rows, count, broken };
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      this.skip(segment, error.reason);
      return undefined;
    }
  }

  private skip(segment: ListedSegment, reason: string): void {
    this.skipped.add(segment.key);
    this.newSegments.read(segment, 0);
    this.options.report('alarm', 'segment-skipped', { key: segment.key, reason });
  }

  /** Starts again with an empty cache. Searches under way end in the old one. */
  private async rebuild({ message }: Error): Promise<void> {
    this.options.report('warn', 'cache-rebuilt', { reason: message });
    await this.cache.discard();
    this.cache = await DuckDbCache.open(this.options.log, this.options.cache);
    this.newSegments = this.listing(this.cache);
    this.broken = undefined;
  }

  private listing(cache: DuckDbCache): NewSegments {
    const { log, store, clock } = this.options;
    return new NewSegments(log, store, clock, cache);
  }

  private page(found: Omit<EventPage, 'completeUntil'>, completeUntil: number): EventPage {
    return { ...found, completeUntil, skipped: this.damaged };
  }
}

async function within<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(searchTimeout()), Math.max(0, milliseconds));
  });
  try {
    return await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
