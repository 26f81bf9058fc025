process.env.CDK_VALIDATION = 'false';

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const EXAMPLES = join(__dirname, '../examples');
const names = readdirSync(EXAMPLES).filter((file) => /^aws-.*\.ts$/.test(file));

interface Template {
  readonly Resources?: Record<string, { Type: string }>;
}

interface Manifest {
  readonly missing?: unknown[];
  readonly artifacts: Record<
    string,
    {
      type: string;
      environment: string;
      displayName?: string;
      properties: { templateFile: string; terminationProtection?: boolean };
    }
  >;
}

/** Runs an example as `cdk synth` does. */
function synthesize(name: string) {
  const folder = mkdtempSync(join(tmpdir(), 'example-'));
  process.env.CDK_OUTDIR = folder;
  process.env.CDKTF_OUTDIR = join(folder, 'cdktf');
  try {
    jest.isolateModules(() => require(join(EXAMPLES, name)));
    const manifest: Manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'));
    const stacks = Object.values(manifest.artifacts).filter(({ type }) => type === 'aws:cloudformation:stack');
    const read = (file: string): Template => JSON.parse(readFileSync(join(folder, file), 'utf8'));
    const ofTerraform = join(folder, 'cdktf/stacks/bank-audit/cdk.tf.json');
    const terraform = existsSync(ofTerraform) ? readFileSync(ofTerraform, 'utf8') : '';
    return { manifest, stacks, terraform, templates: stacks.map(({ properties }) => read(properties.templateFile)) };
  } finally {
    delete process.env.CDK_OUTDIR;
    delete process.env.CDKTF_OUTDIR;
    rmSync(folder, { recursive: true });
  }
}

function count(templates: readonly Template[], type: string): number {
  return templates.flatMap(({ Resources = {} }) => Object.values(Resources)).filter((each) => each.Type === type)
    .length;
}

test('there are four', () => {
  expect(names).toEqual(['aws-existing.ts', 'aws-fargate.ts', 'aws-minimal.ts', 'aws-mtls-and-jwt.ts']);
});

test.each([...names, 'multi-region.ts', 'multi-cloud.ts', 'org-stackset.ts'])('%s has fewer than 60 lines', (name) => {
  expect(readFileSync(join(EXAMPLES, name), 'utf8').trimEnd().split('\n').length).toBeLessThan(60);
});

test.each([...names, 'multi-region.ts', 'multi-cloud.ts'])('%s has its templates checked', (name) => {
  const plugins: object[] = [];
  jest.isolateModules(() => {
    const { App, Validations } = require('aws-cdk-lib') as typeof import('aws-cdk-lib');
    jest.spyOn(Validations.prototype, 'addPlugins').mockImplementation((...added) => void plugins.push(...added));
    jest.spyOn(App.prototype, 'synth').mockImplementation();
    require(join(EXAMPLES, name));
  });
  expect(plugins.map((plugin) => plugin.constructor.name)).toEqual(['AuditLogChecks']);
});

describe.each(names)('%s', (name) => {
  const { manifest, stacks, templates } = synthesize(name);

  test('knows neither account nor region and looks nothing up', () => {
    expect(manifest.missing ?? []).toEqual([]);
    expect(new Set(stacks.map(({ environment }) => environment))).toEqual(
      new Set(['aws://unknown-account/unknown-region']),
    );
  });

  test('locks what it keeps, and protects it from deletion', () => {
    expect(count(templates, 'AWS::KMS::Key')).toBeGreaterThanOrEqual(2);
    expect(stacks.some(({ properties }) => properties.terminationProtection)).toBe(true);
  });
});

test.each([
  ['aws-minimal.ts', 2, 2, 1],
  ['aws-fargate.ts', 2, 2, 2],
  ['aws-mtls-and-jwt.ts', 2, 2, 2],
  ['aws-existing.ts', 2, 0, 1],
])('%s makes %d stacks, %d load balancers and %d services', (name, stackCount, loadBalancers, services) => {
  const { stacks, templates } = synthesize(name);
  expect(stacks).toHaveLength(stackCount);
  expect(count(templates, 'AWS::ElasticLoadBalancingV2::LoadBalancer')).toBe(loadBalancers);
  expect(count(templates, 'AWS::ECS::Service')).toBe(services);
});

describe.each([
  ['multi-region.ts', 15],
  ['multi-cloud.ts', 3],
])('%s', (name, stackCount) => {
  const { manifest, stacks, terraform } = synthesize(name);
  const paths = stacks.map(({ displayName = '' }) => displayName);

  test('has a stack of names, and looks nothing up, though it knows accounts and regions', () => {
    expect(stacks).toHaveLength(stackCount);
    expect(paths.filter((path) => path.split('/').length === 2)).toEqual([expect.stringMatching('/global$')]);
    expect(manifest.missing ?? []).toEqual([]);
    for (const { environment } of stacks) expect(environment).toMatch(/^aws:\/\/\d{12}\/[a-z]+-[a-z]+-\d$/);
  });

  test('protects what it keeps, and nothing else, from deletion', () => {
    const isProtected = stacks.map(({ properties }) => properties.terminationProtection ?? false);
    expect(isProtected).toEqual(paths.map((path) => /\/(archive|replicas)$/.test(path)));
  });

  test('has on Google Cloud the regions that AWS only leads to', () => {
    expect(terraform.includes('"location": "europe-west3"')).toBe(name === 'multi-cloud.ts');
  });
});

describe('org-stackset.ts', () => {
  const { manifest, stacks, templates } = synthesize('org-stackset.ts');

  test('is one stack, without lookups', () => {
    expect(stacks).toHaveLength(1);
    expect(manifest.missing ?? []).toEqual([]);
  });

  test.each([
    ['AWS::Organizations::Policy', 4],
    ['AWS::Config::OrganizationConfigRule', 12],
    ['AWS::CloudFormation::StackSet', 2],
  ])('makes %s', (type, expected) => {
    expect(count(templates, type)).toBe(expected);
  });

  test('is protected from deletion, which would take the archives along', () => {
    expect(stacks[0]?.properties.terminationProtection).toBe(true);
  });

  test('keeps its StackSets when it goes or replaces them, and the archives with them', () => {
    const sets = Object.values(templates[0]?.Resources ?? {}).filter(({ Type }) => Type.endsWith('::StackSet'));
    expect(sets).toMatchObject(Array(2).fill({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' }));
  });
});
