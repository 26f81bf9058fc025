import { CERTIFICATE_HEADERS } from '../certificate-headers';
import { type Check, wrong } from './check';
import { servicesOfRule } from './route-checks';
import { type Body, blockOf, bodiesOf, type Resource, type Terraform } from './terraform';

const GLOBAL = 'google_compute_url_map';
const REGIONAL = 'google_compute_region_url_map';

/** Every load balancer of a log answers 404 to what it does not know, caches no writes, and in a region says who the client is. */
export const logRouteChecks: Check = (terraform) => [
  ...terraform.ofLog(GLOBAL, REGIONAL).flatMap((map) => [...closed(map), ...uncached(terraform, map)]),
  ...terraform.ofLog(REGIONAL).flatMap(told),
];

function closed(map: Resource) {
  const open = [map.body, ...bodiesOf(map.body.path_matcher)].find((each) => !isNotFound(each.default_route_action));
  if (open === undefined) return [];
  return wrong(map, 'routes-open', {
    problem: 'a request that fits no route of the log is passed on',
    given: open.name,
    allowed: 'default_route_action that aborts 100 % of requests with 404',
    fix: 'leave it as it is made, for the map and each of its hosts',
  });
}

function isNotFound(action: unknown): boolean {
  const { http_status: status, percentage } = blockOf(blockOf(blockOf(action).fault_injection_policy).abort);
  return status === 404 && percentage === 100;
}

/** What takes writes, or what no route names, must never answer from a cache. */
function uncached(terraform: Terraform, map: Resource) {
  const matchers = bodiesOf(map.body.path_matcher);
  const writes = matchers.flatMap((matcher) => bodiesOf(matcher.route_rules)).filter(isWrite);
  const services = [map.body, ...matchers].map((each) => each.default_service).concat(writes.flatMap(servicesOfRule));
  const backends = new Set(services.map((service) => terraform.target(service)));
  return [...backends].flatMap((backend) => {
    if (backend?.body.enable_cdn !== true) return [];
    return wrong(backend, 'cache-on-writes', {
      problem: 'a backend that takes writes has a cache before it',
      fix: 'disable Cloud CDN, or give what is read a backend of its own',
    });
  });
}

function isWrite(rule: Body): boolean {
  return bodiesOf(rule.match_rules).some((match) => {
    const method = bodiesOf(match.header_matches).find((header) => header.header_name === ':method');
    return method?.exact_match !== 'GET' && method?.exact_match !== 'HEAD';
  });
}

/** Regional backends set no headers, so that routes must. */
function told(map: Resource) {
  const rules = bodiesOf(map.body.path_matcher).flatMap((matcher) => bodiesOf(matcher.route_rules));
  const rule = rules.find((each) => !isTold(each));
  if (rule === undefined) return [];
  return wrong(map, 'certificate-headers-missing', {
    problem: 'the service takes from a header who the client is, and a route of the load balancer does not set it',
    given: rule.priority,
    allowed: Object.keys(CERTIFICATE_HEADERS).join(', '),
    fix: 'add to the headers, and leave these, which replace what a client sends',
  });
}

function isTold(rule: Body): boolean {
  const headers = bodiesOf(blockOf(rule.header_action).request_headers_to_add);
  return Object.entries(CERTIFICATE_HEADERS).every(([name, value]) =>
    headers.some((each) => each.header_name === name && each.header_value === value && each.replace === true),
  );
}
