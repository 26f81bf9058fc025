import { parseAddress, parseNetwork } from '../../lib/policy/ip-network';
import type { Body, Synthesized } from './synthesized';

/** A request as it arrives at Google's edge. */
export interface EdgeRequest {
  readonly host: string;
  readonly method: string;
  readonly path: string;
  readonly source: string;
  /** ISO 3166-1 alpha-2 code of the source's country. */
  readonly country?: string;
  /** Region of the regional load balancer that it arrives at; none for a global one. */
  readonly region?: string;
  /** Whether the answer is in the cache, if there is one. */
  readonly cached?: boolean;
  /** Whether its source is above the rate limit. */
  readonly overLimit?: boolean;
}

/**
 * What the synthesized load balancers and firewalls do with a request: the name of the backend that gets it, `cache of <backend>`, or the status of the
 * answer.
 *
 * Written from the documentation of URL maps and Cloud Armor: host rule, then route rules by priority, or else the default of the host, or of the map; then
 * the policy before the cache, the cache, and the policy of the backend, each by priority, first match wins. What it does not know, it throws.
 */
export function evaluate(json: Synthesized, request: EdgeRequest): string | number {
  const kind = request.region === undefined ? 'google_compute' : 'google_compute_region';
  const maps = Object.values(json.resource[`${kind}_url_map`] ?? {}).filter((map) => map.region === request.region);
  const known = maps.filter((map) => hostRule(map, request.host) !== undefined);
  if (known.length > 1) throw new Error(`${known.length} load balancers have the host ${request.host}`);
  // A host that no load balancer knows can be sent to the address of each.
  const answers = new Set((known.length === 1 ? known : maps).map((map) => answerOf(json, map, request)));
  const [answer, ...others] = answers;
  if (others.length > 0) throw new Error(`load balancers differ: ${[...answers].join(', ')}`);
  // Without a load balancer, nothing listens.
  return answer ?? 404;
}

function answerOf(json: Synthesized, map: Body, request: EdgeRequest): string | number {
  only(map, ['name', 'region', 'default_service', 'default_route_action', 'host_rule', 'path_matcher', 'test']);
  const host = hostRule(map, request.host);
  if (host === undefined) return destination(json, map.default_service, map.default_route_action, request);
  const matcher = map.path_matcher.find((each: Body) => each.name === host.path_matcher);
  only(matcher, ['name', 'default_service', 'default_route_action', 'route_rules', 'header_action']);
  const rule = byPriority(matcher.route_rules).find((each) => each.match_rules.some((it: Body) => fits(it, request)));
  if (rule === undefined) return destination(json, matcher.default_service, matcher.default_route_action, request);
  only(rule, ['priority', 'match_rules', 'service', 'route_action', 'header_action']);
  return destination(json, rule.service, rule.route_action, request);
}

/** Where a rule or a default leads. */
function destination(json: Synthesized, service: string, action: Body | undefined, request: EdgeRequest) {
  const backend = resourceOf(json, service);
  // Faults are injected in place of the backend, and its firewall is not asked.
  return abortOf(action) ?? refusalOf(json, backend, request) ?? backend.name;
}

function only(body: Body, names: readonly string[]): void {
  const unknown = Object.keys(body).filter((name) => body[name] !== undefined && !names.includes(name));
  if (unknown.length > 0) throw new Error(`unknown members ${unknown.join(', ')}`);
}

function hostRule(map: Body, host: string): Body | undefined {
  for (const { hosts } of map.host_rule) {
    for (const each of hosts) if (each.includes('*')) throw new Error(`unknown host ${each}`);
  }
  return map.host_rule.find((rule: Body) => rule.hosts.includes(host));
}

function byPriority(rules: readonly Body[]): Body[] {
  return [...rules].sort((a, b) => a.priority - b.priority);
}

function fits(match: Body, { method, path }: EdgeRequest): boolean {
  only(match, ['full_path_match', 'header_matches']);
  return (
    match.full_path_match === path.split('?')[0] &&
    match.header_matches.every((header: Body) => {
      only(header, ['header_name', 'exact_match']);
      if (header.header_name !== ':method') throw new Error(`unknown header ${header.header_name}`);
      return header.exact_match === method;
    })
  );
}

