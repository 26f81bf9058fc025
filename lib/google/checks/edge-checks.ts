import { type Check, wrong } from './check';
import { type Body, bodiesOf, bodyOf, type Resource, type Terraform, textsOf } from './terraform';

const BACKENDS = ['google_compute_backend_service', 'google_compute_region_backend_service'];
const MAPS = ['google_compute_url_map', 'google_compute_region_url_map'];
const LISTENERS = ['google_compute_global_forwarding_rule', 'google_compute_forwarding_rule'];
const TLS = ['TLS_1_2', 'TLS_1_3'];
const PROBES = 3;

/** Every load balancer works, caches nothing that it must not, and can be changed later. */
export const edgeChecks: Check = (terraform) => [
  ...terraform.of(...BACKENDS).flatMap((each) => [...served(terraform, each), ...cached(each)]),
  ...terraform.of(...MAPS).flatMap((each) => [...uncached(terraform, each), ...routed(each)]),
  ...terraform.of(...LISTENERS).flatMap((each) => matched(terraform, each)),
  ...terraform.of('google_compute_ssl_policy', 'google_compute_region_ssl_policy').flatMap(modern),
  ...terraform.of('google_compute_region_target_https_proxy').flatMap(regional),
  ...terraform.of('google_network_security_server_tls_policy').flatMap(replaceable),
  ...terraform.of('google_compute_health_check').flatMap(probed),
  ...terraform.of('google_dns_record_set').flatMap(answered),
  ...terraform.of('google_certificate_manager_certificate').flatMap(proved),
];

function served(terraform: Terraform, backend: Resource) {
  const groups = bodiesOf(backend.body.backend).map(({ group }) => terraform.target(group));
  const isServerless = groups.some((group) => group?.body.network_endpoint_type === 'SERVERLESS');
  if (!isServerless || textsOf(backend.body.health_checks).length === 0) return [];
  const problem = 'a serverless group has no health check';
  return wrong(backend, 'health-check-unusable', { problem, fix: 'leave it out; outlier detection notices failures' });
}

function cached(backend: Resource) {
  const { cache_mode: mode } = bodyOf(bodiesOf(backend.body.cdn_policy)[0]);
  if (mode !== 'FORCE_CACHE_ALL') return [];
  return wrong(backend, 'cache-forced', {
    problem: 'answers are cached even if the service calls them private',
    given: mode,
    allowed: 'USE_ORIGIN_HEADERS',
    fix: 'let the service say what may be cached',
  });
}

/** What takes writes must never answer from a cache. */
function uncached(terraform: Terraform, map: Resource) {
  const rules = bodiesOf(map.body.path_matcher).flatMap((matcher) => bodiesOf(matcher.route_rules));
  const writes = rules.filter((rule) => bodiesOf(rule.match_rules).some(isWrite));
  const backends = new Set(writes.map((rule) => terraform.target(rule.service)));
  return [...backends].flatMap((backend) => {
    if (backend?.body.enable_cdn !== true) return [];
    return wrong(backend, 'cache-on-writes', {
      problem: 'a backend that takes writes has a cache before it',
      fix: 'disable Cloud CDN, or give what is read a backend of its own',
    });
  });
}

function isWrite(match: Body): boolean {
  const method = bodiesOf(match.header_matches).find((header) => header.header_name === ':method');
  return method?.exact_match !== 'GET' && method?.exact_match !== 'HEAD';
}

function routed(map: Resource) {
  const mixed = bodiesOf(map.body.path_matcher).find(({ path_rule, route_rules }) => path_rule && route_rules);
  if (mixed === undefined) return [];
  const problem = 'one host has rules by path and rules by route';
  return wrong(map, 'routes-mixed', { problem, given: mixed.name, fix: 'write all of them as route rules' });
}

/** Follows a listener to its backends: Google takes only pairs of one scheme. */
function matched(terraform: Terraform, listener: Resource) {
  const map = terraform.target(terraform.target(listener.body.target)?.body.url_map);
  const rules = bodiesOf(map?.body.path_matcher).flatMap((matcher) => bodiesOf(matcher.route_rules));
  const services = [map?.body.default_service, ...rules.map(({ service }) => service)];
  const schemes = services.map((service) => terraform.target(service)?.body.load_balancing_scheme ?? 'EXTERNAL');
  const other =
    map === undefined ? undefined : schemes.find((scheme) => scheme !== listener.body.load_balancing_scheme);
  if (other === undefined) return [];
  return wrong(listener, 'scheme-mismatch', {
    problem: 'a listener and a backend behind it are of different kinds of load balancer',
    given: [listener.body.load_balancing_scheme, other],
    allowed: 'EXTERNAL_MANAGED for both',
    fix: 'make both of one kind',
  });
}

function modern(policy: Resource) {
  const { min_tls_version: version = 'TLS_1_0', profile } = policy.body;
  if (TLS.includes(String(version)) && profile === 'RESTRICTED') return [];
  return wrong(policy, 'tls-outdated', {
    problem: 'clients may speak TLS that is not secure, or Google knows no such version',
    given: [version, profile],
    allowed: 'TLS_1_2 or TLS_1_3, RESTRICTED',
    fix: 'raise it',
  });
}

function regional(proxy: Resource) {
  if (proxy.body.certificate_map === undefined) return [];
  const problem = 'a regional proxy has no certificate map';
  return wrong(proxy, 'certificate-map-unusable', { problem, fix: 'list its certificates instead' });
}

function replaceable(policy: Resource) {
  if (bodyOf(policy.body.lifecycle).create_before_destroy === true) return [];
  return wrong(policy, 'tls-policy-stuck', {
    problem: 'a TLS policy in use could never be replaced',
    fix: 'set lifecycle.createBeforeDestroy',
  });
}

function probed(check: Resource) {
  const { source_regions: regions } = check.body;
  if (regions === undefined || textsOf(regions).length === PROBES) return [];
  const [problem, given] = ['Cloud DNS probes from three regions', textsOf(regions).length];
  return wrong(check, 'probe-regions-wrong', { problem, given, allowed: `${PROBES}`, fix: 'name three' });
}

function answered(record: Resource) {
  if ((record.body.rrdatas === undefined) !== (record.body.routing_policy === undefined)) return [];
  const problem = 'a record has fixed answers and a routing policy, or neither';
  return wrong(record, 'record-ambiguous', { problem, fix: 'give one of the two' });
}

function proved(certificate: Resource) {
  const [managed] = bodiesOf(certificate.body.managed);
  if (managed?.dns_authorizations === undefined || managed.issuance_config === undefined) return [];
  const problem = 'a certificate is proved by DNS and issued by a private authority';
  return wrong(certificate, 'certificate-ambiguous', { problem, fix: 'choose one of the two' });
}
