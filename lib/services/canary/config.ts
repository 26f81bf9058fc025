import { LogName } from '../../record';
import { type Environment, invalidSetting, required } from '../environment';

/** The two ways to a log. */
export const PATHS = ['ingest', 'query'] as const;

export type Path = (typeof PATHS)[number];

/**
 * Where CloudWatch keeps what canaries find. `name`: 1 for a target that works, 0 for one that does not or that is evacuated. `unclear`: 1 if the
 * evacuation switch cannot be read or names what is not there, else 0.
 */
export const METRIC = { namespace: 'ImmutableAuditLog', name: 'CanarySuccess', unclear: 'EvacuationUnclear' } as const;

/** The action of the events that canaries append, and the only ones that they look for. */
export const CANARY_ACTION = 'audit-log.canary';

/** What one canary tries. */
export interface CanaryTarget {
  readonly region: string;
  readonly path: Path;
  /** Where to connect to, such as `https://eu-central-1.ingest.audit.example.com`. */
  readonly origin: string;
  /** What clients ask for, and the certificate must prove: `ingest.audit.example.com`. */
  readonly host: string;
}

/** The settings of canaries. */
export interface CanarySettings {
  /** The log's name. */
  readonly log: string;

  /**
   * The regions by how their names are made: `{region}` and `{path}` stand for what a target is. Each region is tried on both paths.
   * Grouped, since a function's environment has no more than 4 KB.
   */
  readonly targets: Readonly<Record<string, readonly string[]>>;

  /** The name by which clients reach all regions, such as `{path}.audit.example.com`. */
  readonly publicName: string;

  /** Name of the parameter that says which targets are evacuated. */
  readonly evacuationParameter: string;

  /** ARN of the secret with the credentials by which canaries append. */
  readonly ingestSecret: string;

  /** ARN of the secret with the credentials by which canaries read. */
  readonly querySecret: string;

  /**
   * File with the authorities, in PEM, that prove names of servers.
   *
   * @default - the public ones that come with Node.js
   */
  readonly caFile?: string;
}

const NAMES = {
  log: 'AUDIT_LOG_NAME',
  targets: 'AUDIT_CANARY_TARGETS',
  publicName: 'AUDIT_PUBLIC_NAME',
  evacuationParameter: 'AUDIT_EVACUATION_PARAMETER',
  ingestSecret: 'AUDIT_INGEST_SECRET',
  querySecret: 'AUDIT_QUERY_SECRET',
  caFile: 'AUDIT_CANARY_CA_FILE',
} as const satisfies Record<keyof CanarySettings, string>;

/**
 * Reads the settings.
 *
 * @throws setting-missing, setting-invalid: both name the variable
 */
export function fromEnv(env: Environment): CanarySettings {
  const log = required(env, NAMES.log);
  if (LogName.parse(`${log}/any`) === undefined)
    throw invalidSetting(NAMES.log, log, 'lower-case letters, digits and hyphens');
  const caFile = env[NAMES.caFile];
  return {
    log,
    targets: targets(required(env, NAMES.targets)),
    publicName: publicName(required(env, NAMES.publicName)),
    evacuationParameter: required(env, NAMES.evacuationParameter),
    ingestSecret: required(env, NAMES.ingestSecret),
    querySecret: required(env, NAMES.querySecret),
    ...(caFile && { caFile }),
  };
}

/** The environment that `fromEnv` reads as these settings. */
export function toEnv(settings: CanarySettings): Record<string, string> {
  const { targets, ...texts } = settings;
  const names = Object.entries(texts) as [keyof typeof texts, string][];
  return {
    ...Object.fromEntries(names.map(([setting, text]) => [NAMES[setting], text])),
    [NAMES.targets]: JSON.stringify(targets),
  };
}

/** Every region on every path. */
export function targetsOf({ targets, publicName }: CanarySettings): CanaryTarget[] {
  return Object.entries(targets).flatMap(([template, regions]) =>
    regions.flatMap((region) =>
      PATHS.map((path) => ({
        region,
        path,
        origin: fill(template, region, path),
        host: publicName.replaceAll('{path}', path),
      })),
    ),
  );
}

function fill(template: string, region: string, path: Path): string {
  return template.replaceAll('{region}', region).replaceAll('{path}', path);
}

function publicName(text: string): string {
  if (/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/.test(text.replaceAll('{path}', 'ingest'))) return text;
  throw invalidSetting(NAMES.publicName, text, 'a host name such as {path}.audit.example.com');
}

function targets(text: string): CanarySettings['targets'] {
  const refused = invalidSetting(
    NAMES.targets,
    text,
    'JSON such as {"https://{region}.{path}.example.com":["eu-west-1"]}',
  );
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch {
    throw refused;
  }
  if (typeof given !== 'object' || given === null || !Object.entries(given).every(isGroup)) throw refused;
  return given as CanarySettings['targets'];
}

function isGroup([template, regions]: [string, unknown]): boolean {
  return (
    isHttpsOrigin(fill(template, 'region', 'ingest')) &&
    Array.isArray(regions) &&
    regions.every((region) => typeof region === 'string' && /^[a-z0-9-]{1,40}$/.test(region))
  );
}

/** Without a path, and never without TLS. */
function isHttpsOrigin(text: string): boolean {
  return URL.canParse(text) && new URL(text).protocol === 'https:' && new URL(text).origin === text;
}
