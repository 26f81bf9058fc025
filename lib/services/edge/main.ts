import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AuditLogPolicy } from '../../policy';
import type { Environment } from '../environment';
import { logToStderr } from '../log';
import { runProcess, untilAskedToEnd } from '../run-process';
import { type EdgeConfig, fromEnv } from './config';
import { type EdgeSettings, startEdge } from './server';

/** Runs an edge until SIGTERM or SIGINT, with the settings of the environment. Resolves when it has ended in good order. */
export async function main(env: Environment): Promise<void> {
  const edge = await startEdge(await settingsFrom(fromEnv(env)));
  logToStderr('info', 'listening', { port: edge.port });
  await untilAskedToEnd();
  await edge.close();
}

/** The one place where a policy becomes settings of the edge. */
async function settingsFrom(config: EdgeConfig): Promise<EdgeSettings> {
  const policy = AuditLogPolicy.parse(await readFile(config.policyFile, 'utf8'));
  return {
    host: config.host,
    port: config.port,
    tlsFolder: join(config.dataFolder, 'tls'),
    writes: { sockets: config.ingestSockets, access: policy.writers },
    reads: { sockets: config.querySockets, access: policy.readers },
    ...(config.clientCaFile !== undefined && { clientCa: await readFile(config.clientCaFile, 'utf8') }),
  };
}

if (require.main === module) {
  runProcess(main);
}
