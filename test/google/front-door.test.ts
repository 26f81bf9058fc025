import { Construct } from 'constructs';
import {
  Elsewhere,
  FrontDoor,
  type FrontDoorOptions,
  type GoogleDeploymentProps,
  type IFrontDoor,
  ProviderVersion,
  type SharedFrontDoorOptions,
  TlsVersion,
} from '../../lib/google';
import { codeOf } from '../policy/coded';
import { AUTHORITY, deployment, targets } from './deployments';
import { type EdgeRequest, evaluate } from './edge-evaluator';
import { all, type Body, document, policyOf, type Synthesized, synthesized, UserStack } from './synthesized';

const JURISDICTIONS = { jurisdiction: { EU: ['DE', 'FR'], US: ['US'] } };
const EU_AND_US = [
  { name: 'europe-west3', jurisdiction: 'EU' },
  { name: 'europe-west1', jurisdiction: 'EU' },
  { name: 'us-east1', jurisdiction: 'US' },
];
const RESIDENT = { regions: EU_AND_US, traffic: { writes: JURISDICTIONS, reads: JURISDICTIONS } };
const NEWER = { providerVersion: ProviderVersion.atLeast('8.5.0') };

type Place = Partial<GoogleDeploymentProps>;

function bound(door: IFrontDoor, changes: object, place: Place): Synthesized {
  const policy = policyOf(changes);
  const stack = new UserStack();
  const here = <Target extends { region: { name: string } }>(all: Target[]) =>
    all.filter(({ region }) => !place.elsewhere?.regions.includes(region.name));
  const [writes, reads] = [here(targets(policy, 'ingest')), here(targets(policy, 'query'))];
  door.bind(new Construct(stack, 'FrontDoor'), { policy, deployment: deployment(place), writes, reads });
  return synthesized(stack);
}

function doorOf(changes: object = {}, place: Place = {}, options?: FrontDoorOptions): Synthesized {
  return bound(FrontDoor.split(options), changes, place);
}

/** Readers as writers are. */
const ALIKE = { readers: document.writers };

function sharedDoorOf(changes: object = {}, place: Place = {}, options?: SharedFrontDoorOptions): Synthesized {
  return bound(FrontDoor.shared(options), { ...ALIKE, ...changes }, place);
}

const GLOBAL = doorOf();
const ONE_REGION = doorOf({ regions: [document.regions[0]] });
const REGIONAL = doorOf(RESIDENT, NEWER);

const INGEST = 'ingest.audit.example.com';
const QUERY = 'query.audit.example.com';
const WRITER = '203.0.113.7';
const READER = '198.51.100.7';

const append: EdgeRequest = { host: INGEST, method: 'POST', path: '/v1/events', source: WRITER };
const search: EdgeRequest = { host: QUERY, method: 'GET', path: '/v1/events', source: READER };
const key: EdgeRequest = { ...search, path: '/v1/log.vkey' };
const cachedKey: EdgeRequest = { ...key, host: `europe-west1.${QUERY}`, cached: true };

