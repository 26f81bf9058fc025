import { closingTime, type LogName } from '../../record';
import type { Clock, ObjectReader } from '../ports';
import type { Hours } from './roll-up';

/** What a log needs whose hours end by the clock: all that its shards will ever have is in its store when they are closed. */
export interface ClosedHoursParts {
  readonly log: LogName;
  readonly store: ObjectReader;
  readonly clock: Clock;
}

/** Hours of a log in its own store: each is over when its shards are closed. */
export class ClosedHours implements Hours {
  public constructor(private readonly parts: ClosedHoursParts) {}

  public async first(): Promise<number | undefined> {
    const { log, store } = this.parts;
    for await (const { key } of store.list(`${log.prefix}entries/`)) {
      const parsed = log.parseKey(key);
      if (parsed?.kind === 'segment') return parsed.hour;
    }
    return undefined;
  }

  public async sizes(hour: number): Promise<ReadonlyMap<string, number> | undefined> {
    return closingTime(hour) < this.parts.clock.now() ? new Map() : undefined;
  }
}
