import { LogName } from '../../record';
import { openingHandler } from '../alb-handler';
import { SystemClock } from '../clock';
import { AthenaEngine } from '../engine/athena';
import type { Environment } from '../environment';
import { identifyBy } from '../identity/identify';
import { fromJurisdiction } from '../identity/jurisdiction';
import { logToStderr } from '../log';
import { vkeyOf } from '../signer/vkey';
import { openReader } from '../store/open';
import { athenaFromEnv, fromEnv, unsearchedOf } from './config';
import { createApp } from './routes';

/** Makes the read side over Athena, with the settings of the environment (of which `AUDIT_LISTEN` and those of the cache mean nothing here). */
export async function openApp(env: Environment): Promise<ReturnType<typeof createApp>> {
  const settings = fromEnv(env);
  const { viewStore, ...athena } = athenaFromEnv(env);
  const clock = new SystemClock();
  const log = LogName.parse(settings.origin) as LogName;
  const replicas = (settings.replicas ?? []).map(({ origin }) => LogName.parse(origin) as LogName);
  return createApp({
    engine: new AthenaEngine({ log, replicas, ...athena, view: await openReader(viewStore), clock }),
    clock,
    log: logToStderr,
    identify: fromJurisdiction(settings.jurisdiction, identifyBy(settings.readerSource, settings.tokenTrust, clock)),
    logVkey: await vkeyOf(settings.logVkey, settings.origin),
    unsearched: unsearchedOf(settings),
    isReady: () => true,
  });
}

/** What Lambda calls. */
export const handler = openingHandler(() => openApp(process.env), logToStderr);
