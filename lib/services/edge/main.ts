import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AuditLogPolicy } from '../../policy';
import { SystemClock } from '../clock';
import { type EdgeConfig, type Environment, fromEnv } from './config';
import { type EdgeSettings, startEdge } from './server';

/**
 * Runs an edge until SIGTERM or SIGINT, then lets requests in progress finish and exits 0. Lines of JSON on stderr say where it listens and what it refuses.
 */
export async function runEdge(env: Environment): Promise<void> {
  const log = (line: string): void => void process.stderr.write(`${line}\n`);
  const edge = await startEdge(await settingsFrom(fromEnv(env)), new SystemClock(), log);
  log(JSON.stringify({ listening: edge.port }));
  const stop = (): void => void edge.close().then(() => process.exit(0));
  process.once('SIGTERM', stop).once('SIGINT', stop);
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