test.each<[string, Partial<EdgeRequest>, string | number]>([
  ['an append', append, 'acme-audit-ingest'],
  ['an append in one region', { ...append, host: `europe-west1.${INGEST}` }, 'acme-audit-ingest-europe-west1'],
  ['an append in one region by a stranger', { ...append, host: `europe-west1.${INGEST}`, source: '192.0.2.1' }, 403],
  ['a search in one region at the writers door', { ...append, method: 'GET', host: `europe-west1.${INGEST}` }, 404],
  ['an append by a reader', { ...append, source: READER }, 403],
  ['an append by a stranger', { ...append, source: '192.0.2.1' }, 403],
  ['an append over IPv6', { ...append, source: '2001:db8::1' }, 403],
  ['another method', { ...append, method: 'PUT' }, 404],
  ['a search at the writers door', { ...append, method: 'GET' }, 404],
  ['a longer path', { ...append, path: '/v1/events/x' }, 404],
  ['a path that needs decoding', { ...append, path: '/v1/%65vents' }, 404],
  ['the health of a node', { ...append, method: 'GET', path: '/readyz' }, 404],
  ['an unknown host', { ...append, host: 'audit.example.com' }, 404],
  ['an address as host', { ...append, host: '198.51.100.200' }, 404],
  ['a search', search, 'acme-audit-query'],
  ['a search by a writer', { ...search, source: WRITER }, 403],
  ['an append at the readers door', { ...search, method: 'POST' }, 404],
  ['the head of a search', { ...search, method: 'HEAD' }, 'acme-audit-query'],
  ['the key of the nearest log', key, 'acme-audit-query'],
  ['a search in one region', { ...search, host: `europe-west1.${QUERY}` }, 'acme-audit-query-europe-west1'],
  ['the key of one region', { ...key, host: `europe-west1.${QUERY}` }, 'acme-audit-query-europe-west1-keys'],
  ['the key of one region by a stranger', { ...key, host: `europe-west1.${QUERY}`, source: '192.0.2.1' }, 403],
  ['a region that is not there', { ...search, host: `us-east1.${QUERY}` }, 404],
  ['an append above the rate limit', { ...append, overLimit: true }, 429],
  ['an append by a stranger above the rate limit', { ...append, source: '192.0.2.1', overLimit: true }, 403],
  ['a search above the rate limit', { ...search, overLimit: true }, 429],
  ['a search that could be in a cache', { ...search, cached: true }, 'acme-audit-query'],
  ['the key from the cache', cachedKey, 'cache of acme-audit-query-europe-west1-keys'],
  [
    'the key from the cache above the rate limit',
    { ...cachedKey, overLimit: true },
    'cache of acme-audit-query-europe-west1-keys',
  ],
  ['the key from the cache by a stranger', { ...cachedKey, source: '192.0.2.1' }, 403],
])('the global front door: %s', (_, request, answer) => {
  expect(evaluate(GLOBAL, request as EdgeRequest)).toBe(answer);
});

/** Puts a value into all resources of a type that have the place for it. */
function changed(json: Synthesized, type: string, path: string, value: unknown): Synthesized {
  const copy = structuredClone(json);
  const names = path.split('.');
  const last = names.pop() ?? '';
  for (const each of all(copy, `google_compute_${type}`)) {
    const inner = names.reduce<Body | undefined>((body, name) => body?.[name], each);
    if (inner !== undefined) inner[last] = value;
  }
  return copy;
}

const unknownHost = { ...append, host: 'audit.example.com' };
const stranger = { ...append, source: '192.0.2.1' };
const keyOfStranger = { ...cachedKey, source: '192.0.2.1' };
const FAILS = { fault_injection_policy: { abort: { http_status: 500, percentage: 100 } } };
const ANSWER = 'default_route_action.fault_injection_policy.abort';
const CACHED_KEY = 'cache of acme-audit-query-europe-west1-keys';

