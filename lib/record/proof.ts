import { nodeHash } from './hash';
import { Malformed } from './malformed';
import { perfectSubtrees, type Subtrees, Tree } from './tree';

/** Proves that consecutive leaves stand at their place in a tree: the roots of the perfect subtrees left and right of them. */
export interface RangeProof {
  /** Covering [0, first), left to right. */
  readonly left: readonly Buffer[];
  /** Covering [first + count, size), left to right. */
  readonly right: readonly Buffer[];
}

/** The largest power of two below `n`, for n > 1. */
function split(n: number): number {
  let half = 1;
  while (half * 2 < n) {
    half *= 2;
  }
  return half;
}

/** The RFC 6962 section 2.1.1 audit path of one leaf in the tree over the first `size` leaves, from the leaf's sibling upward. */
export function inclusionProof(subtrees: Subtrees, index: number, size: number): Buffer[] {
  const path = (start: number, end: number): Buffer[] => {
    if (end - start === 1) {
      return [];
    }
    const middle = start + split(end - start);
    return index < middle
      ? [...path(start, middle), subtrees.rootOf(middle, end)]
      : [...path(middle, end), subtrees.rootOf(start, middle)];
  };
  return path(0, size);
}

/**
 * The root of the tree of `size` leaves in which the leaf stands at `index`, by its audit path.
 *
 * @throws Malformed when the path's length does not fit index and size
 */
export function rootFromInclusion(
  leaf: Uint8Array,
  index: number,
  size: number,
  proof: readonly Uint8Array[],
): Uint8Array {
  if (!Number.isSafeInteger(index) || !Number.isSafeInteger(size) || index < 0 || index >= size) {
    throw new Malformed(`no leaf ${index} in a tree of size ${size}`);
  }
  const path = [...proof];
  const climb = (start: number, end: number): Uint8Array => {
    if (end - start === 1) {
      return leaf;
    }
    const middle = start + split(end - start);
    const below = index < middle ? climb(start, middle) : climb(middle, end);
    const sibling = path.shift();
    if (sibling === undefined) {
      throw new Malformed('an inclusion proof that is too short');
    }
    return index < middle ? nodeHash(below, sibling) : nodeHash(sibling, below);
  };
  const root = climb(0, size);
  if (path.length > 0) {
    throw new Malformed('an inclusion proof that is too long');
  }
  return root;
}

/**
 * The root of the tree of `size` leaves in which `leaves` stand from `first` on.
 *
 * @throws Malformed when the proof's length does not fit
 */
export function rootFromRange(leaves: readonly Buffer[], first: number, size: number, proof: RangeProof): Buffer {
  const rest = perfectSubtrees(first + leaves.length, size);
  if (first + leaves.length > size || rest.length !== proof.right.length) {
    throw new Malformed('a range proof that does not fit its tree');
  }
  const tree = Tree.ofFrontier(first, proof.left);
  for (const leaf of leaves) {
    tree.append(leaf);
  }
  rest.forEach((subtree, i) => {
    tree.append(proof.right[i] as Buffer, subtree.size);
  });
  return tree.root;
}

/**
 * A C2SP tlog-proof file: the index, the audit path, and the checkpoint it leads to. Stock tools verify it offline.
 * https://c2sp.org/tlog-proof
 */
export function formatTlogProof(index: number, proof: readonly Buffer[], checkpointNote: string): string {
  const hashes = proof.map((hash) => `${hash.toString('base64')}\n`).join('');
  return `c2sp.org/tlog-proof@v1\nindex ${index}\n${hashes}\n${checkpointNote}`;
}
