#!/usr/bin/env node
// The CDKTF app, which needs no CLI of CDKTF: `node dist/bundles/google-app.js -c policy=<file> -c deployment=<file> [-c out=<folder>]`, or
// `-c example=true` for a stack with placeholders. Run `terraform init` and `plan` in `<folder>/stacks/<log>`.
import { parseArgs } from 'node:util';
import { GoogleProvider } from '@cdktf/provider-google/lib/provider';
import { App, TerraformStack } from 'cdktf';
import { GoogleDeployment, ImmutableAuditLog } from 'immutable-audit-log/google';
import { appDocuments } from './app-documents';

try {
  const given = contextOf(process.argv.slice(2));
  const { policy, deployment } = appDocuments((name) => given.get(name), GoogleDeployment);
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
  const { values } = parsed(args);
  return new Map(
    (values.context ?? []).map((text) => [text.split('=', 1)[0] ?? '', text.slice(text.indexOf('=') + 1)]),
  );
}

function parsed(args: string[]) {
  try {
    return parseArgs({ args, options: { context: { type: 'string', short: 'c', multiple: true } } });
  } catch (cause) {
    const { message } = cause as Error;
    throw new Error(`${message}; give -c policy=<file> and -c deployment=<file> [argument-unknown]`, { cause });
  }
}
