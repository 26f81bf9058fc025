import { openingHandler } from '../alb-handler';
import type { Environment } from '../environment';
import { logToStderr } from '../log';
import { bodyTooLarge } from './append-request';
import { fromEnv } from './config';
import { type OpenIngest, openIngest } from './main';
import type { ReadBody } from './routes';

/** The load balancer has it whole: at most 1 MB. */
const readBody: ReadBody = async ({ req }, limit) => {
  const body = new Uint8Array(await req.arrayBuffer());
  if (body.length > limit) throw bodyTooLarge();
  return body;
};

/**
 * Makes a node that lives as long as its execution environment, with the settings of the environment (of which `AUDIT_LISTEN` means nothing here). Each
 * request is a segment of its own and is answered once it is durable. Between requests everything is frozen, so there is no heartbeat: `GET /healthz` is the
 * health check, `/readyz` says only whether something was stored within the last minute.
 */
export async function openNode(env: Environment): Promise<OpenIngest> {
  const node = await openIngest({ ...fromEnv(env), paceMs: 0 }, readBody, Number.POSITIVE_INFINITY);
  node.ingest.start();
  return node;
}

/** What Lambda calls. */
export const handler = openingHandler(async () => (await openNode(process.env)).app, logToStderr);
