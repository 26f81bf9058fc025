import { HOUR_MS, type LogName } from '../../record';
import type { ObjectReader } from '../ports';
import { hourName } from './view-hours';

/** An unbroken row of hours in the view. */
interface Hours {
  readonly first: number;
  /** The last one. */
  readonly last: number;
}

/**
 * Which hours of a log are in its view without a gap, from the log's first one on. All names are listed when the newest hour is not the one that was
 * known: between, a search costs one short listing, and an hour that somebody takes from the middle is missed at the next hour.
 */
export class RolledUpHours {
  private known: Hours | undefined;

  public constructor(
    public readonly log: LogName,
    private readonly store: ObjectReader,
    private readonly view: ObjectReader,
  ) {}

  /** The end of the last of them, in milliseconds; 0 when there is none. */
  public async end(): Promise<number> {
    if (this.known === undefined || !(await this.isStillLast(this.known.last))) this.known = await this.find();
    return this.known === undefined ? 0 : this.known.last + HOUR_MS;
  }

  private async isStillLast(last: number): Promise<boolean> {
    const found: number[] = [];
    for await (const hour of this.hours(last)) found.push(hour);
    return found.length === 1 && found[0] === last;
  }

  /** Of several rows the one that the log begins in: before another, hours of the log are missing. */
  private async find(): Promise<Hours | undefined> {
    const logBegins = await this.firstHourOfLog();
    if (logBegins === undefined) return undefined;
    let row: Hours | undefined;
    for await (const hour of this.hours()) {
      const goesOn = row !== undefined && hour <= row.last + HOUR_MS;
      if (row !== undefined && !goesOn && row.last >= logBegins) break;
      row = row !== undefined && goesOn ? { ...row, last: hour } : { first: hour, last: hour };
    }
    return row !== undefined && row.first <= logBegins && row.last >= logBegins ? row : undefined;
  }

  private async firstHourOfLog(): Promise<number | undefined> {
    for await (const { key } of this.store.list(`${this.log.prefix}entries/`)) {
      const parsed = this.log.parseKey(key);
      if (parsed?.kind === 'segment') return parsed.hour;
    }
    return undefined;
  }

  /** The hours of the files that are there, in order, from one on. */
  private async *hours(from?: number): AsyncIterable<number> {
    const folder = `${this.log.prefix}events/`;
    const after = from === undefined ? undefined : `${folder}hour=${hourName(from)}`;
    for await (const { key } of this.view.list(folder, after)) {
      const [, date, hour] = /^hour=(\d{4}-\d{2}-\d{2})-(\d{2})\/events\.parquet$/.exec(key.slice(folder.length)) ?? [];
      const time = Date.parse(`${date}T${hour}:00:00.000Z`);
      if (!Number.isNaN(time)) yield time;
    }
  }
}
