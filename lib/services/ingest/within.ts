import type { Clock } from '../ports';

/**
 * What the promise gives, or `undefined` when that takes longer. What it gives later is dropped.
 *
 * @throws what the promise throws in time
 */
export async function within<T>(clock: Clock, milliseconds: number, promise: Promise<T>): Promise<T | undefined> {
  const done = new AbortController();
  try {
    return await Promise.race([promise, clock.sleep(milliseconds, done.signal).then(() => undefined)]);
  } finally {
    done.abort();
    promise.catch(() => {});
  }
}
