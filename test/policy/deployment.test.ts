import Ajv2020 from 'ajv/dist/2020';
import {
  ClientPrefixList,
  Deployment,
  DnsZone,
  ExternalRegion,
  Organization,
  PathAddresses,
  PathDeployment,
  RegionDeployment,
  ServiceImage,
  StoredObject,
  Watch,
} from '../../lib/policy';
import schema from '../../lib/policy/deployment.schema.json';
import { codeOf, problemsOf } from './coded';
import { goodDeployment as good } from './deployments';
import { parsedPolicy } from './parsed-policy';

const validate = new Ajv2020({ strict: true, strictRequired: false, strictTypes: false }).compile(schema);
const parse = (document: unknown) => Deployment.parse(JSON.stringify(document));

const [first, second] = good.regions;
const ingesting = (ingest: unknown) => ({ ...good, regions: [{ ...first, ingest }] });
const { name, account, ingest, query } = second!;
const minimal = {
  version: 1,
  domain: good.domain,
  breakGlassRoleArn: second!.breakGlassRoleArn!,
  regions: [{ name, account, ingest, query }],
};
const [external] = good.elsewhere;
const hostedElsewhere = (change: object) => ({ ...good, elsewhere: [{ ...external, ...change }] });
const watching = (change: object) => ({ ...good, watch: { ...good.watch, ...change } });
const organized = (change: object) => ({ ...good, organization: { ...good.organization, ...change } });
const tagged = (count: number) =>
  organized({ tags: Object.fromEntries(Array.from({ length: count }, (_, i) => [`tag${i}`, ''])) });

test('a deployment survives being written and read', () => {
  expect(parse(good).toDocument()).toBe(parse(JSON.parse(parse(good).toDocument())).toDocument());
  expect(JSON.parse(parse(good).toDocument())).toEqual(good);
});

test('the schema knows every part of a deployment, and no other', () => {
  const parts = Object.keys(JSON.parse(parse(good).toDocument()));
  expect(Object.keys(schema.properties).sort()).toEqual(parts.sort());
});

test('nothing is invented for what is left out', () => {
  const deployment = parse(minimal);
  const { zone, image, elsewhere, watch, organization } = deployment;
  expect([zone, image, elsewhere, watch, organization]).toEqual([undefined, undefined, [], undefined, undefined]);
  const { ingest, ...region } = deployment.regionNamed('eu-west-1');
  expect([region.zone, region.breakGlassRoleArn]).toEqual([undefined, undefined]);
  expect([ingest.certificateArn, ingest.trust, ingest.prefixLists]).toEqual([undefined, undefined, []]);
});

test('a region is found by its name', () => {
  expect(parse(good).regionNamed('eu-west-1').account).toBe('444455556666');
});

test('a region that is not deployed is refused, and the error names it', () => {
  expect(() => parse(good).regionNamed('us-east-1')).toThrow('"us-east-1"');
  expect(codeOf(() => parse(good).regionNamed('us-east-1'))).toBe('region-undeployed');
});

test('a region that another cloud hosts is refused as one of AWS', () => {
  expect(() => parse(good).regionNamed('europe-west3')).toThrow('"europe-west3"');
  expect(codeOf(() => parse(good).regionNamed('europe-west3'))).toBe('region-elsewhere');
});

test('a deployment knows which regions another cloud hosts', () => {
  expect(parse(good)._isElsewhere('europe-west3')).toBe(true);
  expect(parse(good)._isElsewhere('eu-west-1')).toBe(false);
});

test("a region's break-glass role is its own, else the deployment's", () => {
  const roles = ['eu-central-1', 'eu-west-1'].map((region) => parse(good).breakGlassRoleOf(region));
  expect(roles).toEqual([good.breakGlassRoleArn, second!.breakGlassRoleArn]);
  expect(codeOf(() => parse(good).breakGlassRoleOf('us-east-1'))).toBe('region-undeployed');
});

test('what is of no region is where the watch is, else in the first region of the alphabet', () => {
  const unwatched = { ...good, watch: undefined };
  expect(parse(good)._sharedRegion).toBe('us-west-2');
  expect(parse(unwatched)._sharedRegion).toBe('eu-central-1');
  expect(parse({ ...unwatched, regions: [second, first] })._sharedRegion).toBe('eu-central-1');
});

