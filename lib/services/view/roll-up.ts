import {
  attempt,
  HOUR_MS,
  hourOf,
  hourPath,
  type LogName,
  Malformed,
  parseCheckpoint,
  parseNote,
  parseTail,
  shardPath,
  TAIL_SIZE,
} from '../../record';
import type { ObjectReader, ObjectStore } from '../ports';

/** A segment in the store. */
export interface SegmentBytes {
  /** Origin of its shard. */
  readonly origin: string;
  /** Index of its first entry. */
  readonly first: number;
  readonly bytes: Buffer;
}

/** Which hours of a log are over. */
export interface Hours {
  /** The first hour of the log; `undefined` while nobody can tell. */
  first(): Promise<number | undefined>;

  /**
   * How many entries each shard of an hour must have, by its path, as far as that is to be checked; `undefined` while there may be more. Asked of one hour
   * after the other.
   */
  sizes(hour: number): Promise<ReadonlyMap<string, number> | undefined>;
}

/** What a roll-up works with. */
export interface RollUpParts {
  readonly log: LogName;
  /** The log's store; only read. */
  readonly store: ObjectReader;
  /** Where the view is kept: without a lock, and it can be deleted at any time. */
  readonly view: ObjectStore;
  readonly hours: Hours;
  /** Puts segments into one file. */
  readonly makeFile: (segments: AsyncIterable<SegmentBytes>) => Promise<Buffer>;
}

/** The key of an hour's file: in a folder of its own, which is a partition of the table. */
export function viewKey(log: LogName, hour: number): string {
  const [date, time] = [new Date(hour).toISOString().slice(0, 10), new Date(hour).toISOString().slice(11, 13)];
  return `${log.prefix}events/hour=${date}-${time}/events.parquet`;
}

/** Not all of an hour is there yet. */
class HourIncomplete extends Error {}

/**
 * Derives the view: one file for each hour that is over, in order, also for hours in which nothing happened, so that the newest hour says
 * how far the view is complete. What is there is never made again.
 */
export class RollUp {
  private next: number | undefined;

  public constructor(private readonly parts: RollUpParts) {}

  /**
   * Makes the files of all hours that are over, up to the first of which something is not there.
   *
   * @returns the hours, milliseconds
   */
  public async rollUp(): Promise<number[]> {
    const made: number[] = [];
    this.next ??= await this.firstMissing();
    while (this.next !== undefined && (await this.isMade(this.next))) {
      made.push(this.next);
      this.next += HOUR_MS;
    }
    return made;
  }

  private async isMade(hour: number): Promise<boolean> {
    const sizes = await this.parts.hours.sizes(hour);
    if (sizes === undefined) return false;
    try {
      await this.makeHour(hour, sizes);
      return true;
    } catch (error) {
      if (error instanceof HourIncomplete) return false;
      throw error;
    }
  }

  private async makeHour(hour: number, sizes: ReadonlyMap<string, number>): Promise<void> {
    const { log, view, makeFile } = this.parts;
    const key = viewKey(log, hour);
    const file = await makeFile(this.segments(hour, new Map(sizes)));
    // A bucket without versions gives no version id, so that the store cannot tell who wrote the file: that it is there is enough.
    if ((await view.putOnce(key, file)) !== 'unknown') return;
    if ((await view.getTail(key, 1)) === undefined) throw new Error(`the store did not take ${key}`);
  }

  /** @throws HourIncomplete behind the last of them */
  private async *segments(hour: number, sizes: ReadonlyMap<string, number>): AsyncIterable<SegmentBytes> {
    const { log, store } = this.parts;
    const reached = new Map<string, number>();
    for await (const { key } of store.list(`${log.prefix}entries/${hourPath(hour)}/`)) {
      const parsed = log.parseKey(key);
      const bytes = parsed?.kind === 'segment' ? await store.get(key) : undefined;
      if (parsed?.kind === 'segment' && bytes !== undefined) {
        const path = shardPath(hour, parsed.shard);
        if ((reached.get(path) ?? 0) === parsed.first) reached.set(path, endOf(bytes) ?? parsed.first);
        yield { origin: log.shardOrigin(parsed.shard), first: parsed.first, bytes };
      }
    }
    for (const [path, size] of sizes) {
      if ((reached.get(path) ?? 0) < size) throw new HourIncomplete(path);
    }
  }

  /** The hour behind the newest in the view, else the log's first. */
  private async firstMissing(): Promise<number | undefined> {
    const { log, view, hours } = this.parts;
    const folder = `${log.prefix}events/`;
    let newest: number | undefined;
    for await (const { key } of view.list(folder)) {
      const [, date, hour] = /^hour=(\d{4}-\d{2}-\d{2})-(\d{2})\/events\.parquet$/.exec(key.slice(folder.length)) ?? [];
      const time = Date.parse(`${date}T${hour}:00:00.000Z`);
      if (!Number.isNaN(time)) newest = time;
    }
    return newest === undefined ? hours.first() : hourOf(newest) + HOUR_MS;
  }
}

/** How many entries a shard has behind a segment, as its tail says, which is all that the sealer reads of it. */
function endOf(bytes: Buffer): number | undefined {
  const end = attempt(() => parseCheckpoint(parseNote(parseTail(bytes.subarray(-TAIL_SIZE)).checkpoint).text).size);
  return end instanceof Malformed ? undefined : end;
}
