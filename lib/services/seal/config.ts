import type { RetentionStatement } from '../../record';
import { type Environment, invalidSetting, logOrigin, required, wholeNumber } from '../environment';

/** The settings of a sealer. */
export interface SealSettings {
  /** The log's origin, `<name>/<region>`. */
  readonly origin: string;

  /** URL of the store: `file:/absolute/path`, `s3://bucket/prefix`, `gs://bucket/prefix`. */
  readonly store: string;

  /** URL of the log key: `file:/absolute/path.pem`, `awskms:<ARN>`, `gcpkms:<name of the key's version>`. */
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

const NAMES = {
  origin: 'AUDIT_LOG',
  store: 'AUDIT_STORE',
  logKey: 'AUDIT_LOG_KEY',
  admission: 'AUDIT_ADMISSION_VKEY',
  retentionMode: 'AUDIT_RETENTION_MODE',
  retentionDays: 'AUDIT_RETENTION_DAYS',
  intervalMs: 'AUDIT_SEAL_INTERVAL_MS',
} as const;

const DAYS = { least: 1, most: 36_500 };
const INTERVAL_MS = { least: 100, most: 600_000, byDefault: 60_000 };

/**
 * Reads the settings.
 *
 * @throws setting-missing, setting-invalid: both name the variable
 */
export function fromEnv(env: Environment): SealSettings {
  return {
    origin: logOrigin(env, NAMES.origin),
    store: required(env, NAMES.store),
    logKey: required(env, NAMES.logKey),
    admission: required(env, NAMES.admission),
    retention: {
      mode: mode(required(env, NAMES.retentionMode)),
      days: wholeNumber(env, NAMES.retentionDays, DAYS),
    },
    intervalMs: wholeNumber(env, NAMES.intervalMs, INTERVAL_MS),
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

function mode(text: string): RetentionStatement['mode'] {
  if (text !== 'compliance' && text !== 'governance') {
    throw invalidSetting(NAMES.retentionMode, text, 'compliance, governance');
  }
  return text;
}
