import type { Place } from './place';

/** Within what the record format takes for a region: `[a-z0-9-]{1,40}`. */
const REGION_NAME = /^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$/;

/** Reads the name of a region of any cloud. */
export function parseRegionName(given: unknown, at: Place): string | undefined {
  const allowed = '1 to 40 of a-z, 0-9 and -, with a letter or digit at both ends';
  return at.text(given, REGION_NAME, 'region-malformed', allowed);
}
