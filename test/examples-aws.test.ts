process.env.CDK_VALIDATION = 'false';

import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
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
    { type: string; environment: string; properties: { templateFile: string; terminationProtection?: boolean } }
  >;
}

/** Runs an example as `cdk synth` does. */
function synthesize(name: string) {
  const folder = mkdtempSync(join(tmpdir(), 'example-'));
  process.env.CDK_OUTDIR = folder;
  try {
    jest.isolateModules(() => require(join(EXAMPLES, name)));
    const manifest: Manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'));
    const stacks = Object.values(manifest.artifacts).filter(({ type }) => type === 'aws:cloudformation:stack');
    const read = (file: string): Template => JSON.parse(readFileSync(join(folder, file), 'utf8'));
    return { manifest, stacks, templates: stacks.map(({ properties }) => read(properties.templateFile)) };
  } finally {
    delete process.env.CDK_OUTDIR;
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

describe.each(names)('%s', (name) => {
  const { manifest, stacks, templates } = synthesize(name);

  test('has fewer than 60 lines', () => {
    expect(readFileSync(join(EXAMPLES, name), 'utf8').trimEnd().split('\n').length).toBeLessThan(60);
  });

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
