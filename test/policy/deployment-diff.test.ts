import { Deployment } from '../../lib/policy';
import schema from '../../lib/policy/deployment.schema.json';
import { deploymentDiff } from '../../lib/policy/deployment-diff';
import { goodDeployment as good } from './deployments';

const parse = (document: unknown) => Deployment.parse(JSON.stringify(document));
const diff = (before: unknown, after: unknown) => deploymentDiff(parse(before), parse(after));

/** The changes as `<severity> <code> <path>`. */
const changes = (before: unknown, after: unknown) =>
  diff(before, after).map(({ severity, code, path }) => `${severity} ${code} ${path}`);

const [central, ireland] = good.regions;
const [google] = good.elsewhere;
const first = (change: object) => ({ ...good, regions: [{ ...central, ...change }, ireland] });
const second = (change: object) => ({ ...good, regions: [central, { ...ireland, ...change }] });
const writing = (change: object) => first({ ingest: { ...central!.ingest, ...change } });
const { trust } = central!.ingest;
const trusting = (change: object) => writing({ trust: { ...trust, ...change } });
const elsewhere = (change: object) => ({ ...good, elsewhere: [{ ...google, ...change }] });
const watching = (change: object) => ({ ...good, watch: { ...good.watch, ...change } });
const organized = (change: object) => ({ ...good, organization: { ...good.organization, ...change } });
const zoned = (change: object) => ({ ...good, zone: { ...good.zone, ...change } });

const otherArn = 'arn:aws:acm:eu-central-1:111122223333:certificate/66666666-2222-3333-4444-555555555555';
const otherRole = 'arn:aws:iam::111122223333:role/other';

/** Every member of a deployment, with a change of nothing else. */
const MEMBERS: Record<string, readonly [after: unknown, expected: string[]]> = {
  domain: [{ ...good, domain: 'log.example.com' }, ['review domain-changed $.domain']],
  breakGlassRoleArn: [{ ...good, breakGlassRoleArn: otherRole }, ['review break-glass-changed $.regions']],
  zone: [{ ...good, zone: undefined }, ['review zone-changed $.zone']],
  id: [zoned({ id: 'Z1' }), ['review zone-changed $.zone']],
  image: [{ ...good, image: undefined }, ['review image-changed $.image']],
  repository: [{ ...good, image: { ...good.image, repository: 'other' } }, ['review image-changed $.image']],
  digest: [
    { ...good, image: { ...good.image, digest: `sha256:${'0b'.repeat(32)}` } },
    ['review image-changed $.image'],
  ],
  regions: [{ ...good, regions: [central] }, ['refused region-lost $.regions']],
  name: [second({ name: 'eu-north-1' }), ['refused region-lost $.regions', 'fine region-added $.regions']],
  account: [
    second({
      account: '777788889999',
      zone: { ...ireland!.zone, account: undefined },
      breakGlassRoleArn: ireland!.breakGlassRoleArn!.replace('444455556666', '777788889999'),
    }),
    ['refused account-changed $.regions'],
  ],
  ingest: [first({ ingest: { ...central!.ingest, trust: undefined } }), ['review trust-changed $.regions']],
  query: [first({ query: {} }), ['review certificate-changed $.regions']],
  certificateArn: [writing({ certificateArn: otherArn }), ['review certificate-changed $.regions']],
  trust: [writing({ trust: undefined }), ['review trust-changed $.regions']],
  certificates: [
    trusting({ certificates: { ...trust!.certificates, bucket: 'other' } }),
    ['review trust-changed $.regions'],
  ],
  bucket: [trusting({ certificates: { ...trust!.certificates, bucket: 'other' } }), ['review trust-changed $.regions']],
  key: [trusting({ certificates: { ...trust!.certificates, key: 'other' } }), ['review trust-changed $.regions']],
  version: [trusting({ certificates: { ...trust!.certificates, version: '2' } }), ['review trust-changed $.regions']],
  revocations: [trusting({ revocations: undefined }), ['review trust-changed $.regions']],
  prefixLists: [writing({ prefixLists: undefined }), ['review prefix-lists-changed $.regions']],
  maxEntries: [
    writing({ prefixLists: [{ id: 'pl-0123456789abcdef0', maxEntries: 21 }] }),
    ['review prefix-lists-changed $.regions'],
  ],
  elsewhere: [{ ...good, elsewhere: [] }, ['refused region-lost $.elsewhere']],
  near: [elsewhere({ near: 'eu-west-1' }), ['review elsewhere-changed $.elsewhere']],
  ipv4: [elsewhere({ query: { ipv4: '203.0.113.12' } }), ['review elsewhere-changed $.elsewhere']],
  ipv6: [elsewhere({ ingest: { ipv4: '203.0.113.10' } }), ['review elsewhere-changed $.elsewhere']],
  watch: [{ ...good, watch: undefined }, ['review watch-changed $.watch', 'review names-moved $.regions']],
  region: [
    { ...good, watch: JSON.parse(JSON.stringify(good.watch).replaceAll('us-west-2', 'us-east-1')) },
    ['review watch-changed $.watch', 'review names-moved $.watch'],
  ],
  address: [watching({ address: '192.0.2.11' }), ['review watch-changed $.watch']],
  allocationId: [watching({ allocationId: 'eipalloc-01234567' }), ['review watch-changed $.watch']],
  ingestSecretArn: [
    watching({ ingestSecretArn: `${good.watch.ingestSecretArn.slice(0, -1)}9` }),
    ['review watch-changed $.watch'],
  ],
  querySecretArn: [
    watching({ querySecretArn: `${good.watch.querySecretArn.slice(0, -1)}9` }),
    ['review watch-changed $.watch'],
  ],
  organization: [
    { ...good, organization: undefined },
    [
      'review organization-changed $.organization.id',
      'review boundary-changed $.organization.permissionsBoundary',
      'fine tags-changed $.organization.tags',
    ],
  ],
  permissionsBoundary: [
    organized({ permissionsBoundary: undefined }),
    ['review boundary-changed $.organization.permissionsBoundary'],
  ],
  tags: [organized({ tags: { 'cost-centre': '1' } }), ['fine tags-changed $.organization.tags']],
};

