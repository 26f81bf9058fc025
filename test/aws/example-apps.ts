import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as cdk from 'aws-cdk-lib';
import { MultiRegionAuditLog } from '../../lib/aws';
import { AuditLogPolicy, Deployment } from '../../lib/policy';

const EXAMPLES = join(__dirname, '../../examples');

export const EXAMPLE_NAMES = readdirSync(EXAMPLES).filter((file) => /^aws-.*\.ts$/.test(file));

/** What AWS hosts all or a part of; the others are for one machine, or for another cloud. */
export const POLICY_NAMES = readdirSync(join(EXAMPLES, 'policies')).filter(
  (name) => !/^(dev|google-.*)\.json$/.test(name),
);

/** An app with the log of an example's policy in every region. */
export function appOf(policyName: string): cdk.App {
  const policy = AuditLogPolicy.parse(readFileSync(join(EXAMPLES, 'policies', policyName), 'utf8'));
  const app = new cdk.App();
  new MultiRegionAuditLog(app, policy.name, { policy, deployment: Deployment.example(policy) });
  return app;
}

/** A finding of a plugin. */
export interface Finding {
  readonly plugin: string;
  readonly rule: string;
  readonly path: string;

  /** Why it is meant, if it is. */
  readonly reason?: string;
}

type PluginsFor = (app: cdk.App) => cdk.IPolicyValidationPlugin[];

/** What plugins find in an example: each is made by `pluginsFor`, which gets the app of the example. */
export function findingsIn(name: string, pluginsFor: PluginsFor): Finding[] {
  return synthesized(name, pluginsFor, (folder) => readFindings(join(folder, 'validation-report.json')));
}

/** Synthesizes an example with plugins, and reads what is wanted of the cloud assembly before it is gone. */
export function synthesized<T>(name: string, pluginsFor: PluginsFor, read: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'example-'));
  process.env.CDK_OUTDIR = folder;
  const report = jest.spyOn(console, 'error').mockImplementation();
  const code = process.exitCode;
  try {
    jest.isolateModules(() => runWith(name, pluginsFor));
    return read(folder);
  } finally {
    process.exitCode = code;
    report.mockRestore();
    delete process.env.CDK_OUTDIR;
    rmSync(folder, { recursive: true });
  }
}

/** An example makes its app and synthesizes it; the plugins are added in between. */
function runWith(name: string, pluginsFor: PluginsFor): void {
  const { App, Validations } = require('aws-cdk-lib') as typeof cdk;
  const synth = App.prototype.synth;
  jest.spyOn(App.prototype, 'synth').mockImplementation(function (this: cdk.App, options) {
    Validations.of(this).addPlugins(...pluginsFor(this));
    try {
      return synth.call(this, options);
    } catch (error) {
      if (!(error as Error).message.includes('copy of this report')) throw error;
      return undefined as never;
    }
  });
  require(join(EXAMPLES, name));
}

interface Report {
  readonly pluginReports: {
    readonly pluginName: string;
    readonly violations: Violation[];
    readonly suppressedViolations?: Violation[];
  }[];
}

interface Violation {
  readonly ruleName: string;
  readonly violatingConstructs: { readonly constructPath?: string }[];

  /** Only of suppressed violations. */
  readonly reason?: string;
}

/** What a validation report says. */
export function readFindings(file: string): Finding[] {
  const { pluginReports }: Report = JSON.parse(readFileSync(file, 'utf8'));
  return pluginReports.flatMap(({ pluginName: plugin, violations, suppressedViolations = [] }) =>
    [...violations, ...suppressedViolations].flatMap(({ ruleName: rule, violatingConstructs, reason }) =>
      violatingConstructs.map(({ constructPath }) => ({ plugin, rule, path: constructPath ?? '', reason })),
    ),
  );
}
