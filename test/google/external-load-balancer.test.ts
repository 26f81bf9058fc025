import {
  BackendGroup,
  BackendProtocol,
  CacheFirewall,
  EdgeBackend,
  EdgeFirewall,
  ExternalLoadBalancer,
  type ExternalLoadBalancerProps,
  ProviderVersion,
  TlsVersion,
} from '../../lib/google';
import { Authentication } from '../../lib/policy';
import { codeOf } from '../policy/coded';
import { AUTHORITY } from './deployments';
import { all, only, policyOf, refusals, synthesized, UserStack } from './synthesized';

const { writers: access } = policyOf();
const GROUP = BackendGroup.serverless('neg');

function backendIn(stack: UserStack, groups = [GROUP], isCached = false): EdgeBackend {
  const firewall = new EdgeFirewall(stack, 'Firewall', { name: 'acme', access });
  const cache = isCached ? new CacheFirewall(stack, 'Cache', { name: 'acme-cache', allow: access.allow }) : undefined;
  return new EdgeBackend(stack, 'Backend', { name: 'acme', groups, firewall, cache });
}

function backendOf(groups = [GROUP], isCached = false) {
  const stack = new UserStack();
  backendIn(stack, groups, isCached);
  return only(synthesized(stack), 'google_compute_backend_service');
}

function balanced(more: Partial<ExternalLoadBalancerProps> = {}) {
  const stack = new UserStack();
  const backend = backendIn(stack);
  new ExternalLoadBalancer(stack, 'LoadBalancer', {
    name: 'acme',
    domains: ['ingest.example.com'],
    hosts: [{ name: 'ingest.example.com', routes: [{ methods: ['POST'], paths: ['/v1/events'], backend }] }],
    authenticate: Authentication.mutualTls(),
    clientAuthorities: [AUTHORITY],
    ...more,
  });
  return synthesized(stack);
}

test('a backend is on the load balancer that it is for, over TLS', () => {
  expect(backendOf()).toMatchObject({ load_balancing_scheme: 'EXTERNAL_MANAGED', protocol: 'HTTPS' });
});

test('nothing is cached by default', () => {
  expect(backendOf()).toMatchObject({ enable_cdn: false, compression_mode: 'DISABLED' });
  expect(backendOf().cdn_policy).toBeUndefined();
});

test('every request is logged', () => {
  expect(backendOf().log_config).toEqual({ enable: true, sample_rate: 1, optional_mode: 'INCLUDE_ALL_OPTIONAL' });
});

