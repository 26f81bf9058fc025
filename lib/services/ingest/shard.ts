import {
  compressLines,
  formatCheckpoint,
  formatEndorsement,
  formatNote,
  formatRangeProof,
  formatSegment,
  type LogName,
  newShardId,
  type Receipt,
  ShardKey,
  Subtrees,
  Tree,
} from '../../record';
import type { Signer } from '../ports';
import type { PendingAppend } from './pending-append';

/** An object to write once. */
export interface NewObject {
  readonly key: string;
  readonly bytes: Buffer;
}

/** The next segment of a shard, and what each of its requests gets once it is confirmed. */
export interface NewSegment extends NewObject {
  readonly receipts: readonly Receipt[];
}

/**
 * One log of this process for one hour: its own tree from size 0 and its own key. It moves on with every segment that it makes: if one is not confirmed,
 * drop the shard.
 */
export class Shard {
  private readonly id = newShardId();
  private readonly origin: string;
  private readonly key: ShardKey;
  private readonly tree = Tree.empty();
  private endorsement = '';

  public constructor(
    private readonly log: LogName,
    private readonly hour: number,
  ) {
    this.origin = log.shardOrigin(this.id);
    this.key = ShardKey.generate(this.origin);
  }

  /**
   * Has the admission key endorse the shard.
   *
   * @param notBefore milliseconds since 1970-01-01 UTC; no entry may be older
   * @throws what the signer throws
   */
  public async endorse(admission: Signer, notBefore: number): Promise<NewObject> {
    const text = formatEndorsement(this.log, this.key.vkey, this.hour, notBefore);
    this.endorsement = formatNote(text, admission.vkey, await admission.sign(Buffer.from(text)));
    return { key: this.log.endorsementKey(this.hour, this.id), bytes: Buffer.from(this.endorsement) };
  }

  /** Makes the next segment out of whole requests, in order; at least one. Their lines must fit one segment. */
  public async makeSegment(batch: readonly PendingAppend[]): Promise<NewSegment> {
    const first = this.tree.size;
    const frontier = this.tree.frontier;
    const receipts = this.grow(batch);
    const [only] = batch.length === 1 ? batch : [];
    const member = await compressLines(only?.entries.lines ?? Buffer.concat(batch.map(({ entries }) => entries.lines)));
    const checkpoint = receipts[0]?.checkpoint ?? '';
    const bytes = formatSegment(member, checkpoint, frontier);
    return { key: this.log.segmentKey(this.hour, this.id, first), bytes, receipts };
  }

  /** Adds the leaves to the tree. Each node hash is computed once, however many requests share the segment. */
  private grow(batch: readonly PendingAppend[]): Receipt[] {
    const subtrees = new Subtrees(
      this.tree.size,
      batch.flatMap(({ entries }) => entries.leaves),
    );
    const places = batch.map(({ entries, received, writer }) => {
      const first = this.tree.size;
      const left = this.tree.frontier;
      for (const { hash, size } of subtrees.cover(first, first + entries.leaves.length)) {
        this.tree.append(hash, size);
      }
      return { first, count: entries.leaves.length, received: new Date(received).toISOString(), writer, left };
    });
    const { origin, endorsement } = this;
    const checkpoint = this.signCheckpoint();
    return places.map(({ left, ...place }) => {
      const right = subtrees.cover(place.first + place.count, this.tree.size).map(({ hash }) => hash);
      return { origin, ...place, checkpoint, endorsement, proof: formatRangeProof({ left, right }) };
    });
  }

  private signCheckpoint(): string {
    const { size, root } = this.tree;
    const text = formatCheckpoint({ origin: this.origin, size, root });
    return formatNote(text, this.key.vkey, this.key.sign(text));
  }
}
