const LEAST_MS = 100;
const MOST_MS = 2_000;

/**
 * How long to wait before trying again, in milliseconds: exponential with full jitter, so that nodes that failed together do not return together.
 *
 * @param failures how often it failed, from 1
 */
export function backoff(failures: number): number {
  const ceiling = Math.min(LEAST_MS * 2 ** (failures - 1), MOST_MS);
  return LEAST_MS / 2 + Math.random() * ceiling;
}
