// Runs the Google tests on cdktn, the maintained fork of CDKTF, as users of it do: an alias and an override in package.json, and not a line of code.
// Then synthesizes example policies on both and compares what Terraform would read. Installs the fork from the npm registry into a temporary copy.
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const FORK = 'cdktn';
const VERSION = '0.24.0';

/** All that the Google tests run on; the rest of the package is not installed. */
const NEEDED = ['@cdktf/provider-google', '@swc/core', '@swc/jest', 'ajv', 'cdktf', 'constructs', 'fast-check', 'jest'];

/** What the copy holds. Sources run as they are; the app and the functions' archives are those that were bundled here. */
const COPIED = ['lib', 'test/google', 'test/policy', 'examples', 'dist/bundles', 'package-lock.json'];

/** It compiles what documents say, against all that the package is developed with. */
const LEFT_OUT = 'test/google/operations.test.ts';

/** One of each: a global front door, regional ones, and a part of a log beside another cloud. */
const POLICIES = ['google-two-regions', 'google-jurisdictions', 'aws-and-google'];

const known = spawnSync('npm', ['view', `${FORK}@${VERSION}`, 'version', '--fetch-retries=1'], { encoding: 'utf8' });
if (known.stdout.trim() !== VERSION) {
  console.error(
    `npm cannot see ${FORK}@${VERSION}. This needs the npm registry, or a mirror of it: npm config set registry <url>`,
  );
  process.exit(1);
}

const folder = mkdtempSync(join(tmpdir(), 'fork-'));
/** The same archives for both, whoever bundles in the meantime. */
const [ours, theirs] = ['cdktf', FORK].map((name) => join(folder, name));
try {
  timed('bundle', () => execFileSync('npm', ['run', '--silent', 'bundle'], { cwd: ROOT, stdio: 'inherit' }));
  timed('copy', copy);
  timed('install', install);
  timed('test', () => run('npx', ['jest', 'test/google', '--testPathIgnorePatterns', LEFT_OUT]));
  timed('compare', () => POLICIES.forEach(compare));
} finally {
  rmSync(folder, { recursive: true });
}

function copy() {
  for (const path of COPIED) cpSync(join(ROOT, path), join(theirs, path), { recursive: true });
  cpSync(join(theirs, 'dist/bundles'), join(ours, 'dist/bundles'), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(ours, 'node_modules'));
  const { name, version, exports, devDependencies, jest, overrides } = readJson(join(ROOT, 'package.json'));
  const kept = Object.fromEntries(NEEDED.map((each) => [each, devDependencies[each]]));
  // A direct dependency and an override of it must say the same, and everything that wants cdktf must get this one.
  const forked = { ...kept, cdktf: `npm:${FORK}@${VERSION}` };
  const { globalSetup, ...settings } = jest;
  const manifest = {
    name,
    version,
    private: true,
    exports,
    devDependencies: forked,
    overrides: { ...overrides, cdktf: '$cdktf', constructs: '$constructs' },
    jest: settings,
  };
  writeFileSync(join(theirs, 'package.json'), JSON.stringify(manifest, null, 2));
}

function install() {
  run('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error']);
  const manifest = createRequire(join(theirs, 'package.json')).resolve('cdktf/package.json');
  const installed = readJson(manifest);
  if (installed.name !== FORK || installed.version !== VERSION) {
    throw new Error(`npm installed ${installed.name}@${installed.version} in place of ${FORK}@${VERSION}`);
  }
}

function compare(policy) {
  const [before, after] = [ours, theirs].map((where) => synthesized(where, policy));
  if (before !== after) throw new Error(`${policy} synthesizes to something else on ${FORK}`);
  console.log(`${policy}: ${before.length} characters, the same on both`);
}

/** What Terraform reads of a stack, without what says which library wrote it, and where. */
function synthesized(where, policy) {
  const out = join(where, 'out', policy);
  mkdirSync(join(out, '..'), { recursive: true });
  const document = join(ROOT, 'examples/policies', `${policy}.json`);
  const app = join(where, 'dist/bundles/google-app.js');
  execFileSync(process.execPath, [app, '-c', `policy=${document}`, '-c', 'example=true', '-c', `out=${out}`], {
    cwd: where,
  });
  const { name } = readJson(document);
  const { '//': _, ...stack } = readJson(join(out, 'stacks', name, 'cdk.tf.json'));
  const { backend, ...terraform } = stack.terraform;
  return JSON.stringify({ ...stack, terraform }, (key, value) => (key === '//' ? undefined : value));
}

function readJson(file) {
  return JSON.parse(readFileSync(file, 'utf8'));
}

function run(command, args) {
  execFileSync(command, args, { cwd: theirs, stdio: 'inherit' });
}

function timed(name, step) {
  const started = performance.now();
  step();
  console.log(`${name}: ${((performance.now() - started) / 1_000).toFixed(1)} s`);
}
