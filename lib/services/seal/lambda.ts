import { SystemClock } from '../clock';
import { logToStderr } from '../log';
import { fromEnv } from './config';
import { openSealer, sealRound } from './main';
import type { Sealer } from './sealer';

let sealer: Sealer | undefined;

/** What Lambda calls on a schedule: one round. It fails when the round does, so that the function's errors can be counted. */
export async function handler(): Promise<void> {
  sealer ??= await openSealer(fromEnv(process.env), new SystemClock(), logToStderr);
  await sealRound(sealer, logToStderr);
}
