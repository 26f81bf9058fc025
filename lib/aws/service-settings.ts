import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { type Access, AuthenticationKind, RetentionMode } from '../policy';
import { toEnv as ingestEnv } from '../services/ingest/config';
import { toEnv as queryEnv } from '../services/query/config';
import { toEnv as sealEnv } from '../services/seal/config';
import type { Archive } from './archive';
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
  return ingestEnv({
    origin: originOf(archive),
    store: storeUrl(archive, archive.bucket.bucket),
    admissionKey: signerUrl(archive.admissionKey),
    listen: LISTEN,
    writerSource: 'edge',
    paceMs,
    memoryBytes: memoryMiB * MIB,
  });
}

/** The environment of what searches. */
export function queryEnvironment(
  archive: Archive,
  { cacheFolder, memoryMiB }: { cacheFolder: string; memoryMiB: number; view: View | undefined },
): Environment {
  return queryEnv({
    origin: originOf(archive),
    store: storeUrl(archive, archive.bucket.bucket),
    cacheFolder,
    listen: LISTEN,
    logVkey: signerUrl(archive.logKey),
    readerSource: 'edge',
    memoryBytes: memoryMiB * MIB,
  });
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

function originOf({ policy, region }: Archive): string {
  return `${policy.name}/${region.name}`;
}

function storeUrl({ region }: Archive, bucket: IBucket): string {
  return `s3://${bucket.bucketName}?region=${region.name}`;
}

function signerUrl({ key }: SigningKey): string {
  return `awskms:${key.keyArn}`;
}
