import { rm } from 'node:fs/promises';
import { request } from 'node:http';
import { join, relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { AuditLogError } from '../../lib/policy/errors';
import { HttpsClient } from './https-client';
import { type LocalLog, openLocalLog } from './local-log';
import { SupervisedProcess } from './supervisor';

/** Options of `up`. */
export interface UpOptions {
  readonly policy?: string;
  readonly port: string;
  readonly data: string;
  readonly clientCa?: string;
}

/** The policy that runs when none is given; it ships with the package. */
const DEV_POLICY = join(__dirname, '..', '..', 'examples', 'policies', 'dev.json');
const READY_WITHIN_MS = 60_000;
const POLL_MS = 100;

/** Runs a log on this machine until the process is asked to end. */
export async function up(options: UpOptions): Promise<number> {
  const port = parsePort(options.port);
  const local = await openLocalLog({
    policyFile: options.policy ?? DEV_POLICY,
    data: options.data,
    port,
    clientCa: options.clientCa,
  });
  const interrupted = new Promise<'interrupted'>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) {
      process.once(signal, () => resolve('interrupted'));
    }
  });
  const ending = new AbortController();
  let isReady = false;
  let failed: (error: AuditLogError) => void = () => {};
  const failure = new Promise<never>((_, reject) => {
    failed = reject;
  });
  const onLine = (name: string, line: string) => process.stderr.write(`${name}: ${line}\n`);
  const onEnd = (name: string, reason: string) => {
    onLine(name, `ended with ${reason}${isReady ? ', starting again' : ''}`);
    if (!isReady) failed(processFailed(name, reason));
  };
  const processes = local.services.map((service) => new SupervisedProcess(service, onLine, onEnd));
  try {
    if ((await Promise.race([untilReady(local, port, ending.signal), failure, interrupted])) !== 'interrupted') {
      isReady = true;
      process.stdout.write(welcome(local, port));
      await interrupted;
    }
  } finally {
    ending.abort();
    isReady = true;
    for (const each of processes.toReversed()) {
      await each.stop();
    }
    await rm(local.sockets, { recursive: true, force: true });
  }
  return 0;
}

/** Ready when every node says so and the edge leads to one. */
async function untilReady({ data, nodes }: LocalLog, port: number, ending: AbortSignal): Promise<void> {
  const deadline = Date.now() + READY_WITHIN_MS;
  const ca = join(data, 'tls', 'ca.pem');
  const parts = [
    ...nodes.map((node) => ({ name: node, isReady: () => answers(node) })),
    { name: 'edge', isReady: () => edgeAnswers(port, ca) },
  ];
  for (const { name, isReady } of parts) {
    while (!(await isReady())) {
      // Else the polling would keep a process alive that has failed or was interrupted.
      if (ending.aborted) return;
      if (Date.now() > deadline) throw processFailed(name, 'not ready in 60 seconds');
      await sleep(POLL_MS);
    }
  }
}

async function edgeAnswers(port: number, ca: string): Promise<boolean> {
  let edge: HttpsClient | undefined;
  try {
    edge = new HttpsClient(`https://localhost:${port}`, { ca }, 0);
    await edge.ask({ method: 'GET', path: '/v1/log.vkey' });
    return true;
  } catch {
    return false;
  } finally {
    edge?.close();
  }
}

function answers(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const outgoing = request({ socketPath, path: '/readyz', timeout: 1_000 }, (incoming) => {
      incoming.resume();
      resolve(incoming.statusCode === 200);
    });
    outgoing.once('timeout', () => outgoing.destroy());
    outgoing.once('error', () => resolve(false));
    outgoing.end();
  });
}

function processFailed(name: string, reason: string): AuditLogError {
  return new AuditLogError('process-failed', {
    problem: `${name} could not start (${reason})`,
    fix: 'see the lines that it printed; another log may be using the port, then give --port',
  });
}

function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port >= 1 && port <= 65_535) {
    return port;
  }
  throw new AuditLogError('setting-invalid', {
    problem: '--port is not a port',
    given: text,
    allowed: 'a whole number from 1 to 65535',
    fix: 'correct it',
  });
}

/** What to try next, as commands to copy. */
function welcome({ log, data }: LocalLog, port: number): string {
  const folder = relative('', data) || data;
  const where = [
    ...(port === 8443 ? [] : [`--url https://localhost:${port}`]),
    ...(folder === '.audit-log' ? [] : [`--data ${folder}`]),
  ];
  const command = (...words: string[]) => `  npx audit-log ${[...words, ...where].join(' ')}\n`;
  return `
The log ${log.origin} runs on https://localhost:${port}; its objects are in ${folder}/store. Interrupt with Ctrl-C.
Try in another terminal:

  echo '{"action":"user.login","actor":{"id":"ada"},"outcome":"success"}' |
  ${command('append', '--receipts receipts.ndjson').trimStart()}${command('query', '--action user.login')}  npx audit-log verify file:${folder}/store --key @${folder}/keys/log.vkey --receipts receipts.ndjson

`;
}
