import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type Access, AuditLogPolicy, AuthenticationKind } from '../../lib/policy';
import { LogName } from '../../lib/record';
import { toEnv as edgeEnv } from '../../lib/services/edge/config';
import { toEnv as ingestEnv } from '../../lib/services/ingest/config';
import { toEnv as queryEnv } from '../../lib/services/query/config';
import { toEnv as sealEnv } from '../../lib/services/seal/config';
import { FileSigner } from '../../lib/services/signer/file';
import type { Service } from './supervisor';

const REGION = 'local';
const INGEST_NODES = 2;
/** On one machine the sealing is quick, so that proofs can be tried at once; clouds seal every minute. */
const SEAL_EVERY_MS = 5_000;

/** How to run a log on this machine. */
export interface LocalSettings {
  readonly policyFile: string;
  /** Folder for the log; made if it is missing. */
  readonly data: string;
  /** Of the edge. */
  readonly port: number;
  /** File of the authorities that sign client certificates, for a policy that asks for them. */
  readonly clientCa: string | undefined;
}

/** A log on this machine: where its files are and which processes run it. */
export interface LocalLog {
  readonly log: LogName;
  /** Folder with `store`, `keys`, `tls` and `query`. */
  readonly data: string;
  /** Folder of the sockets; to be removed in the end. */
  readonly sockets: string;
  /** Sockets of the nodes that the edge leads to. */
  readonly nodes: readonly string[];
  /** In the order in which they start; they stop in the opposite order. */
  readonly services: readonly Service[];
}

/**
 * Reads the policy, makes the folders and keys that are missing, and says which processes are the log.
 *
 * @throws document-invalid and the codes of signing keys
 */
export async function openLocalLog(settings: LocalSettings): Promise<LocalLog> {
  const policy = AuditLogPolicy.parse(await readFile(settings.policyFile, 'utf8'));
  const data = resolve(settings.data);
  const log = new LogName(policy.name, REGION);
  for (const folder of ['store', 'keys', 'tls', 'query']) {
    await mkdir(join(data, folder), { recursive: true, mode: 0o700 });
  }
  const admissionVkey = await openKey(join(data, 'keys', 'admission'), log.admission);
  const logVkey = await openKey(join(data, 'keys', 'log'), log.origin);
  const sockets = await mkdtemp(join(tmpdir(), 'audit-log-'));
  const places = { policy, log, data, sockets };
  const services = [
    seal(places, admissionVkey),
    query(places, logVkey),
    ...Array.from({ length: INGEST_NODES }, (_, i) => ingest(places, i + 1)),
    edge(places, settings),
  ];
  return { log, data, sockets, nodes: [...ingestSockets(sockets), querySocket(sockets)], services };
}

interface Places {
  readonly policy: AuditLogPolicy;
  readonly log: LogName;
  readonly data: string;
  readonly sockets: string;
}

/** Opens a key, or makes it once. The public key stands beside it. */
async function openKey(path: string, name: string): Promise<string> {
  const file = `${path}.pem`;
  const { vkey } = existsSync(file) ? await FileSigner.open(file, name) : await FileSigner.create(file, name);
  await writeFile(`${path}.vkey`, `${vkey}\n`);
  return vkey;
}

function identitySource({ authenticate }: Access): 'edge' | 'anonymous' {
  return authenticate.kind === AuthenticationKind.NONE ? 'anonymous' : 'edge';
}

function ingestSockets(sockets: string): string[] {
  return Array.from({ length: INGEST_NODES }, (_, i) => join(sockets, `ingest-${i + 1}.sock`));
}

function querySocket(sockets: string): string {
  return join(sockets, 'query.sock');
}

function ingest({ policy, log, data, sockets }: Places, number: number): Service {
  const env = ingestEnv({
    origin: log.origin,
    store: `file:${join(data, 'store')}`,
    admissionKey: `file:${join(data, 'keys', 'admission.pem')}`,
    listen: ingestSockets(sockets)[number - 1] as string,
    writerSource: identitySource(policy.writers),
    paceMs: 50,
    memoryBytes: 64 * 1024 * 1024,
  });
  return { name: `ingest ${number}`, role: 'ingest', env };
}

function seal({ policy, log, data }: Places, admission: string): Service {
  const { mode, period } = policy.retention;
  const env = sealEnv({
    origin: log.origin,
    store: `file:${join(data, 'store')}`,
    logKey: `file:${join(data, 'keys', 'log.pem')}`,
    admission,
    retention: { mode, days: period.inDays },
    intervalMs: SEAL_EVERY_MS,
  });
  return { name: 'seal', role: 'seal', env };
}

function query({ policy, log, data, sockets }: Places, logVkey: string): Service {
  const env = queryEnv({
    origin: log.origin,
    store: `file:${join(data, 'store')}`,
    cacheFolder: join(data, 'query'),
    listen: querySocket(sockets),
    logVkey,
    readerSource: identitySource(policy.readers),
    memoryBytes: 512 * 1024 * 1024,
  });
  return { name: 'query', role: 'query', env };
}

function edge({ data, sockets }: Places, { policyFile, port, clientCa }: LocalSettings): Service {
  const env = edgeEnv({
    host: '127.0.0.1',
    port,
    dataFolder: data,
    policyFile: resolve(policyFile),
    ingestSockets: ingestSockets(sockets),
    querySockets: [querySocket(sockets)],
    ...(clientCa !== undefined && { clientCaFile: resolve(clientCa) }),
  });
  return { name: 'edge', role: 'edge', env };
}