describe('the table would tell if', () => {
  test.each<[string, string, string, unknown, EdgeRequest, string | number]>([
    [
      'maps passed on unknown hosts',
      'url_map',
      'default_route_action',
      undefined,
      { ...unknownHost, source: '192.0.2.1' },
      403,
    ],
    [
      'a host passed on unknown paths',
      'url_map',
      'path_matcher.0.default_route_action',
      undefined,
      { ...append, path: '/readyz' },
      'acme-audit-ingest',
    ],
    [
      'half of what is unknown was passed on',
      'url_map',
      `${ANSWER}.percentage`,
      50,
      unknownHost,
      '50 % of requests are answered 404',
    ],
    ['unknown hosts had another answer', 'url_map', `${ANSWER}.http_status`, 200, unknownHost, 200],
    ['a map had any host', 'url_map', 'host_rule.0.hosts', ['*'], append, 'unknown host *'],
    ['a route failed on purpose', 'url_map', 'path_matcher.0.route_rules.0.route_action', FAILS, append, 500],
    [
      'a route rewrote',
      'url_map',
      'path_matcher.0.route_rules.0.route_action',
      { url_rewrite: {} },
      append,
      'unknown members url_rewrite',
    ],
    ['a map redirected', 'url_map', 'default_url_redirect', {}, append, 'unknown members default_url_redirect'],
    ['a cache had no firewall', 'backend_service', 'edge_security_policy', undefined, keyOfStranger, CACHED_KEY],
    [
      'writes were cached',
      'backend_service',
      'enable_cdn',
      true,
      { ...append, cached: true },
      'cache of acme-audit-ingest',
    ],
    ['firewalls let everybody in', 'security_policy_rule', 'action', 'allow', stranger, 'acme-audit-ingest'],
    ['firewalls were previews', 'security_policy_rule', 'preview', true, stranger, 'acme-audit-ingest'],
    ['firewalls redirected', 'security_policy_rule', 'action', 'redirect', append, 'unknown action redirect'],
    [
      'who is above a rate limit was let in',
      'security_policy_rule',
      'rate_limit_options.exceed_action',
      'allow',
      { ...append, overLimit: true },
      'acme-audit-ingest',
    ],
    [
      'who is within a rate limit was refused',
      'security_policy_rule',
      'rate_limit_options.conform_action',
      'deny(403)',
      append,
      403,
    ],
  ])('%s', (_, type, path, value, request, answer) => {
    const evaluated = () => {
      try {
        return evaluate(changed(GLOBAL, type, path, value), request);
      } catch (error) {
        return (error as Error).message;
      }
    };
    expect(evaluated()).toBe(answer);
  });
});

test.each<[string, EdgeRequest, string]>([
  ['a search', search, 'acme-audit-query-europe-west3'],
  ['the key', key, 'acme-audit-query-europe-west3-keys'],
  ['a search by the name of the region', { ...search, host: `europe-west3.${QUERY}` }, 'acme-audit-query-europe-west3'],
])('with one region, all names are about its log: %s', (_, request, answer) => {
  expect(evaluate(ONE_REGION, request)).toBe(answer);
});

const SHARED = sharedDoorOf();
const SHARED_REGIONAL = sharedDoorOf(RESIDENT, NEWER);
const found = { ...search, source: WRITER };

test.each<[string, EdgeRequest, string | number]>([
  ['an append', append, 'acme-audit-ingest'],
  ['a search', found, 'acme-audit-query'],
  ['an append in one region', { ...append, host: `europe-west1.${INGEST}` }, 'acme-audit-ingest-europe-west1'],
  [
    'the key of one region',
    { ...found, ...key, host: `europe-west1.${QUERY}`, source: WRITER },
    'acme-audit-query-europe-west1-keys',
  ],
  ['an append at the name for readers', { ...append, host: QUERY }, 404],
  ['a search at the name for writers', { ...found, host: INGEST }, 404],
  ['an append by a stranger', { ...append, source: READER }, 403],
  ['a search by a stranger', search, 403],
  ['the key of one region by a stranger', { ...key, host: `europe-west1.${QUERY}` }, 403],
  ['an unknown host', { ...append, host: 'audit.example.com' }, 404],
])('the shared front door: %s', (_, request, answer) => {
  expect(evaluate(SHARED, request)).toBe(answer);
});

test.each<[string, EdgeRequest, string | number]>([
  ['an append at home', { ...append, country: 'DE', region: 'europe-west3' }, 'acme-audit-ingest-europe-west3'],
  ['a search at home', { ...found, country: 'US', region: 'us-east1' }, 'acme-audit-query-us-east1'],
  ['a search abroad', { ...found, country: 'US', region: 'europe-west3' }, 403],
  ['an append abroad', { ...append, country: 'DE', region: 'us-east1' }, 403],
  ['an append at the name for readers', { ...append, host: QUERY, country: 'DE', region: 'europe-west3' }, 404],
])('the shared regional front doors: %s', (_, request, answer) => {
  expect(evaluate(SHARED_REGIONAL, request)).toBe(answer);
});

