import Ajv2020 from 'ajv/dist/2020';
import fc from 'fast-check';
import { AuditLogPolicy, RetentionPreset } from '../../lib/policy';
import { AuditLogError } from '../../lib/policy/errors';
import schema from '../../lib/policy/policy.schema.json';
import { documents, good } from './policies';

const validate = new Ajv2020({ strict: true, strictRequired: false, strictTypes: false }).compile(schema);

const EU_US = [good.regions[0], { name: 'us-east-1', jurisdiction: 'US' }];
const allowing = (...allow: unknown[]) => ({ ...good, writers: { ...good.writers, allow } });
const authenticating = (authenticate: unknown) => ({ ...good, readers: { ...good.readers, authenticate } });
const limiting = (rateLimit: unknown) => ({ ...good, writers: { ...good.writers, rateLimit } });
const keeping = (retention: unknown) => ({ ...good, retention });
const routing = (writes: unknown, regions: unknown = good.regions) => ({
  ...good,
  regions,
  traffic: { ...good.traffic, writes },
});

const LETTERS = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
const countries = (count: number) => LETTERS.flatMap((a) => LETTERS.map((b) => a + b)).slice(0, count);

/** The rules that a schema cannot say, each with a document that the schema takes and the parser refuses for this reason only. */
const BEYOND_SCHEMA: Record<string, unknown> = {
  'allow-internet': allowing('0.0.0.0/1', '128.0.0.0/1'),
  'country-duplicate': routing({ jurisdiction: { EU: ['DE'], US: ['DE'] } }, EU_US),
  'irreversible-unacknowledged': keeping({ mode: 'compliance', years: 1, irreversible: 'acme' }),
  'jurisdiction-unknown': routing({ jurisdiction: { EU: ['DE'], US: ['US'] } }),
  'jurisdiction-unserved': routing({ jurisdiction: { EU: ['DE'] } }, EU_US),
  // Only beside presets: what they ask for is not in the document.
  'irreversible-not-needed': keeping({ presets: ['dev'], irreversible: 'acme-audit' }),
  'network-host-bits': allowing('10.0.0.1/8'),
  // Only of IPv6, whose groups the schema does not count.
  'network-malformed': allowing('1:2:3/64'),
  'network-mapped': allowing('::ffff:0:0/112'),
  'region-duplicate': { ...good, regions: [good.regions[0], good.regions[0]] },
};

/** The codes of what the parser finds wrong. */
function findings(document: unknown): string[] {
  try {
    AuditLogPolicy.parse(JSON.stringify(document));
    return [];
  } catch (error) {
    if (!(error instanceof AuditLogError)) throw error;
    return (error.details.problems ?? []).map((each) => each.code);
  }
}

test.each(Object.entries(BEYOND_SCHEMA))('%s is beyond a schema', (code, document) => {
  expect(validate(document)).toBe(true);
  expect(findings(document)).toEqual([code]);
});

test.each<[string, unknown]>([
  ['the design', good],
  ['years', keeping({ mode: 'governance', years: 99 })],
  ['days', keeping({ mode: 'governance', days: 36_500 })],
  ['disposable', keeping({ mode: 'governance', days: 1, disposable: true })],
  ['a preset', keeping({ presets: ['dev'] })],
  ['presets', keeping({ presets: ['dev', 'sec-17a-4'], irreversible: 'acme-audit' })],
  ['the internet', { ...good, writers: { ...good.writers, allow: 'internet' } }],
  ['networks', allowing('10.0.0.0/8', '::1/128', '2001:DB8::/32', '64:ff9b::192.0.2.0/120', '8.8.8.8/32')],
  ['no authentication', authenticating({ none: {} })],
  ['failover', routing('failover')],
  ['residency', routing({ jurisdiction: { EU: ['DE'], US: ['US'] } }, EU_US)],
  ['300 countries', routing({ jurisdiction: { EU: countries(300) } })],
  ['a whole number written as a fraction', limiting({ requests: 1e2, perSeconds: 6.0e1 })],
])('schema and parser take %s', (_, document) => {
  expect(findings(document)).toEqual([]);
  expect(validate(document)).toBe(true);
});

