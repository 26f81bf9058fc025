import { closingTime, HOUR_MS, hourOf, hourPath, type LogName } from '../../record';
import type { Clock, ObjectReader, ObjectStore } from '../ports';

/** A segment in the store. */
export interface SegmentBytes {
  /** Origin of its shard. */
  readonly origin: string;
  /** Index of its first entry. */
  readonly first: number;
  readonly bytes: Buffer;
}

/** What a roll-up works with. */
export interface RollUpParts {
  readonly log: LogName;
  /** The log's store; only read. */
  readonly store: ObjectReader;
  /** Where the view is kept: without a lock, and it can be deleted at any time. */
  readonly view: ObjectStore;
  readonly clock: Clock;
  /** Puts segments into one file. */
  readonly makeFile: (segments: AsyncIterable<SegmentBytes>) => Promise<Buffer>;
}

/** The key of an hour's file: in a folder of its own, which is a partition of the table. */
export function viewKey(log: LogName, hour: number): string {
  const [date, time] = [new Date(hour).toISOString().slice(0, 10), new Date(hour).toISOString().slice(11, 13)];
  return `${log.prefix}events/hour=${date}-${time}/events.parquet`;
}

/**
 * Derives the view: one file for each hour whose shards are closed, in order, also for hours in which nothing happened, so that the newest hour says
 * how far the view is complete. What is there is never made again.
 */
export class RollUp {
  private next: number | undefined;

  public constructor(private readonly parts: RollUpParts) {}

  /**
   * Makes the files of all hours that have closed.
   *
   * @returns the hours, milliseconds
   */
  public async rollUp(): Promise<number[]> {
    const made: number[] = [];
    this.next ??= await this.firstMissing();
    while (this.next !== undefined && closingTime(this.next) < this.parts.clock.now()) {
      await this.makeHour(this.next);
      made.push(this.next);
      this.next += HOUR_MS;
    }
    return made;
  }

  private async makeHour(hour: number): Promise<void> {
    const { log, view, makeFile } = this.parts;
    const key = viewKey(log, hour);
    // A bucket without versions gives no version id, so that the store cannot tell who wrote the file: that it is there is enough.
    if ((await view.putOnce(key, await makeFile(this.segments(hour)))) !== 'unknown') return;
    if ((await view.getTail(key, 1)) === undefined) throw new Error(`the store did not take ${key}`);
  }

  private async *segments(hour: number): AsyncIterable<SegmentBytes> {
    const { log, store } = this.parts;
    for await (const { key } of store.list(`${log.prefix}entries/${hourPath(hour)}/`)) {
      const parsed = log.parseKey(key);
      const bytes = parsed?.kind === 'segment' ? await store.get(key) : undefined;
      if (parsed?.kind === 'segment' && bytes !== undefined) {
        yield { origin: log.shardOrigin(parsed.shard), first: parsed.first, bytes };
      }
    }
  }

  /** The hour behind the newest in the view, else the log's first. */
  private async firstMissing(): Promise<number | undefined> {
    const { log, store, view } = this.parts;
    const folder = `${log.prefix}events/`;
    let newest: number | undefined;
    for await (const { key } of view.list(folder)) {
      const [, date, hour] = /^hour=(\d{4}-\d{2}-\d{2})-(\d{2})\/events\.parquet$/.exec(key.slice(folder.length)) ?? [];
      const time = Date.parse(`${date}T${hour}:00:00.000Z`);
      if (!Number.isNaN(time)) newest = time;
    }
    if (newest !== undefined) return hourOf(newest) + HOUR_MS;
    for await (const { key } of store.list(`${log.prefix}entries/`)) {
      const parsed = log.parseKey(key);
      if (parsed?.kind === 'segment') return parsed.hour;
    }
    return undefined;
  }
}
