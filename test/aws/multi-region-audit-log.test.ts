import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { AuditLogStack, FrontDoor, ReadTarget, WriteTarget } from '../../lib/aws';
import {
  AuditLogPolicy,
  Deployment,
  type DeploymentProps,
  Organization,
  PathDeployment,
  RegionDeployment,
} from '../../lib/policy';
import { codeOf } from '../policy/coded';
import { parsedPolicy } from '../policy/parsed-policy';
import { deploymentOf, policyIn, type Resource, SynthesizedLog, type SynthesizedStack, TEN } from './multi-region-logs';
import { simulatorOf } from './routed-logs';
import { RoutingWalk } from './routing-promises';

const [ONE, TWO] = [policyIn(TEN[0]!), policyIn(TEN[0]!, TEN[1]!)];
const THREE = policyIn(TEN[0]!, TEN[1]!, TEN[3]!);
const CLOUDS = policyIn(TEN[0]!, ['europe-west3', 'EU']);

const organization = Organization.of({
  id: 'o-a1b2c3d4e5',
  permissionsBoundary: 'platform/boundary',
  tags: { owner: 'security' },
});

const one = new SynthesizedLog(ONE);
const two = new SynthesizedLog(TWO);
const three = new SynthesizedLog(THREE, { organization });
const ten = new SynthesizedLog(policyIn(...TEN));
/** Of the longest names that there are, of a log and of regions. */
const longest = new SynthesizedLog(
  parsedPolicy({
    name: 'a'.repeat(63),
    retention: { mode: 'governance', days: 30 },
    regions: ['ap-southeast-1', 'ap-northeast-1'].map((name) => ({ name, jurisdiction: `A${'-'.repeat(30)}Z` })),
  }),
);
const sizes: [string, SynthesizedLog][] = [
  ['one region', one],
  ['three regions', three],
  ['ten regions', ten],
  ['the longest names', longest],
];

test('paths of stacks read like the policy', () => {
  expect([...three.stacks.keys()].sort()).toEqual([
    'acme-audit/eu-central-1/archive',
    'acme-audit/eu-central-1/front',
    'acme-audit/eu-central-1/replicas',
    'acme-audit/eu-west-1/archive',
    'acme-audit/eu-west-1/front',
    'acme-audit/eu-west-1/replicas',
    'acme-audit/global',
    'acme-audit/us-east-1/archive',
    'acme-audit/us-east-1/front',
  ]);
});

test.each([
  ['eu-central-1', '111122223333'],
  ['us-east-1', '133344445555'],
  ['eu-west-1', '111122223333'],
])('%s is deployed to account %s, under names of its own', (region, account) => {
  const [archive, front] = ['archive', 'front'].map((part) => three.stack(`acme-audit/${region}/${part}`));
  expect([archive?.environment, front?.environment]).toEqual([`${account}/${region}`, `${account}/${region}`]);
  expect([archive?.stackName, front?.stackName]).toEqual(['acme-audit-archive', 'acme-audit-front']);
});

test('names and what watches the regions are in the watch region, in the account of the zone', () => {
  const { environment, stackName, after } = three.stack('acme-audit/global');
  expect([environment, stackName]).toEqual(['111122223333/us-west-2', 'acme-audit-global']);
  expect(after.sort()).toEqual([...three.stacks.keys()].filter((path) => path.endsWith('/front')).sort());
});

test('without a watch, names stay where they are when the documents are put in another order', () => {
  const environment = (...regions: [string, string][]) => {
    const unwatched = new SynthesizedLog(policyIn(...regions), { watch: undefined });
    return unwatched.stack('acme-audit/global').environment;
  };
  expect(environment(TEN[0]!, TEN[1]!)).toBe('111122223333/eu-central-1');
  expect(environment(TEN[1]!, TEN[0]!)).toBe('111122223333/eu-central-1');
});

test('copies are taken in before anything is copied, and the front comes last', () => {
  const archive = three.stack('acme-audit/eu-central-1/archive');
  expect(archive.after).toEqual(['acme-audit/eu-west-1/replicas']);
  expect(three.stack('acme-audit/eu-west-1/replicas').after).toEqual([]);
  expect(three.stack('acme-audit/eu-central-1/front').after).toEqual(['acme-audit/eu-central-1/archive']);
});

