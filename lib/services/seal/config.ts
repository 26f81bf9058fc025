import { AuditLogError } from '../../policy/errors';
import { LogName, type RetentionStatement } from '../../record';

/** The settings of a sealer. */
export interface SealSettings {
  /** The log's origin, `<name>/<region>`. */
  readonly origin: string;

  /** URL of the store: `file:/absolute/path`. */
  readonly store: string;

  /** URL of the log key: `file:/absolute/path.pem`. */
  readonly logKey: string;

  /** The admission key's vkey, as the root states it, or `awskms:…` or `gcpkms:…` to ask KMS for it. */
  readonly admission: string;

  /** The lock that the log promises, as the root states it. */
  readonly retention: RetentionStatement;

  /**
   * From the end of a round to the next, in milliseconds, 100 to 600,000.
   *
   * @default 60,000
   */
  readonly intervalMs: number;
}

/** Environment variables. */
export type Environment = Readonly<Record<string, string | undefined>>;

const NAMES = {
  origin: 'AUDIT_LOG',
  store: 'AUDIT_STORE',
  logKey: 'AUDIT_LOG_KEY',
  admission: 'AUDIT_ADMISSION_VKEY',
  retentionMode: 'AUDIT_RETENTION_MODE',
  retentionDays: 'AUDIT_RETENTION_DAYS',
  intervalMs: 'AUDIT_SEAL_INTERVAL_MS',
} as const;

const DEFAULT_INTERVAL_MS = 60_000;
const LEAST_INTERVAL_MS = 100;
const MOST_INTERVAL_MS = 600_000;
const MOST_DAYS = 36_500;

/**
 * Reads the settings.
 *
 * @throws setting-missing, setting-invalid: both name the variable
 */
export function fromEnv(env: Environment): SealSettings {
  return {
    origin: origin(required(env, NAMES.origin)),
    store: required(env, NAMES.store),
    logKey: required(env, NAMES.logKey),
    admission: required(env, NAMES.admission),
    retention: {
      mode: mode(required(env, NAMES.retentionMode)),
      days: wholeNumber(NAMES.retentionDays, required(env, NAMES.retentionDays), 1, MOST_DAYS),
    },
    intervalMs: wholeNumber(
      NAMES.intervalMs,
      env[NAMES.intervalMs] ?? String(DEFAULT_INTERVAL_MS),
      LEAST_INTERVAL_MS,
      MOST_INTERVAL_MS,
    ),
  };
}

/** The environment that `fromEnv` reads as these settings. */
export function toEnv(settings: SealSettings): Record<string, string> {
  return {
    [NAMES.origin]: settings.origin,
    [NAMES.store]: settings.store,
    [NAMES.logKey]: settings.logKey,
    [NAMES.admission]: settings.admission,
    [NAMES.retentionMode]: settings.retention.mode,
    [NAMES.retentionDays]: String(settings.retention.days),
    [NAMES.intervalMs]: String(settings.intervalMs),
  };
}

function required(env: Environment, name: string): string {
  const value = env[name];
  if (value === undefined || value === '') {
    throw new AuditLogError('setting-missing', { problem: `${name} is not set`, fix: 'set it in the environment' });
  }
  return value;
}

function origin(text: string): string {
  if (LogName.parse(text) === undefined) {
    throw invalid(NAMES.origin, text, '<name>/<region> in lower-case letters, digits and hyphens');
  }
  return text;
}

function mode(text: string): RetentionStatement['mode'] {
  if (text !== 'compliance' && text !== 'governance') {
    throw invalid(NAMES.retentionMode, text, 'compliance, governance');
  }
  return text;
}

function wholeNumber(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (!/^\d{1,15}$/.test(text) || value < least || value > most) {
    throw invalid(name, text, `a whole number from ${least} to ${most}`);
  }
  return value;
}

function invalid(name: string, given: string, allowed: string): AuditLogError {
  return new AuditLogError('setting-invalid', { problem: `${name} is wrong`, given, allowed, fix: 'correct it' });
}
