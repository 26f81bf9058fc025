import { hash } from 'node:crypto';

/** Bytes of a SHA-256 hash. */
export const HASH_SIZE = 32;

/** Most bytes of a leaf, RECORD "Entry": it fits a C2SP entry bundle's uint16. */
export const MAX_LEAF_SIZE = 65_535;

const scratch = Buffer.alloc(1 + MAX_LEAF_SIZE);

/** SHA-256 of the bytes. */
export function sha256(bytes: Uint8Array): Buffer {
  // Asking for text and decoding it is a third faster than asking for a Buffer, which is made outside of the pool.
  return Buffer.from(hash('sha256', bytes, 'binary'), 'binary');
}

/** RFC 6962 section 2.1: SHA-256(0x00 || entry). */
export function leafHash(entry: Uint8Array): Buffer {
  const input = entry.length <= MAX_LEAF_SIZE ? scratch.subarray(0, 1 + entry.length) : Buffer.alloc(1 + entry.length);
  input[0] = 0;
  input.set(entry, 1);
  return sha256(input);
}

/** RFC 6962 section 2.1: SHA-256(0x01 || left || right). */
export function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  const input = scratch.subarray(0, 1 + 2 * HASH_SIZE);
  input[0] = 1;
  input.set(left, 1);
  input.set(right, 1 + HASH_SIZE);
  return sha256(input);
}

/** The root of a tree without leaves, RFC 6962 section 2.1: SHA-256(""). */
export const EMPTY_ROOT: Buffer = sha256(Buffer.alloc(0));