test('the zone is in the account that it names, else in that of the regions', () => {
  const central = { ...good, regions: good.regions.map((region) => ({ ...region, zone: second!.zone })) };
  expect(parse(good)._zoneAccount).toBe('111122223333');
  expect(parse(minimal)._zoneAccount).toBe('444455556666');
  const regions = central.regions.map((region) => ({ ...region, zone: { ...region.zone, account: region.account } }));
  expect(parse({ ...good, regions, zone: { ...good.zone, account: '777788889999' } })._zoneAccount).toBe(
    '777788889999',
  );
});

test('what an organization leaves out is nothing', () => {
  const { organization } = parse({ ...good, organization: { id: 'o-a1b2c3d4e5' } });
  expect([organization?.permissionsBoundary, organization?.tags]).toEqual([undefined, {}]);
});

test('a tag of any name is kept as it is', () => {
  const text = JSON.stringify(good).replace('"cost-centre"', '"__proto__"');
  expect(Object.entries(Deployment.parse(text).organization?.tags ?? {})).toEqual([['__proto__', '4711']]);
});

describe('the example', () => {
  const policy = parsedPolicy();
  const EU = { name: 'eu-central-1', jurisdiction: 'EU' };
  const exampleOf = (...regions: unknown[]) =>
    Deployment.example(parsedPolicy({ regions, traffic: { writes: 'latency', reads: 'latency' } }));

  test('of one region has nothing elsewhere and no watch', () => {
    const example = exampleOf(EU);
    expect([example.elsewhere, example.watch]).toEqual([[], undefined]);
  });

  test('has one account a jurisdiction, and in those of other jurisdictions a zone and a role', () => {
    const US = { name: 'us-east-1', jurisdiction: 'US' };
    const { regions } = exampleOf(EU, { ...EU, name: 'eu-west-1' }, US, { ...US, name: 'us-east-2' });
    expect(regions.map(({ account }) => account)).toEqual([
      '111122223333',
      '111122223333',
      '133344445555',
      '133344445555',
    ]);
    expect(regions.map(({ zone }) => zone?.name)).toEqual([
      undefined,
      undefined,
      'us-audit.example.com',
      'us-audit.example.com',
    ]);
    expect(regions.map(({ breakGlassRoleArn }) => breakGlassRoleArn?.split(':')[4])).toEqual([
      undefined,
      undefined,
      '133344445555',
      '133344445555',
    ]);
  });

  test('has certificates where none can be validated in the zone, and only there', () => {
    const { regions } = exampleOf(EU, { name: 'us-east-1', jurisdiction: 'US' });
    const arn = 'arn:aws:acm:us-east-1:133344445555:certificate/00000000-0000-0000-0000-000000000000';
    expect(regions.map(({ ingest, query }) => [ingest.certificateArn, query.certificateArn])).toEqual([
      [undefined, undefined],
      [arn, arn],
    ]);
  });

  test('has 32 jurisdictions in as many accounts', () => {
    const names = Array.from({ length: 32 }, (_, i) => `J${i}`);
    const { regions } = exampleOf(...names.map((jurisdiction, i) => ({ name: `r${i}`, jurisdiction })));
    expect(new Set(regions.map(({ account }) => account)).size).toBe(32);
  });

  test.each([
    ['us-west-2', ['eu-west-1']],
    ['eu-west-3', ['us-west-2']],
    ['ca-central-1', ['us-west-2', 'eu-west-3']],
  ])('is watched from %s beside %j', (watch, names) => {
    expect(exampleOf(EU, ...names.map((name) => ({ ...EU, name }))).watch?.region).toBe(watch);
  });

  test('has names of another form elsewhere, and a watch for them', () => {
    const example = exampleOf(EU, { ...EU, name: 'europe-west3' }, { ...EU, name: 'europe-west4' });
    expect(example.regions.map(({ name }) => name)).toEqual(['eu-central-1']);
    expect(example.elsewhere.map(({ name, near }) => [name, near])).toEqual([
      ['europe-west3', 'eu-central-1'],
      ['europe-west4', 'eu-central-1'],
    ]);
    const addresses = example.elsewhere.flatMap(({ ingest, query }) => [ingest.ipv4, query.ipv4]);
    expect(new Set(addresses).size).toBe(4);
    expect(example.watch?.region).toBe('us-west-2');
  });

  test('hosts every region if no name is of the form of AWS', () => {
    const example = exampleOf({ ...EU, name: 'local' }, { ...EU, name: 'europe-west3' });
    expect(example.regions.map(({ name }) => name)).toEqual(['local', 'europe-west3']);
    expect(example.elsewhere).toEqual([]);
  });

  test('of clouds and jurisdictions is a good document', () => {
    const example = exampleOf(EU, { name: 'us-east-1', jurisdiction: 'US' }, { ...EU, name: 'europe-west3' });
    expect(validate(JSON.parse(example.toDocument()))).toBe(true);
    expect(Deployment.parse(example.toDocument()).toDocument()).toBe(example.toDocument());
  });

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
  ['no region elsewhere', { ...good, elsewhere: [] }],
  [
    'an IPv6 address with a dotted tail',
    hostedElsewhere({ query: { ipv4: '203.0.113.11', ipv6: '64:ff9b::192.0.2.1' } }),
  ],
  ['an old Elastic IP', watching({ allocationId: 'eipalloc-01234567' })],
  ['40 tags', tagged(40)],
  ['a tag of letters of any script', organized({ tags: { Kostenträger: '経理 1' } })],
  ['a tag of 128 and 256 characters', organized({ tags: { ['k'.repeat(128)]: 'v'.repeat(256) } })],
  ['an organization of 32 characters', organized({ id: `o-${'a'.repeat(32)}` })],
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
  [
    'a short account of the zone',
    { ...good, zone: { ...good.zone, account: '1' } },
    '$.zone.account account-malformed',
  ],
  [
    'a user for break-glass of a region',
    { ...good, regions: [first, { ...second, breakGlassRoleArn: 'arn:aws:iam::444455556666:user/a' }] },
    '$.regions[1].breakGlassRoleArn role-arn-malformed',
  ],
  [
    'a bad zone of a region',
    { ...good, regions: [first, { ...second, zone: { ...second!.zone, id: 'x' } }] },
    '$.regions[1].zone.id zone-malformed',
  ],
  [
    '33 regions elsewhere',
    { ...good, elsewhere: Array.from({ length: 33 }, (_, i) => ({ ...external, name: `r${i}` })) },
    '$.elsewhere list-length-out-of-range',
  ],
  ['a bad name elsewhere', hostedElsewhere({ name: 'EU' }), '$.elsewhere[0].name region-malformed'],
  ['near another cloud', hostedElsewhere({ near: 'europe-west3' }), '$.elsewhere[0].near region-malformed'],
  ['no addresses of writers', hostedElsewhere({ ingest: undefined }), '$.elsewhere[0].ingest member-missing'],
  ['no IPv4 address', hostedElsewhere({ query: { ipv6: '2001:db8::1' } }), '$.elsewhere[0].query.ipv4 member-missing'],
  ['a network', hostedElsewhere({ query: { ipv4: '203.0.113.0/24' } }), '$.elsewhere[0].query.ipv4 address-malformed'],
  [
    'a leading zero',
    hostedElsewhere({ query: { ipv4: '203.0.113.01' } }),
    '$.elsewhere[0].query.ipv4 address-malformed',
  ],
  ['IPv6 for IPv4', hostedElsewhere({ query: { ipv4: '2001:db8::1' } }), '$.elsewhere[0].query.ipv4 address-malformed'],
  [
    'IPv4 for IPv6',
    hostedElsewhere({ query: { ipv4: '203.0.113.1', ipv6: '203.0.113.1' } }),
    '$.elsewhere[0].query.ipv6 address-malformed',
  ],
  ['null for the watch', { ...good, watch: null }, '$.watch type-wrong'],
  ['a watch on another cloud', watching({ region: 'europe-west3' }), '$.watch.region region-malformed'],
  ['an IPv6 address of canaries', watching({ address: '2001:db8::1' }), '$.watch.address address-malformed'],
  [
    'another id than an Elastic IP',
    watching({ allocationId: 'eni-01234567' }),
    '$.watch.allocationId allocation-malformed',
  ],
  [
    'a secret without its last six characters',
    watching({ ingestSecretArn: 'arn:aws:secretsmanager:us-west-2:111122223333:secret:canary' }),
    '$.watch.ingestSecretArn secret-malformed',
  ],
  [
    'a secret by wildcard',
    watching({ querySecretArn: 'arn:aws:secretsmanager:us-west-2:111122223333:secret:canary-*' }),
    '$.watch.querySecretArn secret-malformed',
  ],
  ['no secret of readers', watching({ querySecretArn: undefined }), '$.watch.querySecretArn member-missing'],
  ['an organization too short', organized({ id: 'o-a1b2c3d4e' }), '$.organization.id organization-malformed'],
  ['an organization too long', organized({ id: `o-${'a'.repeat(33)}` }), '$.organization.id organization-malformed'],
  ['no organization id', organized({ id: undefined }), '$.organization.id member-missing'],
  [
    'the ARN of a boundary',
    organized({ permissionsBoundary: 'arn:aws:iam::111122223333:policy/boundary' }),
    '$.organization.permissionsBoundary boundary-malformed',
  ],
  ['a tag of AWS', organized({ tags: { 'Aws:team': 'a' } }), '$.organization.tags["Aws:team"] tag-malformed'],
  [
    "a tag of the log's own",
    organized({ tags: { 'Immutable-Audit-Log:locked': 'a' } }),
    '$.organization.tags["Immutable-Audit-Log:locked"] tag-reserved',
  ],
  ['a region of a dash', { ...good, regions: [{ ...second, name: '-' }] }, '$.regions[0].name region-malformed'],
  ['a dash at the end elsewhere', hostedElsewhere({ name: 'eu-' }), '$.elsewhere[0].name region-malformed'],
  ['an empty tag', organized({ tags: { '': 'a' } }), '$.organization.tags[""] tag-malformed'],
  [
    'a tag too long',
    organized({ tags: { ['k'.repeat(129)]: '' } }),
    `$.organization.tags["${'k'.repeat(64)}"] tag-malformed`,
  ],
  ['a tag with too much', organized({ tags: { team: 'v'.repeat(257) } }), '$.organization.tags.team tag-malformed'],
  ['a tag of a number', organized({ tags: { team: 1 } }), '$.organization.tags.team type-wrong'],
  ['41 tags', tagged(41), '$.organization.tags list-length-out-of-range'],
])('schema and parser refuse %s', (_name, document, problem) => {
  expect(problemsOf(() => parse(document))).toContain(problem);
  expect(validate(JSON.parse(JSON.stringify(document)))).toBe(false);
});

