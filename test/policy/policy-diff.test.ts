import fc from 'fast-check';
import { AuditLogPolicy } from '../../lib/policy';
import policySchema from '../../lib/policy/policy.schema.json';
import { policyDiff } from '../../lib/policy/policy-diff';
import { documents, good } from './policies';

const parse = (document: unknown) => AuditLogPolicy.parse(JSON.stringify(document));
const diff = (before: unknown, after: unknown) => policyDiff(parse(before), parse(after));

/** The changes as `<severity> <code> <path>`. */
const changes = (before: unknown, after: unknown) =>
  diff(before, after).map(({ severity, code, path }) => `${severity} ${code} ${path}`);

const [CENTRAL, IRELAND] = good.regions;
const GOOGLE = { name: 'europe-west3', jurisdiction: 'EU' };
const VIRGINIA = { name: 'us-east-1', jurisdiction: 'US' };
const { jwt } = good.readers.authenticate;
const keeping = (retention: unknown) => ({ ...good, retention });
const writing = (change: object) => ({ ...good, writers: { ...good.writers, ...change } });
const reading = (change: object) => ({ ...good, readers: { ...good.readers, ...change } });
const tokens = (change: object) => reading({ authenticate: { jwt: { ...jwt, ...change } } });
const placed = (regions: unknown[], writes: unknown = 'latency') => ({
  ...good,
  regions,
  traffic: { writes, reads: 'latency' },
});
const resident = (writes: unknown) => placed([CENTRAL, VIRGINIA], { jurisdiction: writes });
const searched = (reads: unknown) => ({
  ...placed([CENTRAL, VIRGINIA]),
  traffic: { writes: 'latency', reads: { jurisdiction: reads } },
});
const EU_US = { EU: ['DE', 'FR'], US: ['US'] };

const COMPLIANCE = { ...good.retention };
const GOVERNANCE = { mode: 'governance', years: 7 };

/** Every member of the vocabulary, with a change of nothing else where that is possible. */
const MEMBERS: Record<string, readonly [before: unknown, after: unknown, expected: string[]]> = {
  name: [keeping(GOVERNANCE), { ...keeping(GOVERNANCE), name: 'other' }, ['refused log-renamed $.name']],
  retention: [good, keeping({ ...COMPLIANCE, years: 8 }), ['fine retention-lengthened $.retention']],
  mode: [good, keeping(GOVERNANCE), ['refused compliance-dropped $.retention']],
  years: [good, keeping({ ...COMPLIANCE, years: 6 }), ['refused retention-shortened $.retention']],
  days: [
    keeping({ mode: 'governance', days: 1 }),
    keeping({ mode: 'governance', days: 2 }),
    ['fine retention-lengthened $.retention'],
  ],
  irreversible: [keeping(GOVERNANCE), good, ['review compliance-added $.retention']],
  disposable: [
    keeping(GOVERNANCE),
    keeping({ ...GOVERNANCE, disposable: true }),
    ['refused disposable-added $.retention'],
  ],
  presets: [
    keeping({ presets: ['sec-17a-4'], irreversible: good.name }),
    keeping({ mode: 'compliance', years: 6, irreversible: good.name }),
    ['review preset-dropped $.retention'],
  ],
  writers: [good, writing({ authenticate: { jwt } }), ['review authentication-changed $.writers.authenticate']],
  readers: [
    good,
    reading({ authenticate: { mutualTls: {} } }),
    ['review authentication-changed $.readers.authenticate'],
  ],
  allow: [good, writing({ allow: ['203.0.112.0/23'] }), ['review allow-widened $.writers.allow']],
  authenticate: [
    good,
    writing({ authenticate: { none: {} } }),
    ['refused authentication-dropped $.writers.authenticate'],
  ],
  none: [writing({ authenticate: { none: {} } }), good, ['review authentication-changed $.writers.authenticate']],
  mutualTls: [good, writing({ authenticate: { jwt } }), ['review authentication-changed $.writers.authenticate']],
  jwt: [good, reading({ authenticate: { none: {} } }), ['refused authentication-dropped $.readers.authenticate']],
  issuer: [good, tokens({ issuer: 'https://a' }), ['review issuer-changed $.readers.authenticate.jwt.issuer']],
  jwksUrl: [good, tokens({ jwksUrl: 'https://a' }), ['review jwks-url-changed $.readers.authenticate.jwt.jwksUrl']],
  audience: [good, tokens({ audience: 'a' }), ['review audience-changed $.readers.authenticate.jwt.audience']],
  rateLimit: [
    good,
    writing({ rateLimit: { requests: 10, perSeconds: 120 } }),
    ['review rate-limit-changed $.writers.rateLimit'],
  ],
  requests: [
    good,
    reading({ rateLimit: { requests: 601, perSeconds: 60 } }),
    ['review rate-limit-changed $.readers.rateLimit'],
  ],
  perSeconds: [
    good,
    reading({ rateLimit: { requests: 600, perSeconds: 120 } }),
    ['review rate-limit-changed $.readers.rateLimit'],
  ],
  regions: [good, placed([CENTRAL]), ['refused region-lost $.regions']],
  jurisdiction: [
    good,
    placed([CENTRAL, { ...IRELAND, jurisdiction: 'IE' }]),
    ['refused region-moved $.regions', 'review jurisdiction-added $.regions'],
  ],
  traffic: [
    good,
    { ...good, traffic: { writes: 'failover', reads: 'failover' } },
    ['review routing-changed $.traffic.writes', 'review routing-changed $.traffic.reads'],
  ],
  writes: [
    good,
    { ...good, traffic: { writes: 'failover', reads: 'latency' } },
    ['review routing-changed $.traffic.writes'],
  ],
  reads: [
    good,
    { ...good, traffic: { writes: 'latency', reads: 'failover' } },
    ['review routing-changed $.traffic.reads'],
  ],
};

