import { type Environment, required } from './environment';
import { type Fetch, listen } from './listen';
import { logToStderr } from './log';
import { CANNOT_START, openOnce } from './open-once';
import { untilAskedToEnd } from './run-process';

/** Cloud Run ends an instance so long after SIGTERM. https://cloud.google.com/run/docs/container-contract#instance-shutdown */
const DRAIN_MS = 10_000;

/**
 * Runs a service as an instance of a function on Google Cloud: takes requests at once on `PORT`, where Cloud Run sends them, and opens the service with the
 * first. While that fails it answers 503, and tries again with every request. Resolves when SIGTERM or SIGINT has come and running requests have ended.
 *
 * @param open may be called many times, never twice at once
 * @throws setting-missing, setting-invalid
 */
export async function serveFunction(env: Environment, open: () => Promise<Fetch>): Promise<void> {
  const listener = await listen(openingFetch(open), `0.0.0.0:${required(env, 'PORT')}`);
  logToStderr('info', 'listening', { address: listener.address });
  await untilAskedToEnd();
  await listener.close(DRAIN_MS);
  logToStderr('info', 'stopped');
}

function openingFetch(open: () => Promise<Fetch>): Fetch {
  const opened = openOnce(open);
  return async (request, env) => {
    try {
      return await (await opened())(request, env);
    } catch (error) {
      logToStderr('error', 'failed', { message: error instanceof Error ? error.message : String(error) });
      return unavailable();
    }
  };
}

/** The answer to who should ask again later. */
export function unavailable(): Response {
  return Response.json({ error: CANNOT_START }, { status: 503, headers: { 'Retry-After': '1' } });
}
