import { AuditLogError } from '../../policy/errors';

/** The settings of an edge process. */
export interface EdgeConfig {
  /**
   * Address to listen on.
   *
   * @default '127.0.0.1'
   */
  readonly host: string;

  /**
   * TCP port to listen on; 0 takes a free one.
   *
   * @default 8443
   */
  readonly port: number;

  /** Folder of the local log; certificates are kept in `tls` below it. */
  readonly dataFolder: string;

  /** File of the policy document. */
  readonly policyFile: string;

  /** Unix sockets of the ingest nodes, at least one. */
  readonly ingestSockets: readonly string[];

  /** Unix sockets of the query nodes, at least one. */
  readonly querySockets: readonly string[];

  /**
   * File of the authorities (PEM) that sign client certificates.
   *
   * @default - none; a policy that asks for client certificates is refused
   */
  readonly clientCaFile?: string;
}

/** Environment variables. */
export type Environment = Readonly<Record<string, string | undefined>>;

const NAMES = {
  host: 'AUDIT_HOST',
  port: 'AUDIT_PORT',
  dataFolder: 'AUDIT_DATA',
  policyFile: 'AUDIT_POLICY',
  ingestSockets: 'AUDIT_INGEST_SOCKETS',
  querySockets: 'AUDIT_QUERY_SOCKETS',
  clientCaFile: 'AUDIT_CLIENT_CA',
} as const;

/** What a `sockaddr_un` holds on every system that Node runs on: 104 bytes with the final zero on macOS, 108 on Linux. */
const LONGEST_SOCKET_PATH = 103;

/**
 * Reads the settings. Lists of sockets are separated by `:`.
 *
 * @throws setting-missing, setting-invalid
 */
export function fromEnv(env: Environment): EdgeConfig {
  const clientCaFile = env[NAMES.clientCaFile];
  return {
    host: env[NAMES.host] ?? '127.0.0.1',
    port: port(env[NAMES.port] ?? '8443'),
    dataFolder: required(env, NAMES.dataFolder),
    policyFile: required(env, NAMES.policyFile),
    ingestSockets: sockets(env, NAMES.ingestSockets),
    querySockets: sockets(env, NAMES.querySockets),
    ...(clientCaFile !== undefined && { clientCaFile }),
  };
}

/** The environment that `fromEnv` reads as these settings. */
export function toEnv(config: EdgeConfig): Record<string, string> {
  return {
    [NAMES.host]: config.host,
    [NAMES.port]: String(config.port),
    [NAMES.dataFolder]: config.dataFolder,
    [NAMES.policyFile]: config.policyFile,
    [NAMES.ingestSockets]: config.ingestSockets.join(':'),
    [NAMES.querySockets]: config.querySockets.join(':'),
    ...(config.clientCaFile !== undefined && { [NAMES.clientCaFile]: config.clientCaFile }),
  };
}

function required(env: Environment, name: string): string {
  const value = env[name];
  if (value === undefined || value === '') {
    throw new AuditLogError('setting-missing', { problem: `${name} is not set`, fix: 'set it in the environment' });
  }
  return value;
}

function port(text: string): number {
  const value = Number(text);
  if (/^\d{1,5}$/.test(text) && value <= 65_535) return value;
  throw new AuditLogError('setting-invalid', {
    problem: `${NAMES.port} is not a port`,
    given: text,
    allowed: 'a whole number from 0 to 65535',
    fix: 'correct it',
  });
}

function sockets(env: Environment, name: string): string[] {
  const paths = required(env, name).split(':');
  const wrong = paths.find((path) => path === '' || Buffer.byteLength(path) > LONGEST_SOCKET_PATH);
  if (wrong === undefined) return paths;
  throw new AuditLogError('setting-invalid', {
    problem: `${name} has a path that no Unix socket can have`,
    given: wrong,
    allowed: `1 to ${LONGEST_SOCKET_PATH} bytes each, separated by ":"`,
    fix: 'use a folder with a shorter path',
  });
}