test.each(Object.entries(MEMBERS))('a change of %s is reported, and nothing else', (_, [after, expected]) => {
  expect(changes(good, after)).toEqual(expected);
});

/** Names of the members that a schema knows, wherever they are. */
function membersOf(part: unknown): string[] {
  if (typeof part !== 'object' || part === null) return [];
  const { properties = {} } = part as { properties?: object };
  return [...Object.keys(properties), ...Object.values(part).flatMap(membersOf)];
}

test('no member of a deployment was forgotten', () => {
  expect(Object.keys(MEMBERS).sort()).toEqual([...new Set(membersOf(schema))].sort());
});

test('nothing changes between a deployment and itself', () => {
  expect(changes(good, good)).toEqual([]);
});

test.each<[string, unknown, unknown, string[]]>([
  [
    'a region that another cloud is to host',
    good,
    { ...good, regions: [central], elsewhere: [google, { ...google, name: 'eu-west-1' }] },
    ['refused host-changed $.regions'],
  ],
  [
    'a region that AWS is to host',
    { ...good, regions: [central], elsewhere: [google, { ...google, name: 'eu-west-1' }] },
    good,
    ['refused host-changed $.elsewhere'],
  ],
  ['a region more', { ...good, regions: [central] }, good, ['fine region-added $.regions']],
  ['a region more elsewhere', { ...good, elsewhere: [] }, good, ['fine region-added $.elsewhere']],
  [
    "the deployment's role, where each region has its own",
    first({ breakGlassRoleArn: otherRole }),
    { ...first({ breakGlassRoleArn: otherRole }), breakGlassRoleArn: `${otherRole}-2` },
    ['fine respelled $'],
  ],
  [
    'a role that is said at the region instead',
    good,
    first({ breakGlassRoleArn: good.breakGlassRoleArn }),
    ['fine respelled $'],
  ],
  ["the region's own zone", good, second({ zone: { ...ireland!.zone, id: 'Z1' } }), ['review zone-changed $.regions']],
  ['another order', good, { ...good, regions: [ireland, central] }, ['fine respelled $']],
  [
    'a region before all others in the alphabet, without a watch',
    { ...good, watch: undefined },
    {
      ...good,
      watch: undefined,
      regions: [central, ireland, { ...central, name: 'ca-west-1', ingest: {}, query: {} }],
    },
    ['review names-moved $.regions', 'fine region-added $.regions'],
  ],
])('%s', (_, before, after, expected) => {
  expect(changes(before, after)).toEqual(expected);
});

test('the sentence about another account says what to do instead', () => {
  const [after] = MEMBERS.account!;
  expect(diff(good, after).map(({ sentence }) => sentence)).toEqual([
    'The log of eu-west-1 would begin empty in account 777788889999, and what 444455556666 keeps would belong to no log; keep the account, and add another region.',
  ]);
});
