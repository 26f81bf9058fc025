import { KmsKeyRing } from '@cdktf/provider-google/lib/kms-key-ring';
import { Construct } from 'constructs';
import type { AuditLogPolicy, Region } from '../policy';
import { AuditLogError } from '../policy/errors';
import { AuditLogChecks } from './audit-log-checks';
import { AuditLogRoles } from './audit-log-roles';
import { isGoogleRegion } from './google-region';
import type { IWormBucket } from './i-worm-bucket';
import { physicalName } from './physical-name';
import type { ServiceIdentity } from './service-identity';
import { SigningKey } from './signing-key';
import { WormBucket } from './worm-bucket';
import type { WormEncryption } from './worm-encryption';

/** The parts of an archive. */
export interface ArchiveProps {
  /** What must hold for the log. */
  readonly policy: AuditLogPolicy;

  /** Which of the policy's regions the archive is for. */
  readonly region: Region;

  /** Id of the project, which begins the bucket's name. */
  readonly project: string;

  /**
   * With whose key records are encrypted at rest.
   *
   * @default - keys of Google's
   */
  readonly encryption?: WormEncryption;

  /**
   * A write-once bucket that is there already.
   *
   * @default - a new one
   */
  readonly bucket?: IWormBucket;
}

/**
 * All of a region's log that must outlive everything else: the records' bucket, the two signing keys, and the identities of the services
 * that may use them. It depends on nothing that can be rebuilt.
 */
export class Archive extends Construct {
  /** The policy that the archive keeps. */
  public readonly policy: AuditLogPolicy;

  /** The region that the archive is for. */
  public readonly region: Region;

  /** The log's origin, `<name>/<region>`; with a slash behind it, it begins the key of every object. */
  public readonly origin: string;

  /** Where the records are. */
  public readonly bucket: IWormBucket;

  /** Who the services are. */
  public readonly roles: AuditLogRoles;

  /** Signs the root log's checkpoints; auditors pin its public key. */
  public readonly logKey: SigningKey;

  /** Endorses the keys of shards. */
  public readonly admissionKey: SigningKey;

  /** @throws region-malformed, region-unlisted, bucket-ambiguous */
  public constructor(scope: Construct, id: string, props: ArchiveProps) {
    super(scope, id);
    AuditLogChecks._hold(this);
    checkRegion(props);
    this.policy = props.policy;
    this.region = props.region;
    this.origin = `${props.policy.name}/${props.region.name}`;
    this.roles = new AuditLogRoles(this, 'Roles', { origin: this.origin });
    this.bucket = this.bucketOf(props);
    const keyRingId = this.makeKeyRing();
    this.logKey = this.makeKey('LogKey', 'log', keyRingId, this.roles.seal);
    this.admissionKey = this.makeKey('AdmissionKey', 'admission', keyRingId, this.roles.ingest);
    this.allowObjects();
    this.allowPublicKeys();
  }

  private bucketOf({ policy, region, project, encryption, bucket }: ArchiveProps): IWormBucket {
    if (bucket === undefined) {
      const bucketName = physicalName(this, `${project}-${policy.name}-${region.name}`);
      return new WormBucket(this, 'Records', {
        bucketName,
        location: region.name,
        retention: policy.retention,
        encryption,
        labels: { log: policy.name, jurisdiction: region.jurisdiction.toLowerCase() },
      });
    }
    if (encryption === undefined) return bucket;
    throw new AuditLogError('bucket-ambiguous', {
      problem: 'a bucket was given, and also how to make one',
      allowed: 'either bucket or encryption',
      fix: 'say how the bucket is encrypted where it is made',
    });
  }

  private makeKeyRing(): string {
    const { name } = this.policy;
    // A ring can never be deleted, so destroying it in Terraform would only forget it.
    return new KmsKeyRing(this, 'KeyRing', { name, location: this.region.name }).id;
  }

  private makeKey(id: string, keyId: string, keyRingId: string, signer: ServiceIdentity): SigningKey {
    return new SigningKey(this, id, { keyId, keyRingId, signer, retention: this.policy.retention });
  }

  private allowObjects(): void {
    const { ingest, seal, query, view, verification } = this.roles;
    this.bucket.grantAppend(ingest, `${this.origin}/entries/`);
    this.bucket.grantAppend(ingest, `${this.origin}/shards/`);
    this.bucket.grantAppend(seal, `${this.origin}/root/`);
    this.bucket.grantRead(seal);
    this.bucket.grantRead(query);
    this.bucket.grantRead(view);
    this.bucket.grantVerify(verification);
  }

  private allowPublicKeys(): void {
    const { seal, query, view, verification } = this.roles;
    for (const identity of [query, view, verification]) this.logKey.grantPublicKey(identity);
    for (const identity of [seal, query, view, verification]) this.admissionKey.grantPublicKey(identity);
  }
}

function checkRegion({ policy, region }: ArchiveProps): void {
  if (!isGoogleRegion(region.name)) {
    throw new AuditLogError('region-malformed', {
      problem: 'not the name of a region of Google Cloud',
      given: region.name,
      allowed: 'such as europe-west3',
      fix: 'correct the policy, or list the region in elsewhere of the deployment if another cloud hosts it',
    });
  }
  if (policy.regions.some(({ name }) => name === region.name)) return;
  throw new AuditLogError('region-unlisted', {
    problem: 'the policy does not list the region',
    given: region.name,
    allowed: policy.regions.map(({ name }) => name).join(', '),
    fix: "give one of the policy's regions, or add this one to the policy",
  });
}
