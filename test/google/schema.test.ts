import Ajv2020 from 'ajv/dist/2020';
import fc from 'fast-check';
import { Elsewhere, GoogleDeployment, ProviderVersion } from '../../lib/google';
import schema from '../../lib/google/deployment.schema.json';
import { AuditLogError } from '../../lib/policy/errors';
import { AUTHORITY, deploymentProps, IMAGE } from './deployments';

const validate = new Ajv2020({ strict: true, strictRequired: false, strictTypes: false }).compile(schema);

const minimal = { version: 1, project: 'acme-logs', domain: 'audit.example.com' };
const { zone, ...withoutZone } = { version: 1, ...deploymentProps, providerVersion: '8.5.0' };
const ELSEWHERE = { regions: ['eu-central-1'], watchAddress: '192.0.2.10' };

/** The codes of what the parser finds wrong. */
function findings(document: unknown): string[] {
  try {
    GoogleDeployment.parse(JSON.stringify(document));
    return [];
  } catch (error) {
    if (!(error instanceof AuditLogError)) throw error;
    return (error.details.problems ?? []).map((each) => each.code);
  }
}

test.each<[string, unknown]>([
  ['the least', minimal],
  ['everything with a zone', { ...withoutZone, zone }],
  ['everything with another cloud', { ...withoutZone, elsewhere: ELSEWHERE }],
  ['another cloud that does not watch', { ...minimal, elsewhere: { regions: ['eu-central-1'] } }],
  ['an image of a registry with a port', { ...minimal, image: IMAGE.replace('.dev/', '.dev:5000/') }],
  ['a newer provider', { ...minimal, providerVersion: '10.0.0' }],
  ['a hundred authorities', { ...minimal, writerAuthorities: Array(100).fill(AUTHORITY) }],
])('schema and parser take %s', (_, document) => {
  expect(findings(document)).toEqual([]);
  expect(validate(document)).toBe(true);
});

test.each<[string, unknown]>([
  ['null', null],
  ['an empty object', {}],
  ['another version', { ...minimal, version: 2 }],
  ['no project', { version: 1, domain: minimal.domain }],
  ['a bad project', { ...minimal, project: 'Acme' }],
  ['a project of a domain', { ...minimal, project: 'example.com:acme-logs' }],
  ['a project that ends in a new line', { ...minimal, project: 'acme-logs\n' }],
  ['a domain in capitals', { ...minimal, domain: 'Audit.example.com' }],
  ['a DNS name for a zone', { ...minimal, zone: 'example.com.' }],
  ['an image by tag', { ...minimal, image: 'europe-docker.pkg.dev/acme/services/audit-log:1' }],
  ['no authority in a list', { ...minimal, writerAuthorities: [] }],
  ['101 authorities', { ...minimal, readerAuthorities: Array(101).fill(AUTHORITY) }],
  ['a private key', { ...minimal, writerAuthorities: [AUTHORITY.replaceAll('CERTIFICATE', 'PRIVATE KEY')] }],
  ['the provider of the bindings', { ...minimal, providerVersion: '6.50.0' }],
  ['a provider that lacks what is needed', { ...minimal, providerVersion: '8.4.9' }],
  ['a provider with a leading zero', { ...minimal, providerVersion: '08.5.0' }],
  ['a range of providers', { ...minimal, providerVersion: '>= 8.5.0' }],
  ['an unknown member', { ...minimal, region: 'europe-west3' }],
  ['a zone beside another cloud', { ...minimal, zone: 'audit', elsewhere: ELSEWHERE }],
  ['a list for another cloud', { ...minimal, elsewhere: ['eu-central-1'] }],
  ['nothing elsewhere', { ...minimal, elsewhere: { regions: [] } }],
  ['a bad region elsewhere', { ...minimal, elsewhere: { regions: ['EU'] } }],
  ['32 regions elsewhere', { ...minimal, elsewhere: { regions: Array.from({ length: 32 }, (_, i) => `r${i}`) } }],
  ['a network that watches', { ...minimal, elsewhere: { ...ELSEWHERE, watchAddress: '192.0.2.0/24' } }],
  ['an IPv6 address that watches', { ...minimal, elsewhere: { ...ELSEWHERE, watchAddress: '2001:db8::1' } }],
])('schema and parser refuse %s', (_, document) => {
  expect(findings(document)).not.toEqual([]);
  expect(validate(document)).toBe(false);
});

const documents = fc.record(
  {
    version: fc.constant(1),
    project: fc.stringMatching(/^[a-z][a-z0-9-]{4,28}[a-z0-9]$/),
    domain: fc.constantFrom('audit.example.com', 'a-b.example.com', 'example.com'),
    zone: fc.stringMatching(/^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/),
    image: fc.constant(IMAGE),
    writerAuthorities: fc.array(fc.constant(AUTHORITY), { minLength: 1, maxLength: 3 }),
    readerAuthorities: fc.array(fc.constant(AUTHORITY), { minLength: 1, maxLength: 3 }),
    providerVersion: fc.tuple(fc.integer({ min: 0, max: 12 }), fc.nat(60), fc.nat(9)).map((parts) => parts.join('.')),
    elsewhere: fc.record({
      regions: fc.array(fc.stringMatching(/^[a-z0-9-]{1,40}$/), { minLength: 1, maxLength: 3 }),
      watchAddress: fc.constantFrom('192.0.2.10', '192.0.2', 7),
    }),
  },
  { requiredKeys: ['version', 'project', 'domain'] },
);

test('schema and parser agree', () => {
  fc.assert(
    fc.property(documents, (document) => {
      expect([validate(document), document]).toEqual([findings(document).length === 0, document]);
    }),
    { numRuns: 500 },
  );
});

test.each([
  ['with a zone', GoogleDeployment.of({ ...deploymentProps, providerVersion: ProviderVersion.atLeast('8.6.1') })],
  ['with another cloud', GoogleDeployment.of({ ...minimal, elsewhere: Elsewhere.of(ELSEWHERE) })],
])('what a deployment %s writes, the schema takes and the parser reads again', (_, made) => {
  const text = made.toDocument();
  expect(validate(JSON.parse(text))).toBe(true);
  expect(GoogleDeployment.parse(text)).toEqual(made);
});

test('the schema is known by one name', () => {
  expect(schema.$id).toBe('urn:immutable-audit-log:google-deployment:1');
});