/** The regions of the example's deployment, with certificates for both paths. */
function withCertificates(policy: AuditLogPolicy): RegionDeployment[] {
  return deploymentOf(policy).regions.map(({ ingest, query, ...region }) => {
    const certificateArn = `arn:aws:acm:${region.name}:${region.account}:certificate/00000000-0000-0000-0000-000000000000`;
    const path = ({ trust }: PathDeployment) => PathDeployment.of({ trust, certificateArn });
    return RegionDeployment.of({ ...region, ingest: path(ingest), query: path(query) });
  });
}

test('a client without a choice needs neither a watch nor a zone', () => {
  const alone = new SynthesizedLog(ONE, { watch: undefined, zone: undefined, regions: withCertificates(ONE) });
  expect([...alone.stacks.keys()]).toEqual(['acme-audit/eu-central-1/archive', 'acme-audit/eu-central-1/front']);
  expect(alone.log.global).toBeUndefined();
});

test('a region that another cloud hosts has no stack, and is among the names', () => {
  const both = new SynthesizedLog(CLOUDS);
  expect(Object.keys(both.log.logs)).toEqual(['eu-central-1']);
  expect([...both.stacks.keys()].filter((path) => path.includes('europe-west3'))).toEqual([]);
  expect(both.stack('acme-audit/global').text).toContain('europe-west3.ingest.audit.example.com');
});

test('the archive of a log that was in one region before is the one that was there', () => {
  const app = new App();
  const env = { account: '111122223333', region: 'eu-central-1' };
  new AuditLogStack(app, 'Before', { policy: ONE, deployment: deploymentOf(ONE) }, { env });
  const before = app.synth().stacks.find(({ stackName }) => stackName === 'acme-audit-archive');
  const now = one.stack('acme-audit/eu-central-1/archive');
  expect(now.stackName).toBe('acme-audit-archive');
  expect(now.resources).toEqual(before?.template.Resources);
});

test('whatever each part is chosen by serves every region', () => {
  const parts = { writeTarget: WriteTarget.fargate(), readTarget: ReadTarget.lambda(), frontDoor: FrontDoor.split() };
  const chosen = new SynthesizedLog(TWO, {}, parts);
  for (const region of ['eu-central-1', 'us-east-1']) {
    const types = Object.values(chosen.stack(`acme-audit/${region}/front`).resources).map(({ Type }) => Type);
    expect(types.filter((each) => each === 'AWS::ECS::Service')).toHaveLength(1);
    expect(types.filter((each) => each === 'AWS::ElasticLoadBalancingV2::LoadBalancer')).toHaveLength(2);
  }
});

test('each account has a break-glass role of its own', () => {
  for (const [region, account] of [
    ['eu-central-1', '111122223333'],
    ['us-east-1', '133344445555'],
  ]) {
    const roles = three
      .stack(`acme-audit/${region}/archive`)
      .text.match(/arn:aws:iam::\d{12}:role\/audit-log-break-glass/g);
    expect(new Set(roles)).toEqual(new Set([`arn:aws:iam::${account}:role/audit-log-break-glass`]));
  }
});

test('whatever keeps data is protected from deletion, and nothing else is', () => {
  for (const [path, { terminationProtection }] of three.stacks) {
    expect([path, terminationProtection]).toEqual([path, /\/(archive|replicas)$/.test(path)]);
  }
});

