import { type Environment, invalidSetting, required, wholeNumber } from '../environment';

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

const NAMES = {
  host: 'AUDIT_HOST',
  port: 'AUDIT_PORT',
  dataFolder: 'AUDIT_DATA',
  policyFile: 'AUDIT_POLICY',
  ingestSockets: 'AUDIT_INGEST_SOCKETS',
  querySockets: 'AUDIT_QUERY_SOCKETS',
  clientCaFile: 'AUDIT_CLIENT_CA',
} as const;

const PORT = { least: 0, most: 65_535, byDefault: 8443 };

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
    port: wholeNumber(env, NAMES.port, PORT),
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

function sockets(env: Environment, name: string): string[] {
  const paths = required(env, name).split(':');
  const wrong = paths.find((path) => path === '' || Buffer.byteLength(path) > LONGEST_SOCKET_PATH);
  if (wrong === undefined) return paths;
  throw invalidSetting(
    name,
    wrong,
    `paths of 1 to ${LONGEST_SOCKET_PATH} bytes, which is what Unix sockets can have, separated by ":"`,
  );
}
