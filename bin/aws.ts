#!/usr/bin/env node
// The CDK app: `cdk synth -c policy=<file> -c deployment=<file>`, or `-c example=true` for templates with placeholders.
import { readFileSync } from 'node:fs';
import { App, Validations } from 'aws-cdk-lib';
import { AuditLogChecks, MultiRegionAuditLog } from 'immutable-audit-log/aws';
import { AuditLogPolicy, Deployment } from 'immutable-audit-log/policy';

try {
  const app = new App();
  Validations.of(app).addPlugins(new AuditLogChecks());
  const policy = AuditLogPolicy.parse(documentNamed(app, 'policy', 'what must hold for the log'));
  const deployment = isExample(app)
    ? Deployment.example(policy)
    : Deployment.parse(documentNamed(app, 'deployment', 'where it is deployed'));
  new MultiRegionAuditLog(app, policy.name, { policy, deployment });
  app.synth();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

function isExample(app: App): boolean {
  return app.node.tryGetContext('example') === 'true' || app.node.tryGetContext('example') === true;
}

function documentNamed(app: App, name: string, meaning: string): string {
  const file: unknown = app.node.tryGetContext(name);
  if (typeof file === 'string') return readFileSync(file, 'utf8');
  const instead = name === 'deployment' ? ', or -c example=true for placeholders' : '';
  throw new Error(`no ${name} document says ${meaning}; add -c ${name}=<file>${instead} [${name}-missing]`);
}
