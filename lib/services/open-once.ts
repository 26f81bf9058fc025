/** What is answered, with 503, while a service cannot be opened. */
export const CANNOT_START = { code: 'internal', message: 'the service cannot start now; try again later' };

/**
 * Opens something when it is first asked for, and keeps it. Who asks meanwhile waits for the same attempt; who asks after an attempt that failed makes another.
 *
 * @param open may be called many times, never twice at once
 */
export function openOnce<T>(open: () => Promise<T>): () => Promise<T> {
  let opening: Promise<T> | undefined;
  return () => {
    opening ??= open().catch((error: unknown) => {
      opening = undefined;
      throw error;
    });
    return opening;
  };
}
