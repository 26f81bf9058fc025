import { LogName } from '../../record';
import { SystemClock } from '../clock';
import { BigQueryEngine } from '../engine/bigquery';
import { viewCompleteUntil } from '../engine/view-hours';
import type { Environment } from '../environment';
import { identifyBy } from '../identity/identify';
import { fromJurisdiction } from '../identity/jurisdiction';
import { logToStderr } from '../log';
import { runProcess } from '../run-process';
import { serveFunction } from '../serve-function';
import { vkeyOf } from '../signer/vkey';
import { openReader } from '../store/open';
import { type BigQuerySettings, bigQueryFromEnv, fromEnv, type QuerySettings, unsearchedOf } from './config';
import { createApp } from './routes';

/** The read side over BigQuery, for the life of an instance (the cache's settings mean nothing here). */
async function main(env: Environment): Promise<void> {
  const settings = fromEnv(env);
  const bigQuery = bigQueryFromEnv(env);
  await serveFunction(env, async () => (await openApp(settings, bigQuery)).fetch);
}

async function openApp(settings: QuerySettings, { viewStore, ...where }: BigQuerySettings) {
  const clock = new SystemClock();
  const log = LogName.parse(settings.origin) as LogName;
  const view = await openReader(viewStore);
  return createApp({
    engine: new BigQueryEngine({ where, completeUntil: () => viewCompleteUntil(view, log, clock.now()) }),
    clock,
    log: logToStderr,
    identify: fromJurisdiction(settings.jurisdiction, identifyBy(settings.readerSource, settings.tokenTrust, clock)),
    logVkey: await vkeyOf(settings.logVkey, settings.origin),
    unsearched: unsearchedOf(settings),
    isReady: () => true,
  });
}

/** The entry point on Google Cloud, called once in the life of an instance (`AUDIT_LISTEN` means nothing there). */
export const serve = (): void => runProcess(main);
