import type { KmsCryptoKeyIamMember } from '@cdktf/provider-google/lib/kms-crypto-key-iam-member';
import { StorageBucket } from '@cdktf/provider-google/lib/storage-bucket';
import type { Construct } from 'constructs';
import { type Retention, RetentionMode } from '../policy';
import { AdoptedWormBucket } from './adopted-worm-bucket';
import { AuditLogChecks } from './audit-log-checks';
import type { IWormBucket } from './i-worm-bucket';
import { WormBucketGrants } from './worm-bucket-grants';
import { WormEncryption } from './worm-encryption';

const SECONDS_PER_DAY = 86_400;

/** What Cloud Storage keeps after a lawful deletion, unless something else is said. */
const SOFT_DELETE_DAYS = 7;

/** The parts of a write-once bucket. */
export interface WormBucketProps {
  /** Name of the bucket, unique in all of Google Cloud. Never changes afterwards: a bucket of another name is an empty one. */
  readonly bucketName: string;

  /** Where the objects are: a region such as `europe-west3`, or a multi-region such as `EU`. */
  readonly location: string;

  /** How long each object is kept, and whether that is locked. */
  readonly retention: Retention;

  /**
   * With whose key objects are encrypted at rest.
   *
   * @default - keys of Google's
   */
  readonly encryption?: WormEncryption;

  /**
   * What inventories and rules of the organisation find it by: up to 64, keys and values of 1 to 63 of `a-z`, `0-9`, `_` and `-`.
   *
   * @default - none
   */
  readonly labels?: { [key: string]: string };
}

/**
 * A bucket under a retention policy, in which nothing can be overwritten or deleted before its time
 * (https://cloud.google.com/storage/docs/bucket-lock).
 *
 * Under compliance the policy is locked: no one can remove or shorten it, and the bucket cannot be deleted while it holds anything. Under
 * governance it is not: whoever may update the bucket can take it away. Objects are not versioned, since an object under retention has
 * one version only. Access is by IAM alone, and never public.
 */
export class WormBucket extends WormBucketGrants {
  /**
   * Adopts a bucket that is there already. Only grants are added: its retention policy is its owner's.
   *
   * @param bucketName of a bucket with a retention policy and uniform access
   */
  public static fromBucketName(scope: Construct, id: string, bucketName: string): IWormBucket {
    return new AdoptedWormBucket(scope, id, bucketName);
  }

  public readonly bucketName: string;

  /** With whose key objects are encrypted at rest. */
  public readonly encryption: WormEncryption;

  /**
   * What lets Cloud Storage use that key, for other buckets under it.
   *
   * @internal
   */
  public readonly _keyGrants: KmsCryptoKeyIamMember[];

  public constructor(scope: Construct, id: string, props: WormBucketProps) {
    super(scope, id);
    AuditLogChecks._hold(this);
    const { retention } = props;
    this.encryption = props.encryption ?? WormEncryption.googleManaged();
    this._keyGrants = this.encryption._allow(this);
    const bucket = new StorageBucket(this, 'Bucket', {
      name: props.bucketName,
      location: props.location,
      labels: props.labels,
      uniformBucketLevelAccess: true,
      publicAccessPrevention: 'enforced',
      forceDestroy: false,
      retentionPolicy: {
        retentionPeriod: retention.period.inDays * SECONDS_PER_DAY,
        isLocked: retention.mode === RetentionMode.COMPLIANCE,
      },
      softDeletePolicy: { retentionDurationSeconds: SOFT_DELETE_DAYS * SECONDS_PER_DAY },
      encryption: this.encryption._setting(),
      lifecycle: { preventDestroy: !retention.isDisposable },
      dependsOn: this._keyGrants,
    });
    AuditLogChecks._promise(bucket);
    this.bucketName = bucket.name;
  }
}
