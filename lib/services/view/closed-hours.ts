import { closingTime, HOUR_MS, hourOf, type LogName, parseRootEntry } from '../../record';
import type { Clock, ObjectReader } from '../ports';
import type { Hours } from './roll-up';

/** What a log needs whose hours end by the clock: all that its shards will ever have is in its store when they are closed. */
export interface ClosedHoursParts {
  readonly log: LogName;
  readonly store: ObjectReader;
  readonly clock: Clock;
}

/** Nodes may append before the sealer has begun the root log. */
const BEFORE_GENESIS_MS = 24 * HOUR_MS;

const FIRST_SHARD = '0'.repeat(32);

/** Hours of a log in its own store: each is over when its shards are closed. */
export class ClosedHours implements Hours {
  public constructor(private readonly parts: ClosedHoursParts) {}

  public async first(): Promise<number | undefined> {
    const { log, store } = this.parts;
    for await (const { key } of store.list(`${log.prefix}entries/`, await this.oldest())) {
      const parsed = log.parseKey(key);
      if (parsed?.kind === 'segment') return parsed.hour;
    }
    return undefined;
  }

  /** Who owns a node could plant a segment of any hour, and the view would have to begin there; the root log is not theirs to write. */
  private async oldest(): Promise<string | undefined> {
    const { log, store } = this.parts;
    const root = await store.get(log.rootEntriesKey(0));
    if (root === undefined) return undefined;
    const { time } = parseRootEntry(root.toString('utf8').split('\n', 1)[0] ?? '');
    return log.segmentKey(hourOf(Date.parse(time)) - BEFORE_GENESIS_MS, FIRST_SHARD, 0);
  }

  public async sizes(hour: number): Promise<ReadonlyMap<string, number> | undefined> {
    return closingTime(hour) < this.parts.clock.now() ? new Map() : undefined;
  }
}
