process.env.CDK_VALIDATION = 'false';

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, type CfnResource, Stack, Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { AuditLogChecks, ImmutableAuditLog, type ImmutableAuditLogProps, WriteTarget } from '../../lib/aws';
import { Deployment } from '../../lib/policy';
import { firstRegion } from './archives';
import { MIXED } from './front-doors';

export interface CheckedLog {
  readonly app: App;
  readonly front: Stack;
  readonly archive: Stack;
  readonly log: ImmutableAuditLog;
}

/** A log in one region, in an app with our checks. */
export function checkedLog(more: Partial<ImmutableAuditLogProps> = {}): CheckedLog {
  const app = new App();
  Validations.of(app).addPlugins(new AuditLogChecks());
  const front = new Stack(app, 'Front');
  const policy = more.policy ?? MIXED;
  const log = new ImmutableAuditLog(front, 'AuditLog', {
    policy,
    deployment: Deployment.example(policy),
    region: firstRegion(policy),
    writeTarget: WriteTarget.fargate(),
    ...more,
  });
  return { app, front, log, archive: Stack.of(log.archive) };
}

/** What CloudFormation gets of a construct. */
export function resourceOf(construct: IConstruct): CfnResource {
  return (construct.node.defaultChild ?? construct) as CfnResource;
}

/** The only resource of a type below a construct. */
export function resourceBelow(construct: IConstruct, type: string): CfnResource {
  const found = construct.node.findAll().filter((each) => (each as CfnResource).cfnResourceType === type);
  if (found.length === 0) throw new Error(`nothing below ${construct.node.path} is a ${type}`);
  return found[0] as CfnResource;
}

export interface Violation {
  readonly ruleName: string;
  readonly violatingConstructs: {
    readonly constructPath?: string;
    readonly cloudFormationResource?: { logicalId: string };
  }[];
}

/** Synthesizes, and reads what our checks found; none if they were content. */
export function violationsOf(app: App): Violation[] {
  const report = jest.spyOn(console, 'error').mockImplementation();
  let thrown: Error | undefined;
  try {
    app.synth();
  } catch (error) {
    thrown = error as Error;
  } finally {
    report.mockRestore();
  }
  const { pluginReports } = JSON.parse(readFileSync(join(app.outdir, 'validation-report.json'), 'utf8'));
  const ours = pluginReports.find((each: { pluginName: string }) => each.pluginName === 'AuditLogChecks');
  const found: Violation[] = ours?.violations ?? [];
  if (found.length > 0 !== /Validation failed/.test(thrown?.message ?? ''))
    throw thrown ?? new Error('synthesis passed');
  return found;
}
