import { CERTIFICATE_HEADERS } from '../certificate-headers';
import { type Check, wrong } from './check';
import { blockOf, type Resource, textsOf } from './terraform';

const GLOBAL = 'google_compute_backend_service';
const REGIONAL = 'google_compute_region_backend_service';

/** Every backend of a log has its firewalls, logs all requests, caches only what its service says, and says who the client is. */
export const logBackendChecks: Check = (terraform) => [
  ...terraform
    .ofLog(GLOBAL, REGIONAL)
    .flatMap((backend) => [...guarded(backend), ...logged(backend), ...cached(backend)]),
  ...terraform.ofLog(GLOBAL).flatMap(told),
];

function guarded(backend: Resource) {
  const { security_policy: policy, enable_cdn: isCached, edge_security_policy: edge } = backend.body;
  if (isSet(policy) && (isCached !== true || isSet(edge))) return [];
  return wrong(backend, 'firewall-missing', {
    problem: isSet(policy) ? 'a cache has no firewall before it' : 'a backend of a log has no firewall',
    fix: 'leave both as they are made; to refuse more, add a FirewallRule',
  });
}

function logged(backend: Resource) {
  const { enable, sample_rate: rate = 1 } = blockOf(backend.body.log_config);
  if (enable === true && rate === 1) return [];
  const problem = 'not all requests to a log are logged';
  return wrong(backend, 'request-log-off', { problem, given: { enable, rate }, fix: 'log all: sampleRate 1' });
}

function cached(backend: Resource) {
  const { cache_mode: mode } = blockOf(backend.body.cdn_policy);
  if (mode !== 'FORCE_CACHE_ALL') return [];
  return wrong(backend, 'cache-forced', {
    problem: 'answers are cached even if the service calls them private',
    given: mode,
    allowed: 'USE_ORIGIN_HEADERS',
    fix: 'let the service say what may be cached',
  });
}

/** Without these, a client could write them itself. */
function told(backend: Resource) {
  const headers = textsOf(backend.body.custom_request_headers);
  const missing = Object.entries(CERTIFICATE_HEADERS).filter(([name, value]) => !headers.includes(`${name}:${value}`));
  if (missing.length === 0) return [];
  return wrong(backend, 'certificate-headers-missing', {
    problem: 'the service takes from a header who the client is, and the load balancer does not set it',
    given: missing.map(([name]) => name),
    fix: 'add to the headers, and leave these',
  });
}

function isSet(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}
