import {
  Access,
  AllowList,
  AuditLogPolicy,
  type AuditLogPolicyProps,
  Authentication,
  Period,
  RateLimit,
  Region,
  Residency,
  Retention,
  RetentionPreset,
  Routing,
  RoutingKind,
  Traffic,
} from '../../lib/policy';
import { codeOf, errorOf } from './coded';
import { good } from './policies';

const access = Access.of({
  allow: AllowList.of(['192.0.2.0/24']),
  authenticate: Authentication.mutualTls(),
  rateLimit: RateLimit.of({ requests: 100, perSeconds: 60 }),
});
const germany = Region.of({ name: 'eu-central-1', jurisdiction: 'EU' });
const ireland = Region.of({ name: 'eu-west-1', jurisdiction: 'EU' });
const virginia = Region.of({ name: 'us-east-1', jurisdiction: 'US' });
const latency = Traffic.of({ writes: Routing.latency(), reads: Routing.latency() });
const props: AuditLogPolicyProps = {
  name: 'acme',
  retention: Retention.governance(Period.days(1)),
  writers: access,
  readers: access,
  regions: [germany],
  traffic: latency,
};
const withWrites = (writes: Routing, regions: Region[]) =>
  AuditLogPolicy.of({ ...props, regions, traffic: Traffic.of({ writes, reads: Routing.latency() }) });

test('holds its parts', () => {
  expect(AuditLogPolicy.of(props)).toMatchObject(props);
});

test.each(['a', 'acme-audit', 'a1-', 'a'.repeat(63)])('%s is a name', (name) => {
  expect(AuditLogPolicy.of({ ...props, name }).name).toBe(name);
});

test.each(['', 'Acme', '1acme', '-acme', 'ac_me', 'ac/me', 'acme\n', 'a'.repeat(64)])('%j is no name', (name) => {
  expect(codeOf(() => AuditLogPolicy.of({ ...props, name }))).toBe('name-malformed');
});

test("compliance is acknowledged by the policy's name", () => {
  const retention = Retention.compliance(Period.years(1), 'acme');
  expect(AuditLogPolicy.of({ ...props, retention }).retention).toBe(retention);
});

test.each([
  ['by hand', Retention.compliance(Period.years(1), 'acme-test')],
  ['by presets', Retention.ofPresets([RetentionPreset.SEC_17A_4], 'acme-test')],
  ['by an empty name', Retention.compliance(Period.years(1), '')],
])('an acknowledgement of another policy is refused, %s', (_, retention) => {
  const error = errorOf(() => AuditLogPolicy.of({ ...props, retention }));
  expect(error.code).toBe('irreversible-unacknowledged');
  expect(error.details.path).toBe('policy.retention.irreversible');
  expect(error.details.allowed).toBe('acme');
});

test.each([0, 33])('%d regions are too few or too many', (count) => {
  const regions = Array.from({ length: count }, (_, i) => Region.of({ name: `r${i}`, jurisdiction: 'EU' }));
  expect(codeOf(() => AuditLogPolicy.of({ ...props, regions }))).toBe('list-length-out-of-range');
});

test('32 regions are the most', () => {
  const regions = Array.from({ length: 32 }, (_, i) => Region.of({ name: `r${i}`, jurisdiction: 'EU' }));
  expect(AuditLogPolicy.of({ ...props, regions }).regions).toHaveLength(32);
});

test('two regions of one name are refused, whatever their jurisdiction', () => {
  const twin = Region.of({ name: germany.name, jurisdiction: 'US' });
  const error = errorOf(() => AuditLogPolicy.of({ ...props, regions: [germany, ireland, twin] }));
  expect(error.code).toBe('region-duplicate');
  expect(error.details.path).toBe('policy.regions[2].name');
});

test('a list of regions that changes later does not change the policy', () => {
  const regions = [germany];
  const policy = AuditLogPolicy.of({ ...props, regions });
  regions.push(germany);
  expect(policy.regions).toEqual([germany]);
});

test('failover needs a second region', () => {
  expect(codeOf(() => withWrites(Routing.failover(), [germany]))).toBe('failover-needs-regions');
  expect(withWrites(Routing.failover(), [germany, ireland]).traffic.writes.kind).toBe(RoutingKind.FAILOVER);
});

test('residency serves every jurisdiction that has a region', () => {
  const residency = Residency.byCountry({ EU: ['DE'], US: ['US'] });
  expect(withWrites(Routing.jurisdiction(residency), [germany, virginia]).traffic.writes.residency).toBe(residency);
});

test('residency in a jurisdiction without a region is refused', () => {
  const routing = Routing.jurisdiction(Residency.byCountry({ EU: ['DE'], US: ['US'] }));
  const error = errorOf(() => withWrites(routing, [germany, ireland]));
  expect(error.code).toBe('jurisdiction-unknown');
  expect(error.details.path).toBe('policy.traffic.writes.jurisdiction.US');
});

test('a region whose jurisdiction gets no clients is refused', () => {
  const routing = Routing.jurisdiction(Residency.byCountry({ EU: ['DE'] }));
  expect(codeOf(() => withWrites(routing, [germany, virginia]))).toBe('jurisdiction-unserved');
});

test('reads are checked as writes are', () => {
  const traffic = Traffic.of({ writes: Routing.latency(), reads: Routing.failover() });
  const error = errorOf(() => AuditLogPolicy.of({ ...props, traffic }));
  expect(error.details.path).toBe('policy.traffic.reads');
});

test('said in code or in a document, a policy is the same', () => {
  const inCode = AuditLogPolicy.of({
    name: 'acme-audit',
    retention: Retention.compliance(Period.years(7), 'acme-audit'),
    writers: Access.of({
      allow: AllowList.of(['203.0.113.0/24']),
      authenticate: Authentication.mutualTls(),
      rateLimit: RateLimit.of({ requests: 6000, perSeconds: 60 }),
    }),
    readers: Access.of({
      allow: AllowList.of(['198.51.100.0/24']),
      authenticate: Authentication.jwt({
        issuer: 'https://idp.example.com',
        jwksUrl: 'https://idp.example.com/jwks',
        audience: 'audit',
      }),
      rateLimit: RateLimit.of({ requests: 600, perSeconds: 60 }),
    }),
    regions: [germany, ireland],
    traffic: latency,
  });
  expect(inCode).toEqual(AuditLogPolicy.parse(JSON.stringify(good)));
});
