import { AuditLogError } from '../../policy/errors';
import type { CanaryTarget } from './config';

/** Targets that clients are to be led away from. */
export type Evacuated = readonly CanaryTarget[];

/**
 * Reads the evacuation switch.
 *
 * @param text `none`, or what to evacuate separated by commas: `<region>` for both of its paths, `<region>/ingest`, `<region>/query`
 * @throws evacuation-malformed: one wrong name makes the whole text wrong, so that nobody believes half of it
 */
export function parseEvacuation(text: string, targets: readonly CanaryTarget[]): Evacuated {
  const names = text.split(',').map((name) => name.trim());
  if (names.length === 1 && names[0] === 'none') return [];
  const wrong = names.filter((name) => !targets.some((target) => isMeant(name, target)));
  if (wrong.length === 0) return targets.filter((target) => names.some((name) => isMeant(name, target)));
  const regions = [...new Set(targets.map(({ region }) => region))];
  throw new AuditLogError('evacuation-malformed', {
    problem: 'the evacuation switch names what is not there',
    given: wrong[0],
    allowed: `none, or regions, each with or without /ingest or /query, separated by commas: ${regions.join(', ')}`,
    fix: 'write the parameter again; until then the last good value counts, or none',
  });
}

function isMeant(name: string, { region, path }: CanaryTarget): boolean {
  return name === region || name === `${region}/${path}`;
}
