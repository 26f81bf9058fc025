import type { RegionCompleteness } from '../ports';

/** A key of a structured field: https://www.rfc-editor.org/rfc/rfc8941#section-3.2 */
const KEY = /^[a-z][a-z0-9-]*$/;

/**
 * The field `Audit-Complete-Until-Regions`: an RFC 8941 dictionary of a string for each region, which is a time in the form of RFC 3339 in UTC:
 * `eu-central-1="2026-01-31T12:00:00.000Z", eu-west-1="2026-01-31T11:59:12.345Z"`. The region that answers comes first. A region that was not
 * searched comes last, with the token `none`: `europe-west3=none`. A region whose name does not begin with a letter, which no key may, has a `*`
 * before it.
 */
export function formatRegions(regions: readonly RegionCompleteness[], unsearched: readonly string[] = []): string {
  const searched = regions.map(({ region, completeUntil }) => {
    const time = new Date(completeUntil).toISOString();
    return `${keyOf(region)}="${time}"`;
  });
  return [...searched, ...unsearched.map((region) => `${keyOf(region)}=none`)].join(', ');
}

function keyOf(region: string): string {
  return KEY.test(region) ? region : `*${region}`;
}
