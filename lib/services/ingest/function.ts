import type { HttpBindings } from '@hono/node-server';
import type { Environment } from '../environment';
import type { Fetch } from '../listen';
import { readNodeBody } from '../node-body';
import { runProcess } from '../run-process';
import { serveFunction } from '../serve-function';
import { bodyTooLarge } from './append-request';
import { fromEnv } from './config';
import { openIngest } from './main';
import type { ReadBody } from './routes';

const readBody: ReadBody = ({ env }, limit) => readNodeBody((env as HttpBindings).incoming, limit, bodyTooLarge);

/** An ingest node for the life of an instance, which may take many requests at once and gets no processor between them: so it has no heartbeat. */
async function main(env: Environment): Promise<void> {
  const settings = fromEnv(env);
  await serveFunction(env, async () => {
    const { ingest, app } = await openIngest(settings, readBody, Number.POSITIVE_INFINITY);
    ingest.start();
    return app.fetch as Fetch;
  });
}

/** The entry point on Google Cloud, called once in the life of an instance (`AUDIT_LISTEN` means nothing there). */
export const serve = (): void => runProcess(main);
