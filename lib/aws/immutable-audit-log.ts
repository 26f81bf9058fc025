import { Stack, Token } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { AuditLogPolicy, Deployment, Region } from '../policy';
import { AuditLogError } from '../policy/errors';
import type { Archive } from './archive';
import { ArchiveStack } from './archive-stack';
import { FrontDoor } from './front-door';
import type { FrontDoorPaths } from './front-door-paths';
import type { IFrontDoor } from './i-front-door';
import type { INetwork } from './i-network';
import type { IReadTarget } from './i-read-target';
import type { IWriteTarget } from './i-write-target';
import { Network } from './network';
import { NetworkReach } from './network-reach';
import { warnIfStackUntagged } from './org-stack-tag';
import { tagForOrganization } from './org-tag';
import { applyOrganization } from './organization-aspect';
import { PublishedNames } from './published-names';
import { ReadTarget } from './read-target';
import { ReplicationAlarms } from './replication-alarms';
import { Seal } from './seal';
import type { TargetContext } from './target-context';
import { WriteTarget } from './write-target';

/** The parts of a log in one region. */
export interface ImmutableAuditLogProps {
  /** What must hold for the log. */
  readonly policy: AuditLogPolicy;

  /** Where it is deployed. */
  readonly deployment: Deployment;

  /**
   * Which of the policy's regions this is.
   *
   * @default - the region of the stack, or the only region of the policy
   */
  readonly region?: Region;

  /**
   * What must outlive everything else.
   *
   * @default - an `ArchiveStack` beside this construct's stack, called `<log>-archive`, which replicates nothing
   */
  readonly archive?: Archive;

  /**
   * Where load balancers and tasks are.
   *
   * @default - a `Network` of its own, in which tasks reach what they must and nothing else
   */
  readonly network?: INetwork;

  /**
   * What takes requests to append.
   *
   * @default - `WriteTarget.lambda()`
   */
  readonly writeTarget?: IWriteTarget;

  /**
   * What takes requests to search and prove.
   *
   * @default - `ReadTarget.fargate()`, with the image of the deployment
   */
  readonly readTarget?: IReadTarget;

  /**
   * Where clients come in. If the policy has more regions than this one, only the region's own names lead there by themselves.
   *
   * @default - `FrontDoor.split()`
   */
  readonly frontDoor?: IFrontDoor;
}

/**
 * A log in one region. What must outlive everything else is in a stack of its own, protected from deletion; what is in the stack of this
 * construct can be deleted and made again at any moment.
 *
 * Nothing is replicated by itself, also where the policy has more regions: if the region is lost for good, so is its log.
 * `MultiRegionAuditLog` replicates inside each jurisdiction, and so does an `archive` with a `Replication`.
 */
export class ImmutableAuditLog extends Construct {
  /** The records, the keys and the roles. */
  public readonly archive: Archive;

  /** Where load balancers and tasks are. */
  public readonly network: INetwork;

  /** Seals the log every minute. */
  public readonly seal: Seal;

  /** Tell when records are not copied to other regions; none where nothing is copied. */
  public readonly replicationAlarms: ReplicationAlarms;

  /** Where clients come in. */
  public readonly frontDoor: FrontDoorPaths;

  /**
   * @throws region-ambiguous, region-unlisted, region-mismatch, region-undeployed, account-mismatch, and what the parts throw
   */
  public constructor(scope: Construct, id: string, props: ImmutableAuditLogProps) {
    super(scope, id);
    const { policy, deployment } = props;
    tagForOrganization(this, policy);
    applyOrganization(this, deployment);
    const writeTarget = props.writeTarget ?? WriteTarget.lambda();
    const readTarget = props.readTarget ?? ReadTarget.fargate();
    const reach = widest(writeTarget.reach(policy), readTarget.reach(policy));

    this.archive = props.archive ?? this.makeArchive(props);
    checkAccount(this, deployment, this.archive.region);
    warnIfStackUntagged(this, policy, deployment);
    if (Stack.of(this.archive) !== Stack.of(this)) warnIfStackUntagged(this.archive, policy, deployment);
    this.network = props.network ?? new Network(this, 'Network', { archive: this.archive, reach });
    this.seal = new Seal(this, 'Seal', { archive: this.archive });
    this.replicationAlarms = new ReplicationAlarms(this, 'ReplicationAlarms', { archive: this.archive });

    const context: TargetContext = { archive: this.archive, network: this.network, image: deployment.image };
    this.frontDoor = (props.frontDoor ?? FrontDoor.split()).bind(new Construct(this, 'FrontDoor'), {
      policy,
      deployment,
      region: this.archive.region,
      // With more regions, whoever leads clients to them publishes the names: each region's own record would refuse the next.
      names: policy.regions.length > 1 ? PublishedNames.REGIONAL : PublishedNames.ALL,
      vpc: this.network.vpc,
      writes: writeTarget.bind(new Construct(this, 'Writes'), context),
      reads: readTarget.bind(new Construct(this, 'Reads'), context),
    });
  }

  private makeArchive({ policy, deployment, region }: ImmutableAuditLogProps): Archive {
    const { account, region: there } = Stack.of(this);
    const chosen = region ?? regionOf(policy, there);
    const archive = { policy, region: chosen, breakGlassRoleArn: deployment.breakGlassRoleOf(chosen.name) };
    // Named after the log and not after the stack beside it: that stack may be renamed, the archive never.
    const stackName = `${policy.name}-archive`;
    return new ArchiveStack(this, 'Archive', archive, { stackName, env: { account, region: there } }).archive;
  }
}

function regionOf({ regions }: AuditLogPolicy, there: string): Region {
  const [first, ...others] = regions;
  const region = Token.isUnresolved(there) ? others.length === 0 && first : regions.find(({ name }) => name === there);
  if (region) return region;
  throw new AuditLogError('region-ambiguous', {
    problem: 'nothing says which of the regions of the policy this is',
    given: Token.isUnresolved(there) ? undefined : there,
    allowed: regions.map(({ name }) => name).join(', '),
    fix: 'give the region, or make the stack in one of them',
  });
}

function checkAccount(scope: Construct, deployment: Deployment, region: Region): void {
  const { account } = Stack.of(scope);
  const expected = deployment.regionNamed(region.name).account;
  if (Token.isUnresolved(account) || account === expected) return;
  throw new AuditLogError('account-mismatch', {
    problem: 'the stack is in another account than the deployment says',
    given: account,
    allowed: expected,
    fix: "correct env of the stack, or the region's account in the deployment",
  });
}

const REACHES = [NetworkReach.NONE, NetworkReach.AWS, NetworkReach.INTERNET];

function widest(...reaches: NetworkReach[]): NetworkReach {
  return REACHES[Math.max(...reaches.map((reach) => REACHES.indexOf(reach)))] ?? NetworkReach.INTERNET;
}
