import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(__dirname, '../..');
const POLICY = join(ROOT, 'examples/policies/sec-17a-4.json');

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'aws-app-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs the app as the CDK's command line does, without credentials. */
function synthesize(context: Record<string, string>) {
  const { context: flags } = JSON.parse(readFileSync(join(ROOT, 'cdk.json'), 'utf8'));
  const { PATH } = process.env;
  const env = {
    PATH,
    CDK_OUTDIR: folder,
    CDK_CONTEXT_JSON: JSON.stringify({ ...flags, ...context }),
    CDK_VALIDATION: 'false',
  };
  const app = join(ROOT, 'dist/bundles/aws-app.js');
  return spawnSync(process.execPath, [app], { env, encoding: 'utf8' });
}

interface Manifest {
  readonly missing?: unknown[];
  readonly artifacts: Record<
    string,
    { type: string; environment: string; displayName?: string; properties?: { terminationProtection?: boolean } }
  >;
}

test('makes the stacks of every region of a policy, where the deployment says, without looking anything up', () => {
  const { status } = synthesize({ policy: POLICY, example: 'true' });
  expect(status).toBe(0);
  const manifest: Manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'));
  const stacks = Object.values(manifest.artifacts).filter(({ type }) => type === 'aws:cloudformation:stack');
  expect(
    stacks.map(({ displayName, environment, properties }) => [
      displayName,
      environment,
      properties?.terminationProtection ?? false,
    ]),
  ).toEqual(
    expect.arrayContaining([
      ['trading-audit/us-east-1/archive', 'aws://111122223333/us-east-1', true],
      ['trading-audit/us-east-1/front', 'aws://111122223333/us-east-1', false],
      ['trading-audit/us-west-2/archive', 'aws://111122223333/us-west-2', true],
      ['trading-audit/us-west-2/front', 'aws://111122223333/us-west-2', false],
    ]),
  );
  expect(manifest.missing ?? []).toEqual([]);
});

test.each([
  ['a policy', {}, 'policy-missing'],
  ['a deployment', { policy: POLICY }, 'deployment-missing'],
  ['a policy that is one', { policy: join(ROOT, 'package.json'), example: 'true' }, 'document-invalid'],
  ['a deployment that is one', { policy: POLICY, deployment: POLICY }, 'document-invalid'],
])('names what is missing: %s', (_, context, code) => {
  const { status, stderr, stdout } = synthesize(context);
  expect([status, stdout]).toEqual([1, '']);
  expect(stderr.trim()).toMatch(new RegExp(`\\[${code}\\]$`));
  expect(stderr).not.toContain('    at ');
});
