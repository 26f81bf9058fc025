import { SystemClock } from '../clock';
import type { Environment } from '../environment';
import { logToStderr } from '../log';
import { runProcess } from '../run-process';
import { serveFunction, unavailable } from '../serve-function';
import { fromEnv } from './config';
import { openSealer, sealRound } from './main';

/** A sealer for the life of an instance, which must be sent one request at a time: each is a round. One that fails is answered 503, and the next tries again. */
async function main(env: Environment): Promise<void> {
  const settings = fromEnv(env);
  await serveFunction(env, async () => {
    const sealer = await openSealer(settings, new SystemClock(), logToStderr);
    const sealed = () => new Response(null, { status: 204 });
    return () => sealRound(sealer, logToStderr).then(sealed, unavailable);
  });
}

/** The entry point on Google Cloud, called once in the life of an instance. */
export const serve = (): void => runProcess(main);
