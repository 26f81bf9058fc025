// What a region costs in synthesis: our app as a user runs it, against the very same resources written as bare CloudFormation.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { report } from './report.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '..', '..');
const ROUNDS = 5;
const VALIDATED = '@aws-cdk/core:validateAgainstDefaultRules';

/** Limits of CloudFormation: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html */
const LIMITS = { resources: 500, bytes: 2 ** 20 };

const JURISDICTIONS = {
  EU: { countries: ['DE', 'FR', 'IE'], regions: ['eu-central-1', 'eu-west-1', 'eu-west-3', 'eu-north-1'] },
  US: { countries: ['US'], regions: ['us-east-1', 'us-east-2', 'us-west-1'] },
  APAC: { countries: ['JP', 'AU'], regions: ['ap-northeast-1', 'ap-southeast-2', 'ap-southeast-1'] },
};

const folder = mkdtempSync(join(tmpdir(), 'audit-log-synth-'));
const { context } = JSON.parse(readFileSync(join(root, 'cdk.json'), 'utf8'));

/** A policy of so many regions, spread over the jurisdictions, whose clients stay in their own. */
function policyOf(count) {
  const base = JSON.parse(readFileSync(join(root, 'examples/policies/sec-17a-4.json'), 'utf8'));
  const all = Object.entries(JURISDICTIONS).flatMap(([jurisdiction, { regions }]) =>
    regions.map((name, rank) => ({ name, jurisdiction, rank })),
  );
  const regions = all.toSorted((a, b) => a.rank - b.rank).slice(0, count);
  const used = [...new Set(regions.map(({ jurisdiction }) => jurisdiction))];
  const jurisdiction = Object.fromEntries(used.map((each) => [each, JURISDICTIONS[each].countries]));
  const file = join(folder, `policy-${count}.json`);
  const routing = { jurisdiction };
  writeFileSync(
    file,
    JSON.stringify({
      ...base,
      regions: regions.map(({ name, jurisdiction }) => ({ name, jurisdiction })),
      traffic: { writes: routing, reads: routing },
    }),
  );
  return file;
}

/** Seconds of a process that synthesizes, from its start to its end. */
function seconds(script, output, more, env = {}) {
  const started = performance.now();
  const CDK_CONTEXT_JSON = JSON.stringify({ ...context, ...more });
  const all = { ...process.env, ...env, CDK_OUTDIR: output, CDK_CONTEXT_JSON };
  const { status, stderr } = spawnSync(process.execPath, [script], { cwd: root, env: all, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${script} failed: ${stderr}`);
  return (performance.now() - started) / 1000;
}

/**
 * The fastest of rounds in which both sides run one after the other, with the validation of every template or without. Whatever else runs on the
 * machine only ever adds to the time of a whole process, so that the fastest round says most.
 */
function measure(policy, output, validated) {
  const flags = { [VALIDATED]: validated };
  const env = { CDK_VALIDATION: String(validated) };
  const rounds = Array.from({ length: ROUNDS }, () => ({
    ours: seconds(join(root, 'dist/bundles/aws-app.js'), output, { ...flags, policy, example: 'true' }, env),
    bare: seconds(join(here, 'bare-app.mjs'), join(folder, 'bare'), flags, { ...env, BENCH_ASSEMBLY: output }),
  }));
  const [ours, bare] = ['ours', 'bare'].map((side) => Math.min(...rounds.map((round) => round[side])));
  return { ours, bare, ratio: ours / bare };
}

function templatesIn(output) {
  const files = readdirSync(output).filter((name) => name.endsWith('.template.json'));
  return files.map((name) => ({
    bytes: statSync(join(output, name)).size,
    resources: Object.keys(JSON.parse(readFileSync(join(output, name), 'utf8')).Resources).length,
  }));
}

const sum = (numbers) => numbers.reduce((all, each) => all + each, 0);
const ms = (each) => `${(each * 1000).toFixed(0)} ms`;

console.log(`\nNode ${process.version}, fastest of ${ROUNDS} rounds of whole processes\n`);
try {
  const runs = [1, 3, 10].map((count) => {
    const output = join(folder, `regions-${count}`);
    const policy = policyOf(count);
    const [validated, plain] = [true, false].map((each) => measure(policy, output, each));
    const templates = templatesIn(output);
    const resources = sum(templates.map((each) => each.resources));
    const kilobytes = sum(templates.map(({ bytes }) => bytes)) / 1024;
    const what = `${count} region${count > 1 ? 's' : ''}`;
    const size = `${resources} resources in ${templates.length} stacks, ${kilobytes.toFixed(0)} KB`;
    report(
      `synth, ${what} / bare resources`,
      `${validated.ratio.toFixed(2)} x`,
      `${ms(validated.ours)} against ${ms(validated.bare)}, ${size}`,
    );
    report(
      '  without validation of the templates',
      `${plain.ratio.toFixed(2)} x`,
      `${ms(plain.ours)} against ${ms(plain.bare)}`,
    );
    return { count, validated, plain, templates, kilobytes };
  });
  const [one, three, ten] = runs;
  for (const kind of ['validated', 'plain']) {
    const further = (from, to) => (to[kind].ours - from[kind].ours) / (to.count - from.count);
    const [early, late] = [further(one, three), further(three, ten)];
    report(
      `a further region, 3 to 10 / 1 to 3, ${kind}`,
      `${(late / early).toFixed(2)} x`,
      `${ms(late)} against ${ms(early)}`,
    );
  }
  const larger = (from, to) => (to.kilobytes - from.kilobytes) / (to.count - from.count);
  const [early, late] = [larger(one, three), larger(three, ten)];
  report(
    'a further region, 3 to 10 / 1 to 3, size of templates',
    `${(late / early).toFixed(2)} x`,
    `${late.toFixed(0)} KB against ${early.toFixed(0)} KB`,
  );
  const all = runs.flatMap(({ templates }) => templates);
  for (const [name, limit] of Object.entries(LIMITS)) {
    const most = Math.max(...all.map((each) => each[name]));
    report(
      `largest template, ${name} / limit of CloudFormation`,
      `${((most / limit) * 100).toFixed(0)} %`,
      `${most} of ${limit}`,
    );
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
