import type { Place } from './place';

/** Reads the id of an AWS account. */
export function parseAccount(given: unknown, at: Place): string | undefined {
  return at.text(given, /^[0-9]{12}$/, 'account-malformed', '12 digits');
}
