import type { Access } from './access';
import type { AuditLogPolicy } from './audit-log-policy';
import { AuthenticationKind } from './authentication';
import { isAwsRegion } from './aws-region';
import type { Region } from './region';
import type { Retention } from './retention';
import { RetentionMode } from './retention-mode';
import type { Routing } from './routing';
import { RoutingKind } from './routing';

/** Networks in one line; the rest is counted. */
const MOST_NETWORKS = 8;

/** What a policy means, for people who will answer for it: one sentence for each of its values, in the order of the document. */
export function plainWords(policy: AuditLogPolicy): string[] {
  const { name, retention, writers, readers, regions, traffic } = policy;
  return [
    `The log is named ${name} for ever: every key and signature of it carries the name.`,
    ...retentionInWords(retention),
    ...accessInWords(writers, 'writer'),
    ...accessInWords(readers, 'reader'),
    ...regions.map(
      (region) => `Region ${region.name} keeps a log of its own, in the jurisdiction ${region.jurisdiction}.`,
    ),
    ...searchesInWords(regions),
    routingInWords(traffic.writes, 'Writes', regions),
    routingInWords(traffic.reads, 'Reads', regions),
  ];
}

function retentionInWords({ mode, period, isDisposable, presets }: Retention): string[] {
  const lock =
    mode === RetentionMode.COMPLIANCE
      ? `Nobody, not even the account's root user, can delete or shorten anything for ${period.words} (compliance; cannot be undone).`
      : `Only who holds the permission to bypass the lock can delete or shorten anything for ${period.words} (governance).`;
  const sources = presets.map((preset) => `The retention is as the preset ${preset.name} asks (${preset.source}).`);
  const disposable = isDisposable ? ['The log may be torn down while records are locked: not for evidence.'] : [];
  return [lock, ...disposable, ...sources];
}

function accessInWords({ allow, authenticate, rateLimit }: Access, client: 'writer' | 'reader'): string[] {
  const plural = `${client === 'writer' ? 'Writers' : 'Readers'}`;
  const where = allow.isInternet ? 'anywhere on the internet' : networksInWords(allow.networks);
  const requests = rateLimit.requests.toLocaleString('en');
  return [
    `${plural} may connect from ${where}.`,
    `${plural} ${proofInWords[authenticate.kind]}${tokensInWords(authenticate.jwtTrust)}.`,
    `One IP address may send ${requests} requests as a ${client} in ${rateLimit.perSeconds} seconds; more are answered 429.`,
  ];
}

function networksInWords(networks: readonly string[]): string {
  const more = networks.length - MOST_NETWORKS;
  const shown = networks.slice(0, MOST_NETWORKS).join(', ');
  return more > 0 ? `${shown} and ${more.toLocaleString('en')} networks more` : `${shown} only`;
}

const proofInWords = {
  [AuthenticationKind.NONE]: 'are not asked who they are (for one machine; refused on clouds)',
  [AuthenticationKind.MUTUAL_TLS]: 'prove who they are by a client certificate (mutual TLS)',
  [AuthenticationKind.JWT]: 'prove who they are by a JSON Web Token',
};

function tokensInWords(trust: { issuer: string; jwksUrl: string; audience: string } | undefined): string {
  if (trust === undefined) return '';
  return ` that ${trust.issuer} issued for ${trust.audience}, checked with the keys at ${trust.jwksUrl}`;
}

/** One sentence for each group of regions that search each other's records: on AWS, those of one jurisdiction. Names say who hosts a region. */
function searchesInWords(regions: readonly Region[]): string[] {
  if (regions.length === 1) return [];
  const groups = new Map<string, string[]>();
  for (const { name, jurisdiction } of regions) {
    const group = isAwsRegion(name) ? jurisdiction : name;
    groups.set(group, [...(groups.get(group) ?? []), name]);
  }
  return [...groups.values()].map((names) => {
    if (names.length === 1)
      return `A search in ${names[0]} finds what this region acknowledged, and nothing of others.`;
    return `A search in any of ${names.join(', ')} finds what all of these acknowledged, as far as it was copied there.`;
  });
}

function routingInWords(routing: Routing, what: 'Writes' | 'Reads', regions: readonly Region[]): string {
  const [first] = regions;
  if (routing.residency !== undefined) return residencyInWords(routing.residency.countries, what);
  if (regions.length === 1) return `${what} go to ${first?.name}, the only region.`;
  if (routing.kind === RoutingKind.FAILOVER) {
    return `${what} go to the first healthy region of ${regions.map((region) => region.name).join(', ')}.`;
  }
  const jurisdictions = [...new Set(regions.map((region) => region.jurisdiction))];
  const border = jurisdictions.length > 1 ? `, whether that is in ${jurisdictions.join(' or ')}` : '';
  return `${what} go to the nearest healthy region${border}.`;
}

function residencyInWords(countries: { readonly [jurisdiction: string]: readonly string[] }, what: string): string {
  const parts = Object.entries(countries).map(
    ([jurisdiction, list]) => `from ${list.join(', ')} to ${jurisdiction} only`,
  );
  return `${what} go ${parts.join('; ')}; clients in other countries are sent nowhere.`;
}