test('a shared front door is one load balancer for both names, and no cache before writes', () => {
  for (const type of ['url_map', 'target_https_proxy', 'ssl_policy']) {
    expect(all(SHARED, `google_compute_${type}`).map(({ name }) => name)).toEqual(['acme-audit-shared']);
  }
  expect(all(SHARED, 'google_compute_global_address')).toHaveLength(2);
  const cached = all(SHARED, 'google_compute_backend_service').filter((backend) => backend.enable_cdn);
  expect(cached.map(({ name }) => name).sort()).toEqual([
    'acme-audit-query-europe-west1-keys',
    'acme-audit-query-europe-west3-keys',
  ]);
});

test('the certificate of a shared front door is for both names, each proved by a record', () => {
  const [certificate] = all(SHARED, 'google_certificate_manager_certificate');
  expect(certificate?.managed.domains).toEqual([INGEST, `*.${INGEST}`, QUERY, `*.${QUERY}`]);
  expect(certificate?.managed.dns_authorizations).toHaveLength(2);
  const hosts = all(SHARED, 'google_certificate_manager_certificate_map_entry').map(({ hostname }) => hostname);
  expect(hosts.sort()).toEqual([`*.${INGEST}`, `*.${QUERY}`, INGEST, QUERY]);
});

test.each<[string, object, Place, string]>([
  ['another allow-list', { readers: { ...document.writers, allow: ['198.51.100.0/24'] } }, {}, 'allow'],
  [
    'another rate limit',
    { readers: { ...document.writers, rateLimit: { requests: 600, perSeconds: 60 } } },
    {},
    'rateLimit',
  ],
  [
    'another authentication',
    {
      readers: {
        ...document.writers,
        authenticate: { jwt: { issuer: 'https://a.example', jwksUrl: 'https://a.example/jwks', audience: 'a' } },
      },
    },
    {},
    'authenticate',
  ],
  ['other authorities', {}, { readerAuthorities: [AUTHORITY, AUTHORITY] }, 'authorities'],
  ['another residency', { ...RESIDENT, traffic: { writes: JURISDICTIONS, reads: 'latency' } }, NEWER, 'residency'],
])('%s of readers than of writers is refused by a shared front door', (_, changes, place, what) => {
  const refused = () => sharedDoorOf(changes, place);
  expect(codeOf(refused)).toBe('paths-not-alike');
  expect(refused).toThrow(`got ["${what}"]`);
});

test('failover of one path is refused by a shared front door too', () => {
  const refused = () => sharedDoorOf({ traffic: { writes: 'latency', reads: 'failover' } });
  expect(codeOf(refused)).toBe('routing-unavailable');
});

const ELSEWHERE = Elsewhere.of({ regions: ['eu-central-1'], watchAddress: '192.0.2.10' });
const BOTH_CLOUDS = {
  regions: [
    { name: 'eu-central-1', jurisdiction: 'EU' },
    { name: 'europe-west3', jurisdiction: 'EU' },
  ],
};
const BESIDE = { elsewhere: ELSEWHERE, zone: undefined };
const watching = { ...append, host: `europe-west3.${INGEST}`, source: '192.0.2.10' };

