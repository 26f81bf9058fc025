import type { Seal } from './seal-reader';

/** How many entries of a shard are there, without a gap from its first one on. */
export type SizeOf = (path: string) => Promise<number>;

interface Waiting {
  /** How far the replica is complete once this and all before it are settled. */
  until: number;
  /** Sizes of shards that are not reached. */
  readonly open: Map<string, number>;
}

/** How far a replica is complete: up to the newest seal such that all that it and those before it sealed is there. */
export class ReplicaProgress {
  private readonly waiting: Waiting[] = [];
  private until = 0;

  /** Time of that seal, milliseconds; 0 when there is none. */
  public get completeUntil(): number {
    return this.until;
  }

  /** Shards of which something is not there, those first that hold up the most. */
  public get open(): string[] {
    return [...new Set(this.waiting.flatMap(({ open }) => [...open.keys()]))];
  }

  /** Takes the next seal. Only what is not there is remembered. */
  public async add({ time, shards }: Seal, sizeOf: SizeOf): Promise<void> {
    const open = new Map(shards);
    await close(open, sizeOf);
    const last = this.waiting.at(-1);
    if (open.size > 0) this.waiting.push({ until: time, open });
    else if (last !== undefined) last.until = time;
    else this.until = time;
  }

  /** Looks again at what was not there. */
  public async settle(sizeOf: SizeOf): Promise<void> {
    for (const { open } of this.waiting) await close(open, sizeOf);
    while (this.waiting[0]?.open.size === 0) this.until = (this.waiting.shift() as Waiting).until;
  }
}

async function close(open: Map<string, number>, sizeOf: SizeOf): Promise<void> {
  for (const [path, size] of open) if ((await sizeOf(path)) >= size) open.delete(path);
}
