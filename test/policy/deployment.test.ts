import Ajv2020 from 'ajv/dist/2020';
import {
  ClientPrefixList,
  Deployment,
  DnsZone,
  PathDeployment,
  RegionDeployment,
  ServiceImage,
  StoredObject,
} from '../../lib/policy';
import schema from '../../lib/policy/deployment.schema.json';
import { codeOf, problemsOf } from './coded';
import { goodDeployment as good } from './deployments';
import { parsedPolicy } from './parsed-policy';

const validate = new Ajv2020({ strict: true, strictRequired: false, strictTypes: false }).compile(schema);
const parse = (document: unknown) => Deployment.parse(JSON.stringify(document));

const [first, second] = good.regions;
const ingesting = (ingest: unknown) => ({ ...good, regions: [{ ...first, ingest }] });
const { zone: _, image: __, ...minimal } = { ...good, regions: [second] };

test('a deployment survives being written and read', () => {
  expect(parse(good).toDocument()).toBe(parse(JSON.parse(parse(good).toDocument())).toDocument());
  expect(JSON.parse(parse(good).toDocument())).toEqual(good);
});

test('nothing is invented for what is left out', () => {
  const deployment = parse(minimal);
  expect([deployment.zone, deployment.image]).toEqual([undefined, undefined]);
  const { ingest } = deployment.regionNamed('eu-west-1');
  expect([ingest.certificateArn, ingest.trust, ingest.prefixLists]).toEqual([undefined, undefined, []]);
});

test('a region is found by its name', () => {
  expect(parse(good).regionNamed('eu-west-1').account).toBe('444455556666');
});

test('a region that is not deployed is refused, and the error names it', () => {
  expect(() => parse(good).regionNamed('us-east-1')).toThrow('"us-east-1"');
  expect(codeOf(() => parse(good).regionNamed('us-east-1'))).toBe('region-undeployed');
});

describe('the example', () => {
  const policy = parsedPolicy();

  test('has every region of the policy', () => {
    const names = Deployment.example(policy).regions.map(({ name }) => name);
    expect(names).toEqual(policy.regions.map(({ name }) => name));
  });

  test('has authorities where clients use mutual TLS, and only there', () => {
    const { ingest, query } = Deployment.example(policy).regionNamed('eu-central-1');
    expect([ingest.trust?.certificates.key, query.trust]).toEqual(['clients/ca.pem', undefined]);
  });

  test('is a good document', () => {
    expect(validate(JSON.parse(Deployment.example(policy).toDocument()))).toBe(true);
  });
});

test.each<[string, unknown]>([
  ['the maximal one', good],
  ['the minimal one', minimal],
  ['a domain that is the zone itself', { ...good, domain: 'example.com' }],
  ['60 prefix lists', ingesting({ prefixLists: Array(60).fill({ id: 'pl-01234567', maxEntries: 1000 }) })],
])('schema and parser take %s', (_name, document) => {
  expect(() => parse(document)).not.toThrow();
  expect(validate(document)).toBe(true);
});

const object = first!.ingest.trust!.certificates;

