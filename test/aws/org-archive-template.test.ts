process.env.CDK_VALIDATION = 'false';

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, type Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { ArchiveStack } from '../../lib/aws/archive-stack';
import { ArchiveTemplate } from '../../lib/aws/org-archive-template';
import { RegionMerge } from '../../lib/aws/org-merge';
import { ReplicaStack } from '../../lib/aws/replica-stack';
import { Replication } from '../../lib/aws/replication';
import { AuditLogPolicy, Deployment, Organization, Region } from '../../lib/policy';
import { codeOf } from '../policy/coded';

interface Json {
  readonly [name: string]: unknown;
}

interface Merged extends Json {
  readonly Mappings: Record<string, Record<string, Record<string, string>>>;
  readonly Conditions?: Record<string, Json>;
  readonly Resources: Record<string, Json & { Type: string }>;
  readonly Outputs: Json;
}

function example(name: string) {
  const policy = AuditLogPolicy.parse(readFileSync(join(__dirname, `../../examples/policies/${name}.json`), 'utf8'));
  return { policy, deployment: Deployment.example(policy) };
}

/** A template as CloudFormation sees it in a region: functions that depend on the region are evaluated, all others are left. */
class Deployed {
  public constructor(
    private readonly template: Merged,
    private readonly region: string,
  ) {}

  public get resources(): unknown {
    const present = Object.entries(this.template.Resources).filter(([, { Condition }]) => this.holds(Condition));
    return Object.fromEntries(present.map(([id, { Condition, ...resource }]) => [id, this.evaluate(resource)]));
  }

  public evaluate(value: unknown): unknown {
    if (Array.isArray(value)) return value.map((each) => this.evaluate(each)).filter((each) => each !== undefined);
    if (typeof value !== 'object' || value === null) return value;
    const { Ref, 'Fn::FindInMap': lookUp, 'Fn::If': choice } = value as Record<string, unknown>;
    if (Ref === 'AWS::Region') return this.region;
    if (Ref === 'AWS::NoValue') return undefined;
    if (lookUp !== undefined) {
      const [map, row, column] = this.evaluate(lookUp) as [string, string, string];
      const found = this.template.Mappings[map]?.[row]?.[column];
      if (found === undefined) throw new Error(`the template fails in ${row}`);
      return found;
    }
    if (choice !== undefined) {
      const [condition, yes, no] = choice as [string, unknown, unknown];
      return this.evaluate(this.holds(condition) ? yes : no);
    }
    const entries = Object.entries(value).map(([key, each]): [string, unknown] => [key, this.evaluate(each)]);
    return joined(Object.fromEntries(entries.filter(([, each]) => each !== undefined)));
  }

  private holds(condition: unknown): boolean {
    if (condition === undefined) return true;
    const { 'Fn::Equals': equals, 'Fn::Or': any } = (
      typeof condition === 'string' ? (this.template.Conditions?.[condition] ?? {}) : condition
    ) as Record<string, unknown[]>;
    if (any !== undefined) return any.some((each) => this.holds(each));
    const [a, b] = this.evaluate(equals) as [string, string];
    return a === b;
  }
}

/** The parts of a text that is joined, with neighbours that are known made one. */
function joined(value: Record<string, unknown>): Record<string, unknown> {
  const [separator, parts] = (value['Fn::Join'] ?? []) as [string?, unknown[]?];
  if (separator !== '' || parts === undefined) return value;
  const merged: unknown[] = [];
  for (const part of parts) {
    const last = merged.at(-1);
    const isText = typeof last === 'string' && typeof part === 'string';
    if (isText) merged.pop();
    merged.push(isText ? last + part : part);
  }
  return { 'Fn::Join': ['', merged] };
}

const parse = ({ text }: ArchiveTemplate): Merged => JSON.parse(text);

function alone({ policy, deployment }: ReturnType<typeof example>, region: Region): Stack {
  const breakGlassRoleArn = deployment.regionNamed(region.name).breakGlassRoleArn ?? deployment.breakGlassRoleArn;
  const replication = Replication.withinJurisdiction(policy, deployment, region);
  return new ArchiveStack(new App(), 'Archive', { policy, region, breakGlassRoleArn, replication });
}

const three = example('three-jurisdictions');
const archives = ArchiveTemplate.archives(three.policy, three.deployment);
const replicas = ArchiveTemplate.replicas(three.policy, three.deployment);

