import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, type IPolicyValidationPlugin, Stack } from 'aws-cdk-lib';
import { CfnBucket } from 'aws-cdk-lib/aws-s3';
import type * as aws from '../../lib/aws';
import { FrontDoor, ReadTarget } from '../../lib/aws';
import { DISPOSABLE } from './archives';
import { CheckedLog } from './checked-app';
import { appOf, EXAMPLE_NAMES, type Finding, POLICY_NAMES, readFindings, synthesized } from './example-apps';
import { ALIKE } from './front-doors';
import { policyOf } from './fronts';
import { findingsOf, PACKS } from './nag-packs';

const ROOT = join(__dirname, '../..');

const STRICT = { '@aws-cdk/core:validateAgainstDefaultRules': true };

// Files that this one imports turn validation off for the unit tests.
beforeAll(() => {
  delete process.env.CDK_VALIDATION;
  process.env.CDK_CONTEXT_JSON = JSON.stringify(STRICT);
});

/** What cfn-lint says of the templates in a folder, warnings and hints included. */
function lint(folder: string): string[] {
  const templates = readdirSync(folder).filter((file) => file.endsWith('.template.json'));
  if (templates.length === 0) throw new Error('there is nothing to lint');
  const { stdout, error } = spawnSync('cfn-lint', ['--format', 'json', ...templates], {
    cwd: folder,
    encoding: 'utf8',
  });
  if (error !== undefined) {
    throw new Error('cfn-lint is not there: pip install cfn-lint==1.51.0, and have it in PATH', { cause: error });
  }
  const found: LintFinding[] = JSON.parse(stdout || '[]');
  return found
    .filter((each) => !isTagOfOurs(folder, each) && !isRoleOfFunction(each))
    .map(({ Rule, Location, Message }) => `${Rule.Id} ${Location.Path.join('/')}: ${Message}`);
}

interface LintFinding {
  readonly Rule: { readonly Id: string };
  readonly Filename: string;
  readonly Location: { readonly Path: string[] };
  readonly Message: string;
}

/** The schema of CloudFormation that the CDK has lets these have tags; cfn-lint 1.51.0 has an older one. */
const TAGGABLE = [
  'AWS::ApplicationAutoScaling::ScalableTarget',
  'AWS::ElasticLoadBalancingV2::Listener',
  'AWS::ElasticLoadBalancingV2::ListenerRule',
];

/** The CDK's construct of a function names its role twice, which does no harm. */
function isRoleOfFunction({ Rule, Message }: LintFinding): boolean {
  return Rule.Id === 'W3005' && /'Resources\/\w+Function\w+\/Properties\/Role'$/.test(Message);
}

function isTagOfOurs(folder: string, { Rule, Filename, Location: { Path } }: LintFinding): boolean {
  if (Rule.Id !== 'E3002' || Path.at(-1) !== 'Tags') return false;
  const { Resources } = JSON.parse(readFileSync(join(folder, Filename), 'utf8'));
  return TAGGABLE.includes(Resources[Path[1] ?? ''].Type);
}

/** What a validated synthesis finds, by any plugin, and is not meant. */
function open(folder: string): string[] {
  const findings = readFindings(join(folder, 'validation-report.json')).filter(({ reason }) => reason === undefined);
  return findings.map(({ rule, path }: Finding) => `${rule} at ${path}`);
}

/** Our own warnings are earned by the policies of examples, and have tests where they are made. */
function isNoWarningOfOurs(finding: string): boolean {
  return !finding.startsWith('Annotation::immutable-audit-log:');
}

function ourChecks(): IPolicyValidationPlugin[] {
  const { AuditLogChecks } = require('../../lib/aws') as typeof aws;
  return [new AuditLogChecks()];
}

test.each(EXAMPLE_NAMES)('%s passes strict validation, our checks and cfn-lint', (name) => {
  const found = synthesized(name, ourChecks, (folder) => [...open(folder), ...lint(folder)]);
  expect(found.filter(isNoWarningOfOurs)).toEqual([]);
});

test('org-stackset.ts, in which there is no log, passes strict validation and cfn-lint', () => {
  expect(
    synthesized(
      'org-stackset.ts',
      () => [],
      (folder) => [...open(folder), ...lint(folder)],
    ),
  ).toEqual([]);
});

