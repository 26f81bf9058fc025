import { Fn, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { AuditLogPolicy, Deployment } from '../policy';
import { Canary } from './canary';
import { GlobalRouting } from './global-routing';
import { applyOrganization } from './organization-aspect';
import { isWatched } from './watched-regions';

/** The parts of what is of no single region. */
export interface GlobalStackParts {
  /** Its regions, and how clients are led to them. */
  readonly policy: AuditLogPolicy;

  /** Its zone holds the names; canaries are in its watch region. */
  readonly deployment: Deployment;
}

/**
 * A stack with the names that lead clients to regions and nothing else, and, where there is a choice, the canary that says which of them work.
 * All of it can be made again.
 */
export class GlobalStack extends Stack {
  /** Leads clients to regions. */
  public readonly routing: GlobalRouting;

  /**
   * Tries every region.
   *
   * @default - none: no client has a choice between regions
   */
  public readonly canary?: Canary;

  /**
   * @param parts what the log is
   * @param props where, in the account of the deployment's zone, and how the stack is called and tagged
   * @throws what `Canary` and `GlobalRouting` throw
   */
  public constructor(scope: Construct, id: string, parts: GlobalStackParts, props?: StackProps) {
    super(scope, id, props);
    applyOrganization(this, parts.deployment);
    if (isWatched(parts.policy)) this.canary = new Canary(this, 'Canary', parts);
    this.routing = new GlobalRouting(this, 'Routing', { ...parts, alarms: this.canary?.alarms });
  }

  /** Two of the region, by the function of CloudFormation. */
  public override get availabilityZones(): string[] {
    return [0, 1].map((index) => Fn.select(index, Fn.getAzs()));
  }
}
