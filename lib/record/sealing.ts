import { HOUR_MS } from './names';
import { SEAL_DELAY_MS } from './root-entry';

/** What the root said about a shard at one time. */
export interface SealStatement {
  /** Of the root entry, milliseconds. */
  readonly time: number;
  readonly size: number;
  /** 32 bytes. */
  readonly root: Buffer;
  readonly closed: boolean;
}

/** When a shard of an hour closes: nothing that the root first sees later is on time. Milliseconds. */
export function closingTime(hour: number): number {
  return hour + HOUR_MS + SEAL_DELAY_MS;
}

/** All that the root ever said about one shard, in its order. */
export class ShardSealing {
  private readonly list: SealStatement[] = [];

  public get statements(): readonly SealStatement[] {
    return this.list;
  }

  /** The newest statement. */
  public get last(): SealStatement | undefined {
    return this.list.at(-1);
  }

  /** Entries that the root vouches for. */
  public get size(): number {
    return this.last?.size ?? 0;
  }

  /** Whether the root will say nothing more about the shard. */
  public get closed(): boolean {
    return this.last?.closed ?? false;
  }

  /** A statement must say more than the one before: a greater size, or that the shard is closed. */
  public allows({ size, closed }: Pick<SealStatement, 'size' | 'closed'>): boolean {
    return !this.closed && (size > this.size || (size === this.size && closed));
  }

  public add(statement: SealStatement): void {
    this.list.push(statement);
  }

  /** When the root first vouched for an entry; `undefined` when it does not. */
  public sealedAt(index: number): number | undefined {
    return this.list.find(({ size }) => size > index)?.time;
  }

  /**
   * The first entry that the root saw only after the shard's closing time.
   *
   * @returns its index, or `undefined` when all were on time
   */
  public firstBackdated(hour: number): number | undefined {
    let size = 0;
    for (const statement of this.list) {
      if (statement.size > size && statement.time > closingTime(hour)) {
        return size;
      }
      size = statement.size;
    }
    return undefined;
  }
}
