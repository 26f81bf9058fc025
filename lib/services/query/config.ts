import { LogName, Malformed, parseVkey } from '../../record';
import { type Environment, invalidSetting, logOrigin, required, wholeNumber } from '../environment';
import {
  type IdentitySource,
  identitySource,
  jurisdictionOf,
  jurisdictionToEnv,
  type TokenTrust,
  tokenTrust,
  tokenTrustToEnv,
} from '../identity/config';

/** The settings of a query node. */
export interface QuerySettings {
  /** The log's origin, `<name>/<region>`. */
  readonly origin: string;

  /** URL of the store: `file:/absolute/path`, `s3://bucket/prefix`. Only read. */
  readonly store: string;

  /** Folder of the search cache, made if it is missing. It will hold event data, and can be deleted while no query node runs. */
  readonly cacheFolder: string;

  /** Absolute path of a Unix socket, or `host:port`. */
  readonly listen: string;

  /** The log key's public half as a C2SP verifier key, `<origin>+<key id>+<base64>`, or `awskms:…` or `gcpkms:…` to ask KMS for it. */
  readonly logVkey: string;

  /** @default 'edge' */
  readonly readerSource: IdentitySource;

  /**
   * Whose tokens are believed.
   *
   * @default - none: must be given when `readerSource` is `alb-jwt`
   */
  readonly tokenTrust?: TokenTrust;

  /**
   * The jurisdiction that the firewall must have proved of each search.
   *
   * @default - searches may come from anywhere
   */
  readonly jurisdiction?: string;

  /**
   * Memory of the search engine, in bytes, from 128 MiB.
   *
   * @default 512 MiB
   */
  readonly memoryBytes: number;

  /**
   * Where Athena searches what is in the view, so that the embedded engine loads only what is behind it.
   *
   * @default - the embedded engine loads and searches all
   */
  readonly athena?: AthenaSettings;

  /**
   * Logs of the same name in other regions that are searched too, where their objects are replicated to.
   *
   * @default - the log of this region alone
   */
  readonly replicas?: readonly ReplicaSettings[];

  /**
   * Names of regions of the jurisdiction that are not searched, since nothing of them is replicated to where this node can read it. Answers say so.
   *
   * @default - none: all are searched, or there are no others
   */
  readonly unsearchedRegions?: readonly string[];
}

/** Where a log of another region is replicated to. */
export interface ReplicaSettings {
  /** The log's origin, `<name>/<region>`. */
  readonly origin: string;
  /** URL of the store that holds its replica. Only read. */
  readonly store: string;
}

/** Where Athena searches. */
export interface AthenaSettings {
  readonly workgroup: string;
  readonly database: string;
  readonly table: string;
  /** URL of the view's store, `s3://bucket`: the hours in it say how far a search is complete. Only listed. */
  readonly viewStore: string;
}

const ATHENA_NAMES = {
  workgroup: 'AUDIT_ATHENA_WORKGROUP',
  database: 'AUDIT_ATHENA_DATABASE',
  table: 'AUDIT_ATHENA_TABLE',
  viewStore: 'AUDIT_VIEW_STORE',
} as const satisfies Record<keyof AthenaSettings, string>;

/**
 * Reads where Athena searches.
 *
 * @throws setting-missing
 */
export function athenaFromEnv(env: Environment): AthenaSettings {
  return {
    workgroup: required(env, ATHENA_NAMES.workgroup),
    database: required(env, ATHENA_NAMES.database),
    table: required(env, ATHENA_NAMES.table),
    viewStore: required(env, ATHENA_NAMES.viewStore),
  };
}

/** The environment that `athenaFromEnv` reads as these settings. */
export function athenaToEnv(settings: AthenaSettings): Record<string, string> {
  const names = Object.entries(ATHENA_NAMES) as [keyof AthenaSettings, string][];
  return Object.fromEntries(names.map(([setting, name]) => [name, settings[setting]]));
}

/** Where BigQuery searches, instead of an embedded engine. */
export interface BigQuerySettings {
  /** The project that queries run in and that pays for them. */
  readonly project: string;
  /** Where the table is, such as `europe-west3` or `EU`. */
  readonly location: string;
  /** `<project>.<dataset>.<table>` */
  readonly table: string;
  /** What one search may read at most, in bytes. */
  readonly scanLimitBytes: number;
  /** URL of the view's store, `gs://bucket`: the hours in it say how far a search is complete. Only listed. */
  readonly viewStore: string;
  /** A server that speaks BigQuery. @default - Google's */
  readonly endpoint?: string;
}

const BIGQUERY_NAMES = {
  project: 'AUDIT_BIGQUERY_PROJECT',
  location: 'AUDIT_BIGQUERY_LOCATION',
  table: 'AUDIT_BIGQUERY_TABLE',
  scanLimitBytes: 'AUDIT_BIGQUERY_SCAN_LIMIT_BYTES',
  viewStore: 'AUDIT_VIEW_STORE',
  endpoint: 'AUDIT_BIGQUERY_ENDPOINT',
} as const satisfies Record<keyof BigQuerySettings, string>;

/**
 * Reads where BigQuery searches.
 *
 * @throws setting-missing, setting-invalid
 */
export function bigQueryFromEnv(env: Environment): BigQuerySettings {
  const limit = required(env, BIGQUERY_NAMES.scanLimitBytes);
  if (!/^[1-9]\d{0,14}$/.test(limit))
    throw invalidSetting(BIGQUERY_NAMES.scanLimitBytes, limit, 'a whole number from 1');
  const endpoint = env[BIGQUERY_NAMES.endpoint];
  return {
    project: required(env, BIGQUERY_NAMES.project),
    location: required(env, BIGQUERY_NAMES.location),
    table: required(env, BIGQUERY_NAMES.table),
    scanLimitBytes: Number(limit),
    viewStore: required(env, BIGQUERY_NAMES.viewStore),
    ...(endpoint && { endpoint }),
  };
}