test.each(Object.entries(MEMBERS))('a change of %s is reported, and nothing else', (_, [before, after, expected]) => {
  expect(changes(before, after)).toEqual(expected);
});

/** Names of the members that a schema knows, wherever they are. */
function membersOf(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const { properties = {} } = schema as { properties?: object };
  return [...Object.keys(properties), ...Object.values(schema).flatMap(membersOf)];
}

test('no member of the vocabulary was forgotten', () => {
  // Of version there is one value.
  const known = membersOf(policySchema).filter((name) => name !== 'version');
  expect(Object.keys(MEMBERS).sort()).toEqual([...new Set(known)].sort());
});

test('there is a change if and only if the documents differ', () => {
  const same = (a: unknown, b: unknown) => parse(a).toDocument() === parse(b).toDocument();
  fc.assert(
    fc.property(documents, documents, (before, after) => {
      expect(diff(before, before)).toEqual([]);
      expect(diff(before, after).length === 0).toBe(same(before, after));
    }),
  );
});

test.each<[string, unknown, unknown, string[]]>([
  [
    'a retention of one day less than years have',
    keeping({ mode: 'governance', years: 4 }),
    keeping({ mode: 'governance', days: 1460 }),
    ['refused retention-shortened $.retention'],
  ],
  [
    'as many days as years have',
    keeping({ mode: 'governance', years: 4 }),
    keeping({ mode: 'governance', days: 1461 }),
    ['fine respelled $'],
  ],
  [
    'a log that is kept from now on',
    keeping({ ...GOVERNANCE, disposable: true }),
    keeping(GOVERNANCE),
    ['fine disposable-dropped $.retention'],
  ],
  [
    'a preset that asks for more',
    keeping({ presets: ['sec-17a-4'], irreversible: good.name }),
    keeping({ presets: ['sec-17a-4', 'dev'], irreversible: good.name }),
    ['fine preset-added $.retention'],
  ],
  ['a narrower allow-list', good, writing({ allow: ['203.0.113.0/25'] }), ['fine allow-narrowed $.writers.allow']],
  [
    'other networks',
    good,
    writing({ allow: ['192.0.2.0/24'] }),
    ['review allow-widened $.writers.allow', 'fine allow-narrowed $.writers.allow'],
  ],
  ['the whole internet', good, writing({ allow: 'internet' }), ['review allow-widened $.writers.allow']],
  ['an end of the whole internet', writing({ allow: 'internet' }), good, ['fine allow-narrowed $.writers.allow']],
  [
    'the same addresses in two networks',
    good,
    writing({ allow: ['203.0.113.0/25', '203.0.113.128/25'] }),
    ['fine respelled $'],
  ],
  [
    'IPv6 addresses of the same numbers as IPv4 ones',
    good,
    writing({ allow: ['203.0.113.0/24', '::cb00:7100/120'] }),
    ['review allow-widened $.writers.allow'],
  ],
  [
    'a region beside another of its jurisdiction',
    placed([CENTRAL]),
    placed([CENTRAL, IRELAND]),
    ['review replication-added $.regions', 'fine region-added $.regions'],
  ],
  [
    'a region of another cloud',
    placed([CENTRAL]),
    placed([CENTRAL, GOOGLE]),
    ['review replica-missing $.regions', 'fine region-added $.regions'],
  ],
  [
    'a region of AWS beside one of another cloud',
    placed([GOOGLE]),
    placed([GOOGLE, CENTRAL]),
    ['fine region-added $.regions'],
  ],
  [
    'a region in a jurisdiction that is new',
    placed([CENTRAL]),
    placed([CENTRAL, VIRGINIA]),
    ['review jurisdiction-added $.regions', 'fine region-added $.regions'],
  ],
  [
    'a region in the place of another',
    placed([CENTRAL]),
    placed([IRELAND]),
    ['refused region-lost $.regions', 'review replication-added $.regions', 'fine region-added $.regions'],
  ],
  ['another order', good, placed([IRELAND, CENTRAL]), ['fine regions-reordered $.regions']],
  [
    'another order of failover',
    placed([CENTRAL, IRELAND], 'failover'),
    placed([IRELAND, CENTRAL], 'failover'),
    ['review failover-order-changed $.regions'],
  ],
  [
    'a region before all others of failover',
    placed([CENTRAL, IRELAND], 'failover'),
    placed([{ ...CENTRAL, name: 'eu-west-3' }, CENTRAL, IRELAND], 'failover'),
    ['review replication-added $.regions', 'review failover-order-changed $.regions', 'fine region-added $.regions'],
  ],
  [
    'a last region of failover',
    placed([CENTRAL, IRELAND], 'failover'),
    placed([CENTRAL, IRELAND, { ...CENTRAL, name: 'eu-west-3' }], 'failover'),
    ['review replication-added $.regions', 'fine region-added $.regions'],
  ],
  [
    'jurisdictions that are left',
    resident(EU_US),
    placed([CENTRAL, VIRGINIA]),
    ['refused residency-dropped $.traffic.writes'],
  ],
  [
    'the one jurisdiction, which nobody can leave but others can come to',
    placed([CENTRAL], { jurisdiction: { EU: ['DE'] } }),
    placed([CENTRAL]),
    ['refused residency-dropped $.traffic.writes'],
  ],
  [
    'jurisdictions that are kept from now on',
    placed([CENTRAL, VIRGINIA]),
    resident(EU_US),
    ['review routing-changed $.traffic.writes'],
  ],
  [
    'a country less',
    resident(EU_US),
    resident({ ...EU_US, EU: ['DE'] }),
    ['review country-dropped $.traffic.writes.jurisdiction.EU'],
  ],
  [
    'a country more',
    resident(EU_US),
    resident({ ...EU_US, US: ['US', 'PR'] }),
    ['review country-added $.traffic.writes.jurisdiction.US'],
  ],
  [
    'a country whose writers move',
    resident(EU_US),
    resident({ EU: ['DE'], US: ['US', 'FR'] }),
    ['refused writers-moved $.traffic.writes.jurisdiction.US'],
  ],
  [
    'a country whose readers move',
    searched(EU_US),
    searched({ EU: ['DE'], US: ['US', 'FR'] }),
    ['review country-moved $.traffic.reads.jurisdiction.US'],
  ],
  ['countries in another order', resident(EU_US), resident({ ...EU_US, EU: ['FR', 'DE'] }), ['fine respelled $']],
])('%s', (_, before, after, expected) => {
  expect(changes(before, after)).toEqual(expected);
});

