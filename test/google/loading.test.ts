import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { transformFileSync } from '@swc/core';
import { document } from './synthesized';

const ROOT = join(__dirname, '../..');

/** An app of a user's. */
const APP = `
const { GoogleProvider } = require('@cdktf/provider-google/lib/provider');
const { App, TerraformStack } = require('cdktf');
const { GoogleDeployment, ImmutableAuditLog } = require('immutable-audit-log/google');
const { AuditLogPolicy } = require('immutable-audit-log/policy');
const policy = AuditLogPolicy.parse(require('node:fs').readFileSync('policy.json', 'utf8'));
const app = new App({ outdir: 'out' });
const stack = new TerraformStack(app, 'log');
new GoogleProvider(stack, 'google', { project: 'example-audit' });
new ImmutableAuditLog(stack, 'AuditLog', { policy, deployment: GoogleDeployment.example(policy) });
app.synth();
`;

/**
 * What a process has loaded and needed when it ends; it is told as the last thing it does. Not `resourceUsage().maxRSS`: Linux counts in it what the
 * parent had at the fork, and test runners are large.
 */
const AT_THE_END = `process.on('exit', () => {
  const fs = require('node:fs');
  const highest = fs.existsSync('/proc/self/status') && /^VmHWM:\\s+(\\d+) kB$/m.exec(fs.readFileSync('/proc/self/status', 'utf8'));
  const bytes = highest ? Number(highest[1]) * 1024 : process.memoryUsage().rss;
  fs.writeFileSync('loaded.json', JSON.stringify({ files: Object.keys(require.cache), bytes }));
});`;

interface Loaded {
  readonly files: string[];
  /** Resident memory at its highest. */
  readonly bytes: number;
}

let loaded: Loaded;
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'google-loading-'));
  makePackage(folder);
  writeFileSync(join(folder, 'policy.json'), JSON.stringify(document));
  writeFileSync(join(folder, 'at-the-end.js'), AT_THE_END);
  writeFileSync(join(folder, 'app.js'), APP);
  const args = ['-r', './at-the-end.js', 'app.js'];
  const { status, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  loaded = JSON.parse(readFileSync(join(folder, 'loaded.json'), 'utf8'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** The package in a folder as it is built: a module for each source, reached by what package.json exports. */
function makePackage(to: string): void {
  copyFileSync(join(ROOT, 'package.json'), join(to, 'package.json'));
  symlinkSync(join(ROOT, 'node_modules'), join(to, 'node_modules'));
  for (const file of readdirSync(join(ROOT, 'lib'), { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.ts')) continue;
    const { code } = transformFileSync(join(ROOT, 'lib', file), {
      swcrc: false,
      jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
      module: { type: 'commonjs' },
    });
    const compiled = join(to, 'dist/lib', file.replace(/\.ts$/, '.js'));
    mkdirSync(dirname(compiled), { recursive: true });
    writeFileSync(compiled, code);
  }
  symlinkSync(join(ROOT, 'dist/bundles'), join(to, 'dist/bundles'));
}

/** The resource modules that the sources of a folder name. */
function importedBy(sources: string): string[] {
  const texts = readdirSync(sources, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => readFileSync(join(sources, file), 'utf8'));
  const names = texts.flatMap((text) => [
    ...text.matchAll(/^import (?!type).* from '@cdktf\/provider-google\/lib\/([a-z0-9-]+)';$/gm),
  ]);
  return [...new Set(names.map(([, name]) => name as string))].sort();
}

test('only the resource modules that the library uses are loaded', () => {
  const modules = loaded.files.flatMap((file) => /provider-google\/lib\/([^/]+)\/index\.js$/.exec(file)?.[1] ?? []);
  expect([...modules, 'provider'].filter((name, at, all) => all.indexOf(name) === at).sort()).toEqual(
    [...importedBy(join(ROOT, 'lib/google')), 'provider'].sort(),
  );
});

test('what is measured is the entry of the package, not a bundle', () => {
  const entry = join(realpathSync(folder), 'dist/lib/google/index.js');
  expect(loaded.files).toContain(entry);
});

test('neither all resources nor another cloud are loaded', () => {
  const others = /provider-google\/lib\/(index|lazy-index)\.js$|node_modules\/(aws-cdk-lib|@aws-sdk|@duckdb)\//;
  expect(loaded.files.filter((file) => others.test(file))).toEqual([]);
});

test('loading and synthesis stay under 150 MB', () => {
  expect(loaded.bytes / 1e6).toBeLessThan(150);
});
