import type { Access } from './access';
import type { AllowList } from './allow-list';
import { type Authentication, AuthenticationKind, type JwtTrust } from './authentication';
import { PolicyChange } from './policy-change';
import type { RateLimit } from './rate-limit';

/** Networks in one line; the rest is counted. */
const MOST_NETWORKS = 8;

/** What changes for the clients of one path. */
export function accessDiff(before: Access, after: Access, path: 'writers' | 'readers'): PolicyChange[] {
  const at = `$.${path}`;
  return [
    ...allowDiff(before.allow, after.allow, `${at}.allow`, path),
    ...authenticationDiff(before.authenticate, after.authenticate, `${at}.authenticate`, path),
    ...rateDiff(before.rateLimit, after.rateLimit, `${at}.rateLimit`, path),
  ];
}

function allowDiff(before: AllowList, after: AllowList, at: string, clients: string): PolicyChange[] {
  const opened = after._beyond(before);
  const closed = before._beyond(after);
  const widened = `More addresses could connect as ${clients}: ${shown(after.isInternet ? ['all of the internet'] : opened)}.`;
  const narrowed = `Fewer addresses could connect as ${clients}: no longer all of ${shown(before.isInternet ? ['the internet'] : closed)}.`;
  return [
    ...(opened.length > 0 ? [new PolicyChange('allow-widened', at, widened)] : []),
    ...(closed.length > 0 ? [new PolicyChange('allow-narrowed', at, narrowed)] : []),
  ];
}

function shown(networks: readonly string[]): string {
  const more = networks.length - MOST_NETWORKS;
  const first = networks.slice(0, MOST_NETWORKS).join(', ');
  return more > 0 ? `${first} and ${more.toLocaleString('en')} networks more` : first;
}

const proofs = {
  [AuthenticationKind.NONE]: 'nothing',
  [AuthenticationKind.MUTUAL_TLS]: 'client certificates',
  [AuthenticationKind.JWT]: 'JSON Web Tokens',
};

function authenticationDiff(
  before: Authentication,
  after: Authentication,
  at: string,
  clients: string,
): PolicyChange[] {
  if (before.kind === after.kind) return tokenDiff(before.jwtTrust, after.jwtTrust, `${at}.jwt`, clients);
  const change = `would prove who they are by ${proofs[after.kind]} instead of ${proofs[before.kind]}`;
  if (after.kind !== AuthenticationKind.NONE) {
    return [new PolicyChange('authentication-changed', at, `The ${clients} ${change}.`)];
  }
  return [new PolicyChange('authentication-dropped', at, `The ${clients} ${change}; keep a proof.`)];
}

function tokenDiff(
  before: JwtTrust | undefined,
  after: JwtTrust | undefined,
  at: string,
  clients: string,
): PolicyChange[] {
  if (before === undefined || after === undefined) return [];
  const change = (
    code: 'issuer-changed' | 'jwks-url-changed' | 'audience-changed',
    member: keyof JwtTrust,
    what: string,
  ): PolicyChange[] => {
    if (before[member] === after[member]) return [];
    const sentence = `The tokens of ${clients} would be ${what} ${after[member]} instead of ${before[member]}.`;
    return [new PolicyChange(code, `${at}.${member}`, sentence)];
  };
  return [
    ...change('issuer-changed', 'issuer', 'issued by'),
    ...change('jwks-url-changed', 'jwksUrl', 'checked with the keys at'),
    ...change('audience-changed', 'audience', 'made for'),
  ];
}

function rateDiff(before: RateLimit, after: RateLimit, at: string, clients: string): PolicyChange[] {
  const [was, is] = [before, after].map(
    ({ requests, perSeconds }) => `${requests.toLocaleString('en')} requests in ${perSeconds} seconds`,
  );
  if (was === is) return [];
  const sentence = `One IP address of ${clients} could send ${is} instead of ${was}.`;
  return [new PolicyChange('rate-limit-changed', at, sentence)];
}