test('a backend waits for its firewall to have all rules', () => {
  const { security_policy: policy, depends_on: rules } = backendOf();
  expect(policy).toMatch(/^\$\{google_compute_security_policy\.Firewall_Policy_/);
  expect(rules).toHaveLength(2);
  for (const rule of rules) expect(rule).toMatch(/^google_compute_security_policy_rule\.Firewall_/);
});

test('a cached backend has a firewall before the cache, and caches what its service says', () => {
  const backend = backendOf([GROUP], true);
  expect(backend).toMatchObject({
    enable_cdn: true,
    edge_security_policy: expect.stringMatching(/^\$\{google_compute_security_policy\.Cache_Policy_/),
    cdn_policy: {
      cache_mode: 'USE_ORIGIN_HEADERS',
      cache_key_policy: { include_host: true, include_protocol: true, include_query_string: false },
    },
  });
  expect(backend.depends_on).toHaveLength(4);
});

test('what the client certificate says is set on every request', () => {
  expect(backendOf().custom_request_headers).toEqual([
    'X-Client-Cert-Present:{client_cert_present}',
    'X-Client-Cert-Chain-Verified:{client_cert_chain_verified}',
    'X-Client-Cert-Error:{client_cert_error}',
    'X-Client-Cert-Leaf:{client_cert_leaf}',
  ]);
});

test('serverless groups have no health check: one that answers with errors is left for another', () => {
  const backend = backendOf([BackendGroup.serverless('near'), BackendGroup.serverless('far')]);
  expect(backend.health_checks).toBeUndefined();
  expect(backend.outlier_detection).toEqual({
    consecutive_errors: 5,
    enforcing_consecutive_errors: 100,
    consecutive_gateway_failure: 5,
    enforcing_consecutive_gateway_failure: 100,
    interval: { seconds: 10 },
    base_ejection_time: { seconds: 30 },
    max_ejection_percent: 50,
  });
});

test('the only serverless group is never left', () => {
  expect(backendOf()).toMatchObject({ backend: [{ group: 'neg' }] });
  expect(backendOf().outlier_detection).toBeUndefined();
});

test('machines are checked for health', () => {
  expect(backendOf([BackendGroup.instances(['group'], 'check')])).toMatchObject({
    backend: [{ group: 'group', balancing_mode: 'UTILIZATION' }],
    health_checks: ['check'],
    protocol: 'HTTP',
    port_name: 'http',
  });
});

test('machines that speak TLS are spoken to in TLS', () => {
  const group = BackendGroup.instances(['group'], 'check', BackendProtocol.HTTPS);
  expect(backendOf([group])).toMatchObject({ protocol: 'HTTPS', port_name: 'https' });
});

test('machines have time for the longest answer of a service', () => {
  expect(backendOf([BackendGroup.instances(['group'], 'check')]).timeout_sec).toBe(70);
  expect(backendOf().timeout_sec).toBeUndefined();
});

test('a region has a group in each zone', () => {
  expect(backendOf([BackendGroup.endpoints(['a', 'b'], 'check', 50)]).backend).toMatchObject([
    { group: 'a', max_rate_per_endpoint: 50 },
    { group: 'b', max_rate_per_endpoint: 50 },
  ]);
});

test.each<[string, () => BackendGroup, string]>([
  ['no group', () => BackendGroup.instances([], 'check'), 'list-length-out-of-range'],
  ['a group of no name', () => BackendGroup.instances([''], 'check'), 'group-malformed'],
  ['a serverless group of no name', () => BackendGroup.serverless(''), 'group-malformed'],
  ['machines that nothing checks', () => BackendGroup.instances(['group'], ''), 'group-malformed'],
  ['endpoints that take nothing', () => BackendGroup.endpoints(['group'], 'check', 0), 'group-malformed'],
  ['endpoints that take less than nothing', () => BackendGroup.endpoints(['group'], 'check', -1), 'group-malformed'],
])('%s is refused', (_, make, code) => {
  expect(codeOf(make)).toBe(code);
});

test('endpoints are checked for health and get no more than they can take', () => {
  expect(backendOf([BackendGroup.endpoints(['group'], 'check', 50)])).toMatchObject({
    backend: [{ group: 'group', balancing_mode: 'RATE', max_rate_per_endpoint: 50 }],
    health_checks: ['check'],
  });
});

test.each([
  ['no groups', []],
  ['serverless and others', [GROUP, BackendGroup.instances(['group'], 'check')]],
  [
    'two protocols',
    [BackendGroup.instances(['a'], 'one'), BackendGroup.instances(['b'], 'one', BackendProtocol.HTTPS)],
  ],
  ['two health checks', [BackendGroup.instances(['a'], 'one'), BackendGroup.instances(['b'], 'two')]],
])('%s are refused', (_, groups) => {
  expect(codeOf(() => backendOf(groups))).toBe('backend-groups-mixed');
});

test('only port 443 is open, over IPv4 and IPv6', () => {
  const json = balanced();
  expect(all(json, 'google_compute_global_address').map((address) => address.ip_version)).toEqual(['IPV4', 'IPV6']);
  const rules = all(json, 'google_compute_global_forwarding_rule');
  expect(rules).toHaveLength(2);
  for (const rule of rules) {
    expect(rule).toMatchObject({ port_range: '443', load_balancing_scheme: 'EXTERNAL_MANAGED', ip_protocol: 'TCP' });
  }
  expect(json.resource.google_compute_target_http_proxy).toBeUndefined();
});

test('TLS is 1.2 or newer with restricted ciphers, and early data is off', () => {
  const json = balanced();
  expect(only(json, 'google_compute_ssl_policy')).toMatchObject({ min_tls_version: 'TLS_1_2', profile: 'RESTRICTED' });
  expect(only(json, 'google_compute_target_https_proxy')).toMatchObject({ tls_early_data: 'DISABLED' });
});

test('TLS 1.3 as a minimum is refused by the version of the bindings', () => {
  expect(codeOf(() => balanced({ minimumTls: TlsVersion.TLS_1_3 }))).toBe('provider-too-old');
});

test('TLS 1.3 as a minimum asks for a newer provider', () => {
  const providerVersion = ProviderVersion.atLeast('8.5.0');
  const json = balanced({ minimumTls: TlsVersion.TLS_1_3, providerVersion });
  expect(only(json, 'google_compute_ssl_policy')).toMatchObject({ min_tls_version: 'TLS_1_3' });
  expect(json.terraform.required_providers.google.version).toBe('>= 8.5.0, < 9.0.0');
});

test('a newer provider is asked for only where it is needed', () => {
  const json = balanced({ providerVersion: ProviderVersion.atLeast('8.5.0') });
  expect(json.terraform.required_providers.google.version).toBe('6.50.0');
});

test('clients without a certificate of an authority are refused in the handshake', () => {
  const json = balanced();
  expect(only(json, 'google_network_security_server_tls_policy')).toMatchObject({
    allow_open: false,
    mtls_policy: { client_validation_mode: 'REJECT_INVALID' },
    lifecycle: { create_before_destroy: true },
  });
  expect(only(json, 'google_certificate_manager_trust_config').trust_stores).toEqual([
    { trust_anchors: [{ pem_certificate: AUTHORITY }] },
  ]);
  expect(only(json, 'google_compute_target_https_proxy').server_tls_policy).toMatch(
    /google_network_security_server_tls_policy/,
  );
});

test('clients with tokens come without a certificate', () => {
  const trust = { issuer: 'https://idp.example.com', jwksUrl: 'https://idp.example.com/jwks', audience: 'audit' };
  const json = balanced({ authenticate: Authentication.jwt(trust), clientAuthorities: undefined });
  expect(only(json, 'google_compute_target_https_proxy').server_tls_policy).toBeUndefined();
});

test.each([
  ['clients without any proof', { authenticate: Authentication.none() }, 'access-open'],
  ['client certificates of nobody', { clientAuthorities: undefined }, 'client-authorities-missing'],
  ['client certificates of no one', { clientAuthorities: [] }, 'client-authorities-missing'],
])('%s are refused', (_, more, code) => {
  expect(codeOf(() => balanced(more))).toBe(code);
});

test('other domains are another certificate and other proofs, made before the old ones go', () => {
  const named = (domain: string) => {
    const hosts = balanced({ domains: [domain] });
    const { name: certificate, lifecycle } = only(hosts, 'google_certificate_manager_certificate');
    expect(lifecycle.create_before_destroy).toBe(true);
    return [certificate, only(hosts, 'google_certificate_manager_dns_authorization').name];
  };
  const [one, other] = [named('ingest.example.com'), named('ingest.example.org')];
  expect(named('ingest.example.com')).toEqual(one);
  expect(other[0]).not.toBe(one[0]);
  expect(other[1]).not.toBe(one[1]);
});

test.each([
  [56, 0],
  [57, 1],
])('of a name of %i characters and two domains, so many are refused: %i', (length, count) => {
  const stack = new UserStack();
  const backend = backendIn(stack);
  const routes = [{ methods: ['POST'], paths: ['/v1/events'], backend }];
  new ExternalLoadBalancer(stack, 'LoadBalancer', {
    name: 'a'.repeat(length),
    domains: ['a.example.com', 'b.example.com'],
    hosts: [{ name: 'a.example.com', routes }],
    authenticate: Authentication.mutualTls(),
    clientAuthorities: [AUTHORITY],
  });
  expect([...refusals(stack)]).toEqual(count === 0 ? [] : ['resource-name-malformed']);
});

test('with a zone, its names and the proof for the certificate are published', () => {
  const records = all(balanced({ zone: 'zone' }), 'google_dns_record_set');
  expect(records.map(({ type, name }) => `${type} ${name}`).sort()).toEqual([
    expect.stringContaining('dns_resource_record'),
    'A ingest.example.com.',
    'AAAA ingest.example.com.',
  ]);
});

test('without a zone, the proof for the certificate and the addresses are outputs', () => {
  const json = balanced() as unknown as { output: Record<string, { value: unknown }> };
  expect(balanced().resource.google_dns_record_set).toBeUndefined();
  const members = Object.values(json.output).map(({ value }) => Object.keys(value as object).sort());
  expect(members.sort()).toEqual([
    ['A', 'AAAA'],
    ['data', 'name', 'type'],
  ]);
});
