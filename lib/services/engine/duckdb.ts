import { hourOf, type LogName } from '../../record';
import type { Clock, EventPage, EventQuery, Log, ObjectReader, QueryEngine } from '../ports';
import { CacheBroken, searchTimeout } from './cache-failure';
import { Coalesced } from './coalesced';
import { type CacheSettings, DuckDbCache } from './duckdb-cache';
import { EventSearch } from './event-search';
import { NewSegments, StoreChanged } from './new-segments';
import { type Replica, ReplicaFeed } from './replica-feed';
import { SegmentLoader } from './segment-loader';

/** A search waits so long for replicas, in milliseconds. What they do not give by then it does without, and says so. */
const REPLICAS_WITHIN_MS = 2_000;

/** What a DuckDB engine works on. */
export interface DuckDbEngineOptions {
  readonly log: LogName;
  readonly store: ObjectReader;
  readonly clock: Clock;
  readonly cache: CacheSettings;
  /** An event is in the store at most this long after it was received if it was acknowledged at all, in milliseconds. */
  readonly acknowledgeWithinMs: number;

  /**
   * Logs of other regions that are searched too.
   *
   * @default - none
   */
  readonly replicas?: readonly Replica[];

  /**
   * Most time of a search, waiting for new segments included, in milliseconds.
   *
   * @default 30000
   */
  readonly timeoutMs?: number;

  /** Told of what search had to leave out or do again. */
  readonly report: Log;
}

/** A cache, and what loads it. */
interface Generation {
  readonly cache: DuckDbCache;
  readonly newSegments: NewSegments;
  readonly feeds: readonly ReplicaFeed[];
}

/**
 * Searches logs with an embedded DuckDB. Before each search it loads the store's new segments into a cache file, so that a search finds all that
 * was in the store when it began. A damaged segment is left out, told once and counted: search is not verification.
 *
 * A replica that cannot be read keeps nobody from searching the log itself and what was loaded before; it is complete no further than before.
 */
export class DuckDbEngine implements QueryEngine {
  /**
   * Opens the cache.
   *
   * @throws engine-missing, search-cache-unusable
   */
  public static async open(options: DuckDbEngineOptions): Promise<DuckDbEngine> {
    return new DuckDbEngine(options, await openCache(options));
  }

  private readonly own = new Coalesced(() => this.load());
  private readonly replicas: readonly Coalesced[];
  private readonly loader: SegmentLoader;
  private readonly replicaLoaders: readonly SegmentLoader[];
  private generation: Generation;
  private damaged = 0;
  private completeUntil = Number.NEGATIVE_INFINITY;
  /** Why the cache must be built again before anything is loaded. */
  private broken: Error | undefined;
  /** The first hour that is loaded, when not all are. */
  private from: number | undefined;

  private constructor(
    private readonly options: DuckDbEngineOptions,
    cache: DuckDbCache,
  ) {
    const { log, store, replicas = [], report } = options;
    this.loader = new SegmentLoader(log, store, report);
    this.replicaLoaders = replicas.map((replica) => new SegmentLoader(replica.log, replica.store, report));
    this.replicas = replicas.map((_, i) => new Coalesced(() => this.loadReplica(i)));
    this.generation = this.begin(cache);
  }

