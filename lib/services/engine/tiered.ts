import type { EventPage, EventQuery, FoundEvent, QueryEngine } from '../ports';
import { REPEATS_MS } from './athena-sql';
import { MOST_PAGE_BYTES } from './event-search';

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
  /** The hours in the view. */
  readonly rolledUp: { end(): Promise<number> };
}

/**
 * Searches the view as far as it goes, and with another engine what came after it. Neither stands in for the other: if one fails, the search fails.
 * What came last knows a day of the view as well, so that equal `(writer, id)` are one event across the boundary too.
 */
export class TieredEngine implements QueryEngine {
  public constructor(private readonly parts: TieredEngineParts) {}

  /** @throws search-timeout, search-too-large, search-cache-unusable; and what the engines and the stores throw */
  public async search(query: EventQuery): Promise<EventPage> {
    const boundary = await this.boundary();
    // Also asked when it can have no result: it knows up to which time the log was searched, and which segments are damaged.
    const recent = this.parts.recent.search({ ...query, from: Math.max(query.from, boundary) });
    if (Math.max(query.from, query.after?.received ?? query.from) >= boundary) return recent;
    const older = this.parts.view.search({ ...query, to: Math.min(query.to, boundary) });
    return join(...(await Promise.all([older, recent])), query.limit);
  }

  /** Loads what came last. Resolves when all is loaded that was there at the call. */
  public async refresh(): Promise<void> {
    await this.boundary();
    await this.parts.recent.refresh();
  }

  public async close(): Promise<void> {
    await Promise.all([this.parts.view.close(), this.parts.recent.close()]);
  }

  /** Where the view ends. Positions do not depend on it: it may move between two pages. */
  private async boundary(): Promise<number> {
    const boundary = await this.parts.rolledUp.end();
    this.parts.recent.loadFrom(boundary - REPEATS_MS);
    return boundary;
  }
}

/** One page of two that follow each other. */
function join(older: EventPage, recent: EventPage, limit: number): EventPage {
  const skipped = (older.skipped ?? 0) + (recent.skipped ?? 0);
  const { completeUntil } = recent;
  if (older.next !== undefined) return { events: older.events, next: older.next, completeUntil, skipped };
  const events = [...older.events, ...recent.events];
  const end = pageEnd(events, limit);
  if (end === events.length) {
    return { events, ...(recent.next && { next: recent.next }), completeUntil, skipped };
  }
  const page = events.slice(0, end);
  const { received, origin, index } = page.at(-1) as FoundEvent;
  return { events: page, next: { received, origin, index }, completeUntil, skipped };
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