describe('beside another cloud', () => {
  const json = doorOf({ ...BOTH_CLOUDS, traffic: { writes: 'failover', reads: 'latency' } }, BESIDE);
  const resident = doorOf(
    { ...BOTH_CLOUDS, traffic: { writes: { jurisdiction: { EU: ['DE'] } }, reads: 'latency' } },
    {
      ...NEWER,
      ...BESIDE,
    },
  );

  test.each<[string, EdgeRequest, string | number]>([
    ['an append at the name that all regions share', append, 'acme-audit-ingest-europe-west3'],
    ['who watches, at the name of the region', watching, 'acme-audit-ingest-europe-west3'],
    [
      'who watches reads',
      { ...search, host: `europe-west3.${QUERY}`, source: '192.0.2.10' },
      'acme-audit-query-europe-west3',
    ],
    ['the neighbour of who watches', { ...watching, source: '192.0.2.11' }, 403],
    ['a region of the other cloud', { ...append, host: `eu-central-1.${INGEST}` }, 404],
  ])('%s', (_, request, answer) => {
    expect(evaluate(json, request)).toBe(answer);
  });

  test.each<[string, EdgeRequest, string | number]>([
    ['who watches from another country', { ...watching, country: 'US' }, 'acme-audit-ingest-europe-west3'],
    ['a client from another country', { ...append, country: 'US' }, 403],
    ['a client at home', { ...append, country: 'DE' }, 'acme-audit-ingest-europe-west3'],
  ])('with residency: %s', (_, request, answer) => {
    expect(evaluate(resident, { ...request, region: 'europe-west3' })).toBe(answer);
  });

  describe('with residency of reads, who watches', () => {
    const jurisdiction = { EU: ['DE'] };
    const both = doorOf(
      { ...BOTH_CLOUDS, traffic: { writes: { jurisdiction }, reads: { jurisdiction } } },
      { ...NEWER, ...BESIDE },
    );
    const READS = 'acme-audit-query-europe-west3';
    const watcher = { source: '192.0.2.10', country: 'US', region: 'europe-west3' };
    const reading = (path: string): EdgeRequest => ({ ...search, ...watcher, path });

    test.each<[string, EdgeRequest, string | number]>([
      ['appends', { ...append, ...watcher }, 'acme-audit-ingest-europe-west3'],
      ['reads events of canaries', reading('/v1/events?action=audit-log.canary&from=2026-01-01&limit=1'), READS],
      ['does not read everything', reading('/v1/events'), 403],
      ['does not read other events', reading('/v1/events?action=login&limit=1'), 403],
      ['does not read what only begins so', reading('/v1/events?action=audit-log.canary.other&limit=1'), 403],
      ['does not read by another condition', reading('/v1/events?contains=action=audit-log.canary&limit=1'), 403],
      ['does not read the key', reading('/v1/log.vkey?action=audit-log.canary&'), 403],
      ['does not read at home either', { ...reading('/v1/events'), country: 'DE' }, 403],
    ])('%s', (_, request, answer) => {
      expect(evaluate(both, request)).toBe(answer);
    });

    test('a reader at home reads everything', () => {
      expect(evaluate(both, { ...search, country: 'DE', region: 'europe-west3' })).toBe(READS);
    });
  });

  test('who watches may not come more often than others', () => {
    const rules = all(json, 'google_compute_security_policy_rule').filter(
      ({ description }) => description === 'who watches',
    );
    expect(rules.map(({ action, rate_limit_options: limit }) => [action, limit.rate_limit_threshold.count])).toEqual([
      ['throttle', 600],
      ['throttle', 6000],
    ]);
  });

  test.each([
    ['global', json],
    ['regional', resident],
  ])('no record is made, and all that is to be published is an output: %s', (_, made) => {
    expect(made.resource.google_dns_record_set).toBeUndefined();
    const { output } = made as unknown as { output: Record<string, { value: object }> };
    const members = Object.values(output).map(({ value }) => Object.keys(value).sort().join());
    expect(members.filter((each) => each === 'data,name,type')).toHaveLength(2);
    expect(members.filter((each) => /^A(,AAAA)?$/.test(each))).toHaveLength(2);
  });
});

