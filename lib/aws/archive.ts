import { Stack, Token } from 'aws-cdk-lib';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { AuditLogPolicy, Region } from '../policy';
import { AuditLogError } from '../policy/errors';
import { AuditLogRoles } from './audit-log-roles';
import type { IWormBucket } from './i-worm-bucket';
import { tagForOrganization } from './org-tag';
import { RecordsReplication } from './records-replication';
import { Replicas } from './replicas';
import type { Replication } from './replication';
import { checkReplication } from './replication-checks';
import { SigningKey } from './signing-key';
import { WormBucket } from './worm-bucket';
import type { WormEncryption } from './worm-encryption';

/** The parts of an archive. */
export interface ArchiveProps {
  /** What must hold for the log. */
  readonly policy: AuditLogPolicy;

  /** Which of the policy's regions the archive is for. */
  readonly region: Region;

  /** ARN of the role that alone may lengthen locks, lift legal holds, and disable or delete the signing keys. */
  readonly breakGlassRoleArn: string;

  /**
   * With whose key records are encrypted at rest.
   *
   * @default - keys of S3
   */
  readonly encryption?: WormEncryption;

  /**
   * Where S3 logs every request to the bucket; see `WormBucketProps.accessLogs`.
   *
   * @default - a bucket of its own
   */
  readonly accessLogs?: IBucket;

  /**
   * A write-once bucket that is there already.
   *
   * @default - a new one
   */
  readonly bucket?: IWormBucket;

  /**
   * To which regions records are copied, and whose copies are read here: `Replication.withinJurisdiction`. The buckets that it copies to
   * must be there before (`ReplicaStack`); what was recorded before is not copied by itself.
   *
   * @default - nothing is replicated
   */
  readonly replication?: Replication;
}

/**
 * All of a region's log that must outlive everything else: the records' bucket, the two signing keys, and the roles that may use them.
 * It depends on nothing that can be rebuilt, so that everything else can be. In a stack of your own rather than an `ArchiveStack`, export
 * what fronts take (`Stack.exportValue`): else no front can later take less than it does now. For an organisation's guardrails, also give
 * the stack the tag `immutable-audit-log` and a name with `-archive` in it.
 */
export class Archive extends Construct {
  /** The policy that the archive keeps. */
  public readonly policy: AuditLogPolicy;

  /** The region that the archive is for. */
  public readonly region: Region;

  /** Begins the key of every object of the log: `<log>/<region>/`. */
  public readonly prefix: string;

  /** Where the records are. */
  public readonly bucket: IWormBucket;

  /** Who the services are. */
  public readonly roles: AuditLogRoles;

  /** Signs the root log's checkpoints; auditors pin its public key. */
  public readonly logKey: SigningKey;

  /** Endorses the keys of shards. */
  public readonly admissionKey: SigningKey;

  /**
   * Where records are copied to.
   *
   * @default - nowhere
   */
  public readonly replication?: Replication;

  /**
   * What other regions copied here.
   *
   * @default - nothing: no other region of the jurisdiction is on AWS
   */
  public readonly replicas?: Replicas;

  /**
   * @throws region-unlisted, region-mismatch, bucket-ambiguous, role-arn-malformed, replication-across-jurisdictions,
   * replication-of-adopted-bucket, replication-of-own-key
   */
  public constructor(scope: Construct, id: string, props: ArchiveProps) {
    super(scope, id);
    checkRegion(this, props);
    checkReplication(props);
    tagForOrganization(this, props.policy);
    this.policy = props.policy;
    this.region = props.region;
    this.prefix = `${props.policy.name}/${props.region.name}/`;
    this.roles = new AuditLogRoles(this, 'Roles');
    this.bucket = this.bucketOf(props);
    this.logKey = this.makeKey('LogKey', 'signs the checkpoints of the root log of', this.roles.seal, props);
    this.admissionKey = this.makeKey('AdmissionKey', 'endorses the shards of', this.roles.ingest, props);
    this.allowObjects();
    this.allowPublicKeys();
    this.replication = props.replication;
    this.replicas = this.replicate(props.replication);
    this.node.addValidation({ validate: () => this.unprotected() });
  }

  private bucketOf({ policy, bucket, ...how }: ArchiveProps): IWormBucket {
    if (bucket === undefined) return new WormBucket(this, 'Records', { ...how, retention: policy.retention });
    if (how.encryption === undefined && how.accessLogs === undefined) return bucket;
    throw new AuditLogError('bucket-ambiguous', {
      problem: 'a bucket was given, and also how to make one',
      allowed: 'either bucket, or encryption and accessLogs',
      fix: 'say how the bucket is encrypted and logged where it is made',
    });
  }

  private makeKey(id: string, what: string, signer: AuditLogRoles['seal'], props: ArchiveProps): SigningKey {
    return new SigningKey(this, id, {
      description: `${what} ${this.policy.name}/${this.region.name}`,
      signer,
      retention: this.policy.retention,
      breakGlassRoleArn: props.breakGlassRoleArn,
    });
  }

  private allowObjects(): void {
    const { ingest, seal, query, view, verification } = this.roles;
    this.bucket.grantAppend(ingest, `${this.prefix}entries/`);
    this.bucket.grantAppend(ingest, `${this.prefix}shards/`);
    this.bucket.grantAppend(seal, `${this.prefix}root/`);
    this.bucket.grantRead(seal);
    this.bucket.grantRead(query);
    this.bucket.grantRead(view);
    this.bucket.grantVerify(verification);
  }

  private allowPublicKeys(): void {
    const { seal, query, view, verification } = this.roles;
    for (const role of [query, view, verification]) this.logKey.grantPublicKey(role);
    for (const role of [seal, query, view, verification]) this.admissionKey.grantPublicKey(role);
  }

  private replicate(replication: Replication | undefined): Replicas | undefined {
    if (replication === undefined || replication.destinations.length === 0) return undefined;
    const { query, view, verification } = this.roles;
    const { bucket } = this.bucket;
    const { retention } = this.policy;
    new RecordsReplication(this, 'Replication', { bucket, prefix: this.prefix, replication, retention });
    const replicas = new Replicas(this, 'Replicas', replication);
    replicas.grantRead(query);
    replicas.grantRead(view);
    replicas.grantVerify(verification);
    return replicas;
  }

  private unprotected(): string[] {
    if (this.policy.retention.isDisposable || Stack.of(this).terminationProtection) return [];
    const error = new AuditLogError('termination-protection-off', {
      problem: 'the stack of an archive that is not disposable can be deleted by accident',
      given: Stack.of(this).stackName,
      fix: 'set terminationProtection on the stack, or use ArchiveStack',
    });
    return [error.message];
  }
}

function checkRegion(scope: Construct, { policy, region }: ArchiveProps): void {
  if (!policy.regions.some(({ name }) => name === region.name)) {
    throw new AuditLogError('region-unlisted', {
      problem: 'the policy does not list the region',
      given: region.name,
      allowed: policy.regions.map(({ name }) => name).join(', '),
      fix: "give one of the policy's regions, or add this one to the policy",
    });
  }
  const there = Stack.of(scope).region;
  if (Token.isUnresolved(there) || there === region.name) return;
  throw new AuditLogError('region-mismatch', {
    problem: 'the stack is in another region than the log that it is for',
    given: there,
    allowed: region.name,
    fix: 'make one archive for each region, in a stack of that region or of none',
  });
}
