import { PolicyChange } from './policy-change';
import type { Region } from './region';
import { type Routing, RoutingKind } from './routing';

/** What changes for where the clients of one path are led. */
export function routingDiff(
  before: Routing,
  after: Routing,
  path: 'writes' | 'reads',
  regions: readonly Region[],
): PolicyChange[] {
  const at = `$.traffic.${path}`;
  if (before.residency !== undefined && after.residency !== undefined) {
    return residencyDiff(before.residency.countries, after.residency.countries, `${at}.jurisdiction`, path);
  }
  if (before.kind === after.kind) return [];
  const change = `The ${path} would go ${ways[after.kind]} instead of ${ways[before.kind]}`;
  const jurisdictions = new Set(regions.map(({ jurisdiction }) => jurisdiction));
  if (before.kind !== RoutingKind.JURISDICTION) return [new PolicyChange('routing-changed', at, `${change}.`)];
  const border = jurisdictions.size > 1 ? ` They could leave it for ${[...jurisdictions].join(' or ')}.` : '';
  const sentence = `${change}; clients in countries that are not listed, who are refused now, would be let in.${border} Keep the jurisdictions.`;
  return [new PolicyChange('residency-dropped', at, sentence)];
}

const ways = {
  [RoutingKind.LATENCY]: 'to the nearest region',
  [RoutingKind.FAILOVER]: 'to the first healthy region',
  [RoutingKind.JURISDICTION]: "to the client's own jurisdiction",
};

type Countries = { readonly [jurisdiction: string]: readonly string[] };

function residencyDiff(before: Countries, after: Countries, at: string, path: string): PolicyChange[] {
  const was = byCountry(before);
  const is = byCountry(after);
  const moves = new Map<string, Move>();
  for (const country of new Set([...was.keys(), ...is.keys()])) {
    const [from, to] = [was.get(country), is.get(country)];
    if (from === to) continue;
    const move = moves.get(`${from} ${to}`) ?? { from, to, countries: [] };
    moves.set(`${from} ${to}`, { ...move, countries: [...move.countries, country] });
  }
  return [...moves.values()].map((move) => moveInWords(move, at, path));
}

/** Countries whose clients change together. */
interface Move {
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly countries: readonly string[];
}

function moveInWords({ from, to, countries }: Move, at: string, path: string): PolicyChange {
  const clients = `The ${path} of clients in ${countries.join(', ')}`;
  if (from === undefined) {
    return new PolicyChange('country-added', `${at}.${to}`, `${clients}, who were sent nowhere, would go to ${to}.`);
  }
  if (to === undefined) {
    return new PolicyChange('country-dropped', `${at}.${from}`, `${clients} would go nowhere; they went to ${from}.`);
  }
  const change = `${clients} would go to ${to} instead of ${from}`;
  if (path === 'reads') return new PolicyChange('country-moved', `${at}.${to}`, `${change}.`);
  const sentence = `${change}, and would be kept there; leave them where they are.`;
  return new PolicyChange('writers-moved', `${at}.${to}`, sentence);
}

function byCountry(countries: Countries): Map<string, string> {
  const entries = Object.entries(countries);
  return new Map(entries.flatMap(([jurisdiction, list]) => list.map((country) => [country, jurisdiction])));
}