test.each<[string, unknown, string]>([
  ['a domain outside the zone', { ...good, domain: 'audit.badexample.com' }, '$.domain domain-outside-zone'],
  ['a region twice', { ...good, regions: [first, second, second] }, '$.regions[2].name region-duplicate'],
  ['a region here and elsewhere', hostedElsewhere({ name: 'eu-west-1' }), '$.elsewhere[0].name region-duplicate'],
  ['a region twice elsewhere', { ...good, elsewhere: [external, external] }, '$.elsewhere[1].name region-duplicate'],
  [
    'an IPv4 address written as IPv6',
    hostedElsewhere({ query: { ipv4: '203.0.113.1', ipv6: '::ffff:203.0.113.1' } }),
    '$.elsewhere[0].query.ipv6 address-malformed',
  ],
  [
    'a watch in a region that it watches',
    { ...good, regions: [first, { ...second, name: 'us-west-2' }] },
    '$.watch.region watch-region-watched',
  ],
  [
    'a secret of another region',
    watching({ querySecretArn: good.watch.querySecretArn.replace('us-west-2', 'us-east-1') }),
    '$.watch.querySecretArn secret-elsewhere',
  ],
  [
    "a region in another account than the deployment's zone",
    { ...good, regions: [first, { ...second, zone: undefined }] },
    '$.regions[1].zone zone-in-other-account',
  ],
  [
    'a first region in another account than the zone says',
    { ...good, zone: { ...good.zone, account: '777788889999' } },
    '$.regions[0].zone zone-in-other-account',
  ],
  [
    "a region's own zone in another account",
    { ...good, regions: [first, { ...second, zone: { ...second!.zone, account: '111122223333' } }] },
    '$.regions[1].zone.account zone-in-other-account',
  ],
  ...['example.com', 'audit.example.com', 'ingest.audit.example.com', 'eu.query.audit.example.com'].map(
    (name): [string, unknown, string] => [
      `a region's own zone ${name}`,
      { ...good, regions: [first, { ...second, zone: { ...second!.zone, name } }] },
      '$.regions[1].zone.name zone-shadows-domain',
    ],
  ),
  [
    'a zone without account for several accounts',
    { ...good, zone: { ...good.zone, account: undefined } },
    '$.zone.account zone-account-missing',
  ],
  [
    "a region's own break-glass role of another account",
    { ...good, regions: [first, { ...second, breakGlassRoleArn: good.breakGlassRoleArn }] },
    '$.regions[1].breakGlassRoleArn role-in-other-account',
  ],
  [
    "a region of another account than the deployment's break-glass role",
    { ...good, regions: [first, { ...second, breakGlassRoleArn: undefined }] },
    '$.regions[1].breakGlassRoleArn role-in-other-account',
  ],
  [
    'two tags that differ in case only',
    organized({ tags: { team: 'a', other: '', Team: 'b' } }),
    '$.organization.tags.Team tag-duplicate',
  ],
  [
    'a certificate of another region',
    { ...good, regions: [first, { ...second, ingest: first?.ingest }] },
    '$.regions[1].ingest.certificateArn certificate-elsewhere',
  ],
])('the parser refuses %s, which is beyond a schema', (_name, document, problem) => {
  expect(validate(JSON.parse(JSON.stringify(document)))).toBe(true);
  expect(problemsOf(() => parse(document))).toEqual([problem]);
});

