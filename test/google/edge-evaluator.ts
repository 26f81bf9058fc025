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
}

/**
 * What the synthesized load balancers and firewalls do with a request: the name of the backend that gets it, or the status of the answer.
 * Of a rate limit, the request is within it.
 *
 * Written from the documentation of URL maps and Cloud Armor: host rule, then route rules by priority, then the policy before the cache,
 * then the policy of the backend, each by priority, first match wins.
 */
export function evaluate(json: Synthesized, request: EdgeRequest): string | number {
  const kind = request.region === undefined ? 'google_compute' : 'google_compute_region';
  const maps = Object.values(json.resource[`${kind}_url_map`] ?? {}).filter(
    (map) => map.region === request.region && hostRule(map, request.host) !== undefined,
  );
  if (maps.length > 1) throw new Error(`${maps.length} load balancers have the host ${request.host}`);
  const [map] = maps;
  if (map === undefined) return 404;
  const matcher = map.path_matcher.find((each: Body) => each.name === hostRule(map, request.host)?.path_matcher);
  const rule = byPriority(matcher.route_rules).find((each) => each.match_rules.some((it: Body) => fits(it, request)));
  if (rule === undefined) return abortOf(matcher.default_route_action) ?? nameOf(json, matcher.default_service);
  const backend = resourceOf(json, rule.service);
  return refusalOf(json, backend, request) ?? backend.name;
}

function hostRule(map: Body, host: string): Body | undefined {
  return map.host_rule.find((rule: Body) => rule.hosts.includes(host));
}

function byPriority(rules: readonly Body[]): Body[] {
  return [...rules].sort((a, b) => a.priority - b.priority);
}

function fits(match: Body, { method, path }: EdgeRequest): boolean {
  const { full_path_match: full, header_matches: headers, ...unknown } = match;
  if (Object.keys(unknown).length > 0) throw new Error(`unknown condition ${JSON.stringify(unknown)}`);
  return (
    full === path &&
    headers.every((header: Body) => {
      if (header.header_name !== ':method') throw new Error(`unknown header ${header.header_name}`);
      return header.exact_match === method;
    })
  );
}

function abortOf(action: Body | undefined): number | undefined {
  const abort = action?.fault_injection_policy?.abort;
  return abort?.percentage === 100 ? abort.http_status : undefined;
}

function refusalOf(json: Synthesized, backend: Body, request: EdgeRequest): number | undefined {
  for (const reference of [backend.edge_security_policy, backend.security_policy]) {
    const verdict = reference === undefined ? undefined : verdictOf(json, reference, request);
    if (verdict !== undefined) return verdict;
  }
  return undefined;
}

function verdictOf(json: Synthesized, reference: string, request: EdgeRequest): number | undefined {
  const { type, id } = targetOf(reference);
  const name = `\${${type}.${id}.name}`;
  const rules = Object.values(json.resource[`${type}_rule`] ?? {}).filter((rule) => rule.security_policy === name);
  const rule = byPriority(rules)
    .filter(({ preview }) => preview !== true)
    .find(({ match }) => applies(match, request));
  // A policy without a rule of the last priority allows.
  if (rule === undefined || rule.action === 'allow' || rule.action === 'throttle') return undefined;
  return Number(/^deny\((\d+)\)$/.exec(rule.action)?.[1]);
}

function applies({ config, expr }: Body, request: EdgeRequest): boolean {
  if (config !== undefined) {
    return config.src_ip_ranges.some((range: string) => range === '*' || holds(range, request.source));
  }
  const [, codes] = /^!origin\.region_code\.matches\('\^\((.*)\)\$'\)$/.exec(expr.expression) ?? [];
  if (codes === undefined) throw new Error(`unknown expression ${expr.expression}`);
  return !new RegExp(`^(${codes})$`).test(request.country ?? 'ZZ');
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

function nameOf(json: Synthesized, reference: string): string {
  return resourceOf(json, reference).name;
}
