import fc from 'fast-check';
import { Replication } from '../../lib/aws';
import { Deployment } from '../../lib/policy';
import { codeOf } from '../policy/coded';
import { parsedPolicy } from '../policy/parsed-policy';
import { DEPLOYMENT, FIVE_REGIONS, OTHER_ACCOUNT, regionOf, replicationOf } from './replicated';

test('a log is copied to every other region of the jurisdiction that is on AWS, in the order of the policy', () => {
  expect(replicationOf('eu-central-1').destinations).toEqual([
    {
      region: regionOf(FIVE_REGIONS, 'eu-west-1'),
      account: OTHER_ACCOUNT,
      bucketName: 'acme-audit-replicas-444455556666-eu-west-1-an',
    },
    {
      region: regionOf(FIVE_REGIONS, 'eu-north-1'),
      account: '111122223333',
      bucketName: 'acme-audit-replicas-111122223333-eu-north-1-an',
    },
  ]);
});

test('each of these copies to it', () => {
  expect(replicationOf('eu-central-1').sources).toEqual([
    {
      region: regionOf(FIVE_REGIONS, 'eu-west-1'),
      account: OTHER_ACCOUNT,
      roleName: 'acme-audit-eu-west-1-replication',
      prefix: 'acme-audit/eu-west-1/',
    },
    {
      region: regionOf(FIVE_REGIONS, 'eu-north-1'),
      account: '111122223333',
      roleName: 'acme-audit-eu-north-1-replication',
      prefix: 'acme-audit/eu-north-1/',
    },
  ]);
});

test('what one region computes of another is what that one computes of itself', () => {
  const names = ['eu-central-1', 'eu-west-1', 'eu-north-1'];
  for (const here of names.map(replicationOf)) {
    for (const { region, bucketName, account } of here.destinations) {
      const there = replicationOf(region.name);
      expect([there.bucketName, there.account]).toEqual([bucketName, account]);
      const source = there.sources.find((each) => each.region.name === here.region.name);
      expect([source?.roleName, source?.account]).toEqual([here.roleName, here.account]);
    }
  }
});

test('the only region of a jurisdiction copies nothing', () => {
  const { destinations, sources } = replicationOf('us-east-1');
  expect([destinations, sources]).toEqual([[], []]);
});

test('is refused for a region of another cloud', () => {
  const region = regionOf(FIVE_REGIONS, 'europe-west3');
  expect(codeOf(() => Replication.withinJurisdiction(FIVE_REGIONS, DEPLOYMENT, region))).toBe('region-elsewhere');
});

test('is refused if the deployment leaves out another region of the jurisdiction', () => {
  const one = Deployment.of({
    domain: 'audit.example.com',
    breakGlassRoleArn: DEPLOYMENT.breakGlassRoleArn,
    regions: DEPLOYMENT.regions.slice(0, 1),
    elsewhere: DEPLOYMENT.elsewhere,
  });
  const region = regionOf(FIVE_REGIONS, 'eu-central-1');
  expect(codeOf(() => Replication.withinJurisdiction(FIVE_REGIONS, one, region))).toBe('region-undeployed');
});

describe('names', () => {
  const named = (name: string, region = 'eu-central-1') => {
    const regions = [{ name: region, jurisdiction: 'EU' }];
    const policy = parsedPolicy({ name, retention: { mode: 'governance', days: 1 }, regions });
    return Replication.withinJurisdiction(policy, Deployment.example(policy), regionOf(policy, region));
  };

  // The suffix of eu-central-1 has 29 characters.
  test.each([
    ['a', 'a-replicas-111122223333-eu-central-1-an'],
    ['a'.repeat(25), `${'a'.repeat(25)}-replicas-111122223333-eu-central-1-an`],
  ])('the bucket of %s', (name, bucketName) => {
    expect(named(name).bucketName).toBe(bucketName);
  });

  test('a bucket whose name would have 64 characters is called by its beginning and a hash', () => {
    const { bucketName } = named('a'.repeat(26));
    expect(bucketName).toMatch(/^a{25}-[0-9a-f]{8}-111122223333-eu-central-1-an$/);
    expect(bucketName).toHaveLength(63);
  });

  test('no dash is left before the hash', () => {
    expect(named(`${'a'.repeat(24)}-bcdefgh`).bucketName).toMatch(/^a{24}-[0-9a-f]{8}-1/);
  });

  test.each([
    [39, `${'a'.repeat(39)}-eu-central-1-replication`],
    [40, expect.stringMatching(/^a{40}-eu-central-1-r-[0-9a-f]{8}$/)],
  ])('the role of a log whose name has %s characters', (length, roleName) => {
    expect(named('a'.repeat(length)).roleName).toEqual(roleName);
  });

  test.each(['xn--a', 'sthree-a', 'amzn-s3-demo-a'])('S3 keeps the bucket of %s for itself', (name) => {
    expect(codeOf(() => named(name))).toBe('bucket-name-reserved');
  });

  test.each(['xn-a', 'sthree', 'amzn-s3-demo'])('S3 takes the bucket of %s', (name) => {
    expect(named(name).bucketName).toMatch(new RegExp(`^${name}-`));
  });

  test('S3 and IAM take all of them, and they differ where the logs do', () => {
    const log = fc
      .stringMatching(/^[a-z][a-z0-9-]{0,62}$/)
      .filter((name) => !/^(xn--|sthree-|amzn-s3-demo-)/.test(name));
    const region = fc.constantFrom('eu-central-1', 'ap-southeast-1', 'us-gov-west-1', 'us-isob-east-1', 'local');
    fc.assert(
      fc.property(log, log, region, (one, other, there) => {
        const [first, second] = [named(one, there), named(other, there)];
        expect(first.bucketName).toMatch(/^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/);
        expect(first.roleName).toMatch(/^[\w-]{1,64}$/);
        expect(first.bucketName === second.bucketName).toBe(one === other);
        expect(first.roleName === second.roleName).toBe(one === other);
      }),
      { numRuns: 50 },
    );
  });
});
