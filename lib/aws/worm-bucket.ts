import { Stack } from 'aws-cdk-lib';
import { ArnPrincipal, type IRole, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Bucket, IBucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { Retention } from '../policy';
import { acknowledge } from './acknowledge';
import { AdoptedWormBucket, type WormBucketAttributes } from './adopted-worm-bucket';
import type { IWormBucket } from './i-worm-bucket';
import { isForeign } from './identity-side';
import { logAccess, makeLockedBucket } from './locked-bucket';
import { WormBucketGrants } from './worm-bucket-grants';
import { WormBucketPolicy } from './worm-bucket-policy';
import { WormEncryption } from './worm-encryption';

/** The parts of a write-once bucket. */
export interface WormBucketProps {
  /** How long each object is locked, and how. */
  readonly retention: Retention;

  /** ARN of the role that alone may lengthen locks and lift legal holds. */
  readonly breakGlassRoleArn: string;

  /**
   * With whose key objects are encrypted at rest.
   *
   * @default - keys of S3
   */
  readonly encryption?: WormEncryption;

  /**
   * Where S3 logs every request to, below `worm-bucket/`: a bucket of the same account and region without Object Lock and default
   * encryption by KMS, since S3 cannot deliver to others.
   *
   * @default - a bucket of its own, `AccessLogs`, kept for 400 days
   */
  readonly accessLogs?: IBucket;

  /**
   * Name of the bucket. A role of another account that is made in the same app can be granted only by name. Never changes afterwards: a
   * bucket of another name is another bucket, an empty one.
   *
   * @default - CloudFormation makes one up
   */
  readonly bucketName?: string;
}

/**
 * A bucket under S3 Object Lock, whose policy also closes what the lock leaves open: see `WormBucketPolicy`.
 *
 * Roles are allowed by the bucket's policy, which names them by ARN; a role of another account is allowed beside the role as well. When a
 * named role is deleted and made again, deploy the bucket's stack once more: S3 keeps a policy's roles by their internal ids.
 *
 * The bucket stays when its stack is deleted, unless the retention is disposable; then CloudFormation deletes it if it is empty.
 */
export class WormBucket extends WormBucketGrants {
  /**
   * Adopts a bucket that is there already and was made with Object Lock. Its policy is not touched: roles are allowed by managed
   * policies of theirs, and its owner must add the statements of `WormBucketPolicy`.
   */
  public static fromBucketAttributes(scope: Construct, id: string, attributes: WormBucketAttributes): IWormBucket {
    return new AdoptedWormBucket(scope, id, attributes);
  }

  public readonly bucket: IBucket;

  /**
   * What the bucket's policy denies.
   *
   * @internal
   */
  public readonly _denials: PolicyStatement[];

  protected readonly encryption: WormEncryption;

  /** @throws role-arn-malformed */
  public constructor(scope: Construct, id: string, props: WormBucketProps) {
    super(scope, id);
    this.encryption = props.encryption ?? WormEncryption.s3Managed();
    const { retention, bucketName, accessLogs } = props;
    const bucket = makeLockedBucket(this, { retention, encryption: this.encryption, name: { bucketName } });
    this.bucket = bucket;
    this._denials = this.denials(bucket, props);
    for (const statement of this._denials) bucket.addToResourcePolicy(statement);
    logAccess(this, bucket, 'worm-bucket/', accessLogs);
    acknowledge(bucket, {
      compliance: 'S3BucketReplicationEnabled',
      reason:
        'Object Lock, versions and the storage of S3 over several availability zones keep the records. Replication to another region is a decision about residency, which the policy makes.',
    });
  }

  private denials(bucket: Bucket, props: WormBucketProps): PolicyStatement[] {
    const policy = new WormBucketPolicy({
      bucketArn: bucket.bucketArn,
      account: Stack.of(this).account,
      retention: props.retention,
      breakGlassRoleArn: props.breakGlassRoleArn,
      encryption: this.encryption,
    });
    return policy.statements;
  }

  protected allow(role: IRole, actions: string[], resource: string): void {
    const what = { actions, resources: [resource] };
    this.bucket.addToResourcePolicy(new PolicyStatement({ ...what, principals: [new ArnPrincipal(role.roleArn)] }));
    if (isForeign(role, Stack.of(this).account)) role.addToPrincipalPolicy(new PolicyStatement(what));
  }
}
