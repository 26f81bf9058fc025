import { type Environment, invalidSetting, logOrigin, required } from '../environment';

/** The settings of the roll-up. */
export interface ViewSettings {
  /** The log's origin, `<name>/<region>`. */
  readonly origin: string;
  /** URL of the log's store, `file:/absolute/path`, `s3://bucket/prefix`. Only read. */
  readonly store: string;
  /** URL of the view's store, of the same forms. */
  readonly view: string;
  /**
   * Whether the store is the log's own, or holds a replica of it. Hours of a log are over by the clock; those of a replica when its root log says so and all of
   * them is there.
   *
   * @default 'log'
   */
  readonly storeHolds?: 'log' | 'replica';
}

const NAMES = {
  origin: 'AUDIT_LOG',
  store: 'AUDIT_STORE',
  view: 'AUDIT_VIEW_STORE',
  storeHolds: 'AUDIT_STORE_HOLDS',
} as const satisfies Record<keyof ViewSettings, string>;

/**
 * Reads the settings.
 *
 * @throws setting-missing, setting-invalid: both name the variable
 */
export function fromEnv(env: Environment): ViewSettings {
  const origin = logOrigin(env, NAMES.origin);
  const storeHolds = env[NAMES.storeHolds] || 'log';
  if (storeHolds !== 'log' && storeHolds !== 'replica')
    throw invalidSetting(NAMES.storeHolds, storeHolds, 'log, replica');
  return {
    origin,
    store: required(env, NAMES.store),
    view: required(env, NAMES.view),
    ...(storeHolds === 'replica' && { storeHolds }),
  };
}

/** The environment that `fromEnv` reads as these settings. */
export function toEnv(settings: ViewSettings): Record<string, string> {
  const given = Object.entries(settings) as [keyof ViewSettings, string][];
  return Object.fromEntries(given.map(([setting, value]) => [NAMES[setting], value]));
}
