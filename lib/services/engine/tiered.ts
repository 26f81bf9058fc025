import { HOUR_MS } from '../../record';
import type { EventPage, EventQuery, FoundEvent, Log, QueryEngine } from '../ports';
import { REPEATS_MS } from './athena-sql';
import { MOST_PAGE_BYTES } from './event-search';

/**
 * How far the view of a replica may be behind that of the log itself before it is not waited for any more: what came after the view must be loaded, and a
 * replica that stands still must not let that grow without end.
 */
const MOST_BEHIND_MS = 48 * HOUR_MS;

/** A replica is asked for so long which of its hours are in the view, in milliseconds. */
const REPLICA_WITHIN_MS = 2_000;

/** The hours of one log that are in the view. */
export interface HoursInView {
  readonly log: { readonly region: string };
  /** The end of the last of them, in milliseconds; 0 when there is none. */
  end(): Promise<number>;
}

/** Searches what came last. */
export interface RecentEngine extends QueryEngine {
  /** Lets it leave out what came before a time, unless it was asked for earlier times before. */
  loadFrom(time: number): void;
  refresh(): Promise<void>;
}

/** What a tiered engine searches with. */
export interface TieredEngineParts {
  /** Searches the view. */
  readonly view: QueryEngine;
  /** Searches everything after it. */
  readonly recent: RecentEngine;
  /** The hours of the log in the view. */
  readonly rolledUp: HoursInView;
  /**
   * Those of replicas.
   *
   * @default - none
   */
  readonly replicas?: readonly HoursInView[];
  /** Told when nobody can say which hours of a replica are in the view. */
  readonly report: Log;
}

/**
 * Searches the view as far as it goes, and with another engine what came after it. Neither stands in for the other: if one fails, the search fails.
 * What came last knows a day of the view as well, so that equal `(writer, id)` are one event across the boundary too.
 */
export class TieredEngine implements QueryEngine {
  /** Where the view of each region ended when it was last known. */
  private readonly ends = new Map<string, number>();

  public constructor(private readonly parts: TieredEngineParts) {}

  /** @throws search-timeout, search-too-large, search-cache-unusable; and what the engines and the stores throw */
  public async search(query: EventQuery): Promise<EventPage> {
    const boundary = await this.boundary();
    // Also asked when it can have no result: it knows up to which time the log was searched, and which segments are damaged.
    const recent = this.parts.recent.search({ ...query, from: Math.max(query.from, boundary) });
    if (Math.max(query.from, query.after?.received ?? query.from) >= boundary)
      return this.limit(await recent, boundary);
    const older = this.parts.view.search({ ...query, to: Math.min(query.to, boundary) });
    return this.limit(join(...(await Promise.all([older, recent])), query.limit), boundary);
  }

  /** Loads what came last. Resolves when all is loaded that was there at the call. */
  public async refresh(): Promise<void> {
    await this.boundary();
    await this.parts.recent.refresh();
  }

  public async close(): Promise<void> {
    await Promise.all([this.parts.view.close(), this.parts.recent.close()]);
  }

  /** Where the view of all logs ends. Positions do not depend on it: it may move between two pages. */
  private async boundary(): Promise<number> {
    const { rolledUp, replicas = [], recent } = this.parts;
    const own = await rolledUp.end();
    await Promise.all(replicas.map((replica) => this.look(replica)));
    const boundary = Math.max(Math.min(own, ...this.ends.values()), own - MOST_BEHIND_MS);
    recent.loadFrom(boundary - REPEATS_MS);
    return boundary;
  }

  /** A replica that cannot be read keeps nobody from searching: its view is taken to end where it did. */
  private async look(replica: HoursInView): Promise<void> {
    const { region } = replica.log;
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error('it was not read in time')), REPLICA_WITHIN_MS);
    });
    try {
      this.ends.set(region, await Promise.race([replica.end(), timeout]));
    } catch (error) {
      this.ends.set(region, this.ends.get(region) ?? 0);
      const reason = error instanceof Error ? error.message : String(error);
      this.parts.report('error', 'replica-view-unknown', { region, reason: reason.slice(0, 500) });
    } finally {
      clearTimeout(timer);
    }
  }

  /** Of a replica whose view ends before the boundary, the hours between were not searched. */
  private limit(page: EventPage, boundary: number): EventPage {
    if (page.regions === undefined) return page;
    const regions = page.regions.map(({ region, completeUntil }) => {
      const end = this.ends.get(region) ?? boundary;
      return { region, completeUntil: end < boundary ? Math.min(end, completeUntil) : completeUntil };
    });
    return { ...page, regions, completeUntil: Math.min(...regions.map((each) => each.completeUntil)) };
  }
}

/** One page of two that follow each other. */
function join(older: EventPage, recent: EventPage, limit: number): EventPage {
  const skipped = (older.skipped ?? 0) + (recent.skipped ?? 0);
  const { completeUntil, regions } = recent;
  const completeness = { completeUntil, ...(regions && { regions }), skipped };
  if (older.next !== undefined) return { events: older.events, next: older.next, ...completeness };
  const events = [...older.events, ...recent.events];
  const end = pageEnd(events, limit);
  if (end === events.length) {
    return { events, ...(recent.next && { next: recent.next }), ...completeness };
  }
  const page = events.slice(0, end);
  const { received, origin, index } = page.at(-1) as FoundEvent;
  return { events: page, next: { received, origin, index }, ...completeness };
}

/** How many events make a page. Two that share a position, which one of them forged, stay together: the next page begins behind it. */
function pageEnd(events: readonly FoundEvent[], limit: number): number {
  let bytes = 0;
  for (const [i, event] of events.entries()) {
    bytes += Buffer.byteLength(event.line) + 1;
    const before = events[i - 1];
    if (before === undefined || (i < limit && bytes <= MOST_PAGE_BYTES) || isSamePlace(before, event)) continue;
    return i;
  }
  return events.length;
}

function isSamePlace(a: FoundEvent, b: FoundEvent): boolean {
  return a.received === b.received && a.origin === b.origin && a.index === b.index;
}
