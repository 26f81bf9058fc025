process.env.CDK_VALIDATION = 'false';

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, CfnResource, Stack, Validations } from 'aws-cdk-lib';
import { CfnRole, type IRole } from 'aws-cdk-lib/aws-iam';
import type { IConstruct } from 'constructs';
import {
  type Archive,
  ArchiveStack,
  AuditLogChecks,
  ImmutableAuditLog,
  type ImmutableAuditLogProps,
} from '../../lib/aws';
import { type AuditLogPolicy, Deployment } from '../../lib/policy';
import { BREAK_GLASS, firstRegion } from './archives';
import { MIXED } from './front-doors';

/** An app with our checks. What is in it is there to be broken. */
export abstract class CheckedApp {
  public readonly app: App;

  public constructor(context: Record<string, unknown> = {}) {
    this.app = new App({ context });
    Validations.of(this.app).addPlugins(new AuditLogChecks());
  }

  public abstract readonly archive: Archive;

  public get bucket(): CfnResource {
    return resourceOf(this.archive.bucket.bucket);
  }

  public get bucketPolicy(): CfnResource {
    return resourceOf(this.archive.bucket.bucket.node.findChild('Policy'));
  }

  public get logKey(): CfnResource {
    return resourceOf(this.archive.logKey.key);
  }

  public get admissionKey(): CfnResource {
    return resourceOf(this.archive.admissionKey.key);
  }

  public role(role: IRole): CfnRole {
    const stack = Stack.of(this.archive);
    const roles = stack.node.findAll().filter((each) => each instanceof CfnRole);
    return roles.find((each) => stack.resolve(each.ref).Ref === stack.resolve(role.roleName).Ref)!;
  }

  /** Changes the statements of a policy document, as an escape hatch does: behind the back of what made them. */
  public rewrite(resource: CfnResource, change: (statements: Statement[]) => object[]): void {
    const [from, to] = 'keyPolicy' in resource ? ['keyPolicy', 'KeyPolicy'] : ['policyDocument', 'PolicyDocument'];
    const { Statement } = Stack.of(resource).resolve((resource as unknown as Record<string, unknown>)[from]);
    resource.addPropertyOverride(`${to}.Statement`, change(Statement));
  }

  /** What our checks find in synthesis, by id; synthesis must fail if, and only if, that is something. */
  public violations(): string[] {
    const report = jest.spyOn(console, 'error').mockImplementation();
    let failure = '';
    try {
      this.app.synth();
    } catch (error) {
      failure = (error as Error).message;
    } finally {
      report.mockRestore();
    }
    const { pluginReports } = JSON.parse(readFileSync(join(this.app.outdir, 'validation-report.json'), 'utf8'));
    const ours = pluginReports.find((each: { pluginName: string }) => each.pluginName === 'AuditLogChecks');
    const found: string[] = (ours?.violations ?? []).map((each: { ruleName: string }) => each.ruleName);
    if (found.length > 0 !== failure.includes('(AuditLogChecks)')) throw new Error(`found ${found}: ${failure}`);
    return found;
  }
}

/** An archive, and an empty stack beside it. */
export class CheckedArchive extends CheckedApp {
  public readonly archive: Archive;
  public readonly beside: Stack;

  public constructor(policy: AuditLogPolicy = MIXED) {
    super();
    this.beside = new Stack(this.app, 'Beside');
    const props = { policy, region: firstRegion(policy), breakGlassRoleArn: BREAK_GLASS };
    this.archive = new ArchiveStack(this.app, 'Archive', props).archive;
  }
}

/** A log in one region. */
export class CheckedLog extends CheckedApp {
  public readonly front: Stack;
  public readonly log: ImmutableAuditLog;
  public readonly archive: Archive;

  public constructor(more: Partial<ImmutableAuditLogProps> = {}, context?: Record<string, unknown>) {
    super(context);
    this.front = new Stack(this.app, 'Front');
    const policy = more.policy ?? MIXED;
    const deployment = Deployment.example(policy);
    this.log = new ImmutableAuditLog(this.front, 'AuditLog', {
      policy,
      deployment,
      region: firstRegion(policy),
      ...more,
    });
    this.archive = this.log.archive;
  }

  /** The load balancer of writers. */
  public get ingest() {
    return this.log.frontDoor.ingest!;
  }

  public get listener(): CfnResource {
    return resourceOf(this.ingest.listener);
  }

  /** The only rule of readers. */
  public get readRule(): CfnResource {
    return resourceOf(this.log.frontDoor.query!.node.findChild('Reads'));
  }

  public get ingestAcl(): CfnResource {
    return resourceOf(this.log.frontDoor.ingestFirewall!.node.findChild('WebAcl'));
  }

  public get queryAcl(): CfnResource {
    return resourceOf(this.log.frontDoor.queryFirewall!.node.findChild('WebAcl'));
  }

  /** The first resource of a type. */
  public resource(type: string): CfnResource {
    const all = this.log.node.findAll().filter((each) => CfnResource.isCfnResource(each));
    const found = all.find((each) => each.cfnResourceType === type);
    if (found === undefined) throw new Error(`the log has no ${type}`);
    return found;
  }
}

export interface Statement {
  readonly Sid?: string;
}

/** What CloudFormation gets of a construct. */
export function resourceOf(construct: IConstruct): CfnResource {
  return (construct.node.defaultChild ?? construct) as CfnResource;
}

/** The check that must find something, what that is, and how it comes about. */
export type Breaking<Made extends CheckedApp> = [id: string, what: string, breaking: (made: Made) => void];