test.each<[string, unknown]>([
  ['null', null],
  ['an empty object', {}],
  ['another version', { ...good, version: 2 }],
  ['a version as text', { ...good, version: '1' }],
  ['an unknown member', { ...good, nmae: 'acme' }],
  ['a bad name', { ...good, name: 'Acme' }],
  ['a name that ends in a new line', { ...good, name: 'acme\n' }],
  ['no acknowledgement', keeping({ mode: 'compliance', years: 1 })],
  ['disposable compliance', keeping({ mode: 'compliance', years: 1, irreversible: 'acme-audit', disposable: true })],
  ['disposable: false', keeping({ mode: 'governance', days: 1, disposable: false })],
  ['acknowledged governance', keeping({ mode: 'governance', days: 1, irreversible: 'acme-audit' })],
  ['years and days', keeping({ mode: 'governance', days: 1, years: 1 })],
  ['no period', keeping({ mode: 'governance' })],
  ['0 days', keeping({ mode: 'governance', days: 0 })],
  ['36,501 days', keeping({ mode: 'governance', days: 36_501 })],
  ['100 years', keeping({ mode: 'governance', years: 100 })],
  ['half a year', keeping({ mode: 'governance', years: 0.5 })],
  ['no preset', keeping({ presets: [] })],
  ['33 presets', keeping({ presets: Array(33).fill('dev') })],
  ['an unknown preset', keeping({ presets: ['sox-2'] })],
  ['a preset with a mode', keeping({ presets: ['dev'], mode: 'governance', days: 1 })],
  ['an empty allow list', allowing()],
  ['10,001 networks', allowing(...Array(10_001).fill('10.0.0.0/8'))],
  ['an address', allowing('10.0.0.1')],
  ['a leading zero', allowing('010.0.0.0/8')],
  ['an octet too large', allowing('256.0.0.0/8')],
  ['a prefix too long', allowing('10.0.0.0/33')],
  ['an IPv6 prefix too long', allowing('::/129')],
  ['no authentication said', authenticating({})],
  ['two authentications', authenticating({ none: {}, mutualTls: {} })],
  ['another authentication', authenticating({ basic: {} })],
  ['settings of mutualTls', authenticating({ mutualTls: { optional: true } })],
  ['half a jwt', authenticating({ jwt: { issuer: 'https://idp.example.com' } })],
  ['a plain issuer', authenticating({ jwt: { ...good.readers.authenticate.jwt, issuer: 'http://idp.example.com' } })],
  ['keys with a fragment', authenticating({ jwt: { ...good.readers.authenticate.jwt, jwksUrl: 'https://a/#b' } })],
  ['an audience of two words', authenticating({ jwt: { ...good.readers.authenticate.jwt, audience: 'two words' } })],
  ['9 requests', limiting({ requests: 9, perSeconds: 60 })],
  ['too many requests', limiting({ requests: 1_000_001, perSeconds: 60 })],
  ['another window', limiting({ requests: 10, perSeconds: 61 })],
  ['no region', { ...good, regions: [] }],
  ['33 regions', { ...good, regions: Array.from({ length: 33 }, (_, i) => ({ name: `r${i}`, jurisdiction: 'EU' })) }],
  ['a bad region', { ...good, regions: [{ name: 'EU', jurisdiction: 'EU' }] }],
  ['a bad jurisdiction', { ...good, regions: [{ name: 'eu', jurisdiction: 'eu' }] }],
  ['an unknown routing', routing('nearest')],
  ['failover of one region', routing('failover', [good.regions[0]])],
  [
    'failover of reads of one region',
    { ...routing('latency', [good.regions[0]]), traffic: { writes: 'latency', reads: 'failover' } },
  ],
  ['a bad jurisdiction of residency', routing({ jurisdiction: { eu: ['DE'] } })],
  ['a bad country', routing({ jurisdiction: { EU: ['de'] } })],
  ['a country listed twice', routing({ jurisdiction: { EU: ['DE', 'DE'] } })],
  ['no country', routing({ jurisdiction: { EU: [] } })],
  ['301 countries', routing({ jurisdiction: { EU: countries(301) } })],
])('schema and parser refuse %s', (_, document) => {
  expect(findings(document)).not.toEqual([]);
  expect(validate(document)).toBe(false);
});

/** Fails where one takes what the other must refuse. */
function expectAgreement(document: unknown): void {
  const codes = findings(document);
  if (codes.length === 0) expect([validate(document), document]).toEqual([true, document]);
  else if (codes.some((code) => BEYOND_SCHEMA[code] === undefined))
    expect([validate(document), document]).toEqual([false, document]);
}

test('schema and parser agree on every good document', () => {
  fc.assert(fc.property(documents, expectAgreement), { numRuns: 300 });
});

/** Objects and lists inside a value, and the value itself. */
function insides(value: unknown): (Record<string, unknown> | unknown[])[] {
  if (typeof value !== 'object' || value === null) return [];
  return [value as Record<string, unknown>, ...Object.values(value).flatMap(insides)];
}

const replacement = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom<unknown>(
    0,
    1,
    -1,
    0.5,
    60,
    1e9,
    '',
    'a',
    'A',
    'EU',
    'DE',
    'latency',
    'failover',
    'internet',
    [],
    {},
    null,
    true,
  ),
);

const mutated = fc
  .tuple(documents, fc.nat(), fc.nat(), fc.constantFrom('remove', 'replace', 'rename', 'add', 'lengthen'), replacement)
  .map(([document, which, what, how, value]) => {
    const copy = structuredClone(document) as Record<string, unknown>;
    const all = insides(copy);
    const inside = all[which % all.length]! as Record<string, unknown>;
    const names = Object.keys(inside);
    const name = names[what % Math.max(1, names.length)] ?? 'extra';
    const old = inside[name];
    if (how === 'replace') inside[name] = value;
    else if (how === 'lengthen')
      inside[name] = typeof old === 'string' ? `${old}x` : typeof old === 'number' ? old * 10 : old;
    else if (Array.isArray(inside)) how === 'remove' ? inside.splice(what % names.length, 1) : inside.push(value);
    else {
      if (how !== 'add') delete inside[name];
      if (how !== 'remove') inside[how === 'add' ? 'extra' : `${name}s`] = how === 'add' ? value : old;
    }
    return JSON.parse(JSON.stringify(copy)) as unknown;
  });

test('schema and parser agree on documents with one thing changed', () => {
  fc.assert(fc.property(mutated, expectAgreement), { numRuns: 3_000 });
});

test('the schema knows the presets', () => {
  const { enum: names } = schema.$defs.presetRetention.properties.presets.items;
  expect(names).toEqual(RetentionPreset.all.map((preset) => preset.name));
});

test('the schema is known by one name', () => {
  expect(schema.$id).toBe('urn:immutable-audit-log:policy:1');
});
