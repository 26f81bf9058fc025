#!/usr/bin/env node
// The CDK app: `cdk synth -c policy=<file> -c deployment=<file>`, or `-c example=true` for templates with placeholders.
import { App, Validations } from 'aws-cdk-lib';
import { AuditLogChecks, MultiRegionAuditLog } from 'immutable-audit-log/aws';
import { Deployment } from 'immutable-audit-log/policy';
import { appDocuments } from './app-documents';

try {
  const app = new App();
  Validations.of(app).addPlugins(new AuditLogChecks());
  const { policy, deployment } = appDocuments((name) => app.node.tryGetContext(name), Deployment);
  new MultiRegionAuditLog(app, policy.name, { policy, deployment });
  app.synth();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
