import {
  compressLines,
  type Entry,
  formatCheckpoint,
  formatEntry,
  formatNote,
  formatSegment,
  hashLines,
  hourOf,
  type LogName,
  newShardId,
  ShardKey,
  Tree,
} from '../../lib/record';
import type { ObjectWriter } from '../../lib/services/ports';

/** Writes one shard as an ingest node does, with the times and names that a test wants. */
export class ShardWriter {
  private readonly key: ShardKey;
  private readonly tree = Tree.empty();

  public constructor(
    private readonly log: LogName,
    private readonly store: ObjectWriter,
    private readonly hour: number,
    public readonly shard = newShardId(),
  ) {
    this.key = ShardKey.generate(this.origin);
  }

  public get origin(): string {
    return this.log.shardOrigin(this.shard);
  }

  /** The key of the segment that is written next. */
  public get nextKey(): string {
    return this.log.segmentKey(hourOf(this.hour), this.shard, this.tree.size);
  }

  /** Writes one segment of these entries, and gives their lines. */
  public async write(...entries: readonly Entry[]): Promise<string[]> {
    const lines = entries.map(formatEntry);
    await this.writeLines(Buffer.from(lines.map((line) => `${line}\n`).join('')));
    return lines;
  }

  /** Writes one segment of these bytes. */
  public async writeLines(lines: Buffer): Promise<void> {
    const key = this.nextKey;
    const outcome = await this.store.putOnce(key, await this.segment(lines));
    if (outcome !== 'written') throw new Error(`${key}: ${outcome}`);
  }

  /** The bytes of the next segment, which counts as written. */
  public async segment(lines: Buffer): Promise<Buffer> {
    const { frontier } = this.tree;
    for (const leaf of hashLines(lines)) this.tree.append(leaf);
    const text = formatCheckpoint({ origin: this.origin, size: this.tree.size, root: this.tree.root });
    return formatSegment(await compressLines(lines), formatNote(text, this.key.vkey, this.key.sign(text)), frontier);
  }
}
