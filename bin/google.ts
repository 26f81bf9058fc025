#!/usr/bin/env node
// The CDKTF app, which needs no CLI of CDKTF: `node dist/bundles/google-app.js -c policy=<file> -c deployment=<file> [-c out=<folder>]`, or
// `-c example=true` for a stack with placeholders. Run `terraform init` and `plan` in `<folder>/stacks/<log>`.
import { parseArgs } from 'node:util';
import { GoogleProvider } from '@cdktf/provider-google/lib/provider';
import { App, TerraformStack } from 'cdktf';
import { GoogleDeployment, ImmutableAuditLog } from 'immutable-audit-log/google';
import { AuditLogPolicy } from 'immutable-audit-log/policy';
import { namedDocument } from './named-document';

try {
  const given = contextOf(process.argv.slice(2));
  const policy = namedDocument('policy', fileOf(given, 'policy', 'what must hold for the log'), AuditLogPolicy.parse);
  const deployment =
    given.get('example') === 'true'
      ? GoogleDeployment.example(policy)
      : namedDocument('deployment', fileOf(given, 'deployment', 'where it is deployed'), GoogleDeployment.parse);
  const app = new App({ outdir: given.get('out') ?? 'cdktf.out' });
  const stack = new TerraformStack(app, policy.name);
  new GoogleProvider(stack, 'google', { project: deployment.project });
  new ImmutableAuditLog(stack, 'AuditLog', { policy, deployment });
  app.synth();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

/** What `-c name=value` says, as CDK apps take it. */
function contextOf(args: string[]): Map<string, string> {
  const { values } = parseArgs({ args, options: { context: { type: 'string', short: 'c', multiple: true } } });
  return new Map(
    (values.context ?? []).map((text) => [text.split('=', 1)[0] ?? '', text.slice(text.indexOf('=') + 1)]),
  );
}

function fileOf(given: Map<string, string>, name: string, meaning: string): string {
  const file = given.get(name);
  if (file !== undefined) return file;
  const instead = name === 'deployment' ? ', or -c example=true for placeholders' : '';
  throw new Error(`no ${name} document says ${meaning}; add -c ${name}=<file>${instead} [${name}-missing]`);
}
