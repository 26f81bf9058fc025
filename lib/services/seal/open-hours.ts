import { HOUR_MS, hourOf, hourPath, type LogName, parseShardPath, type RootState, SEAL_DELAY_MS } from '../../record';
import type { ObjectReader } from '../ports';

/** A shard that may have grown, or that is to be closed. */
export interface OpenShard {
  readonly path: string;
  readonly hour: number;
  readonly shard: string;
}

/** The first hour that may hold shards that were still open at a time. */
export function firstOpenHour(time: number): number {
  return hourOf(time - HOUR_MS - SEAL_DELAY_MS);
}

/**
 * All shards that are not closed: those of the hours in question, and older ones that the root has not closed yet.
 *
 * @param from the hour to begin with; `undefined` for all that the store has
 * @param now milliseconds
 */
export async function* openShards(
  store: ObjectReader,
  log: LogName,
  state: RootState,
  from: number | undefined,
  now: number,
): AsyncIterable<OpenShard> {
  const seen = new Set<string>();
  for await (const folder of hourFolders(store, log, from, now)) {
    for await (const shardFolder of store.listFolders(folder)) {
      const path = shardFolder.slice(`${log.prefix}entries/`.length, -1);
      const place = parseShardPath(path);
      if (place !== undefined && place.hour <= now && !state.shards.get(path)?.closed) {
        seen.add(path);
        yield { path, ...place };
      }
    }
  }
  for (const [path, sealing] of state.shards) {
    const place = parseShardPath(path);
    if (place !== undefined && !sealing.closed && !seen.has(path)) {
      yield { path, ...place };
    }
  }
}

async function* hourFolders(
  store: ObjectReader,
  log: LogName,
  from: number | undefined,
  now: number,
): AsyncIterable<string> {
  if (from === undefined) {
    for await (const date of store.listFolders(`${log.prefix}entries/`)) {
      yield* store.listFolders(date);
    }
    return;
  }
  for (let hour = from; hour <= now; hour += HOUR_MS) {
    yield `${log.prefix}entries/${hourPath(hour)}/`;
  }
}
