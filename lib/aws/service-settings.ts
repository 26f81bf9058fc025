import type { IBucket } from 'aws-cdk-lib/aws-s3';
import {
  type Access,
  type AuditLogPolicy,
  AuthenticationKind,
  type Region,
  RetentionMode,
  type Routing,
} from '../policy';
import type { IdentitySource, TokenTrust } from '../services/identity/config';
import { toEnv as ingestEnv } from '../services/ingest/config';
import { athenaToEnv, toEnv as queryEnv, type ReplicaSettings } from '../services/query/config';
import { toEnv as sealEnv } from '../services/seal/config';
import { toEnv as viewEnv } from '../services/view/config';
import type { Archive } from './archive';
import { checkAuthenticated } from './checked-authentication';
import { NetworkReach } from './network-reach';
import type { SigningKey } from './signing-key';
import type { View } from './view';

/** What is known to a service only by its environment. */
type Environment = Record<string, string>;

/** Where tasks listen: on every address, since their security group lets the load balancer in and nobody else. */
export const TASK_PORT = 8080;
const LISTEN = `0.0.0.0:${TASK_PORT}`;

const MIB = 1024 ** 2;

/** The environment of what appends. */
export function ingestEnvironment(
  archive: Archive,
  { paceMs, memoryMiB }: { paceMs: number; memoryMiB: number },
): Environment {
  const { source, tokenTrust } = identityOf(archive.policy.writers);
  return ingestEnv({
    origin: originOf(archive),
    store: storeUrl(archive, archive.bucket.bucket),
    admissionKey: signerUrl(archive.admissionKey),
    listen: LISTEN,
    writerSource: source,
    ...(tokenTrust && { tokenTrust }),
    ...jurisdictionOf(archive, archive.policy.traffic.writes),
    paceMs,
    memoryBytes: memoryMiB * MIB,
  });
}

/** The environment of what searches. */
export function queryEnvironment(
  archive: Archive,
  { cacheFolder, memoryMiB }: { cacheFolder: string; memoryMiB: number },
): Environment {
  const { source, tokenTrust } = identityOf(archive.policy.readers);
  return queryEnv({
    origin: originOf(archive),
    store: storeUrl(archive, archive.bucket.bucket),
    cacheFolder,
    listen: LISTEN,
    logVkey: signerUrl(archive.logKey),
    readerSource: source,
    ...(tokenTrust && { tokenTrust }),
    ...jurisdictionOf(archive, archive.policy.traffic.reads),
    replicas: replicasOf(archive),
    unsearchedRegions: unsearchedOf(archive),
    memoryBytes: memoryMiB * MIB,
  });
}

/** What is added to it where Athena does the searching. */
export function athenaEnvironment(archive: Archive, view: View): Environment {
  return athenaToEnv({
    workgroup: view.workgroupName,
    database: view.databaseName,
    table: view.tableName,
    viewStore: storeUrl(archive, view.bucket),
  });
}

/** The environment of what derives the view of the region's own log. */
export function viewEnvironment(archive: Archive, view: View): Environment {
  return viewEnv({
    origin: originOf(archive),
    store: storeUrl(archive, archive.bucket.bucket),
    view: storeUrl(archive, view.bucket),
  });
}

/** What is different where it derives the view of another region's log, for each of them, by the region's name. */
export function replicaViewEnvironments(archive: Archive, view: View): ReadonlyMap<string, Environment> {
  const regions = archive.replicas?.regions ?? [];
  const stored = { view: storeUrl(archive, view.bucket), storeHolds: 'replica' } as const;
  return new Map(replicasOf(archive).map((replica, i) => [regions[i]?.name ?? '', viewEnv({ ...replica, ...stored })]));
}

/** The environment of the sealer. */
export function sealEnvironment(archive: Archive, intervalMs: number): Environment {
  const { mode, period } = archive.policy.retention;
  return sealEnv({
    origin: originOf(archive),
    store: storeUrl(archive, archive.bucket.bucket),
    logKey: signerUrl(archive.logKey),
    admission: signerUrl(archive.admissionKey),
    retention: { mode: mode === RetentionMode.COMPLIANCE ? 'compliance' : 'governance', days: period.inDays },
    intervalMs,
  });
}

/** What tasks must reach: tokens are verified again, with the issuer's keys. */
export function reachFor({ authenticate }: Access): NetworkReach {
  return authenticate.kind === AuthenticationKind.JWT ? NetworkReach.INTERNET : NetworkReach.AWS;
}

interface Identity {
  readonly source: IdentitySource;
  readonly tokenTrust?: TokenTrust;
}

/** Who says who sent a request: only what the load balancer verified in the way that the policy asks for. */
function identityOf(access: Access): Identity {
  checkAuthenticated(access);
  const { jwtTrust } = access.authenticate;
  return jwtTrust === undefined ? { source: 'alb-mtls' } : { source: 'alb-jwt', tokenTrust: jwtTrust };
}

/** Demanded where the firewall keeps clients to their jurisdiction: what comes without its mark has gone around it. */
function jurisdictionOf({ region: { jurisdiction } }: Archive, { residency }: Routing): { jurisdiction?: string } {
  return residency === undefined ? {} : { jurisdiction };
}

/** Logs of the jurisdiction's other regions, as far as they are replicated to this one. */
function replicasOf(archive: Archive): ReplicaSettings[] {
  const { replicas } = archive;
  if (replicas === undefined) return [];
  return replicas.regions.map((region) => ({
    origin: originOf({ policy: archive.policy, region }),
    store: storeUrl(archive, replicas.bucket),
  }));
}

/** The jurisdiction's other regions, as far as nothing of them is replicated to this one: those of another cloud. */
function unsearchedOf({ policy, region, replicas }: Archive): string[] {
  const searched = [region, ...(replicas?.regions ?? [])].map(({ name }) => name);
  return policy.regions
    .filter(({ name, jurisdiction }) => jurisdiction === region.jurisdiction && !searched.includes(name))
    .map(({ name }) => name);
}

function originOf({ policy, region }: { policy: AuditLogPolicy; region: Region }): string {
  return `${policy.name}/${region.name}`;
}

function storeUrl({ region }: Archive, bucket: IBucket): string {
  return `s3://${bucket.bucketName}?region=${region.name}`;
}

function signerUrl({ key }: SigningKey): string {
  return `awskms:${key.keyArn}`;
}
