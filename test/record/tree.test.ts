import fc from 'fast-check';
import { EMPTY_ROOT, leafHash, Malformed, nodeHash, perfectSubtrees, Subtrees, Tree } from '../../lib/record';
import { cover, leaf, leafHashes, mth } from './naive-tree';

function treeOf(leaves: readonly Buffer[]): Tree {
  const tree = Tree.empty();
  for (const hash of leaves) {
    tree.append(hash);
  }
  return tree;
}

describe('known roots', () => {
  // Entries and roots of the tests of certificate-transparency logs, checked here by the definition too.
  const ENTRIES = [
    '',
    '00',
    '10',
    '2021',
    '3031',
    '40414243',
    '5051525354555657',
    '606162636465666768696a6b6c6d6e6f',
  ].map((hex) => Buffer.from(hex, 'hex'));
  const ROOTS = [
    '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
    'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
    'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
    'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
    '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
    'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
    '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
  ];

  it('is SHA-256 of nothing for the empty tree', () => {
    expect(Tree.empty().root.toString('base64')).toBe('47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=');
    expect(EMPTY_ROOT).toEqual(Tree.empty().root);
  });

  it.each(ROOTS.map((root, i) => [i + 1, root]))('of %i entries', (size, root) => {
    const leaves = ENTRIES.slice(0, Number(size)).map((entry) => leafHash(entry));
    expect(treeOf(leaves).root.toString('hex')).toBe(root);
    expect(mth(leaves).toString('hex')).toBe(root);
  });
});

describe('hashes', () => {
  it.each([0, 1, 64, 65_534, 65_535, 65_536, 200_000])('of a leaf of %i bytes', (size) => {
    const entry = Buffer.alloc(size, 0x61);
    expect(leafHash(entry)).toEqual(leaf(entry));
  });

  it('are not changed by later ones', () => {
    const first = leafHash(Buffer.from('a'));
    const copy = Buffer.from(first);
    nodeHash(first, leafHash(Buffer.from('b')));
    expect(first).toEqual(copy);
  });
});

describe('against the naive tree', () => {
  const leaves = leafHashes(600);

  it('has the same roots, frontiers and continuations at all sizes to 600', () => {
    const tree = Tree.empty();
    for (let size = 0; size <= 600; size++) {
      const frontier = cover(leaves, 0, size);
      expect([tree.size, tree.root, tree.frontier]).toEqual([size, mth(leaves, 0, size), frontier]);
      expect(Tree.ofFrontier(size, frontier).root).toEqual(tree.root);
      tree.append(leaves[size] ?? Buffer.alloc(32));
    }
  });

  it('continues from any frontier to the same root', () => {
    const root = mth(leaves);
    for (let size = 0; size <= 600; size++) {
      const tree = Tree.ofFrontier(size, cover(leaves, 0, size));
      for (const { hash, size: width } of new Subtrees(size, leaves.slice(size)).cover(size, 600)) {
        tree.append(hash, width);
      }
      expect(tree.root).toEqual(root);
    }
  });

  it('covers every range within [first, 40) from every first', () => {
    const few = leaves.slice(0, 40);
    for (let first = 0; first < 40; first++) {
      const subtrees = new Subtrees(first, few.slice(first));
      for (let start = first; start <= 40; start++) {
        for (let end = start; end <= 40; end++) {
          const hashes = subtrees.cover(start, end).map(({ hash }) => hash);
          expect(Buffer.concat(hashes).equals(Buffer.concat(cover(few, start, end)))).toBe(true);
        }
      }
    }
  });

  const many = leafHashes(65_537);
  it.each([255, 256, 257, 511, 512, 513, 65_535, 65_536, 65_537])('has the same root and frontier at %i', (size) => {
    const tree = treeOf(many.slice(0, size));
    expect(tree.root).toEqual(mth(many, 0, size));
    expect(tree.frontier).toEqual(cover(many, 0, size));
    expect(new Subtrees(0, many).rootOf(0, size)).toEqual(tree.root);
  });
});

describe('perfectSubtrees', () => {
  it('gives aligned powers of two that join without a gap, far beyond 32 bits', () => {
    const bound = fc.integer({ min: 0, max: 999_999_999_999 });
    fc.assert(
      fc.property(bound, bound, (a, b) => {
        const [start, end] = [Math.min(a, b), Math.max(a, b)];
        let at = start;
        for (const { start: here, size } of perfectSubtrees(start, end)) {
          expect(here).toBe(at);
          expect(here % size).toBe(0);
          expect(Number.isInteger(Math.log2(size))).toBe(true);
          at += size;
        }
        expect(at).toBe(end);
      }),
    );
  });
});

describe('refuses', () => {
  it.each([
    ['one hash too few', 3, 1],
    ['one hash too many', 3, 3],
    ['hashes for the empty tree', 0, 1],
  ])('a frontier of %s', (_, size, count) => {
    expect(() => Tree.ofFrontier(size, leafHashes(count))).toThrow(Malformed);
  });

  it('a frontier with a hash of 31 bytes', () => {
    expect(() => Tree.ofFrontier(1, [Buffer.alloc(31)])).toThrow(Malformed);
  });

  it('a subtree that cannot start where the tree ends', () => {
    expect(() => treeOf(leafHashes(3)).append(Buffer.alloc(32), 2)).toThrow(Malformed);
  });

  it('to cover leaves that are not given', () => {
    expect(() => new Subtrees(4, leafHashes(4)).cover(0, 4)).toThrow(RangeError);
  });
});

it('copies a tree that then grows on its own', () => {
  const tree = treeOf(leafHashes(3));
  const { root } = tree;
  tree.copy().append(Buffer.alloc(32));
  expect([tree.size, tree.root]).toEqual([3, root]);
});
