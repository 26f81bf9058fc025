import type { ObjectReader } from '../ports';

/** An object that has more bytes than any of its kind. */
export const TOO_LARGE = Symbol('too large');

/** Reads a whole object, but never more than `limit` bytes and one: whoever controls the store does not control how much memory is used. */
export async function readAtMost(
  store: ObjectReader,
  key: string,
  limit: number,
): Promise<Buffer | typeof TOO_LARGE | undefined> {
  const bytes = await store.getTail(key, limit + 1);
  return bytes !== undefined && bytes.length > limit ? TOO_LARGE : bytes;
}