  /**
   * @throws search-timeout, search-too-large, search-cache-unusable; and what the store throws when it cannot be read
   */
  public async search(query: EventQuery): Promise<EventPage> {
    const start = performance.now();
    const left = (): number => (this.options.timeoutMs ?? 30_000) - (performance.now() - start);
    await this.loaded(left());
    const { cache } = this.generation;
    try {
      return await this.find(query, left());
    } catch (error) {
      if (!(error instanceof CacheBroken)) throw error;
      if (this.generation.cache === cache) this.broken = error;
    }
    await this.loaded(left());
    return this.find(query, left());
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

  /** Loads what is new in the store. Resolves when all is loaded that was there at the call; replicas go on being loaded behind it. */
  public async refresh(): Promise<void> {
    await this.own.run();
    for (const replica of this.replicas) void replica.run();
  }

  public async close(): Promise<void> {
    for (const loader of [this.loader, ...this.replicaLoaders]) loader.stop();
    await Promise.all([this.own, ...this.replicas].map((each) => each.settled()));
    this.generation.cache.close();
  }

  /** All that is in the store is loaded, and of replicas what can be had soon. One that is long under way already is not waited for. */
  private async loaded(milliseconds: number): Promise<void> {
    await within(milliseconds, this.own.run());
    const soon = this.replicas.map((replica) => ({ isSlow: replica.lasted > REPLICAS_WITHIN_MS, run: replica.run() }));
    const awaited = soon.filter(({ isSlow }) => !isSlow).map(({ run }) => run);
    if (awaited.length === 0) return;
    let timer: NodeJS.Timeout | undefined;
    const enough = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, REPLICAS_WITHIN_MS);
    });
    await Promise.race([Promise.all(awaited), enough]);
    clearTimeout(timer);
  }

  /** How far all is complete is asked before it is searched: what is loaded meanwhile only adds. */
  private async find(query: EventQuery, milliseconds: number): Promise<EventPage> {
    const { generation, completeUntil, damaged } = this;
    const { log, replicas = [] } = this.options;
    const regions = [
      { region: log.region, completeUntil },
      ...generation.feeds.map((feed, i) => ({
        region: replicas[i]?.log.region ?? '',
        completeUntil: feed.completeUntil,
      })),
    ];
    const found = await new EventSearch(query).run(generation.cache, milliseconds);
    const least = Math.min(...regions.map((each) => each.completeUntil));
    return { ...found, completeUntil: least, ...(regions.length > 1 && { regions }), skipped: damaged };
  }

  private async load(): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      const start = this.options.clock.now();
      try {
        if (this.broken !== undefined) await this.rebuild(this.broken);
        const { cache, newSegments } = this.generation;
        const read = newSegments.read.bind(newSegments);
        await this.loader.load(cache, newSegments.list(this.from ?? 0), read);
        await this.count(cache);
        this.completeUntil = start - this.options.acknowledgeWithinMs;
        return;
      } catch (error) {
        if (!(error instanceof CacheBroken || error instanceof StoreChanged)) throw error;
        this.broken = error;
        if (attempt > 2) throw error;
      }
    }
  }

  /** Never throws: what went wrong is told, and the next time it is tried again. */
  private async loadReplica(i: number): Promise<void> {
    const { generation } = this;
    const origin = this.options.replicas?.[i]?.log.origin ?? '';
    try {
      await generation.feeds[i]?.refresh(this.from ?? 0);
      await this.count(generation.cache);
    } catch (error) {
      // If it is built again already, this was about the one before.
      if (generation !== this.generation) return;
      if (error instanceof CacheBroken || error instanceof StoreChanged) this.broken = error;
      const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
      this.options.report('error', 'replica-not-loaded', { origin, reason: reason.slice(0, 500) });
    }
  }

  private async count(cache: DuckDbCache): Promise<void> {
    const skipped = [this.loader, ...this.replicaLoaders].reduce((sum, loader) => sum + loader.skipped.size, 0);
    this.damaged = skipped + (await cache.broken());
  }

  /** Starts again with an empty cache. Searches under way end in the old one. */
  private async rebuild({ message }: Error): Promise<void> {
    this.options.report('warn', 'cache-rebuilt', { reason: message });
    await this.generation.cache.discard();
    this.generation = this.begin(await openCache(this.options));
    this.broken = undefined;
  }

  private begin(cache: DuckDbCache): Generation {
    const { log, store, clock, acknowledgeWithinMs, replicas = [], report } = this.options;
    const feeds = replicas.map((replica, i) => {
      const loader = this.replicaLoaders[i] as SegmentLoader;
      return new ReplicaFeed({ replica, cache, loader, clock, acknowledgeWithinMs, report });
    });
    return { cache, newSegments: new NewSegments(log, store, clock, cache.ofLog(log)), feeds };
  }
}

function openCache({ log, replicas = [], cache }: DuckDbEngineOptions): Promise<DuckDbCache> {
  return DuckDbCache.open([log, ...replicas.map((replica) => replica.log)], cache);
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