const german = { ...append, country: 'DE', region: 'europe-west3' };
test.each<[string, EdgeRequest, string | number]>([
  ['an append in its jurisdiction', german, 'acme-audit-ingest-europe-west3'],
  ['an append in another region of it', { ...german, region: 'europe-west1' }, 'acme-audit-ingest-europe-west1'],
  ['an append in another jurisdiction', { ...german, region: 'us-east1' }, 403],
  ['an append from an unknown country', { ...german, country: 'ZZ' }, 403],
  ['an append from a country whose code is no code', { ...german, country: '' }, 403],
  ['an append by a stranger at home', { ...german, source: '192.0.2.1' }, 403],
  ['a search at home', { ...search, country: 'US', region: 'us-east1' }, 'acme-audit-query-us-east1'],
  ['a search abroad', { ...search, country: 'US', region: 'europe-west3' }, 403],
  ['the key at home', { ...key, country: 'US', region: 'us-east1' }, 'acme-audit-query-us-east1'],
  ['another method', { ...german, method: 'DELETE' }, 404],
  ['an append above the rate limit', { ...german, overLimit: true }, 429],
  ['an append abroad above the rate limit', { ...german, country: 'US', overLimit: true }, 403],
  ['an unknown host', { ...german, host: 'audit.example.com' }, 404],
  ['a request to a load balancer for all', { ...append, country: 'DE' }, 404],
])('the regional front doors: %s', (_, request, answer) => {
  expect(evaluate(REGIONAL, request)).toBe(answer);
});

test('writers and readers share no load balancer, firewall, certificate or address', () => {
  for (const type of ['url_map', 'target_https_proxy', 'ssl_policy']) {
    const names = all(GLOBAL, `google_compute_${type}`).map(({ name }) => name);
    expect(names).toEqual(['acme-audit-query', 'acme-audit-ingest']);
  }
});

test('a write backend is never cached', () => {
  const backends = all(GLOBAL, 'google_compute_backend_service');
  const cached = backends.filter((backend) => backend.enable_cdn).map(({ name }) => name);
  expect(cached.sort()).toEqual(['acme-audit-query-europe-west1-keys', 'acme-audit-query-europe-west3-keys']);
});

test('the path for all regions has all regions behind it', () => {
  const ingest = all(GLOBAL, 'google_compute_backend_service').find(({ name }) => name === 'acme-audit-ingest');
  expect(ingest?.backend).toEqual([{ group: 'ingest-europe-west3' }, { group: 'ingest-europe-west1' }]);
});

test('Google itself is asked to check where reads go', () => {
  const [map] = all(GLOBAL, 'google_compute_url_map').filter(({ name }) => name === 'acme-audit-query');
  expect(map?.test).toHaveLength(6);
  expect(map?.test[1]).toMatchObject({ host: QUERY, path: '/v1/log.vkey' });
});

test('residency leaves nothing global that could see a request', () => {
  for (const type of ['url_map', 'backend_service', 'global_forwarding_rule', 'global_address', 'security_policy']) {
    expect(REGIONAL.resource[`google_compute_${type}`]).toBeUndefined();
  }
});

test('each region has a proxy-only subnet of its own', () => {
  const subnets = all(REGIONAL, 'google_compute_subnetwork');
  expect(subnets.map(({ region }) => region).sort()).toEqual(['europe-west1', 'europe-west3', 'us-east1']);
  expect(new Set(subnets.map(({ ip_cidr_range: range }) => range)).size).toBe(3);
  for (const subnet of subnets) expect(subnet).toMatchObject({ purpose: 'REGIONAL_MANAGED_PROXY', role: 'ACTIVE' });
});

