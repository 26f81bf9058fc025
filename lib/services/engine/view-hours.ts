import { HOUR_MS, hourOf, type LogName } from '../../record';
import type { EventPage, ObjectReader } from '../ports';

/** How far back the newest hour of the view is looked for before all of them are listed. */
const RECENT_MS = 72 * HOUR_MS;

/** `YYYY-MM-DD-HH`, UTC: the partition of a time. */
export function hourName(time: number): string {
  const clamped = Math.min(Math.max(time, 0), Date.UTC(9999, 11, 31, 23));
  return new Date(hourOf(clamped)).toISOString().slice(0, 13).replace('T', '-');
}

/**
 * Up to which time a view is complete: the end of its newest hour, since they are rolled up in order, each once it is closed. 0 when there is none.
 *
 * @param view the view's store
 * @param now milliseconds since 1970-01-01 UTC
 */
export async function viewCompleteUntil(view: ObjectReader, log: LogName, now: number): Promise<number> {
  const folder = `${log.prefix}events/`;
  const newest =
    (await newestHour(view, folder, `${folder}hour=${hourName(now - RECENT_MS)}`)) ?? (await newestHour(view, folder));
  return newest === undefined ? 0 : newest + HOUR_MS;
}

/** How far logs are complete, each and together, the engine's own first. */
export async function completenessOf(
  logs: readonly LogName[],
  until: (log: LogName) => Promise<number>,
): Promise<Pick<EventPage, 'completeUntil' | 'regions'>> {
  const regions = await Promise.all(logs.map(async (log) => ({ region: log.region, completeUntil: await until(log) })));
  const completeUntil = Math.min(...regions.map((each) => each.completeUntil));
  return { completeUntil, ...(regions.length > 1 && { regions }) };
}

async function newestHour(view: ObjectReader, folder: string, after?: string): Promise<number | undefined> {
  let newest: number | undefined;
  for await (const { key } of view.list(folder, after)) {
    const [, date, hour] = /^hour=(\d{4}-\d{2}-\d{2})-(\d{2})\//.exec(key.slice(folder.length)) ?? [];
    const time = Date.parse(`${date}T${hour}:00:00.000Z`);
    if (!Number.isNaN(time)) newest = time;
  }
  return newest;
}
