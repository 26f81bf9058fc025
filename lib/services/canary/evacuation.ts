import type { CanaryTarget } from './config';

/** What the evacuation switch says. */
export interface Evacuation {
  /** Targets that clients are to be led away from. */
  readonly targets: readonly CanaryTarget[];
  /** What it names besides, and what is not there: a typing error, or a region that was removed. */
  readonly unknown: readonly string[];
}

/**
 * Reads the evacuation switch. Whatever it names that is there is evacuated, whatever else it says: a wrong word must not give clients back to a region
 * from which they were led away.
 *
 * @param text `none`, or what to evacuate separated by commas: `<region>` for both of its paths, `<region>/ingest`, `<region>/query`
 */
export function parseEvacuation(text: string, targets: readonly CanaryTarget[]): Evacuation {
  const names = text.split(',').map((name) => name.trim());
  if (names.length === 1 && names[0] === 'none') return { targets: [], unknown: [] };
  return {
    targets: targets.filter((target) => names.some((name) => isMeant(name, target))),
    unknown: names.filter((name) => !targets.some((target) => isMeant(name, target))),
  };
}

function isMeant(name: string, { region, path }: CanaryTarget): boolean {
  return name === region || name === `${region}/${path}`;
}
