// What a log on Google Cloud costs in synthesis: our app as a user runs it, against a process that only imports CDKTF.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { median, report } from './report.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const ROUNDS = 5;
const REGIONS = [
  'europe-west3',
  'europe-west1',
  'europe-north1',
  'us-east1',
  'us-central1',
  'us-west1',
  'asia-east1',
  'asia-south1',
  'australia-southeast1',
  'southamerica-east1',
];

const folder = mkdtempSync(join(tmpdir(), 'audit-log-google-'));

function policyOf(count) {
  const base = JSON.parse(readFileSync(join(root, 'examples/policies/sec-17a-4.json'), 'utf8'));
  const file = join(folder, `policy-${count}.json`);
  const regions = REGIONS.slice(0, count).map((name) => ({ name, jurisdiction: 'EU' }));
  const traffic = { writes: 'latency', reads: 'latency' };
  writeFileSync(
    file,
    JSON.stringify({ ...base, name: 'bench', retention: { mode: 'governance', days: 1 }, regions, traffic }),
  );
  return file;
}

/** Seconds of a process, from its start to its end. */
function seconds(...args) {
  const started = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${args.join(' ')} failed: ${stderr}`);
  return (performance.now() - started) / 1000;
}

function measure(count) {
  const out = join(folder, `regions-${count}`);
  const context = [`policy=${policyOf(count)}`, 'example=true', `out=${out}`].flatMap((each) => ['-c', each]);
  const rounds = Array.from({ length: ROUNDS }, () => {
    const ours = seconds(join(root, 'dist/bundles/google-app.js'), ...context);
    const bare = seconds('-e', "require('cdktf')");
    return { ours, bare, ratio: ours / bare };
  });
  const of = (side) => median(rounds.map((round) => round[side]));
  const bytes = statSync(join(out, 'stacks/bench/cdk.tf.json')).size;
  return { ours: of('ours'), bare: of('bare'), ratio: of('ratio'), bytes };
}

const ms = (each) => `${(each * 1000).toFixed(0)} ms`;

try {
  for (const count of [1, 3, 10]) {
    const { ours, bare, ratio, bytes } = measure(count);
    const what = `Google: synth, ${count} region${count > 1 ? 's' : ''} / importing cdktf`;
    report(what, `${ratio.toFixed(2)} x`, `${ms(ours)} against ${ms(bare)}, ${(bytes / 1024).toFixed(0)} KB`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