describe.each(sizes)('%s', (_, log) => {
  test('needs no custom resource', () => {
    expect(log.resources.filter(([, , { Type }]) => /^Custom::|CustomResource/.test(Type))).toEqual([]);
  });

  test('takes no value from a stack of another region', () => {
    const exported = new Map<string, string>();
    for (const [path, { text }] of log.stacks) {
      for (const { Export } of Object.values(outputsOf(text)))
        if (Export) exported.set(`${placeOf(path)} ${Export.Name}`, path);
    }
    for (const [path, { text }] of log.stacks) {
      expect(text).not.toContain('Fn::GetStackOutput');
      for (const [, name] of text.matchAll(/"Fn::ImportValue": "([^"]+)"/g)) {
        expect(exported.get(`${placeOf(path)} ${name}`)).toMatch(new RegExp(`^${placeOf(path)}/`));
      }
    }
  });

  test('stays below 80 % of the limits of CloudFormation', () => {
    for (const [, { text, resources }] of log.stacks) {
      expect(Object.keys(resources).length).toBeLessThan(0.8 * 500);
      expect(Buffer.byteLength(text)).toBeLessThan(0.8 * 2 ** 20);
    }
  });

  test('has names that AWS takes', () => {
    for (const { stackName } of log.stacks.values()) expect(stackName).toMatch(/^[A-Za-z][A-Za-z0-9-]{0,127}$/);
    for (const [, , { Type, Properties = {} }] of log.resources.filter(([, , each]) =>
      each.Type.startsWith('AWS::IAM::'),
    )) {
      const name = Properties.RoleName ?? Properties.ManagedPolicyName ?? 'generated';
      expect([Type, name]).toEqual([Type, expect.stringMatching(/^[\w+=,.@-]{1,64}$/)]);
    }
    for (const [path, , { Properties = {} }] of log.resources.filter(([, , each]) => each.Type === 'AWS::S3::Bucket')) {
      const [account, region] = log.stack(path).environment.split('/');
      const { BucketNamePrefix: prefix } = Properties;
      const name = prefix === undefined ? 'generated' : `${prefix}-${account}-${region}-an`;
      expect(name).toMatch(/^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/);
    }
    for (const { text } of log.stacks.values()) {
      const exports = Object.values(outputsOf(text)).flatMap(({ Export }) => (Export ? [Export.Name] : []));
      for (const name of exports) expect(name.length).toBeLessThanOrEqual(255);
    }
  });
});

test('every role of every account is bounded by the policy of the organisation', () => {
  const roles = three.resources.filter(([, , { Type }]) => Type === 'AWS::IAM::Role');
  expect(roles.length).toBeGreaterThan(20);
  for (const [path, , { Properties = {} }] of roles) {
    const account = three.stack(path).environment.split('/')[0];
    const arn = ['arn:', { Ref: 'AWS::Partition' }, `:iam::${account}:policy/platform/boundary`];
    expect(Properties.PermissionsBoundary).toEqual({ 'Fn::Join': ['', arn] });
  }
});

test('no role is bounded by default', () => {
  expect(two.resources.filter(([, , { Properties = {} }]) => 'PermissionsBoundary' in Properties)).toEqual([]);
});

test('whatever is tagged has the tag of the log and those of the organisation', () => {
  const tagged = three.resources.filter(([, , { Properties = {} }]) => Array.isArray(Properties.Tags));
  expect(new Set(tagged.map(([path]) => path))).toEqual(new Set(three.stacks.keys()));
  for (const [, , { Properties = {} }] of tagged) {
    expect(Properties.Tags).toContainEqual({ Key: 'immutable-audit-log', Value: 'acme-audit' });
    expect(Properties.Tags).toContainEqual({ Key: 'owner', Value: 'security' });
  }
});

describe('tags of the organisation do not end an evacuation when they change', () => {
  test('the switch has none', () => {
    expect(switchIn(three)).toBeDefined();
    expect(switchIn(three)).toEqual(switchIn(ten));
  });

  test('nor has its stack, whose tags CloudFormation puts on the switch', () => {
    expect(three.stack('acme-audit/global').tags).toEqual(ten.stack('acme-audit/global').tags);
    expect(three.stack('acme-audit/eu-central-1/front').tags).toMatchObject({ owner: 'security' });
  });
});

test('the names of all stacks together lead clients as the policy says, whatever fails', () => {
  const deployment = deploymentOf(THREE, { organization });
  const templates = [...three.stacks.values()].map(({ environment, resources }) => {
    return { region: environment.split('/')[1]!, template: { Resources: resources } };
  });
  expect([...new RoutingWalk(simulatorOf(templates, deployment), THREE, deployment).broken]).toEqual([]);
});

