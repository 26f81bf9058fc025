import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from './running-log';

const POLICIES = join(__dirname, '..', '..', 'examples', 'policies');
const SEC = join(POLICIES, 'sec-17a-4.json');

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

describe('policy check', () => {
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

  test('exits 2 on a bad document, and says which', async () => {
    const bad = changed('"version": 1', '"version": 2');
    const { code, stderr } = await run(['policy', 'diff', SEC, bad]);
    expect(code).toBe(2);
    expect(stderr).toContain(`${bad}: `);
    expect(stderr).toContain('$.version');
  });
});