test.each<[string, () => App]>([
  ['one load balancer', () => new CheckedLog({ policy: ALIKE, frontDoor: FrontDoor.shared() }).app],
  ['a disposable log', () => new CheckedLog({ policy: policyOf({ retention: DISPOSABLE }) }).app],
  ['a log on functions', () => new CheckedLog({ readTarget: ReadTarget.lambda() }).app],
])('%s passes as well', (_, make) => {
  const app = make();
  const report = jest.spyOn(console, 'error').mockImplementation();
  app.synth();
  report.mockRestore();
  expect([...open(app.outdir), ...lint(app.outdir)].filter(isNoWarningOfOurs)).toEqual([]);
});

describe('what is wrong is found', () => {
  test('by strict validation', () => {
    const app = new App({ context: STRICT });
    new CfnBucket(new Stack(app, 'Broken'), 'Bucket', { versioningConfiguration: { status: 'Sometimes' } });
    const report = jest.spyOn(console, 'error').mockImplementation();
    const { directory } = app.synth();
    report.mockRestore();
    expect(open(directory)).toEqual(['W3030 at Broken/Bucket']);
  });

  test('by cfn-lint', () => {
    const folder = mkdtempSync(join(tmpdir(), 'lint-'));
    const Properties = { VersioningConfiguration: { Status: 'Sometimes' } };
    const Resources = { Bucket: { Type: 'AWS::S3::Bucket', Properties } };
    writeFileSync(join(folder, 'broken.template.json'), JSON.stringify({ Resources }));
    expect(lint(folder).join()).toContain('Sometimes');
    rmSync(folder, { recursive: true });
  });
});

test('cdk ls reads like the policy', () => {
  const folder = mkdtempSync(join(tmpdir(), 'app-'));
  const policy = 'policy=examples/policies/two-regions.json';
  const app = ['--app', 'node dist/bundles/aws-app.js', '--output', folder];
  const { stdout } = spawnSync('npx', ['cdk', 'ls', ...app, '-c', policy, '-c', 'example=true'], {
    cwd: ROOT,
    env: { ...process.env, CDK_CONTEXT_JSON: '{}' },
    encoding: 'utf8',
  });
  rmSync(folder, { recursive: true });
  expect(stdout.trim().split('\n')).toEqual([
    'clinic-audit/eu-central-1/replicas (clinic-audit-replicas)',
    'clinic-audit/eu-central-1/archive (clinic-audit-archive)',
    'clinic-audit/eu-central-1/front (clinic-audit-front)',
    'clinic-audit/eu-west-1/replicas (clinic-audit-replicas)',
    'clinic-audit/eu-west-1/archive (clinic-audit-archive)',
    'clinic-audit/eu-west-1/front (clinic-audit-front)',
    'clinic-audit/global (clinic-audit-global)',
  ]);
}, 120_000);

test.each(POLICY_NAMES)(
  'every stack of %s passes, from the command line',
  (name) => {
    const folder = mkdtempSync(join(tmpdir(), 'app-'));
    const context = { ...STRICT, policy: `examples/policies/${name}`, example: 'true' };
    const { status, stderr } = spawnSync('node', ['dist/bundles/aws-app.js'], {
      cwd: ROOT,
      env: { ...process.env, CDK_OUTDIR: folder, CDK_CONTEXT_JSON: JSON.stringify(context) },
      encoding: 'utf8',
    });
    expect([status, stderr]).toEqual([0, '']);
    expect([...open(folder), ...lint(folder)]).toEqual([]);
    rmSync(folder, { recursive: true });
  },
  300_000,
);

test.each(POLICY_NAMES)(
  'every stack of %s has no finding of a nag pack that is not acknowledged with a reason',
  (name) => {
    process.env.CDK_CONTEXT_JSON = '{}';
    const found = findingsOf(appOf(name)).filter(({ plugin }) => PACKS.includes(plugin));
    expect(found.length).toBeGreaterThan(0);
    expect(found.filter(({ reason }) => reason === undefined)).toEqual([]);
  },
  300_000,
);
