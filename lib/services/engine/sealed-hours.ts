import { closingTime, type LogName, parseShardPath } from '../../record';
import type { ObjectReader } from '../ports';
import { type Seal, SealReader } from './seal-reader';

/** Hours of a replica: each is over when its root log says so, and how much it must hold. Asked of one hour after the other. */
export class SealedHours {
  private readonly open = new Map<string, number>();
  private seals: AsyncIterator<Seal> | undefined;
  private time = 0;

  public constructor(
    private readonly log: LogName,
    private readonly store: ObjectReader,
  ) {}

  /** The first hour of the log: when it was sealed first, all hours that it had were. */
  public async first(): Promise<number | undefined> {
    for await (const { shards } of new SealReader(this.log, this.store).next(0)) {
      if (shards.size > 0) return Math.min(...[...shards.keys()].map(hourOfPath));
    }
    return undefined;
  }

  /**
   * How many entries each shard of an hour has, once all of them were sealed; `undefined` before.
   *
   * @throws RootUnreadable
   */
  public async sizes(hour: number): Promise<ReadonlyMap<string, number> | undefined> {
    this.seals ??= new SealReader(this.log, this.store).next(hour)[Symbol.asyncIterator]();
    while (this.time < closingTime(hour)) {
      const next = await this.seals.next();
      if (next.done) return undefined;
      this.time = next.value.time;
      for (const [path, size] of next.value.shards) this.open.set(path, size);
    }
    for (const path of this.open.keys()) if (hourOfPath(path) < hour) this.open.delete(path);
    return new Map([...this.open].filter(([path]) => hourOfPath(path) === hour));
  }
}

function hourOfPath(path: string): number {
  return parseShardPath(path)?.hour ?? Number.POSITIVE_INFINITY;
}
