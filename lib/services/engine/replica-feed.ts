import { type LogName, parseShardPath } from '../../record';
import type { Clock, Log, ObjectReader } from '../ports';
import type { DuckDbCache } from './duckdb-cache';
import { firstGrowingHour, type ListedSegment, NewSegments } from './new-segments';
import { ReplicaProgress } from './replica-progress';
import { RootUnreadable, SealReader } from './seal-reader';
import type { SegmentLoader } from './segment-loader';

/** How many shards of closed hours are looked after in one refresh: bounds its time when much is missing. */
const SHARDS_AT_ONCE = 64;

/** So many hours are held in memory while progress is made out. */
const MOST_HOURS = 8;

/** A log whose objects arrive by replication. */
export interface Replica {
  readonly log: LogName;
  readonly store: ObjectReader;
}

/** What a feed works with. */
export interface ReplicaFeedParts {
  readonly replica: Replica;
  readonly cache: DuckDbCache;
  readonly loader: SegmentLoader;
  readonly clock: Clock;
  /** An event is in the source at most this long after it was received if it was acknowledged at all, in milliseconds. */
  readonly acknowledgeWithinMs: number;
  readonly report: Log;
}

/**
 * Loads a replica, whose objects may arrive in any order and late: what a listing of the hours that grow does not show any more, the root log tells. How far
 * the replica is complete is told by the root log and by what was loaded, and by a clock never.
 */
export class ReplicaFeed {
  private readonly newSegments: NewSegments;
  private seals: SealReader;
  private progress = new ReplicaProgress();
  private until = 0;
  private from = Number.POSITIVE_INFINITY;
  private turn = 0;
  private problem = '';

  public constructor(private readonly parts: ReplicaFeedParts) {
    const { replica, cache, clock } = parts;
    this.newSegments = new NewSegments(replica.log, replica.store, clock, cache.ofLog(replica.log));
    this.seals = new SealReader(replica.log, replica.store);
  }

  /** Every acknowledged event received before was loaded; milliseconds, 0 when nothing can be said. */
  public get completeUntil(): number {
    return this.until;
  }

  /**
   * Loads what is new.
   *
   * @param from the first hour that is loaded
   */
  public async refresh(from: number): Promise<void> {
    const { loader, cache, clock, acknowledgeWithinMs } = this.parts;
    const start = clock.now();
    if (from < this.from) this.beginAt(from);
    const read = (segment: ListedSegment, count: number): void => this.newSegments.read(segment, count);
    await loader.load(cache, this.newSegments.list(from), read);
    const loaded = this.loadedSince(from);
    await this.readSeals(from, loaded);
    await loader.load(cache, this.late(loaded, firstGrowingHour(start)), () => {});
    const after = this.loadedSince(from);
    await this.progress.settle((path) => after.sizeOf(path));
    // A time of the root may be forged or ahead: it is never believed beyond what a log of this region's own would be.
    const until = Math.min(this.progress.completeUntil, start) - acknowledgeWithinMs;
    this.until = Math.max(this.until, until, 0);
  }

  /** Of hours before those that were loaded so far, nothing is known yet. */
  private beginAt(from: number): void {
    const { log, store } = this.parts.replica;
    this.from = from;
    this.seals = new SealReader(log, store);
    this.progress = new ReplicaProgress();
    this.until = 0;
  }

  private async readSeals(from: number, loaded: LoadedHours): Promise<void> {
    try {
      for await (const seal of this.seals.next(from)) await this.progress.add(seal, (path) => loaded.sizeOf(path));
    } catch (error) {
      if (!(error instanceof RootUnreadable)) throw error;
      if (error.message !== this.problem) {
        this.parts.report('alarm', 'root-unreadable', { reason: error.message.slice(0, 500) });
      }
      this.problem = error.message;
    }
  }

  /** What has arrived of shards that no listing of growing hours shows any more: some of them each time, in turn. */
  private async *late(loaded: LoadedHours, growing: number): AsyncIterable<ListedSegment> {
    const { log, store } = this.parts.replica;
    const open = this.progress.open.filter((path) => (parseShardPath(path)?.hour ?? 0) < growing);
    const begin = open.length > SHARDS_AT_ONCE ? this.turn % open.length : 0;
    this.turn = begin + SHARDS_AT_ONCE;
    for (const path of [...open.slice(begin), ...open.slice(0, begin)].slice(0, SHARDS_AT_ONCE)) {
      for await (const object of store.list(`${log.prefix}entries/${path}/`)) {
        const parsed = log.parseKey(object.key);
        if (parsed?.kind === 'segment' && !(await loaded.has(parsed.hour, object.key))) yield { ...object, ...parsed };
      }
    }
  }

  private loadedSince(from: number): LoadedHours {
    return new LoadedHours(this.parts, from);
  }
}

/** What is loaded of a log, looked up by the hour. For one look: what is loaded meanwhile, it does not show. */
class LoadedHours {
  private readonly hours = new Map<number, { keys: ReadonlySet<string>; sizes: ReadonlyMap<string, number> }>();

  public constructor(
    private readonly parts: ReplicaFeedParts,
    private readonly from: number,
  ) {}

  /** How many entries of a shard are loaded, without a gap from its first one on. Of hours that need not be loaded, all. */
  public async sizeOf(path: string): Promise<number> {
    const hour = parseShardPath(path)?.hour ?? 0;
    if (hour < this.from) return Number.POSITIVE_INFINITY;
    return (await this.hour(hour)).sizes.get(path) ?? 0;
  }

  public async has(hour: number, key: string): Promise<boolean> {
    return (await this.hour(hour)).keys.has(key);
  }

  private async hour(hour: number) {
    const known = this.hours.get(hour) ?? (await this.look(hour));
    this.hours.set(hour, known);
    const [oldest] = this.hours.keys();
    if (this.hours.size > MOST_HOURS && oldest !== undefined) this.hours.delete(oldest);
    return known;
  }

  private async look(hour: number) {
    const { replica, cache, loader } = this.parts;
    const counts = new Map(await cache.ofLog(replica.log).ofHour(hour));
    for (const [key, { segment, count }] of loader.skipped) if (segment.hour === hour) counts.set(key, count);
    const sizes = new Map<string, number>();
    // Keys of one shard in order are its segments in order.
    for (const key of [...counts.keys()].sort()) {
      const parsed = replica.log.parseKey(key);
      if (parsed?.kind !== 'segment') continue;
      const path = key.slice(`${replica.log.prefix}entries/`.length, key.lastIndexOf('/'));
      const size = sizes.get(path) ?? 0;
      if (parsed.first === size) sizes.set(path, size + (counts.get(key) ?? 0));
    }
    return { keys: new Set(counts.keys()), sizes };
  }
}
