import { Construct } from 'constructs';
import type { AuditLogPolicy, Region } from '../policy';
import { AuditLogError } from '../policy/errors';
import { Archive } from './archive';
import { AuditLogChecks } from './audit-log-checks';
import type { BackendGroup } from './backend-group';
import { FrontDoor } from './front-door';
import type { FrontDoorPaths } from './front-door-paths';
import type { GoogleDeployment } from './google-deployment';
import type { IFrontDoor } from './i-front-door';
import type { IReadTarget } from './i-read-target';
import type { IWriteTarget } from './i-write-target';
import { ReadTarget } from './read-target';
import { Seal } from './seal';
import { WriteTarget } from './write-target';

/** The parts of a log. */
export interface ImmutableAuditLogProps {
  /** What must hold for the log. */
  readonly policy: AuditLogPolicy;

  /** Where it is deployed. */
  readonly deployment: GoogleDeployment;

  /**
   * What must outlive everything else, one archive for each region that is here. In a stack of its own it can be given to few hands.
   *
   * @default - new ones, in this construct's stack
   */
  readonly archives?: Archive[];

  /**
   * What takes requests to append.
   *
   * @default - `WriteTarget.cloudFunction()`
   */
  readonly writeTarget?: IWriteTarget;

  /**
   * What takes requests to search and prove.
   *
   * @default - `ReadTarget.cloudRun()`, with the image of the deployment
   */
  readonly readTarget?: IReadTarget;

  /**
   * Where clients come in.
   *
   * @default - `FrontDoor.split()`
   */
  readonly frontDoor?: IFrontDoor;
}

/**
 * A log in every region of a policy that no other cloud hosts, each with its own archive, targets and sealer, behind one front door. The provider and the backend
 * are those of the stack.
 */
export class ImmutableAuditLog extends Construct {
  /** The records, keys and identities of each region that is here, in the policy's order. */
  public readonly archives: Archive[];

  /** The sealer of each of these regions. */
  public readonly seals: Seal[];

  /** What the front door made. */
  public readonly frontDoor: FrontDoorPaths;

  /**
   * @throws region-malformed, region-unlisted, regions-all-elsewhere, archive-missing, image-missing, target-missing, routing-unavailable, access-open,
   * client-authorities-missing, provider-too-old, dns-zone-missing, backend-groups-mixed, paths-not-alike
   */
  public constructor(scope: Construct, id: string, props: ImmutableAuditLogProps) {
    super(scope, id);
    const { policy, deployment } = props;
    AuditLogChecks._hold(this);
    const regions = deployment._regionsOf(policy).map((region) => this.makeRegion(region, props));
    this.archives = regions.map(({ archive }) => archive);
    this.seals = regions.map(({ seal }) => seal);
    const frontDoor = props.frontDoor ?? FrontDoor.split();
    this.frontDoor = frontDoor.bind(new Construct(this, 'FrontDoor'), {
      policy,
      deployment,
      writes: regions.map(({ archive: { region }, write: group }) => ({ region, group })),
      reads: regions.map(({ archive: { region }, read: group }) => ({ region, group })),
    });
  }

  private makeRegion(region: Region, props: ImmutableAuditLogProps): RegionParts {
    const { deployment } = props;
    const scope = new Construct(this, region.name);
    const archive = archiveOf(scope, region, props);
    const context = { archive, deployment };
    const writeTarget = props.writeTarget ?? WriteTarget.cloudFunction();
    const readTarget = props.readTarget ?? ReadTarget.cloudRun();
    return {
      archive,
      seal: new Seal(scope, 'Seal', context),
      write: writeTarget.bind(new Construct(scope, 'Writes'), context),
      read: readTarget.bind(new Construct(scope, 'Reads'), context),
    };
  }
}

interface RegionParts {
  readonly archive: Archive;
  readonly seal: Seal;
  readonly write: BackendGroup;
  readonly read: BackendGroup;
}

function archiveOf(scope: Construct, region: Region, props: ImmutableAuditLogProps): Archive {
  const { policy, deployment, archives } = props;
  if (archives === undefined) return new Archive(scope, 'Archive', { policy, region, project: deployment.project });
  const archive = archives.find((each) => each.region.name === region.name);
  if (archive !== undefined) return archive;
  throw new AuditLogError('archive-missing', {
    problem: 'no archive is given for a region of the policy',
    given: region.name,
    allowed: archives.map((each) => each.region.name).join(', '),
    fix: 'give one archive for each region, or none',
  });
}
