import type { ServerResponse } from 'node:http';
import { LogName } from '../../record';
import { SystemClock } from '../clock';
import { BigQueryEngine } from '../engine/bigquery';
import { viewCompleteUntil } from '../engine/view-hours';
import type { Environment } from '../environment';
import { type FunctionRequest, passOn } from '../function-request';
import { identifyBy } from '../identity/identify';
import { listen } from '../listen';
import { logToStderr } from '../log';
import { vkeyOf } from '../signer/vkey';
import { openReader } from '../store/open';
import { bigQueryFromEnv, fromEnv } from './config';
import { createApp } from './routes';

/** The read side over BigQuery, for the life of this instance (the cache's settings mean nothing here). */
const listener = start(process.env);

/** Answers one request, on Cloud Run functions. */
export async function handler(request: FunctionRequest, response: ServerResponse): Promise<void> {
  await passOn(request, response, (await listener).address);
}

async function start(env: Environment): ReturnType<typeof listen> {
  const settings = fromEnv(env);
  const { viewStore, ...where } = bigQueryFromEnv(env);
  const clock = new SystemClock();
  const log = LogName.parse(settings.origin) as LogName;
  const view = await openReader(viewStore);
  const app = createApp({
    engine: new BigQueryEngine({ where, completeUntil: () => viewCompleteUntil(view, log, clock.now()) }),
    clock,
    log: logToStderr,
    identify: identifyBy(settings.readerSource, settings.tokenTrust, clock),
    logVkey: await vkeyOf(settings.logVkey, settings.origin),
    isReady: () => true,
  });
  return listen(app.fetch, settings.listen);
}
