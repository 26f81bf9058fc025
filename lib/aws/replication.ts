import { createHash } from 'node:crypto';
import type { AuditLogPolicy, Deployment, Region } from '../policy';
import { AuditLogError } from '../policy/errors';

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
const LONGEST_BUCKET_NAME = 63;
const RESERVED = /^(xn--|sthree-|amzn-s3-demo-)/;

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const LONGEST_ROLE_NAME = 64;

/** A bucket of replicas in another region. */
export interface ReplicationDestination {
  /** The region that the bucket is in. */
  readonly region: Region;

  /** The account that the bucket is in: 12 digits. */
  readonly account: string;

  /** Name of the bucket. */
  readonly bucketName: string;
}

/** A region whose log is replicated. */
export interface ReplicationSource {
  /** The region that the log is of. */
  readonly region: Region;

  /** The account that the log is in: 12 digits. */
  readonly account: string;

  /** Name of the IAM role that S3 replicates as. */
  readonly roleName: string;

  /** Begins the key of every object of the log: `<log>/<region>/`. */
  readonly prefix: string;
}

/**
 * Where the log of one region is copied to, and whose copies that region keeps: every region on AWS copies to every other one of its
 * jurisdiction, and to none beyond. All names are computed from policy and deployment, so that no region has to be there for another.
 */
export class Replication {
  /**
   * The replication of one region.
   *
   * @param policy says which regions are of one jurisdiction
   * @param deployment says in which account each is, and which are not on AWS
   * @param region one of the policy, on AWS
   * @throws region-undeployed, region-elsewhere, bucket-name-reserved
   */
  public static withinJurisdiction(policy: AuditLogPolicy, deployment: Deployment, region: Region): Replication {
    const others = policy.regions
      .filter(({ name, jurisdiction }) => name !== region.name && jurisdiction === region.jurisdiction)
      .filter(({ name }) => !deployment._isElsewhere(name))
      .map((other) => ({ region: other, account: deployment.regionNamed(other.name).account }));
    const { account } = deployment.regionNamed(region.name);
    return new Replication(policy.name, region, account, others);
  }

  /** Where the log is copied to. */
  public readonly destinations: ReplicationDestination[];

  /** Whose logs are copied here. */
  public readonly sources: ReplicationSource[];

  /** Name of the IAM role that S3 replicates as, in the region's account. */
  public readonly roleName: string;

  /**
   * Name of the bucket here that other regions copy to. It is in the account's own namespace, so that nobody else can take it:
   * https://docs.aws.amazon.com/AmazonS3/latest/userguide/gpbucketnamespaces.html
   */
  public readonly bucketName: string;

  /**
   * The part of the bucket's name that S3 puts nothing into.
   *
   * @internal
   */
  public readonly _bucketNamePrefix: string;

  private constructor(
    log: string,
    /** The region that this is about. */
    public readonly region: Region,
    /** The account that the region's log is in. */
    public readonly account: string,
    others: readonly { readonly region: Region; readonly account: string }[],
  ) {
    this.destinations = others.map((other) => ({ ...other, bucketName: bucketNameOf(log, other) }));
    this.sources = others.map((other) => ({
      ...other,
      roleName: roleNameOf(log, other.region),
      prefix: `${log}/${other.region.name}/`,
    }));
    this.roleName = roleNameOf(log, region);
    this.bucketName = bucketNameOf(log, this);
    this._bucketNamePrefix = this.bucketName.slice(0, -suffixOf(this).length);
  }
}

/** Where a bucket is. */
interface BucketPlace {
  readonly region: Region;
  readonly account: string;
}

function suffixOf({ account, region }: BucketPlace): string {
  return `-${account}-${region.name}-an`;
}

function bucketNameOf(log: string, place: BucketPlace): string {
  if (RESERVED.test(log)) {
    throw new AuditLogError('bucket-name-reserved', {
      problem: "a bucket of replicas begins with the log's name, and S3 takes no bucket's name that begins like this",
      given: log,
      allowed: 'a name that does not begin with xn--, sthree- or amzn-s3-demo-',
      fix: 'give the log another name before its first record',
    });
  }
  const suffix = suffixOf(place);
  return `${shorten(`${log}-replicas`, LONGEST_BUCKET_NAME - suffix.length)}${suffix}`;
}

function roleNameOf(log: string, { name }: Region): string {
  return shorten(`${log}-${name}-replication`, LONGEST_ROLE_NAME);
}

/** Cuts a name that is too long, and tells it from others that begin alike by the beginning of its SHA-256. */
function shorten(name: string, most: number): string {
  if (name.length <= most) return name;
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 8);
  const beginning = name.slice(0, Math.max(0, most - hash.length - 1)).replace(/-+$/, '');
  return `${beginning}-${hash}`;
}