/** The environment that `bigQueryFromEnv` reads as these settings. */
export function bigQueryToEnv(settings: BigQuerySettings): Record<string, string> {
  const given = Object.entries(settings) as [keyof BigQuerySettings, string | number][];
  return Object.fromEntries(given.map(([setting, value]) => [BIGQUERY_NAMES[setting], String(value)]));
}

const NAMES = {
  origin: 'AUDIT_LOG',
  store: 'AUDIT_STORE',
  cacheFolder: 'AUDIT_CACHE_FOLDER',
  listen: 'AUDIT_LISTEN',
  logVkey: 'AUDIT_LOG_VKEY',
  readerSource: 'AUDIT_READER_SOURCE',
  memoryBytes: 'AUDIT_MEMORY_BYTES',
  replicas: 'AUDIT_REPLICAS',
  unsearchedRegions: 'AUDIT_UNSEARCHED_REGIONS',
} as const satisfies Record<Exclude<keyof QuerySettings, 'tokenTrust' | 'jurisdiction' | 'athena'>, string>;

const MEMORY_BYTES = { least: 128 * 1024 ** 2, most: 1024 ** 4, byDefault: 512 * 1024 ** 2 };

/**
 * Reads the settings.
 *
 * @throws setting-missing, setting-invalid: both name the variable
 */
export function fromEnv(env: Environment): QuerySettings {
  const origin = logOrigin(env, NAMES.origin);
  const readerSource = identitySource(env, NAMES.readerSource);
  const trust = tokenTrust(env, readerSource);
  const jurisdiction = jurisdictionOf(env);
  return {
    origin,
    store: required(env, NAMES.store),
    cacheFolder: absolutePath(required(env, NAMES.cacheFolder)),
    listen: required(env, NAMES.listen),
    logVkey: logVkey(required(env, NAMES.logVkey), origin),
    readerSource,
    ...(trust && { tokenTrust: trust }),
    ...(jurisdiction && { jurisdiction }),
    memoryBytes: wholeNumber(env, NAMES.memoryBytes, MEMORY_BYTES),
    ...(env[ATHENA_NAMES.workgroup] && { athena: athenaFromEnv(env) }),
    ...(env[NAMES.replicas] && { replicas: parseReplicas(env[NAMES.replicas] ?? '', origin) }),
    ...(env[NAMES.unsearchedRegions] && { unsearchedRegions: parseRegions(env[NAMES.unsearchedRegions] ?? '') }),
  };
}

/** The environment that `fromEnv` reads as these settings. */
export function toEnv({ replicas = [], unsearchedRegions = [], ...settings }: QuerySettings): Record<string, string> {
  const { replicas: list, unsearchedRegions: unsearched, ...others } = NAMES;
  const names = Object.entries(others) as [keyof typeof others, string][];
  const plain: Record<string, string> = Object.fromEntries(
    names.map(([setting, name]) => [name, String(settings[setting])]),
  );
  if (replicas.length > 0) plain[list] = replicas.map(({ origin, store }) => `${origin}=${store}`).join(' ');
  if (unsearchedRegions.length > 0) plain[unsearched] = unsearchedRegions.join(' ');
  return {
    ...plain,
    ...tokenTrustToEnv(settings.tokenTrust),
    ...jurisdictionToEnv(settings.jurisdiction),
    ...(settings.athena && athenaToEnv(settings.athena)),
  };
}

/** `<origin>=<store URL>`, separated by spaces, which neither has. */
function parseReplicas(text: string, own: string): ReplicaSettings[] {
  const replicas = text.split(' ').map((each) => {
    const [, origin = '', store = ''] = /^([^=]*)=((?:file:\/|s3:\/\/|gs:\/\/).+)$/.exec(each) ?? [];
    return { origin, store };
  });
  const logs = [own, ...replicas.map(({ origin }) => origin)].map((origin) => LogName.parse(origin));
  const isOneLog = logs.every((log) => log !== undefined && log.name === logs[0]?.name);
  const areOthers = new Set(logs.map((log) => log?.origin)).size === logs.length;
  if (isOneLog && areOthers) return replicas;
  throw invalidSetting(
    NAMES.replicas,
    text,
    '<name>/<region>=<store URL>, separated by spaces: of the same name, each another region',
  );
}

/** Names of regions, separated by spaces. */
function parseRegions(text: string): string[] {
  const regions = text.split(' ');
  if (regions.every((each) => /^[a-z0-9-]+$/.test(each))) return regions;
  throw invalidSetting(NAMES.unsearchedRegions, text, 'names of regions, separated by spaces');
}

/** What answers say about regions that are not searched; `undefined` if there are none. */
export function unsearchedOf({ origin, unsearchedRegions: regions }: QuerySettings) {
  return regions && { by: origin.slice(origin.indexOf('/') + 1), regions };
}

function absolutePath(text: string): string {
  if (text.startsWith('/')) return text;
  throw invalidSetting(NAMES.cacheFolder, text, 'an absolute path');
}

/** Auditors pin what this node gives them: a key of another log must not get that far. */
function logVkey(text: string, origin: string): string {
  if (/^(awskms|gcpkms):/.test(text)) return text;
  try {
    if (parseVkey(text).name === origin) return text;
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
  }
  throw invalidSetting(
    NAMES.logVkey,
    text,
    `a verifier key of the form ${origin}+<key id>+<base64>, awskms:<ARN of the key> or gcpkms:<name of the key's version>`,
  );
}
