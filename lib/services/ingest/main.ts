import type { HttpBindings } from '@hono/node-server';
import type { Hono } from 'hono';
import { LogName } from '../../record';
import { SystemClock } from '../clock';
import type { Environment } from '../environment';
import { identifyBy } from '../identity/identify';
import { fromJurisdiction } from '../identity/jurisdiction';
import { type Fetch, type Listener, listen } from '../listen';
import { logToStderr } from '../log';
import { readNodeBody } from '../node-body';
import { runProcess, untilAskedToEnd } from '../run-process';
import { openSigner } from '../signer/open';
import { openStore } from '../store/open';
import { untilGranted } from '../until-granted';
import { bodyTooLarge } from './append-request';
import { ACKNOWLEDGE_WITHIN_MS, fromEnv, type IngestSettings } from './config';
import { describe } from './error-answer';
import { Ingest } from './ingest';
import { MemoryBudget } from './memory-budget';
import { createApp, type ReadBody } from './routes';

/** Every request is answered within 30 seconds; a little more for the answers to go out. */
const DRAIN_MS = ACKNOWLEDGE_WITHIN_MS + 5_000;

/** A running ingest node. */
export interface IngestNode {
  /** The socket's path, or `host:port`. */
  readonly address: string;

  /** Takes no more requests, finishes those that it has, and ends. */
  stop(): Promise<void>;
}

/** The parts of an ingest node that nobody can reach yet. */
export interface OpenIngest {
  readonly ingest: Ingest;
  readonly app: Hono;
}

/**
 * Opens the store and the admission key that the settings name.
 *
 * @param heartbeatMs how long nothing may be appended before the node does it itself; left out, 30 seconds
 * @throws setting-invalid, and what opening the store and the admission key throws
 */
export async function openIngest(
  settings: IngestSettings,
  readBody: ReadBody,
  heartbeatMs?: number,
): Promise<OpenIngest> {
  const log = LogName.parse(settings.origin) as LogName;
  const report = logToStderr;
  const clock = new SystemClock();
  const budget = new MemoryBudget(settings.memoryBytes);
  const ingest = new Ingest({
    log,
    writer: await openStore(settings.store, {
      onDoubt: (key, cause) => report('warn', 'put-in-doubt', { key, ...describe(cause) }),
    }),
    admission: await openSigner(settings.admissionKey, log.admission),
    clock,
    report,
    budget,
    paceMs: settings.paceMs,
    ...(heartbeatMs !== undefined && { heartbeatMs }),
  });
  const identify = fromJurisdiction(
    settings.jurisdiction,
    identifyBy(settings.writerSource, settings.tokenTrust, clock),
  );
  return { ingest, app: createApp({ ingest, budget, identify, readBody, report }) };
}

/**
 * Starts an ingest node.
 *
 * @throws setting-invalid, and what opening the store and the admission key throws
 */
export async function startIngest(settings: IngestSettings): Promise<IngestNode> {
  const { ingest, app } = await openIngest(settings, ({ env }, limit) =>
    readNodeBody((env as HttpBindings).incoming, limit, bodyTooLarge),
  );
  ingest.start();
  const listener = await listen(app.fetch as Fetch, settings.listen);
  logToStderr('info', 'listening', { address: listener.address });
  return { address: listener.address, stop: () => stop(ingest, listener) };
}

async function stop(ingest: Ingest, listener: Listener): Promise<void> {
  ingest.drain();
  await listener.close(DRAIN_MS);
  ingest.close();
}

/** Runs an ingest node until SIGTERM or SIGINT, with the settings of the environment. Resolves when it has ended in good order. */
export async function main(env: Environment): Promise<void> {
  const settings = fromEnv(env);
  const node = await untilGranted(() => startIngest(settings));
  await untilAskedToEnd();
  await node.stop();
  logToStderr('info', 'stopped');
}

if (require.main === module) {
  runProcess(main);
}