const addresses = PathAddresses.of({ ipv4: '203.0.113.1' });
const path = PathDeployment.of({});
const props = { name: 'eu-west-1', account: '444455556666', ingest: path, query: path };
const inIreland = JSON.parse(JSON.stringify(good.watch).replaceAll('us-west-2', 'eu-west-1')) as typeof good.watch;

test('a deployment in code is made of another', () => {
  expect(Deployment.of(parse(good)).toDocument()).toBe(parse(good).toDocument());
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
  [
    'zone-in-other-account',
    () => RegionDeployment.of({ ...props, zone: DnsZone.of({ ...good.zone, account: '777788889999' }) }),
  ],
  ['role-arn-malformed', () => RegionDeployment.of({ ...props, breakGlassRoleArn: 'arn' })],
  ['role-in-other-account', () => RegionDeployment.of({ ...props, breakGlassRoleArn: good.breakGlassRoleArn })],
  ['tag-reserved', () => Organization.of({ ...good.organization, tags: { 'immutable-audit-log': '' } })],
  ['tag-duplicate', () => Organization.of({ ...good.organization, tags: { a: '', A: '' } })],
  ['account-malformed', () => DnsZone.of({ ...good.zone, account: '1' })],
  ['address-malformed', () => PathAddresses.of({ ipv4: '203.0.113.256' })],
  ['region-malformed', () => ExternalRegion.of({ name: 'a', near: 'b', ingest: addresses, query: addresses })],
  ['address-malformed', () => Watch.of({ ...good.watch, address: '' })],
  ['secret-elsewhere', () => Watch.of({ ...good.watch, region: 'us-east-1' })],
  ['organization-malformed', () => Organization.of({ id: 'acme' })],
  ['tag-malformed', () => Organization.of({ ...good.organization, tags: { 'aws:a': '' } })],
  [
    'region-duplicate',
    () => Deployment.of({ ...parse(good), elsewhere: [...parse(good).elsewhere, ...parse(good).elsewhere] }),
  ],
  ['watch-region-watched', () => Deployment.of({ ...parse(good), watch: Watch.of(inIreland) })],
  [
    'zone-shadows-domain',
    () => Deployment.of({ ...parse(good), zone: undefined, domain: 'ireland-audit.example.com' }),
  ],
  ['domain-outside-zone', () => Deployment.of({ ...parse(good), domain: 'audit.example.org' })],
])('code refuses what documents may not say: %s', (code, call) => {
  expect(codeOf(call)).toBe(code);
});

test.each([['$', '{Token[Role.Arn.12]}'].join(''), ['arn:$', '{TfToken[3]}:role'].join('')])(
  'the error for %s asks for the text itself',
  (arn) => {
    const call = () => Deployment.of({ ...parse(good), breakGlassRoleArn: arn });
    expect(codeOf(call)).toBe('role-arn-malformed');
    expect(call).toThrow('give the text itself, as a document would have it');
  },
);
