import { createHash } from 'node:crypto';

/** RFC 6962 section 2.1 word by word: slow, and written from the text alone, to hold the real tree to it. */
export function sha256(...parts: Uint8Array[]): Buffer {
  const digest = createHash('sha256');
  for (const part of parts) {
    digest.update(part);
  }
  return digest.digest();
}

export function leaf(entry: Uint8Array): Buffer {
  return sha256(Buffer.of(0), entry);
}

function half(n: number): number {
  return n <= 2 ? 1 : 2 * half(Math.ceil(n / 2));
}

const known = new WeakMap<readonly Buffer[], Map<string, Buffer>>();

/** MTH over the leaf hashes [start, end). What was once computed for an array of leaves is remembered. */
export function mth(leaves: readonly Buffer[], start = 0, end = leaves.length): Buffer {
  if (end - start < 2) {
    return end > start ? (leaves[start] as Buffer) : sha256();
  }
  const nodes = known.get(leaves) ?? new Map<string, Buffer>();
  known.set(leaves, nodes);
  const k = start + half(end - start);
  const node = nodes.get(`${start} ${end}`) ?? sha256(Buffer.of(1), mth(leaves, start, k), mth(leaves, k, end));
  nodes.set(`${start} ${end}`, node);
  return node;
}

/** PATH(m, D[start:end]). */
export function path(m: number, leaves: readonly Buffer[], start = 0, end = leaves.length): Buffer[] {
  if (end - start < 2) {
    return [];
  }
  const k = start + half(end - start);
  return m < k
    ? [...path(m, leaves, start, k), mth(leaves, k, end)]
    : [...path(m, leaves, k, end), mth(leaves, start, k)];
}

/** Roots of the largest aligned perfect subtrees over [start, end), by trying every size. */
export function cover(leaves: readonly Buffer[], start: number, end: number): Buffer[] {
  if (start >= end) {
    return [];
  }
  const fitting = Array.from({ length: 20 }, (_, i) => 2 ** i).filter((n) => start % n === 0 && start + n <= end);
  const size = Math.max(...fitting);
  return [mth(leaves, start, start + size), ...cover(leaves, start + size, end)];
}

/** `n` different leaf hashes. */
export function leafHashes(n: number): Buffer[] {
  return Array.from({ length: n }, (_, i) => leaf(Buffer.from(`entry ${i}`)));
}
