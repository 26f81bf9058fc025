#!/usr/bin/env node
// The CDK app: `cdk synth -c policy=<file> -c deployment=<file>`, or `-c example=true` for templates with placeholders.
import { App, Validations } from 'aws-cdk-lib';
import { AuditLogChecks, MultiRegionAuditLog } from 'immutable-audit-log/aws';
import { AuditLogPolicy, Deployment } from 'immutable-audit-log/policy';
import { namedDocument } from './named-document';

try {
  const app = new App();
  Validations.of(app).addPlugins(new AuditLogChecks());
  const policy = namedDocument('policy', fileOf(app, 'policy', 'what must hold for the log'), AuditLogPolicy.parse);
  const deployment = isExample(app)
    ? Deployment.example(policy)
    : namedDocument('deployment', fileOf(app, 'deployment', 'where it is deployed'), Deployment.parse);
  new MultiRegionAuditLog(app, policy.name, { policy, deployment });
  app.synth();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

function isExample(app: App): boolean {
  return app.node.tryGetContext('example') === 'true' || app.node.tryGetContext('example') === true;
}

function fileOf(app: App, name: string, meaning: string): string {
  const file: unknown = app.node.tryGetContext(name);
  if (typeof file === 'string') return file;
  const instead = name === 'deployment' ? ', or -c example=true for placeholders' : '';
  throw new Error(`no ${name} document says ${meaning}; add -c ${name}=<file>${instead} [${name}-missing]`);
}
