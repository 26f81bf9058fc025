import { HOUR_MS, hourOf, hourPath, type LogName, parseShardPath } from '../../record';
import type { Clock, ObjectReader, StoredObject } from '../ports';
import { ShardProgress } from './shard-progress';

/** A shard is closed this long after its hour (RECORD "Root log"): nothing is added to it any more. */
const CLOSES_AFTER_MS = 15 * 60_000;

/** After a pause of more hours than these, one listing of everything is cheaper than one of each. */
const MOST_HOURS = 48;

/** A segment that a listing shows. */
export interface ListedSegment extends StoredObject {
  /** Milliseconds at which its hour begins. */
  readonly hour: number;
  readonly shard: string;
  /** Index of its first entry in the shard. */
  readonly first: number;
}

/** What was loaded before, as the cache remembers it. */
export interface LoadedSegments {
  /** How many segments of an hour and those after it are loaded. */
  count(from: number): Promise<number>;
  /** The numbers of entries of the segments of one hour, by their keys. */
  ofHour(hour: number): Promise<ReadonlyMap<string, number>>;
}

/** The first hour that can still grow at a time, both in milliseconds. */
export function firstGrowingHour(now: number): number {
  return hourOf(now - HOUR_MS - CLOSES_AFTER_MS) + HOUR_MS;
}

/** The store no longer holds what was loaded from it. */
export class StoreChanged extends Error {}

/**
 * Finds the segments that are not loaded yet. Everything is listed once; after that only hours that can still grow, in each shard behind what was read,
 * and each hour as a whole once more when it has closed.
 */
export class NewSegments {
  /** The first hour of which everything was listed. */
  private first = 0;
  /** Hours before this were listed when they could no longer grow. */
  private settled: number | undefined;
  /** The first hour that can still grow. */
  private growing = 0;
  private readonly shards = new Map<string, ShardProgress>();

  public constructor(
    private readonly log: LogName,
    private readonly store: ObjectReader,
    private readonly clock: Clock,
    private readonly loaded: LoadedSegments,
  ) {}

  /**
   * Notes that a segment was read.
   *
   * @param count its entries; 0 when it is damaged
   */
  public read({ hour, shard, first }: ListedSegment, count: number): void {
    if (hour >= this.growing) this.progress(hour, shard).read(first, count);
  }

  /**
   * The segments to load: those of an hour and of all after it. What the caller did not load before the listing ended in an error is shown again.
   *
   * @param from milliseconds at which that hour begins; 0 for all
   * @throws StoreChanged when segments that were loaded are gone
   */
  public async *list(from: number): AsyncIterable<ListedSegment> {
    const now = this.clock.now();
    const growing = firstGrowingHour(now);
    const { settled } = this;
    this.growing = growing;
    // A clock that stepped back may have been wrong about what had closed.
    const isLong = settled === undefined || growing < settled || growing - settled > MOST_HOURS * HOUR_MS;
    if (isLong || from < this.first) {
      yield* this.everything(from);
      this.first = from;
    } else {
      // One hour more than the clock says: those of the nodes may be ahead.
      for (let hour = settled; hour <= hourOf(now) + HOUR_MS; hour += HOUR_MS) {
        yield* hour < growing ? this.closedHour(hour) : this.growingHour(hour);
      }
    }
    this.settled = growing;
    for (const path of this.shards.keys()) if ((parseShardPath(path)?.hour ?? 0) < growing) this.shards.delete(path);
  }

  private async *everything(from: number): AsyncIterable<ListedSegment> {
    const expected = await this.loaded.count(from);
    let found = 0;
    let hour: number | undefined;
    let loaded: ReadonlyMap<string, number> = new Map();
    for await (const segment of this.segments(`${this.log.prefix}entries/`, from > 0 ? this.folder(from) : undefined)) {
      if (segment.hour !== hour) {
        hour = segment.hour;
        loaded = await this.loaded.ofHour(hour);
      }
      const count = loaded.get(segment.key);
      if (count === undefined) {
        yield segment;
      } else {
        found++;
        this.read(segment, count);
      }
    }
    if (found < expected) throw new StoreChanged(`${expected - found} loaded segments are no longer in the store`);
  }

  private async *closedHour(hour: number): AsyncIterable<ListedSegment> {
    const loaded = await this.loaded.ofHour(hour);
    for await (const segment of this.segments(this.folder(hour))) if (!loaded.has(segment.key)) yield segment;
  }

  private async *growingHour(hour: number): AsyncIterable<ListedSegment> {
    for await (const folder of this.store.listFolders(this.folder(hour))) {
      const path = folder.slice(`${this.log.prefix}entries/`.length, -1);
      const shard = parseShardPath(path)?.shard;
      if (shard === undefined) continue;
      const { lastFirst } = this.progress(hour, shard);
      const after = lastFirst === undefined ? undefined : this.log.segmentKey(hour, shard, lastFirst);
      for await (const segment of this.segments(folder, after)) {
        if (!this.progress(hour, shard).has(segment.first)) yield segment;
      }
    }
  }

  /** The objects that are named as segments are; others are for `verify` to name. */
  private async *segments(prefix: string, after?: string): AsyncIterable<ListedSegment> {
    for await (const object of this.store.list(prefix, after)) {
      const parsed = this.log.parseKey(object.key);
      if (parsed?.kind === 'segment') {
        yield { ...object, hour: parsed.hour, shard: parsed.shard, first: parsed.first };
      }
    }
  }

  private folder(hour: number): string {
    return `${this.log.prefix}entries/${hourPath(hour)}/`;
  }

  private progress(hour: number, shard: string): ShardProgress {
    const path = `${hourPath(hour)}/${shard}`;
    const known = this.shards.get(path) ?? new ShardProgress();
    this.shards.set(path, known);
    return known;
  }
}
