import type { PlannedName } from './record-plan';

/** Unbound followed no more CNAMEs, one behind the other, until that became a setting: https://github.com/NLnetLabs/unbound/issues/438 */
export const MOST_FOLLOWED = 8;

/**
 * How many CNAMEs a resolver may have to follow from the last of the names until it has an address.
 *
 * @param names each after those that it leads to
 */
export function longestChain(names: readonly PlannedName[]): number {
  const lengths = new Map<string, number>();
  for (const { name, type, records } of names) {
    const next = Math.max(...records.map(({ to }) => lengths.get(to) ?? 0));
    lengths.set(name, type === 'CNAME' ? 1 + next : 0);
  }
  return [...lengths.values()].at(-1) ?? 0;
}