const asIn = (region: Region, stack: Stack): unknown => {
  const template = Template.fromStack(stack).toJSON() as Merged;
  return new Deployed({ ...template, Mappings: {} }, region.name).resources;
};

test.each(three.policy.regions.map((region) => [region.name, region] as const))(
  'in %s, it is the archive of the region',
  (name, region) => {
    expect(new Deployed(parse(archives), name).resources).toEqual(asIn(region, alone(three, region)));
  },
);

test.each(replicas.regions.map((region) => [region.name, region] as const))(
  'in %s, it is the replicas of the region',
  (name, region) => {
    const stack = new ReplicaStack(new App(), 'Replicas', { ...three, region });
    expect(new Deployed(parse(replicas), name).resources).toEqual(asIn(region, stack));
  },
);

test('replicas are only where the jurisdiction has another region', () => {
  expect(replicas.regions.map(({ name }) => name)).toEqual(['eu-central-1', 'eu-west-1', 'us-east-1', 'us-east-2']);
});

test('a region alone in its jurisdiction replicates nothing', () => {
  const of = (region: string) => Object.keys(new Deployed(parse(archives), region).resources as Json);
  expect(
    of('eu-central-1')
      .filter((id) => !of('ap-southeast-2').includes(id))
      .sort(),
  ).toEqual(
    of('eu-central-1')
      .filter((id) => /^ArchiveRepli/.test(id))
      .sort(),
  );
});

test('anywhere else it fails', () => {
  expect(() => new Deployed(parse(archives), 'eu-north-1').resources).toThrow('the template fails in eu-north-1');
});

test('it says the jurisdiction', () => {
  const { Outputs } = parse(archives);
  const said = three.policy.regions.map(({ name }) =>
    new Deployed(parse(archives), name).evaluate(Outputs.Jurisdiction),
  );
  expect(said).toEqual(three.policy.regions.map(({ jurisdiction }) => ({ Value: jurisdiction })));
});

describe('what the organization asks for', () => {
  const organization = Organization.of({
    id: 'o-a1b2c3d4e5',
    permissionsBoundary: 'platform/boundary',
    tags: { owner: 'security' },
  });
  const asked = Deployment.of({ ...three.deployment, organization });

  test.each([
    ['archives', ArchiveTemplate.archives(three.policy, asked)],
    ['replicas', ArchiveTemplate.replicas(three.policy, asked)],
  ])('is in the template of the %s', (_, template) => {
    const resources = Object.values(parse(template).Resources) as { Type: string; Properties: Json }[];
    const tagged = resources.filter(({ Properties }) => Array.isArray(Properties.Tags));
    expect(tagged.length).toBeGreaterThan(0);
    for (const { Properties } of tagged) expect(Properties.Tags).toContainEqual({ Key: 'owner', Value: 'security' });
    for (const { Properties } of resources.filter(({ Type }) => Type === 'AWS::IAM::Role')) {
      expect(JSON.stringify(Properties.PermissionsBoundary)).toContain(':policy/platform/boundary');
    }
  });
});

test.each([
  ['archives', archives],
  ['replicas', replicas],
])('%s: no asset, no custom resource and no bootstrapping', (_, template) => {
  const { Resources, Parameters, Rules } = parse(template);
  expect(Parameters).toBeUndefined();
  expect(Rules).toBeUndefined();
  expect(template.text).not.toMatch(/cdk-hnb659fds|AssetParameters|cdk-bootstrap|assets-/);
  for (const { Type } of Object.values(Resources)) expect(Type).toMatch(/^AWS::(S3|IAM|KMS)::/);
  expect(template.body).toBe(template.text);
});

test('one region needs no condition', () => {
  const one = example('one-region');
  const template = parse(ArchiveTemplate.archives(one.policy, one.deployment));
  expect(template.Conditions).toBeUndefined();
  expect(template.Mappings).toEqual({ Regions: { 'eu-central-1': { Jurisdiction: 'EU' } } });
});

test('regions of other clouds are left out', () => {
  const both = example('aws-and-google');
  const { regions } = ArchiveTemplate.archives(both.policy, both.deployment);
  expect(regions.length).toBeLessThan(both.policy.regions.length);
});

test('no template of replicas where nothing is replicated', () => {
  const one = example('one-region');
  expect(codeOf(() => ArchiveTemplate.replicas(one.policy, one.deployment))).toBe('replication-pointless');
});

