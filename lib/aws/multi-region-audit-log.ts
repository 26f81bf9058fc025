import { type Environment, Stack, type StackProps } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { AuditLogPolicy, Deployment, Region } from '../policy';
import { AuditLogError } from '../policy/errors';
import type { Archive } from './archive';
import { ArchiveStack } from './archive-stack';
import { AuditLogStack } from './audit-log-stack';
import { FrontDoor } from './front-door';
import { GlobalStack } from './global-stack';
import type { IFrontDoor } from './i-front-door';
import type { IReadTarget } from './i-read-target';
import type { IWriteTarget } from './i-write-target';
import type { ImmutableAuditLog } from './immutable-audit-log';
import { tagForOrganization } from './org-tag';
import { applyOrganization } from './organization-aspect';
import { RegionalFrontDoor } from './regional-front-door';
import type { ReplicaBucket } from './replica-bucket';
import { ReplicaStack } from './replica-stack';
import { Replication } from './replication';
import { isWatched } from './watched-regions';

/** The parts of a log in all of its regions. */
export interface MultiRegionAuditLogProps {
  /** What must hold for the log. */
  readonly policy: AuditLogPolicy;

  /** Where it is deployed. */
  readonly deployment: Deployment;

  /**
   * What takes requests to append, in each region.
   *
   * @default - `WriteTarget.lambda()`
   */
  readonly writeTarget?: IWriteTarget;

  /**
   * What takes requests to search and prove, in each region.
   *
   * @default - `ReadTarget.fargate()`, with the image of the deployment
   */
  readonly readTarget?: IReadTarget;

  /**
   * Where clients come in, in each region.
   *
   * @default - `FrontDoor.split()`
   */
  readonly frontDoor?: IFrontDoor;
}

/**
 * A log in every region of a policy, as stacks of an app or a stage whose paths read like the policy. Each region has an archive and a front of
 * its own, in its own account. No stack takes a value from a stack of another region: names and ARNs are computed from policy and deployment, so
 * that no region has to be up for another to be deployed.
 */
export class MultiRegionAuditLog extends Construct {
  /** The log of each region that AWS hosts, by the region's name. */
  public readonly logs: { [region: string]: ImmutableAuditLog } = {};

  /** What is copied to a region from the others of its jurisdiction, by the region's name; none where there are no others. */
  public readonly replicas: { [region: string]: ReplicaBucket } = {};

  /**
   * What leads clients to regions.
   *
   * @default - none: the deployment has no zone, and each client has one region only
   */
  public readonly global?: GlobalStack;

  private readonly policy: AuditLogPolicy;
  private readonly deployment: Deployment;

  /**
   * @param scope an app or a stage
   * @param id begins the paths of all stacks; the log's name reads best
   * @throws region-undeployed, region-unlisted, zone-missing, watch-missing, and what the parts throw
   */
  public constructor(scope: Construct, id: string, props: MultiRegionAuditLogProps) {
    super(scope, id);
    checkListed(props);
    this.policy = props.policy;
    this.deployment = props.deployment;
    const regions = this.policy.regions.filter(({ name }) => !this.deployment._isElsewhere(name));
    for (const region of regions) new Construct(this, region.name);
    for (const region of regions) this.makeReplicas(region);
    for (const region of regions) this.logs[region.name] = this.makeLog(region, this.makeArchive(region), props);
    this.global = this.makeGlobal();
    tagForOrganization(this, this.policy);
    applyOrganization(this, this.deployment);
  }

  private makeReplicas(region: Region): void {
    const { policy, deployment } = this;
    if (this.replicationOf(region).sources.length === 0) return;
    const parts = { policy, deployment, region };
    const stack = new ReplicaStack(this.at(region), 'replicas', parts, this.stackAt('replicas', region));
    this.replicas[region.name] = stack.replicas;
  }

  private makeArchive(region: Region): Archive {
    const { policy, deployment } = this;
    const breakGlassRoleArn = deployment.breakGlassRoleOf(region.name);
    const replication = this.replicationOf(region);
    const parts = { policy, region, breakGlassRoleArn, replication };
    const stack = new ArchiveStack(this.at(region), 'archive', parts, this.stackAt('archive', region));
    // S3 replicates only to buckets that are there already.
    for (const { region: other } of replication.destinations) {
      stack.addStackDependency(Stack.of(this.replicas[other.name]!));
    }
    return stack.archive;
  }

  private makeLog(
    region: Region,
    archive: Archive,
    { frontDoor, ...props }: MultiRegionAuditLogProps,
  ): ImmutableAuditLog {
    const parts = { ...props, region, archive, frontDoor: new RegionalFrontDoor(frontDoor ?? FrontDoor.split()) };
    return new AuditLogStack(this.at(region), 'front', parts, this.stackAt('front', region)).auditLog;
  }

  private makeGlobal(): GlobalStack | undefined {
    const { policy, deployment } = this;
    const { _zoneAccount: account, _sharedRegion: region } = deployment;
    if (deployment.zone === undefined && !isWatched(policy)) return undefined;
    const stack = new GlobalStack(this, 'global', { policy, deployment }, this.stackOf('global', { account, region }));
    // A name that leads to one that is not there yet leads nowhere.
    for (const log of Object.values(this.logs)) stack.addStackDependency(Stack.of(log));
    return stack;
  }

  private replicationOf(region: Region): Replication {
    return Replication.withinJurisdiction(this.policy, this.deployment, region);
  }

  /** Where the paths of a region's stacks begin. */
  private at({ name }: Region): Construct {
    return this.node.findChild(name) as Construct;
  }

  private stackAt(part: string, { name: region }: Region): StackProps {
    return this.stackOf(part, { account: this.deployment.regionNamed(region).account, region });
  }

  /** How a stack is called, and where it is. */
  private stackOf(part: string, env: Required<Environment>): StackProps {
    return { stackName: `${this.policy.name}-${part}`, env };
  }
}

/** Whoever forgets a region in the policy, or names it otherwise in the deployment, must not get a log without it. */
function checkListed({ policy, deployment: { regions, elsewhere } }: MultiRegionAuditLogProps): void {
  const listed = policy.regions.map(({ name }) => name);
  const unlisted = [...regions, ...elsewhere].map(({ name }) => name).filter((name) => !listed.includes(name));
  if (unlisted.length === 0) return;
  throw new AuditLogError('region-unlisted', {
    problem: 'the deployment has regions that the policy does not list',
    given: unlisted,
    allowed: listed.join(', '),
    fix: 'add them to the policy, or remove them from regions and elsewhere of the deployment',
  });
}