test.each<[string, unknown, string]>([
  ['null', null, '$ type-wrong'],
  ['another version', { ...good, version: 2 }, '$.version version-unsupported'],
  ['an unknown member', { ...good, project: 'acme' }, '$.project member-unknown'],
  ['a domain in upper case', { ...good, domain: 'Audit.example.com' }, '$.domain domain-malformed'],
  ['a domain of one label', { ...minimal, domain: 'audit' }, '$.domain domain-malformed'],
  [
    'a user for break-glass',
    { ...good, breakGlassRoleArn: 'arn:aws:iam::1:user/a' },
    '$.breakGlassRoleArn role-arn-malformed',
  ],
  [
    'a wildcard role',
    { ...good, breakGlassRoleArn: 'arn:aws:iam::111122223333:role/*' },
    '$.breakGlassRoleArn role-arn-malformed',
  ],
  ['null for the zone', { ...good, zone: null }, '$.zone type-wrong'],
  ['a bad zone id', { ...good, zone: { id: 'z1', name: 'example.com' } }, '$.zone.id zone-malformed'],
  ['a tag', { ...good, image: { repository: 'a', digest: 'latest' } }, '$.image.repository repository-malformed'],
  [
    'a digest too short',
    { ...good, image: { repository: 'audit', digest: 'sha256:00' } },
    '$.image.digest digest-malformed',
  ],
  ['no region', { ...good, regions: [] }, '$.regions list-length-out-of-range'],
  [
    '33 regions',
    { ...good, regions: Array.from({ length: 33 }, (_, i) => ({ ...second, name: `r${i}` })) },
    '$.regions list-length-out-of-range',
  ],
  ['a short account', { ...good, regions: [{ ...second, account: '1' }] }, '$.regions[0].account account-malformed'],
  ['a bad region', { ...good, regions: [{ ...second, name: 'EU' }] }, '$.regions[0].name region-malformed'],
  ['no path of readers', { ...good, regions: [{ ...second, query: undefined }] }, '$.regions[0].query member-missing'],
  [
    'a server certificate of IAM',
    ingesting({ certificateArn: 'arn:aws:iam::111122223333:server-certificate/a' }),
    '$.regions[0].ingest.certificateArn certificate-malformed',
  ],
  ['no authorities', ingesting({ trust: {} }), '$.regions[0].ingest.trust.certificates member-missing'],
  [
    'a bad bucket',
    ingesting({ trust: { certificates: { ...object, bucket: 'A' } } }),
    '$.regions[0].ingest.trust.certificates.bucket object-location-malformed',
  ],
  [
    'an object without version',
    ingesting({ trust: { certificates: { ...object, version: '' } } }),
    '$.regions[0].ingest.trust.certificates.version object-location-malformed',
  ],
  [
    'a bad prefix list',
    ingesting({ prefixLists: [{ id: 'sg-01234567', maxEntries: 1 }] }),
    '$.regions[0].ingest.prefixLists[0].id prefix-list-malformed',
  ],
  [
    'an empty prefix list',
    ingesting({ prefixLists: [{ id: 'pl-01234567', maxEntries: 0 }] }),
    '$.regions[0].ingest.prefixLists[0].maxEntries prefix-list-size-out-of-range',
  ],
  ['no prefix lists', ingesting({ prefixLists: [] }), '$.regions[0].ingest.prefixLists list-length-out-of-range'],
])('schema and parser refuse %s', (_name, document, problem) => {
  expect(problemsOf(() => parse(document))).toContain(problem);
  expect(validate(JSON.parse(JSON.stringify(document)))).toBe(false);
});

test.each<[string, unknown, string]>([
  ['a domain outside the zone', { ...good, domain: 'audit.badexample.com' }, '$.domain domain-outside-zone'],
  ['a region twice', { ...good, regions: [second, second] }, '$.regions[1].name region-duplicate'],
  [
    'a certificate of another region',
    { ...good, regions: [{ ...second, ingest: first?.ingest }] },
    '$.regions[0].ingest.certificateArn certificate-elsewhere',
  ],
])('the parser refuses %s, which is beyond a schema', (_name, document, problem) => {
  expect(validate(document)).toBe(true);
  expect(problemsOf(() => parse(document))).toEqual([problem]);
});

test.each<[string, () => unknown]>([
  ['zone-malformed', () => DnsZone.of({ id: 'x', name: 'example.com' })],
  ['digest-malformed', () => ServiceImage.of({ repository: 'audit-log', digest: 'latest' })],
  ['object-location-malformed', () => StoredObject.of({ bucket: 'acme', key: 'a b', version: '1' })],
  ['prefix-list-malformed', () => ClientPrefixList.of({ id: 'pl-1', maxEntries: 1 })],
  ['prefix-list-size-out-of-range', () => ClientPrefixList.of({ id: 'pl-01234567', maxEntries: 1001 })],
  ['certificate-malformed', () => PathDeployment.of({ certificateArn: 'arn' })],
  ['list-length-out-of-range', () => PathDeployment.of({ prefixLists: [] })],
  [
    'certificate-elsewhere',
    () =>
      RegionDeployment.of({
        name: 'us-east-1',
        account: '111122223333',
        ingest: PathDeployment.of({ certificateArn: first!.query.certificateArn! }),
        query: PathDeployment.of({}),
      }),
  ],
  ['domain-outside-zone', () => Deployment.of({ ...parse(good), domain: 'audit.example.org' })],
])('code refuses what documents may not say: %s', (code, call) => {
  expect(codeOf(call)).toBe(code);
});