test('clients are led to the addresses of their jurisdiction and fenced in', () => {
  const [record] = all(REGIONAL, 'google_dns_record_set').filter(({ name }) => name === `${INGEST}.`);
  expect(record?.routing_policy.enable_geo_fencing).toBe(true);
  const endpoints = record?.routing_policy.geo.map((geo: { location: string; health_checked_targets: object }) => [
    geo.location,
    JSON.stringify(geo.health_checked_targets).match(/(?<=_)(europe-west\d|us-east1)(?=_LoadBalancer)/g),
  ]);
  expect(endpoints).toEqual([
    ['europe-west3', ['europe-west3', 'europe-west1']],
    ['europe-west1', ['europe-west3', 'europe-west1']],
    ['us-east1', ['us-east1']],
  ]);
});

test('the probe of names comes from three regions and needs no certificate', () => {
  for (const probe of all(REGIONAL, 'google_compute_health_check')) {
    expect(probe).toMatchObject({ check_interval_sec: 30, tcp_health_check: { port: 443 } });
    expect(probe.source_regions).toHaveLength(3);
  }
});

test('a regional backend has a firewall, and nothing leads to it before the firewall is attached', () => {
  const backends = all(REGIONAL, 'google_compute_region_backend_service');
  expect(backends).toHaveLength(6);
  for (const backend of backends) {
    expect(backend.security_policy).toMatch(/^\$\{google_compute_region_security_policy\..*\.self_link\}$/);
    const [{ condition }] = backend.lifecycle.postcondition;
    expect(condition).toMatch(/length\(self\.security_policy\) > 0/);
  }
});

test('a regional backend of a serverless group has a capacity and no outlier detection', () => {
  for (const backend of all(REGIONAL, 'google_compute_region_backend_service')) {
    expect(backend.backend).toEqual([{ group: expect.any(String), capacity_scaler: 1 }]);
    expect(backend.outlier_detection).toBeUndefined();
  }
});

/** What services take from the load balancer about a client's certificate. */
const TOLD = [
  ['X-Client-Cert-Present', '{client_cert_present}'],
  ['X-Client-Cert-Chain-Verified', '{client_cert_chain_verified}'],
  ['X-Client-Cert-Error', '{client_cert_error}'],
  ['X-Client-Cert-Leaf', '{client_cert_leaf}'],
];

test.each([
  ['global', GLOBAL, 9],
  ['shared', SHARED, 9],
])('every backend sets what it says of certificates: %s', (_, json, count) => {
  const backends = all(json, 'google_compute_backend_service');
  expect(backends).toHaveLength(count - 1);
  for (const backend of backends) {
    expect(backend.custom_request_headers).toEqual(TOLD.map((each) => each.join(':')));
  }
});

test.each([
  ['split', REGIONAL, 6],
  ['shared', SHARED_REGIONAL, 3],
])(
  'every route of a region replaces what clients say of certificates, and so does every name: %s',
  (_, json, count) => {
    const maps = all(json, 'google_compute_region_url_map');
    expect(maps).toHaveLength(count);
    const replaced = TOLD.map(([header_name, header_value]) => ({ header_name, header_value, replace: true }));
    for (const matcher of maps.flatMap((map) => map.path_matcher)) {
      expect(matcher.header_action.request_headers_to_add).toEqual(replaced);
      expect(matcher.route_rules).not.toHaveLength(0);
      for (const rule of matcher.route_rules) expect(rule.header_action.request_headers_to_add).toEqual(replaced);
    }
  },
);

test('what a shared load balancer would ask by mistake is what is read', () => {
  const [map] = all(SHARED, 'google_compute_url_map');
  const services = [map, ...(map?.path_matcher ?? [])].map((each) => each?.default_service);
  expect(services).toHaveLength(7);
  for (const service of services) expect(service).toMatch(/query_Backend/);
});

