import type { ServerResponse } from 'node:http';
import { SystemClock } from '../clock';
import { logToStderr } from '../log';
import { fromEnv } from './config';
import { openSealer } from './main';

const sealer = openSealer(fromEnv(process.env), new SystemClock(), logToStderr);

/** Seals one round, on Cloud Run functions. A round that fails is answered 500, and the next one tries again. */
export async function handler(_: unknown, response: ServerResponse): Promise<void> {
  try {
    const { size, added, alarms } = await (await sealer).sealOnce();
    for (const { path, reason } of alarms) logToStderr('alarm', 'shard-not-sealed', { path, reason });
    if (added > 0) logToStderr('info', 'sealed', { size, added });
    response.writeHead(204).end();
  } catch (error) {
    const isBroken = (error as { code?: unknown }).code === 'root-log-broken';
    const message = error instanceof Error ? error.message : String(error);
    logToStderr(isBroken ? 'alarm' : 'error', 'round-failed', { message });
    response.writeHead(500).end();
  }
}
