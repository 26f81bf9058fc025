import { type Environment, logOrigin, required } from '../environment';

/** The settings of the roll-up. */
export interface ViewSettings {
  /** The log's origin, `<name>/<region>`. */
  readonly origin: string;
  /** URL of the log's store, `file:/absolute/path`, `s3://bucket/prefix`. Only read. */
  readonly store: string;
  /** URL of the view's store, of the same forms. */
  readonly view: string;
}

const NAMES = {
  origin: 'AUDIT_LOG',
  store: 'AUDIT_STORE',
  view: 'AUDIT_VIEW_STORE',
} as const satisfies Record<keyof ViewSettings, string>;

/**
 * Reads the settings.
 *
 * @throws setting-missing, setting-invalid: both name the variable
 */
export function fromEnv(env: Environment): ViewSettings {
  const origin = logOrigin(env, NAMES.origin);
  return { origin, store: required(env, NAMES.store), view: required(env, NAMES.view) };
}

/** The environment that `fromEnv` reads as these settings. */
export function toEnv(settings: ViewSettings): Record<string, string> {
  const names = Object.entries(NAMES) as [keyof ViewSettings, string][];
  return Object.fromEntries(names.map(([setting, name]) => [name, settings[setting]]));
}
