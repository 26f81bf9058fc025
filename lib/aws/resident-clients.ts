import type { Region, Routing } from '../policy';
import type { Residents } from './residents';

/** The clients whom a region is for, where a path's clients stay in their jurisdiction. */
export function residentsOf({ jurisdiction }: Region, { residency }: Routing): Residents | undefined {
  if (residency === undefined) return undefined;
  return { jurisdiction, countries: residency.countries[jurisdiction] ?? [] };
}
