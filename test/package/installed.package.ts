import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ts from 'typescript';

const ROOT = join(__dirname, '..', '..');

let folder: string;
const installed = () => join(folder, 'node_modules', 'immutable-audit-log');

function npm(args: readonly string[], cwd: string): string {
  return execFileSync('npm', [...args], { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Packs the built package and installs it in a new folder, as a user would. */
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'audit-log-package-'));
  npm(['run', '--silent', 'build'], ROOT);
  const packed = npm(['pack', '--ignore-scripts', '--silent', '--pack-destination', folder], ROOT).trim();
  writeFileSync(join(folder, 'package.json'), '{"name":"user","private":true}');
  npm(['install', '--no-audit', '--no-fund', join(folder, packed)], folder);
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
  const { dependencies, optionalDependencies } = JSON.parse(readFileSync(join(installed(), 'package.json'), 'utf8'));
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

test('it ships of the services what constructs need and the bundles, and no tests', () => {
  const files = execFileSync('find', ['.', '-type', 'f'], { cwd: installed(), encoding: 'utf8' }).trim().split('\n');
  expect(files.filter((file) => /^\.\/(test|dist\/test|dist\/bin)\//.test(file))).toEqual([]);
  const services = files.filter((file) => file.startsWith('./dist/lib/services/'));
  expect(services.filter((file) => !/\/(environment|[a-z]+\/config)\.js$/.test(file))).toEqual([]);
  expect(services).toContain('./dist/lib/services/ingest/config.js');
});

describe('beside the frameworks', () => {
  /** The versions that this repository is built with, from its own folder: the two are half a gigabyte. */
  beforeAll(() => {
    for (const name of ['constructs', 'aws-cdk-lib', 'aws-cdk', 'cdktf', '@cdktf/provider-google']) {
      const place = join(folder, 'node_modules', name);
      rmSync(place, { recursive: true, force: true });
      mkdirSync(join(place, '..'), { recursive: true });
      symlinkSync(join(ROOT, 'node_modules', name), place);
    }
    symlinkSync('../aws-cdk/bin/cdk', join(folder, 'node_modules', '.bin', 'cdk'));
  });

  /** Runs an example that is shipped, as a user's own app beside the package. */
  function runExample(name: string): void {
    const text = readFileSync(join(installed(), 'examples', `${name}.ts`), 'utf8');
    const { outputText } = ts.transpileModule(text, { compilerOptions: { module: ts.ModuleKind.CommonJS } });
    writeFileSync(join(folder, `${name}.js`), outputText);
    const env = { ...process.env, CDK_OUTDIR: join(folder, name), CDKTF_OUTDIR: join(folder, name) };
    execFileSync(process.execPath, [`${name}.js`], { cwd: folder, env, stdio: 'pipe' });
  }

  test('the minimal example synthesizes on AWS, with the services of the package', () => {
    runExample('aws-minimal');
    const { files } = JSON.parse(readFileSync(join(folder, 'aws-minimal', 'AuditLog.assets.json'), 'utf8'));
    const assets = Object.values<{ source: { path: string } }>(files).map(({ source }) =>
      join(folder, 'aws-minimal', source.path, 'index.js'),
    );
    expect(assets.filter(existsSync).length).toBeGreaterThanOrEqual(2);
  });

  test('the minimal example synthesizes on Google Cloud, with the services of the package', () => {
    runExample('google-minimal');
    const stack = readFileSync(join(folder, 'google-minimal', 'stacks', 'audit-log', 'cdk.tf.json'), 'utf8');
    const [, archive] = /"(\.\/assets\/[^"]*\.zip)"/.exec(stack) ?? [];
    expect(existsSync(join(folder, 'google-minimal', 'stacks', 'audit-log', `${archive}`))).toBe(true);
  });

  test.each([
    ['AWS', "npx cdk synth --app 'node node_modules/immutable-audit-log/dist/bundles/aws-app.js'", 'one-region'],
    ['Google Cloud', 'node node_modules/immutable-audit-log/dist/bundles/google-app.js', 'google-two-regions'],
  ])('the app for %s runs as the README prints it', (_, command, name) => {
    const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
    expect(readme).toContain(`${command} -c policy=policy.json -c deployment=deployment.json`);
    const policy = join(installed(), `examples/policies/${name}.json`);
    execFileSync('sh', ['-c', `${command} -c policy=${policy} -c example=true`], { cwd: folder, stdio: 'pipe' });
    expect(['cdk.out', 'cdktf.out/stacks'].some((place) => existsSync(join(folder, place)))).toBe(true);
  });
});
