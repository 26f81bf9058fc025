import { type Check, wrong } from './check';
import { type Body, blockOf, bodiesOf, type Resource, type Terraform } from './terraform';

const BACKENDS = ['google_compute_backend_service', 'google_compute_region_backend_service'];
const MAPS = ['google_compute_url_map', 'google_compute_region_url_map'];
const GLOBAL_LISTENER = 'google_compute_global_forwarding_rule';
const LISTENERS = [GLOBAL_LISTENER, 'google_compute_forwarding_rule'];

/** Every load balancer is of one kind, from its listener to its backends, and has routes that Google takes. */
export const routeChecks: Check = (terraform) => [
  ...terraform.of(...MAPS).flatMap(routed),
  ...terraform.of(...LISTENERS).flatMap((each) => [...known(each), ...matched(terraform, each)]),
];

function routed(map: Resource) {
  const mixed = bodiesOf(map.body.path_matcher).find(({ path_rule, route_rules }) => path_rule && route_rules);
  if (mixed === undefined) return [];
  const problem = 'one host has rules by path and rules by route';
  return wrong(map, 'routes-mixed', { problem, given: mixed.name, fix: 'write all of them as route rules' });
}

function known(listener: Resource) {
  const schemes = ['', 'EXTERNAL', 'EXTERNAL_MANAGED', 'INTERNAL_MANAGED'];
  const allowed = [...schemes, listener.type === GLOBAL_LISTENER ? 'INTERNAL_SELF_MANAGED' : 'INTERNAL'];
  const scheme = listener.text('load_balancing_scheme');
  if (scheme === undefined || allowed.includes(scheme)) return [];
  const problem = 'Google has no such kind of load balancer for a listener';
  const given = { problem, given: scheme, allowed: allowed.slice(1).join(', '), fix: 'choose one' };
  return wrong(listener, 'scheme-unknown', given);
}

/** Follows a listener to those of its backends that are in this stack: Google takes only pairs of one scheme. */
function matched(terraform: Terraform, listener: Resource) {
  const scheme = listener.body.load_balancing_scheme ?? 'EXTERNAL';
  const map = terraform.target(terraform.target(listener.body.target)?.body.url_map);
  const backends = servicesOf(map).map((service) => terraform.target(service));
  const other = backends.find(
    (backend) => backend !== undefined && BACKENDS.includes(backend.type) && schemeOf(backend) !== scheme,
  );
  if (other === undefined) return [];
  return wrong(listener, 'scheme-mismatch', {
    problem: 'a listener and a backend behind it are of different kinds of load balancer',
    given: [scheme, schemeOf(other)],
    allowed: 'EXTERNAL_MANAGED for both',
    fix: 'make both of one kind',
  });
}

function schemeOf({ type, body }: Resource): unknown {
  return body.load_balancing_scheme ?? (type === BACKENDS[0] ? 'EXTERNAL' : 'INTERNAL');
}

/** All that a map leads to. */
function servicesOf(map: Resource | undefined): unknown[] {
  const matchers = bodiesOf(map?.body.path_matcher);
  const rules = matchers.flatMap((matcher) => [...bodiesOf(matcher.route_rules), ...bodiesOf(matcher.path_rule)]);
  return [
    map?.body.default_service,
    ...matchers.map((matcher) => matcher.default_service),
    ...rules.flatMap(servicesOfRule),
  ];
}

/** What a rule leads to, by itself or by weights. */
export function servicesOfRule({ service, route_action: action }: Body): unknown[] {
  const weighted = bodiesOf(blockOf(action).weighted_backend_services);
  return [service, ...weighted.map((each) => each.backend_service)];
}
