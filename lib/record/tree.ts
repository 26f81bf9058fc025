import { EMPTY_ROOT, HASH_SIZE, nodeHash } from './hash';
import { Malformed } from './malformed';

/** The size of the perfect subtree that may start at `start` and ends at or before `end`: the largest power of two that divides and fits. */
function alignedSize(start: number, end: number): number {
  let size = 1;
  while (start % (size * 2) === 0 && start + size * 2 <= end) {
    size *= 2;
  }
  return size;
}

/** The perfect subtrees that cover the leaves [start, end), left to right, each as large as its alignment allows. */
export function perfectSubtrees(start: number, end: number): { readonly start: number; readonly size: number }[] {
  const subtrees = [];
  for (let at = start; at < end; ) {
    const size = alignedSize(at, end);
    subtrees.push({ start: at, size });
    at += size;
  }
  return subtrees;
}

/**
 * An append-only Merkle tree (RFC 6962 section 2.1) that keeps only its frontier: the roots of the perfect subtrees that cover its leaves.
 * Sizes are exact up to 2^53 - 1.
 */
export class Tree {
  /** The tree without leaves. */
  public static empty(): Tree {
    return new Tree(0, []);
  }

  /**
   * The tree whose leaves [0, size) have this frontier.
   *
   * @throws Malformed when the number of hashes does not fit the size
   */
  public static ofFrontier(size: number, frontier: readonly Uint8Array[]): Tree {
    const subtrees = perfectSubtrees(0, size);
    if (subtrees.length !== frontier.length || frontier.some((hash) => hash.length !== HASH_SIZE)) {
      throw new Malformed(`a frontier of ${frontier.length} hashes for a tree of size ${size}`);
    }
    return new Tree(
      size,
      subtrees.map((subtree, i) => ({ size: subtree.size, hash: Buffer.from(frontier[i] as Uint8Array) })),
    );
  }

  private constructor(
    private leaves: number,
    private readonly subtrees: { size: number; hash: Buffer }[],
  ) {}

  /** How many leaves there are. */
  public get size(): number {
    return this.leaves;
  }

  /** The roots of the perfect subtrees that cover all leaves, left to right. */
  public get frontier(): Buffer[] {
    return this.subtrees.map((subtree) => subtree.hash);
  }

  /** The RFC 6962 tree hash. */
  public get root(): Buffer {
    const hashes = this.frontier;
    return hashes.length === 0 ? EMPTY_ROOT : hashes.reduceRight((right, left) => nodeHash(left, right));
  }

  /** A tree that grows on its own from here. */
  public copy(): Tree {
    return new Tree(this.leaves, [...this.subtrees]);
  }

  /**
   * Adds a perfect subtree behind the last leaf: one leaf hash, or the root over `size` leaves.
   *
   * @throws Malformed when a subtree of that size cannot start here
   */
  public append(hash: Buffer, size = 1): void {
    if (this.leaves % size !== 0) {
      throw new Malformed(`a subtree of ${size} leaves cannot start at ${this.leaves}`);
    }
    this.leaves += size;
    let node = { size, hash };
    for (let left = this.subtrees.at(-1); left?.size === node.size; left = this.subtrees.at(-1)) {
      this.subtrees.pop();
      node = { size: node.size * 2, hash: nodeHash(left.hash, node.hash) };
    }
    this.subtrees.push(node);
  }
}

/** The hashes of all perfect subtrees over the consecutive leaves [first, first + hashes.length), each computed once. */
export class Subtrees {
  private readonly levels: { readonly first: number; readonly hashes: readonly Buffer[] }[];

  public constructor(first: number, leafHashes: readonly Buffer[]) {
    this.levels = [{ first, hashes: leafHashes }];
    for (let below = this.levels[0]; below !== undefined && below.hashes.length > 1; below = this.levels.at(-1)) {
      const skip = below.first % 2;
      const hashes: Buffer[] = [];
      for (let i = skip; i + 1 < below.hashes.length; i += 2) {
        hashes.push(nodeHash(below.hashes[i] as Buffer, below.hashes[i + 1] as Buffer));
      }
      this.levels.push({ first: (below.first + skip) / 2, hashes });
    }
  }

  /** The roots of the perfect subtrees that cover [start, end), left to right. The range must lie within the leaves given. */
  public cover(start: number, end: number): { readonly size: number; readonly hash: Buffer }[] {
    return perfectSubtrees(start, end).map(({ start: at, size }) => {
      const level = this.levels[Math.log2(size)];
      const hash = level?.hashes[at / size - level.first];
      if (hash === undefined) {
        throw new RangeError(`the leaves [${at}, ${at + size}) are not all here`);
      }
      return { size, hash };
    });
  }

  /** The RFC 6962 hash over the leaves [start, end), where `start` is a multiple of the next power of two. */
  public rootOf(start: number, end: number): Buffer {
    return this.cover(start, end)
      .map((subtree) => subtree.hash)
      .reduceRight((right, left) => nodeHash(left, right));
  }
}
