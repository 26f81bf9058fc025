import { Malformed } from './malformed';

/**
 * Runs a reader over bytes that an attacker may have chosen. Whatever it throws is a verdict over the bytes, also what the language throws for
 * nesting that is too deep.
 */
export function attempt<T>(read: () => T): T | Malformed {
  try {
    return read();
  } catch (error) {
    return error instanceof Malformed ? error : new Malformed('bytes that cannot be read');
  }
}