test('one that is too large for a body says so', () => {
  const { name, retention, writers, readers, traffic } = example('two-regions').policy;
  const names = ['eu-west', 'eu-south'].flatMap((area) => [1, 2, 3, 4, 5, 6].map((number) => `${area}-${number}`));
  const regions = names.map((each) => Region.of({ name: each, jurisdiction: 'EU' }));
  const policy = AuditLogPolicy.of({ name, retention, writers, readers, regions, traffic });
  const large = ArchiveTemplate.archives(policy, Deployment.example(policy));
  expect(large.text.length).toBeGreaterThan(51_200);
  expect(codeOf(() => large.body)).toBe('template-too-large');
});

describe('merging', () => {
  const of = (...resources: (Json | undefined)[]) =>
    new RegionMerge(
      resources.map((Thing, index) => ({
        region: `eu-west-${index + 1}`,
        template: { Resources: { ...(Thing && { Thing }) } },
      })),
    ).merge({});
  const thing = (Properties: Json) => ({ Type: 'AWS::S3::Bucket', Properties });
  const properties = (...values: Json[]) =>
    (of(...values.map(thing)).Resources as Record<string, Json>).Thing?.Properties;

  test.each<[string, Json[], unknown]>([
    ['what is alike stays', [{ A: 1 }, { A: 1 }], { A: 1 }],
    ['the name of the region is its name', [{ A: 'eu-west-1' }, { A: 'eu-west-2' }], { A: { Ref: 'AWS::Region' } }],
    [
      'a text is looked up',
      [{ A: 'x' }, { A: 'y' }],
      { A: { 'Fn::FindInMap': ['Regions', { Ref: 'AWS::Region' }, 'Text1'] } },
    ],
    ['a number is chosen', [{ A: 1 }, { A: 2 }], { A: { 'Fn::If': ['InEuWest2', 2, 1] } }],
    [
      'a list of another length is chosen',
      [{ A: [1] }, { A: [1, 2] }],
      { A: { 'Fn::If': ['InEuWest2', [1, 2], [1]] } },
    ],
    ['what is missing is left out', [{}, { A: 1 }], { A: { 'Fn::If': ['InEuWest2', 1, { Ref: 'AWS::NoValue' }] } }],
    [
      'a reference is chosen',
      [{ A: { Ref: 'X' } }, { A: { Ref: 'Y' } }],
      { A: { 'Fn::If': ['InEuWest2', { Ref: 'Y' }, { Ref: 'X' }] } },
    ],
    [
      'joins of references are chosen',
      [{ A: { 'Fn::Join': ['', ['a', { Ref: 'X' }]] } }, { A: { 'Fn::Join': ['', ['a', { Ref: 'Y' }]] } }],
      {
        A: {
          'Fn::If': ['InEuWest2', { 'Fn::Join': ['', ['a', { Ref: 'Y' }]] }, { 'Fn::Join': ['', ['a', { Ref: 'X' }]] }],
        },
      },
    ],
    ['of three, one is chosen', [{ A: 1 }, { A: 2 }, { A: 1 }], { A: { 'Fn::If': ['InEuWest2', 2, 1] } }],
  ])('%s', (_, given, expected) => {
    expect(properties(...given)).toEqual(expected);
  });

  test('a resource that is missing has a condition', () => {
    const merged = of(thing({}), undefined, thing({}));
    expect(merged.Resources).toEqual({ Thing: { ...thing({}), Condition: 'InEuWest1OrEuWest3' } });
  });

  test('more than ten regions are asked about in two steps', () => {
    const all = Array.from({ length: 13 }, (_, index) => thing({ A: index === 12 ? 1 : 0 }));
    const [[, condition]] = Object.entries(of(...all.slice(0, 12), undefined).Conditions ?? {}) as [[string, Json]];
    const [alternatives] = Object.values(condition) as [Json[]];
    expect(alternatives).toHaveLength(10);
    expect(alternatives.at(-1)).toHaveProperty('Fn::Or');
  });

  test.each([
    ['types', { Type: 'AWS::S3::Bucket' }, { Type: 'AWS::KMS::Key' }],
    ['what becomes of them', { Type: 'AWS::S3::Bucket', DeletionPolicy: 'Retain' }, { Type: 'AWS::S3::Bucket' }],
  ])('refuses resources of different %s', (_, a, b) => {
    expect(codeOf(() => of(a, b))).toBe('templates-unlike');
  });
});
