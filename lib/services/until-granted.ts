import { logToStderr } from './log';

/** Within the 240 s that Cloud Run gives a container to start. */
const PATIENCE_MS = 200_000;
const PAUSE_MS = 2_000;

/**
 * Starts a service, and tries again while Google refuses it what it needs (403): a grant made a moment ago holds after two minutes, as a rule
 * (https://cloud.google.com/iam/docs/access-change-propagation).
 *
 * @param start may be called many times, never twice at once
 * @throws what `start` throws that is no refusal, at once; a refusal after 200 seconds
 */
export async function untilGranted<T>(start: () => Promise<T>): Promise<T> {
  const until = performance.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await start();
    } catch (error) {
      if (!isRefusal(error) || performance.now() >= until) throw error;
      logToStderr('warn', 'start-refused', { message: error.message });
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}

/** Told by its status: who has nothing to do with Google does not load the client. */
function isRefusal(error: unknown): error is Error {
  return error instanceof Error && (error as { status?: unknown }).status === 403;
}
