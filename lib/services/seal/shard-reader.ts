import {
  attempt,
  checkTail,
  EMPTY_ROOT,
  type Endorsement,
  type LogName,
  Malformed,
  openEndorsement,
  TAIL_SIZE,
  type VerifierKey,
} from '../../record';
import type { ObjectReader } from '../ports';

/** Most bytes of an endorsement that are read. */
const MAX_ENDORSEMENT_SIZE = 64 * 1024;

/** How many tails of a shard are read at a time. */
const TAILS_AT_A_TIME = 8;

/** A shard's signed tree at the end of one of its segments. */
export interface ShardTree {
  readonly size: number;
  /** 32 bytes. */
  readonly root: Buffer;
}

/** The tree of a shard without segments. */
export const NO_ENTRIES: ShardTree = { size: 0, root: EMPTY_ROOT };

/** How far a shard has grown, and what kept it from being followed further. */
export interface ShardGrowth {
  /** Every tree behind the one from which was read, in order. */
  readonly trees: readonly ShardTree[];
  /** Why what comes next cannot be sealed. */
  readonly problem?: string;
}

/** Follows shards by the tails of their segments. */
export class ShardReader {
  private readonly endorsements = new Map<string, Endorsement>();

  public constructor(
    private readonly store: ObjectReader,
    private readonly log: LogName,
  ) {}

  /**
   * Follows a shard from a tree that is known to be its own.
   *
   * @param admission keys that may have endorsed it
   */
  public async grow(
    hour: number,
    shard: string,
    from: ShardTree,
    admission: readonly VerifierKey[],
  ): Promise<ShardGrowth> {
    const trees: ShardTree[] = [];
    let at = from;
    try {
      for await (const firsts of this.newSegments(hour, shard, from.size)) {
        const endorsement = await this.endorsementOf(hour, shard, admission);
        const tails = await Promise.all(firsts.map((first) => this.readTail(hour, shard, first)));
        for (const [index, first] of firsts.entries()) {
          at = follow(at, first, tails[index] as Buffer, endorsement);
          trees.push(at);
        }
      }
    } catch (error) {
      if (!(error instanceof Malformed)) {
        throw error;
      }
      return { trees, problem: error.reason };
    }
    return { trees };
  }

  /** Forgets the endorsements of hours that begin before a time in milliseconds. */
  public forgetBefore(time: number): void {
    for (const [key, { notBefore }] of this.endorsements) {
      if (notBefore < time) {
        this.endorsements.delete(key);
      }
    }
  }

  private async *newSegments(hour: number, shard: string, size: number): AsyncIterable<number[]> {
    const first = this.log.segmentKey(hour, shard, size);
    const folder = first.slice(0, first.lastIndexOf('/') + 1);
    // Also segments that begin inside what is sealed would be wrong, but only who reads everything finds those: verification.
    const behind = size === 0 ? undefined : this.log.segmentKey(hour, shard, size - 1);
    let batch: number[] = [];
    for await (const { key } of this.store.list(folder, behind)) {
      const parsed = this.log.parseKey(key);
      if (parsed?.kind === 'segment') {
        batch.push(parsed.first);
      }
      if (batch.length === TAILS_AT_A_TIME) {
        yield batch;
        batch = [];
      }
    }
    if (batch.length > 0) {
      yield batch;
    }
  }

  private async readTail(hour: number, shard: string, first: number): Promise<Buffer> {
    const tail = await this.store.getTail(this.log.segmentKey(hour, shard, first), TAIL_SIZE);
    return tail ?? Buffer.alloc(0);
  }

  private async endorsementOf(hour: number, shard: string, admission: readonly VerifierKey[]): Promise<Endorsement> {
    const key = this.log.endorsementKey(hour, shard);
    const known = this.endorsements.get(key);
    if (known !== undefined) {
      return known;
    }
    const bytes = await this.store.getTail(key, MAX_ENDORSEMENT_SIZE);
    let endorsement: Endorsement | Malformed = new Malformed('its endorsement is not there');
    for (const admissionKey of bytes === undefined ? [] : admission) {
      endorsement = attempt(() => openEndorsement(String(bytes), admissionKey, this.log, hour, shard));
      if (!(endorsement instanceof Malformed)) {
        this.endorsements.set(key, endorsement);
        return endorsement;
      }
    }
    throw endorsement;
  }
}

function follow(at: ShardTree, first: number, bytes: Buffer, endorsement: Endorsement): ShardTree {
  const tail = attempt(() => checkTail(bytes, first, endorsement));
  const wrong =
    tail instanceof Malformed
      ? tail.reason
      : first !== at.size
        ? `it begins at ${first} where ${at.size} comes next`
        : !tail.before.root.equals(at.root)
          ? 'it continues another history'
          : undefined;
  if (tail instanceof Malformed || wrong !== undefined) {
    throw new Malformed(`segment ${first}: ${wrong}`);
  }
  return tail.checkpoint;
}
