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

/** A region's stacks, as `cdk ls` shows them, with account, and whether they are protected from deletion. */
function regionOf(log: string, region: string, account: string, parts: readonly string[]): unknown[][] {
  return parts.map((part) => [`${log}/${region}/${part}`, `aws://${account}/${region}`, part !== 'front']);
}

const [ALONE, COPIED] = [
  ['archive', 'front'],
  ['replicas', 'archive', 'front'],
];

test.each([
  ['one-region', regionOf('payments-audit', 'eu-central-1', '111122223333', ALONE), 'eu-central-1'],
  [
    'two-regions',
    [
      ...regionOf('clinic-audit', 'eu-central-1', '111122223333', COPIED),
      ...regionOf('clinic-audit', 'eu-west-1', '111122223333', COPIED),
    ],
    'us-west-2',
  ],
  [
    'three-jurisdictions',
    [
      ...regionOf('acme-audit', 'eu-central-1', '111122223333', COPIED),
      ...regionOf('acme-audit', 'eu-west-1', '111122223333', COPIED),
      ...regionOf('acme-audit', 'us-east-1', '133344445555', COPIED),
      ...regionOf('acme-audit', 'us-east-2', '133344445555', COPIED),
      ...regionOf('acme-audit', 'ap-southeast-2', '155566667777', ALONE),
    ],
    'us-west-2',
  ],
  ['aws-and-google', regionOf('bank-audit', 'eu-central-1', '111122223333', ALONE), 'us-west-2'],
])('stacks of %s read like the policy, and nothing is looked up', (name, regional, watch) => {
  const { status } = synthesize({ policy: join(ROOT, `examples/policies/${name}.json`), example: 'true' });
  expect(status).toBe(0);
  const manifest: Manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'));
  const stacks = Object.values(manifest.artifacts).filter(({ type }) => type === 'aws:cloudformation:stack');
  const made = stacks.map((stack) => [
    stack.displayName,
    stack.environment,
    stack.properties?.terminationProtection ?? false,
  ]);
  const log = String(regional[0]?.[0]).split('/')[0];
  expect(made.sort()).toEqual([...regional, [`${log}/global`, `aws://111122223333/${watch}`, false]].sort());
  expect(manifest.missing ?? []).toEqual([]);
});

test.each([
  ['a policy', {}, 'policy-missing'],
  ['a deployment', { policy: POLICY }, 'deployment-missing'],
  ['one deployment', { policy: POLICY, deployment: 'nowhere.json', example: 'true' }, 'deployment-ambiguous'],
  ['a policy that is one', { policy: join(ROOT, 'package.json'), example: 'true' }, 'document-invalid'],
  ['a deployment that is one', { policy: POLICY, deployment: POLICY }, 'document-invalid'],
  ['a file of a policy', { policy: '/nowhere.json', example: 'true' }, 'document-unreadable'],
])('names what is missing: %s', (_, context, code) => {
  const { status, stderr, stdout } = synthesize(context);
  expect([status, stdout]).toEqual([1, '']);
  expect(stderr.trim()).toMatch(new RegExp(`\\[${code}\\]$`));
  expect(stderr).not.toContain('    at ');
});

test.each([
  ['policy', { policy: '/nowhere.json', example: 'true' }, 'policy /nowhere.json: '],
  ['policy', { policy: join(ROOT, 'package.json'), example: 'true' }, `policy ${join(ROOT, 'package.json')}: `],
  ['deployment', { policy: POLICY, deployment: POLICY }, `deployment ${POLICY}: `],
])('an error says which document it is about, and where that is: %s', (_, context, beginning) => {
  expect(synthesize(context).stderr.startsWith(beginning)).toBe(true);
});