test('the same policy gives the same templates again', () => {
  const file = join(__dirname, '../../examples/policies/three-jurisdictions.json');
  const templates = () => {
    const log = new SynthesizedLog(AuditLogPolicy.parse(readFileSync(file, 'utf8')));
    return [...log.stacks].map(([path, { text }]) => [path, text]);
  };
  expect(templates()).toEqual(templates());
});

describe('a region that is added or removed', () => {
  const unbounded = new SynthesizedLog(THREE);
  const cases: [string, SynthesizedLog, SynthesizedLog][] = [
    ['second of its jurisdiction', two, unbounded],
    ['third of its jurisdiction, and first of another', unbounded, ten],
  ];

  test.each(cases)('%s: leaves what lasts in other regions as it is', (_, fewer, more) => {
    for (const path of [...fewer.stacks.keys()].filter((each) => !each.endsWith('/global'))) {
      const [before, after] = [fewer, more].map((log) => lastingIn(log.stack(path)));
      expect(Object.keys(before!).length).toBeGreaterThanOrEqual(2);
      expect(after).toMatchObject(before!);
    }
  });

  test('changes only where records are copied, where it is of the same jurisdiction', () => {
    const path = 'acme-audit/eu-central-1/archive';
    const [before, after] = cases[1]!.slice(1).map((log) => (log as SynthesizedLog).stack(path).resources);
    const changed = Object.keys(after!).filter((id) => JSON.stringify(before![id]) !== JSON.stringify(after![id]));
    expect(changed.map((id) => after![id]!.Type).sort()).toEqual(['AWS::IAM::ManagedPolicy', 'AWS::S3::Bucket']);
  });
});

describe('is refused', () => {
  const LATENCY = parsedPolicy();
  const { regions } = deploymentOf(THREE);

  test.each<[string, AuditLogPolicy, Partial<DeploymentProps>, string]>([
    ['a choice without a zone', LATENCY, { zone: undefined, regions: withCertificates(LATENCY) }, 'zone-missing'],
    ['a choice that nobody watches', LATENCY, { watch: undefined }, 'watch-missing'],
    ['a region that the policy forgot', TWO, { regions }, 'region-unlisted'],
    [
      'a region elsewhere that the policy forgot',
      ONE,
      { elsewhere: Deployment.example(CLOUDS).elsewhere },
      'region-unlisted',
    ],
    ['a region that is deployed nowhere', THREE, { regions: regions.slice(0, 2) }, 'region-undeployed'],
  ])('%s', (_, policy, change, code) => {
    expect(codeOf(() => new SynthesizedLog(policy, change))).toBe(code);
  });
});

function switchIn(log: SynthesizedLog): Resource | undefined {
  const { resources } = log.stack('acme-audit/global');
  return Object.values(resources).find(({ Type }) => Type === 'AWS::SSM::Parameter');
}

interface Tag {
  readonly Key: string;
}

function outputsOf(text: string): Record<string, { Export?: { Name: string } }> {
  return JSON.parse(text).Outputs ?? {};
}

/** `<log>/<region>` of a stack's path. */
function placeOf(path: string): string {
  return path.split('/').slice(0, 2).join('/');
}

/** What stays when its stack goes, and the identities that policies name; but for where records are copied, and who may copy them there. */
function lastingIn({ resources }: SynthesizedStack): Record<string, Resource> {
  const lasting = Object.entries(resources).filter(
    ([, { Type, DeletionPolicy = 'Delete' }]) =>
      (DeletionPolicy !== 'Delete' && Type !== 'AWS::S3::BucketPolicy') || Type === 'AWS::IAM::Role',
  );
  return Object.fromEntries(
    lasting.map(([id, { Properties: { ReplicationConfiguration, Tags, ...properties } = {}, ...resource }]) => [
      id,
      {
        ...resource,
        Properties: { ...properties, Tags: (Tags as Tag[]).filter(({ Key }) => !Key.endsWith(':replicated')) },
      },
    ]),
  );
}