function abortOf(action: Body | undefined): number | undefined {
  if (action === undefined) return undefined;
  only(action, ['fault_injection_policy']);
  only(action.fault_injection_policy, ['abort']);
  const { abort } = action.fault_injection_policy;
  if (abort.percentage !== 100) throw new Error(`${abort.percentage} % of requests are answered ${abort.http_status}`);
  return abort.http_status;
}

function refusalOf(json: Synthesized, backend: Body, request: EdgeRequest): string | number | undefined {
  const isCached = request.cached === true && backend.enable_cdn === true;
  const before = verdictOf(json, backend.edge_security_policy, request);
  if (before !== undefined) return before;
  return isCached ? `cache of ${backend.name}` : verdictOf(json, backend.security_policy, request);
}

function verdictOf(json: Synthesized, reference: string | undefined, request: EdgeRequest): number | undefined {
  if (reference === undefined) return undefined;
  const { type, id } = targetOf(reference);
  const names = [`\${${type}.${id}.name}`, resourceOf(json, reference).name];
  const rules = Object.values(json.resource[`${type}_rule`] ?? {}).filter((rule) =>
    names.includes(rule.security_policy),
  );
  const rule = byPriority(rules)
    .filter(({ preview }) => preview !== true)
    .find(({ match }) => applies(match, request));
  // A policy without a rule of the last priority allows.
  return rule === undefined ? undefined : statusOf(rule, request);
}

/** The status of a rule's answer, or nothing if it lets in. */
function statusOf(rule: Body, { overLimit }: EdgeRequest): number | undefined {
  const { action, rate_limit_options: limit } = rule;
  only(rule, [
    ...['security_policy', 'region', 'priority', 'description', 'preview', 'match', 'action', 'rate_limit_options'],
  ]);
  if (action !== 'throttle') return denial(action);
  return denial(overLimit === true ? limit.exceed_action : limit.conform_action);
}

function denial(action: string): number | undefined {
  if (action === 'allow') return undefined;
  const [, status] = /^deny\((\d{3})\)$/.exec(action) ?? [];
  if (status === undefined) throw new Error(`unknown action ${action}`);
  return Number(status);
}

function applies(match: Body, request: EdgeRequest): boolean {
  only(match, ['versioned_expr', 'config', 'expr']);
  const { config, expr } = match;
  if (config !== undefined) {
    return config.src_ip_ranges.some((range: string) => range === '*' || holds(range, request.source));
  }
  const watching = watchingReads(expr.expression, request);
  if (watching !== undefined) return watching;
  const [, codes] = /^!origin\.region_code\.matches\('\^\((.*)\)\$'\)$/.exec(expr.expression) ?? [];
  if (codes === undefined) throw new Error(`unknown expression ${expr.expression}`);
  return !new RegExp(`^(${codes})$`).test(request.country ?? 'ZZ');
}

/** Whether a rule is about a read of who watches; undefined if it is another rule. */
function watchingReads(expression: string, { source, method, path }: EdgeRequest): boolean | undefined {
  const form =
    /^inIpRange\(origin\.ip, '(.+)'\) && !request\.method\.matches\('(.+)'\) && \(!request\.path\.matches\('(.+)'\) \|\| !request\.query\.startsWith\('(.+)'\)\)$/;
  const [, range, methods, paths, start] = form.exec(expression) ?? [];
  if (range === undefined) return undefined;
  const [bare = '', query = ''] = path.split('?');
  const isOwn = new RegExp(`${paths}`).test(bare) && query.startsWith(`${start}`);
  return holds(range, source) && !new RegExp(`${methods}`).test(method) && !isOwn;
}

function holds(range: string, source: string): boolean {
  const [network, address] = [parseNetwork(range)?.network, parseAddress(source)];
  if (network === undefined || address === undefined) throw new Error(`${range} or ${source} is no address`);
  return network.version === address.version && network.first <= address.value && address.value <= network.last;
}

function targetOf(reference: string): { type: string; id: string } {
  const [, type, id] = /^\$\{([a-z_0-9]+)\.([A-Za-z0-9_-]+)\.[a-z_]+\}$/.exec(reference) ?? [];
  if (type === undefined || id === undefined) throw new Error(`${reference} is no reference`);
  return { type, id };
}

function resourceOf(json: Synthesized, reference: string): Body {
  const { type, id } = targetOf(reference);
  const resource = json.resource[type]?.[id];
  if (resource === undefined) throw new Error(`nothing is ${reference}`);
  return resource;
}
