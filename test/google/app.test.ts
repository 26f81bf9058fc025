import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deploymentProps } from './deployments';
import { document } from './synthesized';

const APP = join(__dirname, '../../dist/bundles/google-app.js');

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'google-app-'));
  writeFileSync(join(folder, 'policy.json'), JSON.stringify(document));
  writeFileSync(join(folder, 'deployment.json'), JSON.stringify({ version: 1, ...deploymentProps }));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs the app without a network, credentials, Terraform or CDKTF's command line. */
function run(...context: string[]) {
  const args = context.flatMap((each) => ['-c', each]);
  const { PATH } = process.env;
  return spawnSync(process.execPath, [APP, ...args], { cwd: folder, encoding: 'utf8', env: { PATH } });
}

test.each([
  ['of a deployment', 'deployment=deployment.json', 'acme-logs'],
  ['with placeholders', 'example=true', 'example-audit'],
])('makes a stack %s', (_, how, project) => {
  const { status, stderr } = run('policy=policy.json', how, 'out=out');
  expect(stderr).toBe('');
  expect(status).toBe(0);
  const json = JSON.parse(readFileSync(join(folder, 'out/stacks/acme-audit/cdk.tf.json'), 'utf8'));
  expect(json.provider.google).toEqual([{ project }]);
});

test('makes only what is of Google, where a policy is of two clouds', () => {
  const policy = join(__dirname, '../../examples/policies/aws-and-google.json');
  expect(run(`policy=${policy}`, 'example=true', 'out=both').stderr).toBe('');
  const json = JSON.parse(readFileSync(join(folder, 'both/stacks/bank-audit/cdk.tf.json'), 'utf8'));
  const buckets: { location: string }[] = Object.values(json.resource.google_storage_bucket);
  expect(new Set(buckets.map(({ location }) => location))).toEqual(new Set(['europe-west3']));
});

test.each([
  ['a policy', [], 'policy-missing'],
  ['a deployment', ['policy=policy.json'], 'deployment-missing'],
  ['a good policy', ['policy=deployment.json', 'example=true'], 'document-invalid'],
  ['one deployment', ['policy=policy.json', 'deployment=nowhere.json', 'example=true'], 'deployment-ambiguous'],
])('without %s it ends with 1 and says so', (_, context, code) => {
  const { status, stderr } = run(...context);
  expect(status).toBe(1);
  expect(stderr).toContain(`[${code}]`);
});

test('an argument that it does not know ends it with 1', () => {
  const { status, stderr } = spawnSync(process.execPath, [APP, '--example'], { encoding: 'utf8' });
  expect(status).toBe(1);
  expect(stderr).toMatch(/--example.*; give -c policy=<file> and -c deployment=<file> \[argument-unknown\]/s);
});