test('what is logged of requests stays in the region', () => {
  const buckets = all(REGIONAL, 'google_logging_project_bucket_config');
  expect(buckets.map(({ location, bucket_id: id }) => `${location} ${id}`).sort()).toEqual(
    ['europe-west1', 'europe-west3', 'us-east1'].flatMap((region) => [
      `${region} acme-audit-ingest-${region}`,
      `${region} acme-audit-query-${region}`,
    ]),
  );
  const sinks = all(REGIONAL, 'google_logging_project_sink');
  const exclusions = all(REGIONAL, 'google_logging_project_exclusion');
  expect(exclusions.map(({ name, filter }) => [name, filter])).toEqual(sinks.map(({ name, filter }) => [name, filter]));
  const [sink] = sinks.filter(({ name }) => name === 'acme-audit-ingest-us-east1');
  expect(sink?.destination).toMatch(
    /^logging\.googleapis\.com\/\$\{google_logging_project_bucket_config\..*us-east1.*\.id\}$/,
  );
  expect(sink?.filter.split(' OR ')).toEqual([
    '(resource.type="http_external_regional_lb_rule" AND resource.labels.region="us-east1" AND resource.labels.url_map_name="acme-audit-ingest-us-east1")',
    '(resource.type="cloud_run_revision" AND resource.labels.location="us-east1" AND resource.labels.service_name=~"^(acme-audit-ingest)")',
  ]);
  expect(all(REGIONAL, 'google_compute_region_url_map').map(({ name }) => name)).toContain(
    'acme-audit-ingest-us-east1',
  );
});

test('logs are left where they are if nothing must stay in a region', () => {
  expect(GLOBAL.resource.google_logging_project_exclusion).toBeUndefined();
});

test('the proof of a domain is published once for all regions', () => {
  const authorizations = all(REGIONAL, 'google_certificate_manager_dns_authorization');
  expect(authorizations.map(({ domain, type }) => `${type} ${domain}`).sort()).toEqual(
    [INGEST, QUERY].flatMap((domain) => Array(3).fill(`PER_PROJECT_RECORD ${domain}`)),
  );
  const proofs = all(REGIONAL, 'google_dns_record_set').filter(({ name }) => name.includes('dns_resource_record'));
  expect(proofs).toHaveLength(2);
});

test('only what needs residency gives up the global load balancer', () => {
  const mixed = doorOf({ ...RESIDENT, traffic: { writes: JURISDICTIONS, reads: 'latency' } }, NEWER);
  expect(all(mixed, 'google_compute_url_map').map(({ name }) => name)).toEqual(['acme-audit-query']);
  expect(all(mixed, 'google_compute_region_url_map')).toHaveLength(3);
});

test.each([
  ['residency with the provider of the bindings', RESIDENT, {}, {}, 'provider-too-old'],
  ['residency without a zone', RESIDENT, { ...NEWER, zone: undefined }, {}, 'dns-zone-missing'],
  ['failover of writes', { traffic: { writes: 'failover', reads: 'latency' } }, {}, {}, 'routing-unavailable'],
  ['failover of reads', { traffic: { writes: 'latency', reads: 'failover' } }, {}, {}, 'routing-unavailable'],
  ['TLS 1.3 with the provider of the bindings', {}, {}, { minimumTls: TlsVersion.TLS_1_3 }, 'provider-too-old'],
  ['writers of no authority', {}, { writerAuthorities: undefined }, {}, 'client-authorities-missing'],
  ['readers of no authority', {}, { readerAuthorities: undefined }, {}, 'client-authorities-missing'],
])('%s is refused', (_, changes, place, options, code) => {
  expect(codeOf(() => doorOf(changes, place, options))).toBe(code);
});

test('names of resources are ones that Google takes, however long the log is called', () => {
  const json = doorOf({ name: `a${'b'.repeat(62)}`, ...RESIDENT, retention: { mode: 'governance', days: 1 } }, NEWER);
  for (const [type, resources] of Object.entries(json.resource)) {
    if (!type.startsWith('google_compute')) continue;
    for (const { name, priority } of Object.values(resources)) {
      if (priority === undefined) expect(name).toMatch(/^(?=.{1,63}$)[a-z]([-a-z0-9]*[a-z0-9])?$/);
    }
  }
});
