import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { goodDeployment } from '../policy/deployments';
import { run } from './running-log';

const POLICIES = join(__dirname, '..', '..', 'examples', 'policies');
const SEC = join(POLICIES, 'sec-17a-4.json');
const OTHER_ACCOUNT = '444455556666';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'audit-log-policy-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A policy that differs from an example in some of its text. */
function changed(from: string, to: string): string {
  const file = join(folder, 'changed.json');
  writeFileSync(file, readFileSync(SEC, 'utf8').replace(from, to));
  return file;
}

/** A deployment of a log in two regions, the second in the first's account or another. */
function deployment(name: string, account = goodDeployment.regions[0]!.account): string {
  const file = join(folder, name);
  const [first, second] = goodDeployment.regions;
  const breakGlassRoleArn = `arn:aws:iam::${account}:role/audit-break-glass`;
  const moved = { ...second, account, breakGlassRoleArn, zone: { ...second!.zone, account } };
  writeFileSync(file, JSON.stringify({ ...goodDeployment, regions: [first, moved] }));
  return file;
}

describe('policy check', () => {
  test('says of a file that is not there which document it should be', async () => {
    const { code, stderr } = await run(['policy', 'check', '/nowhere']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^audit-log: policy \/nowhere: .*ENOENT.* \[document-unreadable\]\n$/);
  });

  test('exits 2 without a document', async () => {
    expect(await run(['policy', 'check'])).toMatchObject({ code: 2, stdout: '' });
  });

  test('says a policy in plain words, and then what happens when a region fails', async () => {
    const { code, stdout } = await run(['policy', 'check', SEC]);
    expect(code).toBe(0);
    expect(stdout.indexOf('cannot be undone')).toBeGreaterThan(0);
    expect(stdout.indexOf('If us-east-1 fails')).toBeGreaterThan(stdout.indexOf('cannot be undone'));
  });
});

describe('policy diff', () => {
  test('says that nothing changes, and exits 0', async () => {
    expect(await run(['policy', 'diff', SEC, SEC])).toEqual({ code: 0, stdout: 'nothing changes\n', stderr: '' });
  });

  test('exits 0 on what is to be looked at', async () => {
    expect(await run(['policy', 'diff', SEC, changed('"requests": 6000', '"requests": 7000')])).toEqual({
      code: 0,
      stdout:
        'review: $.writers.rateLimit: One IP address of writers could send 7,000 requests in 60 seconds instead of 6,000 requests in 60 seconds. [rate-limit-changed]\n',
      stderr: '',
    });
  });

  test('exits 1 on what is refused', async () => {
    const lost = changed(', { "name": "us-west-2", "jurisdiction": "US" }', '');
    const { code, stdout } = await run(['policy', 'diff', SEC, lost]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^refused: \$\.regions: .*us-west-2.* \[region-lost\]\n$/);
  });

  test.each([
    { args: [SEC], why: 'one document' },
    { args: [SEC, '/nowhere'], why: 'a document that is not there' },
  ])('exits 2 on $why', async ({ args }) => {
    expect(await run(['policy', 'diff', ...args])).toMatchObject({ code: 2, stdout: '' });
  });

  test('says what a change of the deployment does, after what one of the policy does', async () => {
    const [before, after] = [deployment('before.json'), deployment('after.json', OTHER_ACCOUNT)];
    const policy = changed('"requests": 6000', '"requests": 7000');
    const { code, stdout } = await run(['policy', 'diff', SEC, policy, '--deployments', before, after]);
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /^review: \$\.writers\.rateLimit: .*\nrefused: deployment \$\.regions: .*444455556666.* \[account-changed\]\n$/,
    );
  });

  test('says that neither policy nor deployment changes', async () => {
    const file = deployment('before.json');
    expect(await run(['policy', 'diff', SEC, SEC, '--deployments', file, file])).toMatchObject({
      code: 0,
      stdout: 'nothing changes\n',
    });
  });

  test('exits 2 on one deployment', async () => {
    const { code, stderr } = await run(['policy', 'diff', SEC, SEC, '--deployments', deployment('before.json')]);
    expect(code).toBe(2);
    expect(stderr).toContain('two files');
  });

  test('exits 2 on a bad deployment, and says which', async () => {
    const { code, stderr } = await run(['policy', 'diff', SEC, SEC, '--deployments', deployment('before.json'), SEC]);
    expect(code).toBe(2);
    expect(stderr).toContain(`deployment ${SEC}: `);
  });

  test('exits 2 on a bad document, and says which', async () => {
    const bad = changed('"version": 1', '"version": 2');
    const { code, stderr } = await run(['policy', 'diff', SEC, bad]);
    expect(code).toBe(2);
    expect(stderr).toContain(`${bad}: `);
    expect(stderr).toContain('$.version');
  });
});