test('the gravest change is first', () => {
  const worse = { ...writing({ allow: ['203.0.113.0/25'], rateLimit: { requests: 10, perSeconds: 60 } }) };
  const severities = diff(good, { ...worse, retention: { ...COMPLIANCE, years: 1 } }).map(({ severity }) => severity);
  expect(severities).toEqual(['refused', 'review', 'fine']);
});

test.each<[string, unknown, unknown, string]>([
  [
    'the period',
    good,
    keeping({ ...COMPLIANCE, years: 1 }),
    'New records would be locked for 1 year instead of 7 years; keep the longer period.',
  ],
  [
    'the new networks only',
    good,
    writing({ allow: ['203.0.113.0/24', '192.0.2.0/24'] }),
    'More addresses could connect as writers: 192.0.2.0/24.',
  ],
  [
    'the whole internet',
    good,
    writing({ allow: 'internet' }),
    'More addresses could connect as writers: all of the internet.',
  ],
  [
    'how many networks are not shown',
    good,
    writing({ allow: ['203.0.113.0/24', ...Array.from({ length: 10 }, (_, i) => `10.${i}.0.0/16`)] }),
    'More addresses could connect as writers: 10.0.0.0/16, 10.1.0.0/16, 10.2.0.0/16, 10.3.0.0/16, 10.4.0.0/16, 10.5.0.0/16, 10.6.0.0/16, 10.7.0.0/16 and 2 networks more.',
  ],
  [
    'the rate',
    good,
    reading({ rateLimit: { requests: 1000, perSeconds: 60 } }),
    'One IP address of readers could send 1,000 requests in 60 seconds instead of 600 requests in 60 seconds.',
  ],
  [
    'the lost region',
    good,
    placed([CENTRAL]),
    'Nobody would seal, search or verify the log of eu-west-1, which stays locked; keep the region until its last lock has ended.',
  ],
  [
    'whose records would be copied where',
    placed([CENTRAL]),
    placed([CENTRAL, IRELAND]),
    'Where AWS hosts them, new records of eu-central-1 would be copied to eu-west-1, and those of eu-west-1 to eu-central-1, and be locked there too.',
  ],
  [
    'that a region has no replica',
    placed([CENTRAL]),
    placed([CENTRAL, GOOGLE]),
    'AWS has no region of a name like europe-west3, and only AWS copies records to another region: what europe-west3 acknowledges would have no replica.',
  ],
  [
    'who would be let in',
    placed([CENTRAL], { jurisdiction: { EU: ['DE'] } }),
    placed([CENTRAL]),
    "The writes would go to the nearest region instead of to the client's own jurisdiction; clients in countries that are not listed, who are refused now, would be let in. Keep the jurisdictions.",
  ],
  [
    'which borders could be crossed',
    resident(EU_US),
    placed([CENTRAL, VIRGINIA]),
    "The writes would go to the nearest region instead of to the client's own jurisdiction; clients in countries that are not listed, who are refused now, would be let in. They could leave it for EU or US. Keep the jurisdictions.",
  ],
  [
    'countries together',
    resident(EU_US),
    resident({ EU: ['AT'], US: ['US'] }),
    'The writes of clients in DE, FR would go nowhere; they went to EU.',
  ],
])('a sentence says %s', (_, before, after, sentence) => {
  expect(diff(before, after).map((change) => change.sentence)).toContain(sentence);
});
