import type { Place } from './place';

/** Reads the name of a legal area. Upper case only, so that `EU` and `eu` are not two jurisdictions. */
export function parseJurisdiction(given: unknown, at: Place): string | undefined {
  const allowed = 'a capital letter and up to 31 of A-Z, 0-9 and -, such as EU';
  return at.text(given, /^[A-Z][A-Z0-9-]{0,31}$/, 'jurisdiction-malformed', allowed);
}
