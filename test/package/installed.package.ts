import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(__dirname, '..', '..');

let folder: string;

function npm(args: readonly string[], cwd: string): string {
  return execFileSync('npm', [...args], { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Packs the built package and installs it in a new folder, as a user would. */
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'audit-log-package-'));
  npm(['run', '--silent', 'build'], ROOT);
  const packed = npm(['pack', '--ignore-scripts', '--silent', '--pack-destination', folder], ROOT).trim();
  writeFileSync(join(folder, 'package.json'), '{"name":"user","private":true}');
  npm(['install', '--no-audit', '--no-fund', '--legacy-peer-deps', join(folder, packed)], folder);
}, 300_000);

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function audit(...args: string[]): string {
  return execFileSync('npx', ['--no-install', 'audit-log', ...args], { cwd: folder, encoding: 'utf8' });
}

function evaluate(script: string): string {
  return execFileSync(process.execPath, ['-e', script], { cwd: folder, encoding: 'utf8' }).trim();
}

test('its command line runs a log, appends, finds and verifies', async () => {
  const up = spawn('npx', ['--no-install', 'audit-log', 'up', '--port', '18443'], { cwd: folder, detached: true });
  const ended = new Promise((resolve) => up.once('exit', resolve));
  try {
    await new Promise<void>((resolve, reject) => {
      up.stdout.on('data', (chunk) => String(chunk).includes('Try in another terminal') && resolve());
      up.once('exit', () => reject(new Error('up ended')));
    });
    writeFileSync(join(folder, 'events.ndjson'), '{"action":"package.try","n":1.10}\n');
    audit('append', 'events.ndjson', '--url', 'https://localhost:18443', '--receipts', 'receipts.ndjson');
    expect(audit('query', '--url', 'https://localhost:18443', '--action', 'package.try', '--events')).toBe(
      readFileSync(join(folder, 'events.ndjson'), 'utf8'),
    );
  } finally {
    process.kill(-(up.pid as number), 'SIGTERM');
    await ended;
  }
  const key = join(folder, '.audit-log', 'keys', 'log.vkey');
  expect(audit('verify', 'file:.audit-log/store', '--key', `@${key}`, '--receipts', 'receipts.ndjson')).toContain(
    'The log is whole.',
  );
}, 120_000);

test('it has no dependencies but the search engine, which is optional', () => {
  const { dependencies, optionalDependencies } = JSON.parse(
    readFileSync(join(folder, 'node_modules', 'immutable-audit-log', 'package.json'), 'utf8'),
  );
  expect(dependencies).toBeUndefined();
  expect(Object.keys(optionalDependencies)).toEqual(['@duckdb/node-api']);
});

test('the policy classes work where no framework is installed', () => {
  const script =
    "const { policy } = require('immutable-audit-log'); console.log(policy.Retention.governance(policy.Period.days(3)).period.inDays)";
  expect(evaluate(script)).toBe('3');
});

test.each([
  ['policy/policy', 'policy'],
  ['policy/deployment', 'deployment'],
  ['google/deployment', 'google-deployment'],
])('it ships the schema %s', (path, name) => {
  const script = `console.log(require('immutable-audit-log/${path}.schema.json').$id)`;
  expect(evaluate(script)).toBe(`urn:immutable-audit-log:${name}:1`);
});

test('it ships no tests and no sources of services', () => {
  const files = execFileSync('find', ['.', '-type', 'f'], {
    cwd: join(folder, 'node_modules', 'immutable-audit-log'),
    encoding: 'utf8',
  }).split('\n');
  expect(files.filter((file) => /^\.\/(test|dist\/test|dist\/bin)\//.test(file))).toEqual([]);
});
