import fc from 'fast-check';
import {
  formatTlogProof,
  inclusionProof,
  leafHash,
  Malformed,
  perfectSubtrees,
  type RangeProof,
  rootFromInclusion,
  rootFromRange,
  Subtrees,
} from '../../lib/record';
import { cover, leafHashes, mth, path } from './naive-tree';

const LEAVES = leafHashes(600);
const LARGE = leafHashes(65_537);

function hex(hash: Uint8Array): string {
  return Buffer.from(hash).toString('hex');
}

function rangeProof(leaves: readonly Buffer[], first: number, count: number): RangeProof {
  const subtrees = new Subtrees(0, leaves);
  const hashes = (start: number, end: number) => subtrees.cover(start, end).map(({ hash }) => hash);
  return { left: hashes(0, first), right: hashes(first + count, leaves.length) };
}

describe('inclusion', () => {
  it('is the RFC 6962 path, for every leaf of all sizes to 100', () => {
    for (let size = 1; size <= 100; size++) {
      const leaves = LEAVES.slice(0, size);
      const subtrees = new Subtrees(0, LEAVES);
      for (let index = 0; index < size; index++) {
        expect(inclusionProof(subtrees, index, size).map(hex)).toEqual(path(index, leaves).map(hex));
      }
    }
  });

  it('leads to the root, for leaves of all sizes to 600', () => {
    const subtrees = new Subtrees(0, LEAVES);
    for (let size = 1; size <= 600; size++) {
      const root = mth(LEAVES, 0, size);
      for (const index of new Set([0, size >> 1, (size * 7) % size, size - 1])) {
        const proof = inclusionProof(subtrees, index, size);
        expect(rootFromInclusion(LEAVES[index] as Buffer, index, size, proof)).toEqual(root);
      }
    }
  });

  it.each([255, 256, 257, 65_535, 65_536, 65_537])('is the RFC 6962 path at size %i', (size) => {
    const subtrees = new Subtrees(0, LARGE);
    for (const index of [0, 1, 128, 254, size - 2, size - 1]) {
      const proof = inclusionProof(subtrees, index, size);
      expect(proof).toEqual(path(index, LARGE, 0, size));
      expect(rootFromInclusion(LARGE[index] as Buffer, index, size, proof)).toEqual(mth(LARGE, 0, size));
    }
  });

  const leaf = LEAVES[3] as Buffer;
  const proof = path(3, LEAVES, 0, 7);

  it.each([
    ['one hash less', 3, 7, proof.slice(0, -1)],
    ['one hash more', 3, 7, [...proof, leaf]],
    ['no hash', 3, 7, []],
    ['an index beyond the tree', 7, 7, proof],
    ['a negative index', -1, 7, proof],
    ['a fraction', 0.5, 7, proof],
    ['an empty tree', 0, 0, []],
    ['a size that is not a number', 0, Number.NaN, []],
    ['a size beyond exact integers', 0, 2 ** 53, []],
  ])('refuses %s', (_, index, size, hashes) => {
    expect(() => rootFromInclusion(leaf, index, size, hashes)).toThrow(Malformed);
  });

  it.each([0, 1, 2])('leads elsewhere with hash %i changed', (i) => {
    const changed = proof.map((hash, at) => (at === i ? Buffer.alloc(32) : hash));
    expect(rootFromInclusion(leaf, 3, 7, changed)).not.toEqual(mth(LEAVES, 0, 7));
  });

  it.each([2, 4])('leads elsewhere from index %i', (index) => {
    expect(rootFromInclusion(leaf, index, 7, proof)).not.toEqual(mth(LEAVES, 0, 7));
  });

  it.each([
    [2 ** 49 + 1, 50],
    [2 ** 52, 52],
    [2 ** 52 + 1, 53],
    [Number.MAX_SAFE_INTEGER, 53],
  ])('of a tree of %d leaves needs %i hashes', (size, depth) => {
    const hashes = Array.from({ length: depth }, () => leaf);
    expect(rootFromInclusion(leaf, 0, size, hashes)).toHaveLength(32);
    expect(() => rootFromInclusion(leaf, 0, size, hashes.slice(1))).toThrow(Malformed);
  });
});

describe('range', () => {
  it('leads to the root for every (first, count, size) up to 40', () => {
    for (let size = 1; size <= 40; size++) {
      const leaves = LEAVES.slice(0, size);
      const root = mth(leaves);
      for (let first = 0; first < size; first++) {
        for (let count = 1; first + count <= size; count++) {
          const proof = { left: cover(leaves, 0, first), right: cover(leaves, first + count, size) };
          expect(hex(rootFromRange(leaves.slice(first, first + count), first, size, proof))).toBe(hex(root));
        }
      }
    }
  });

  it('leads to the root for random ranges to 600', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 600 }), fc.nat(), fc.nat(), (size, a, b) => {
        const first = a % size;
        const count = 1 + (b % (size - first));
        const leaves = LEAVES.slice(0, size);
        const proof = rangeProof(leaves, first, count);
        expect(rootFromRange(leaves.slice(first, first + count), first, size, proof)).toEqual(mth(leaves));
      }),
    );
  });

  it.each([
    [255, 2, 65_537],
    [256, 256, 65_536],
    [65_535, 1, 65_536],
    [65_535, 2, 65_537],
    [65_536, 1, 65_537],
    [0, 65_535, 65_535],
  ])('leads to the root from %i, %i leaves of %i', (first, count, size) => {
    const proof = { left: cover(LARGE, 0, first), right: cover(LARGE, first + count, size) };
    expect(rangeProof(LARGE.slice(0, size), first, count)).toEqual(proof);
    expect(rootFromRange(LARGE.slice(first, first + count), first, size, proof)).toEqual(mth(LARGE, 0, size));
  });

  const leaves = LEAVES.slice(5, 8);
  const proof = rangeProof(LEAVES.slice(0, 13), 5, 3);

  it.each([
    ['a left hash less', { ...proof, left: proof.left.slice(1) }],
    ['a left hash more', { ...proof, left: [...proof.left, leaves[0] as Buffer] }],
    ['a right hash less', { ...proof, right: proof.right.slice(1) }],
    ['a right hash more', { ...proof, right: [...proof.right, leaves[0] as Buffer] }],
    ['sides exchanged', { left: proof.right, right: [] }],
  ])('refuses %s', (_, changed) => {
    expect(() => rootFromRange(leaves, 5, 13, changed)).toThrow(Malformed);
  });

  it('refuses leaves beyond the end', () => {
    expect(() => rootFromRange(leaves, 5, 7, proof)).toThrow(Malformed);
  });

  it('covers all leaves that are not given, exactly once', () => {
    const sizes = [...perfectSubtrees(0, 5), ...perfectSubtrees(8, 13)].map(({ size }) => size);
    expect(sizes).toEqual([4, 1, 4, 1]);
  });
});

describe('tlog-proof', () => {
  it('is the header, the index, a hash a line, an empty line and the checkpoint', () => {
    const hash = leafHash(Buffer.from('a'));
    expect(formatTlogProof(7, [hash, hash], 'o\n8\nr\n\n— o s\n')).toBe(
      `c2sp.org/tlog-proof@v1\nindex 7\n${hash.toString('base64')}\n${hash.toString('base64')}\n\no\n8\nr\n\n— o s\n`,
    );
  });

  it('has no hash lines for the only leaf of a tree', () => {
    expect(formatTlogProof(0, [], 'note')).toBe('c2sp.org/tlog-proof@v1\nindex 0\n\nnote');
  });
});
