process.env.CDK_VALIDATION = 'false';

import { App } from 'aws-cdk-lib';
import { MultiRegionAuditLog, type MultiRegionAuditLogProps } from '../../lib/aws';
import { type AuditLogPolicy, Deployment, type DeploymentProps } from '../../lib/policy';
import { parsedPolicy } from '../policy/parsed-policy';

const COUNTRIES: Record<string, string[]> = { EU: ['DE', 'FR'], US: ['US'], APAC: ['JP'] };

/** The policy `acme-audit` in other regions, each `[name, jurisdiction]`, whose clients stay in their jurisdiction. */
export function policyIn(...regions: [name: string, jurisdiction: string][]): AuditLogPolicy {
  const used = [...new Set(regions.map(([, jurisdiction]) => jurisdiction))];
  const jurisdiction = Object.fromEntries(used.map((each) => [each, COUNTRIES[each]]));
  return parsedPolicy({
    regions: regions.map(([name, where]) => ({ name, jurisdiction: where })),
    traffic: { writes: { jurisdiction }, reads: { jurisdiction } },
  });
}

/** Ten regions in three jurisdictions. */
export const TEN: [name: string, jurisdiction: string][] = [
  ['eu-central-1', 'EU'],
  ['us-east-1', 'US'],
  ['ap-northeast-1', 'APAC'],
  ['eu-west-1', 'EU'],
  ['us-east-2', 'US'],
  ['ap-southeast-2', 'APAC'],
  ['eu-north-1', 'EU'],
  ['us-west-1', 'US'],
  ['ap-southeast-1', 'APAC'],
  ['eu-west-2', 'EU'],
];

/** The example's deployment with some parts replaced. */
export function deploymentOf(policy: AuditLogPolicy, change: Partial<DeploymentProps> = {}): Deployment {
  return Deployment.of({ ...Deployment.example(policy), ...change });
}

export interface Resource {
  readonly Type: string;
  readonly Properties?: Record<string, unknown>;
  readonly DeletionPolicy?: string;
}

/** A stack as it is synthesized. */
export interface SynthesizedStack {
  readonly stackName: string;
  readonly environment: string;
  readonly terminationProtection: boolean;

  /** Of the stack itself, which CloudFormation puts on all that is in it. */
  readonly tags: { readonly [key: string]: string };

  /** Paths of the stacks that are deployed before it. */
  readonly after: string[];

  /** The template as it is written. */
  readonly text: string;
  readonly resources: Record<string, Resource>;
}

/** A log with the example's deployment, and its stacks by their paths. */
export class SynthesizedLog {
  public readonly log: MultiRegionAuditLog;
  public readonly stacks: Map<string, SynthesizedStack>;

  public constructor(
    policy: AuditLogPolicy,
    change: Partial<DeploymentProps> = {},
    parts: Partial<MultiRegionAuditLogProps> = {},
  ) {
    const app = new App();
    const deployment = deploymentOf(policy, change);
    this.log = new MultiRegionAuditLog(app, policy.name, { policy, deployment, ...parts });
    const { stacks } = app.synth();
    this.stacks = new Map(
      stacks.map((stack) => [
        stack.hierarchicalId,
        {
          stackName: stack.stackName,
          environment: `${stack.environment.account}/${stack.environment.region}`,
          terminationProtection: stack.terminationProtection ?? false,
          tags: stack.tags,
          after: stack.dependencies.flatMap(({ id }) =>
            stacks.filter((each) => each.id === id).map(({ hierarchicalId }) => hierarchicalId),
          ),
          text: JSON.stringify(stack.template, undefined, 1),
          resources: stack.template.Resources,
        },
      ]),
    );
  }

  public stack(path: string): SynthesizedStack {
    const found = this.stacks.get(path);
    if (found === undefined) throw new Error(`there is no ${path} among ${[...this.stacks.keys()].join(', ')}`);
    return found;
  }

  /** Every resource of every stack. */
  public get resources(): [path: string, id: string, resource: Resource][] {
    return [...this.stacks].flatMap(([path, { resources }]) =>
      Object.entries(resources).map(([id, resource]): [string, string, Resource] => [path, id, resource]),
    );
  }
}
