import { type Access, type JwtTrust, RetentionMode } from '../policy';
import { toEnv as ingestEnv } from '../services/ingest/config';
import { bigQueryToEnv, toEnv as queryEnv } from '../services/query/config';
import { toEnv as sealEnv } from '../services/seal/config';
import { toEnv as viewEnv } from '../services/view/config';
import type { Archive } from './archive';
import type { SigningKey } from './signing-key';
import type { View } from './view';

/** What is known to a service only by its environment. */
type Environment = Record<string, string>;

/** Where services listen: on every address, since Cloud Run lets in load balancers, what is internal, and nobody else. */
export const SERVICE_PORT = 8080;
export const LISTEN = `0.0.0.0:${SERVICE_PORT}`;

/** Cloud Storage answers in tens of milliseconds: a segment every quarter of a second keeps objects few and answers quick. */
const PACE_MS = 250;

/** Cloud Scheduler's shortest interval, for what the sealer says of itself. */
const SEAL_EVERY_MS = 60_000;

const MIB = 1024 ** 2;

/** What a search may read at most; one that needs more fails. BigQuery bills by what is read. */
const SCAN_LIMIT_BYTES = 100 * 1024 ** 3;

/** The environment of what appends. */
export function ingestEnvironment(archive: Archive, how: { listen: string; memoryMiB: number }): Environment {
  const { source, tokenTrust } = identityOf(archive.policy.writers);
  return ingestEnv({
    origin: archive.origin,
    store: storeUrl(archive),
    admissionKey: signerUrl(archive.admissionKey),
    listen: how.listen,
    writerSource: source,
    ...(tokenTrust && { tokenTrust }),
    paceMs: PACE_MS,
    memoryBytes: how.memoryMiB * MIB,
  });
}

/** The environment of what searches. */
export function queryEnvironment(
  archive: Archive,
  how: { listen: string; cacheFolder: string; memoryMiB: number },
): Environment {
  const { source, tokenTrust } = identityOf(archive.policy.readers);
  return queryEnv({
    origin: archive.origin,
    store: storeUrl(archive),
    cacheFolder: how.cacheFolder,
    listen: how.listen,
    logVkey: signerUrl(archive.logKey),
    readerSource: source,
    ...(tokenTrust && { tokenTrust }),
    unsearchedRegions: unsearchedOf(archive),
    memoryBytes: how.memoryMiB * MIB,
  });
}

/** The jurisdiction's other regions: nothing of them is replicated to this one. */
function unsearchedOf({ policy, region }: Archive): string[] {
  return policy.regions
    .filter(({ name, jurisdiction }) => jurisdiction === region.jurisdiction && name !== region.name)
    .map(({ name }) => name);
}

/** What the environment of what searches has besides, where BigQuery does it. */
export function bigQueryEnvironment({ region }: Archive, project: string, view: View): Environment {
  return bigQueryToEnv({
    project,
    location: region.name,
    table: `${project}.${view.datasetId}.${view.tableId}`,
    scanLimitBytes: SCAN_LIMIT_BYTES,
    viewStore: `gs://${view.bucketName}`,
  });
}

/** The environment of what rolls up. */
export function viewEnvironment(archive: Archive, view: View): Environment {
  return viewEnv({ origin: archive.origin, store: storeUrl(archive), view: `gs://${view.bucketName}` });
}

/** The environment of the sealer. */
export function sealEnvironment(archive: Archive): Environment {
  const { mode, period } = archive.policy.retention;
  return sealEnv({
    origin: archive.origin,
    store: storeUrl(archive),
    logKey: signerUrl(archive.logKey),
    admission: signerUrl(archive.admissionKey),
    retention: { mode: mode === RetentionMode.COMPLIANCE ? 'compliance' : 'governance', days: period.inDays },
    intervalMs: SEAL_EVERY_MS,
  });
}

interface Identity {
  readonly source: 'gclb-mtls' | 'alb-jwt';
  readonly tokenTrust?: JwtTrust;
}

/** Certificates are verified by the load balancer, tokens by the service itself. */
function identityOf({ authenticate }: Access): Identity {
  const { jwtTrust } = authenticate;
  return jwtTrust === undefined ? { source: 'gclb-mtls' } : { source: 'alb-jwt', tokenTrust: jwtTrust };
}

function storeUrl({ bucket }: Archive): string {
  return `gs://${bucket.bucketName}`;
}

function signerUrl({ versionName }: SigningKey): string {
  return `gcpkms:${versionName}`;
}
