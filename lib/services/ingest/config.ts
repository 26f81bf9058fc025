import { type Environment, logOrigin, required, wholeNumber } from '../environment';
import {
  type IdentitySource,
  identitySource,
  jurisdictionOf,
  jurisdictionToEnv,
  type TokenTrust,
  tokenTrust,
  tokenTrustToEnv,
} from '../identity/config';

/** No request is confirmed later than this after its `received`, in milliseconds, by any clock. What was received earlier is there or was refused. */
export const ACKNOWLEDGE_WITHIN_MS = 30_000;

/** Largest body of a request, in bytes, before and after decompression. */
export const MAX_BODY_SIZE = 4 * 1024 * 1024;

/** The settings of an ingest node. */
export interface IngestSettings {
  /** The log's origin, `<name>/<region>`. */
  readonly origin: string;

  /** URL of the store: `file:/absolute/path`, `s3://bucket/prefix`, `gs://bucket/prefix`. */
  readonly store: string;

  /** URL of the admission key: `file:/absolute/path.pem`, `awskms:<ARN>`, `gcpkms:<name of the key's version>`. */
  readonly admissionKey: string;

  /** Absolute path of a Unix socket, or `host:port`. */
  readonly listen: string;

  /** @default 'edge' */
  readonly writerSource: IdentitySource;

  /**
   * Whose tokens are believed.
   *
   * @default - none: must be given when `writerSource` is `alb-jwt`
   */
  readonly tokenTrust?: TokenTrust;

  /**
   * The jurisdiction that the firewall must have proved of each request.
   *
   * @default - requests may come from anywhere
   */
  readonly jurisdiction?: string;

  /**
   * Least time between the begins of two segments, in milliseconds, 0 to 5,000.
   *
   * @default 50
   */
  readonly paceMs: number;

  /**
   * Memory for the bodies and entries of all requests in progress, in bytes, from 32 MiB.
   *
   * @default 64 MiB
   */
  readonly memoryBytes: number;
}

const NAMES = {
  origin: 'AUDIT_LOG',
  store: 'AUDIT_STORE',
  admissionKey: 'AUDIT_ADMISSION_KEY',
  listen: 'AUDIT_LISTEN',
  writerSource: 'AUDIT_WRITER_SOURCE',
  paceMs: 'AUDIT_PACE_MS',
  memoryBytes: 'AUDIT_MEMORY_BYTES',
} as const satisfies Record<Exclude<keyof IngestSettings, 'tokenTrust' | 'jurisdiction'>, string>;

const PACE_MS = { least: 0, most: 5_000, byDefault: 50 };
/** At the least one largest body and the largest lines it can become, with room to spare. */
const MEMORY_BYTES = { least: 32 * 1024 ** 2, most: 64 * 1024 ** 3, byDefault: 64 * 1024 ** 2 };

/**
 * Reads the settings.
 *
 * @throws setting-missing, setting-invalid: both name the variable
 */
export function fromEnv(env: Environment): IngestSettings {
  const writerSource = identitySource(env, NAMES.writerSource);
  const trust = tokenTrust(env, writerSource);
  const jurisdiction = jurisdictionOf(env);
  return {
    origin: logOrigin(env, NAMES.origin),
    store: required(env, NAMES.store),
    admissionKey: required(env, NAMES.admissionKey),
    listen: required(env, NAMES.listen),
    writerSource,
    ...(trust && { tokenTrust: trust }),
    ...(jurisdiction && { jurisdiction }),
    paceMs: wholeNumber(env, NAMES.paceMs, PACE_MS),
    memoryBytes: wholeNumber(env, NAMES.memoryBytes, MEMORY_BYTES),
  };
}

/** The environment that `fromEnv` reads as these settings. */
export function toEnv(settings: IngestSettings): Record<string, string> {
  const names = Object.entries(NAMES) as [keyof typeof NAMES, string][];
  const plain = Object.fromEntries(names.map(([setting, name]) => [name, String(settings[setting])]));
  return { ...plain, ...tokenTrustToEnv(settings.tokenTrust), ...jurisdictionToEnv(settings.jurisdiction) };
}
