// Lets Go's own packages (golang.org/x/mod/sumdb) check a log that was just built, and refuse it after each of several changes.
// Installs nothing. GOPATH may point to another place that holds golang.org/x/mod.
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';
import { buildSync } from 'esbuild';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const HINT = 'Install them with: apt-get install golang-go golang-golang-x-mod-dev';
const TAIL_SIZE = 4_096;

const goPath = process.env.GOPATH ?? '/usr/share/gocode';
if (spawnSync('go', ['version']).status !== 0) {
  fail(`Go is missing. ${HINT}`);
}
if (!existsSync(join(goPath, 'src/golang.org/x/mod/sumdb/tlog'))) {
  fail(`golang.org/x/mod is not below ${goPath}. ${HINT}`);
}

const folder = mkdtempSync(join(tmpdir(), 'checkers-'));
try {
  const check = build();
  const whole = join(folder, 'whole');
  mkdirSync(whole);
  execFileSync(process.execPath, [join(folder, 'write-log.cjs'), whole], { stdio: 'inherit' });

  expect('the log as it was written', check, whole, 0);
  for (const [name, change] of Object.entries(CHANGES())) {
    const changed = join(folder, 'changed');
    cpSync(whole, changed, { recursive: true });
    change(changed);
    expect(name, check, changed, 1);
    rmSync(changed, { recursive: true });
  }
} finally {
  rmSync(folder, { recursive: true });
}

function build() {
  buildSync({
    entryPoints: [join(HERE, 'write-log.ts')],
    outfile: join(folder, 'write-log.cjs'),
    bundle: true,
    platform: 'node',
    logLevel: 'error',
  });
  const binary = join(folder, 'check');
  execFileSync('go', ['build', '-o', binary, join(HERE, 'check.go')], {
    stdio: 'inherit',
    env: { ...process.env, GO111MODULE: 'off', GOPATH: goPath, GOCACHE: join(folder, 'cache'), GOFLAGS: '' },
  });
  return binary;
}

function CHANGES() {
  const PROOF = '257-128.tlog-proof';
  const edit = (file, change) => (at) => {
    const path = join(at, file);
    const before = readFileSync(path, 'utf8');
    const after = change(before);
    if (after === before) {
      fail(`the change of ${file} changes nothing`);
    }
    writeFileSync(path, after);
  };
  const lines = (change) => (text) => {
    const all = text.split('\n');
    change(all);
    return all.join('\n');
  };
  return {
    'another index': edit(PROOF, (text) => text.replace('index 128', 'index 127')),
    'a hash of the proof changed': edit(
      PROOF,
      lines((all) => {
        all[3] = all[4];
      }),
    ),
    'a hash of the proof missing': edit(
      PROOF,
      lines((all) => {
        all.splice(3, 1);
      }),
    ),
    'two hashes of the proof exchanged': edit(
      PROOF,
      lines((all) => {
        [all[2], all[3]] = [all[3], all[2]];
      }),
    ),
    'another size': edit(PROOF, (text) => text.replace('\n257\n', '\n256\n')),
    'another origin': edit(PROOF, (text) => text.replace('acme/local', 'acme/other')),
    'another signature': edit(PROOF, (text) =>
      text.replace(/(— \S+ .{20})(.)/u, (_, a, b) => a + (b === 'A' ? 'B' : 'A')),
    ),
    'CRLF in the note': edit(PROOF, (text) => text.replace('\n257\n', '\r\n257\r\n')),
    'another key': edit('log.vkey', (text) =>
      text.replace(/(\+[0-9a-f]{8}\+.{10})(.)/, (_, a, b) => a + (b === 'A' ? 'B' : 'A')),
    ),
    'one byte of an entry changed': (at) => {
      const path = join(at, 'segment.ndjson.gz');
      const segment = readFileSync(path);
      const entries = gunzipSync(segment.subarray(0, -TAIL_SIZE));
      entries[entries.indexOf('anonymous')] ^= 1;
      writeFileSync(path, Buffer.concat([gzipSync(entries), segment.subarray(-TAIL_SIZE)]));
    },
  };
}

function expect(name, check, at, status) {
  const result = spawnSync(check, [at], { encoding: 'utf8' });
  console.log(`${name}: ${result.stdout.trim()}`);
  if (result.status !== status) {
    fail(`${name}: exit ${result.status} where ${status} belongs\n${result.stderr}`);
  }
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
