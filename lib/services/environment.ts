import { AuditLogError } from '../policy/errors';
import { LogName } from '../record';

/** Environment variables. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The bounds of a setting that is a whole number. */
export interface NumberBounds {
  readonly least: number;
  readonly most: number;
  /**
   * What counts when the variable is not set.
   *
   * @default - it must be set
   */
  readonly byDefault?: number;
}

/**
 * The value of a variable that must be set and not empty.
 *
 * @throws setting-missing
 */
export function required(env: Environment, name: string): string {
  const value = env[name];
  if (value !== undefined && value !== '') return value;
  throw new AuditLogError('setting-missing', { problem: `${name} is not set`, fix: 'set it in the environment' });
}

/**
 * A log's origin, `<name>/<region>`.
 *
 * @throws setting-missing, setting-invalid
 */
export function logOrigin(env: Environment, name: string): string {
  const text = required(env, name);
  if (LogName.parse(text) !== undefined) return text;
  throw invalidSetting(name, text, '<name>/<region> in lower-case letters, digits and hyphens');
}

/**
 * A whole number within bounds.
 *
 * @throws setting-missing, setting-invalid
 */
export function wholeNumber(env: Environment, name: string, { least, most, byDefault }: NumberBounds): number {
  const text = env[name] ?? byDefault?.toString() ?? required(env, name);
  const value = Number(text);
  if (/^\d{1,15}$/.test(text) && value >= least && value <= most) return value;
  throw invalidSetting(name, text, `a whole number from ${least} to ${most}`);
}

/** The error of a variable that has a wrong value. */
export function invalidSetting(name: string, given: string, allowed: string): AuditLogError {
  return new AuditLogError('setting-invalid', { problem: `${name} is wrong`, given, allowed, fix: 'correct it' });
}
