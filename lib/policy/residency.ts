import { parseJurisdiction } from './jurisdiction';
import { type Members, Place } from './place';

/** ISO 3166-1 has about 250 country codes. */
const MOST_COUNTRIES = 300;

/** Which jurisdiction the clients of each country belong to. Clients of a country that is not listed are sent nowhere. */
export class Residency {
  /**
   * Makes a residency from a list of countries for each jurisdiction.
   *
   * @param countries jurisdiction -> ISO 3166-1 alpha-2 codes, such as `{ EU: ['DE', 'FR'], US: ['US'] }`
   * @throws jurisdiction-malformed, country-malformed, country-duplicate, list-length-out-of-range
   */
  public static byCountry(countries: { [jurisdiction: string]: string[] }): Residency {
    return Place.valid('residency', (at) => Residency._parse(countries, at));
  }

  /** @internal */
  public static _parse(given: unknown, at: Place): Residency | undefined {
    const members = at.map(given, 'an object of jurisdictions with lists of country codes');
    if (members === undefined) return undefined;
    const before = at.problems.length;
    const seen = new Set<string>();
    const countries: Record<string, string[]> = {};
    for (const [jurisdiction, list] of Object.entries(members)) {
      const place = at.member(jurisdiction);
      parseJurisdiction(jurisdiction, place);
      const bounds = { least: 1, most: MOST_COUNTRIES, of: 'country codes' };
      const codes = place.list(list, bounds, (item, spot) => parseCountry(item, seen, spot));
      if (codes !== undefined) countries[jurisdiction] = [...codes];
    }
    return at.problems.length > before ? undefined : new Residency(countries);
  }

  private constructor(
    /** ISO 3166-1 alpha-2 country codes by jurisdiction. */
    public readonly countries: { [jurisdiction: string]: string[] },
  ) {}

  /** @internal */
  public _render(): Members {
    return { ...this.countries };
  }
}

function parseCountry(given: unknown, seen: Set<string>, at: Place): string | undefined {
  const code = at.text(given, /^[A-Z]{2}$/, 'country-malformed', 'an ISO 3166-1 alpha-2 code such as DE');
  if (code !== undefined && seen.has(code)) {
    at.report('country-duplicate', {
      problem: 'the country is listed twice',
      given: code,
      fix: 'leave it in one place',
    });
  }
  if (code !== undefined) seen.add(code);
  return code;
}
