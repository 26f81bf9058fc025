import { Annotations, Stack } from 'aws-cdk-lib';
import { type IRole, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Bucket, type IBucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { allowBesideRole } from './identity-side';
import { WormBucketGrants } from './worm-bucket-grants';
import { WormEncryption } from './worm-encryption';

/** What is known of a bucket that is there already. */
export interface WormBucketAttributes {
  /** ARN of the bucket. Object Lock, versioning and the statements of `WormBucketPolicy` must be on it. */
  readonly bucketArn: string;

  /**
   * With whose key objects are encrypted at rest.
   *
   * @default - keys of S3
   */
  readonly encryption?: WormEncryption;
}

/** A bucket that is there already. Its policy is its owner's, so each role gets one managed policy of its own instead. */
export class AdoptedWormBucket extends WormBucketGrants {
  public readonly bucket: IBucket;
  protected readonly encryption: WormEncryption;

  public constructor(scope: Construct, id: string, attributes: WormBucketAttributes) {
    super(scope, id);
    this.encryption = attributes.encryption ?? WormEncryption.s3Managed();
    this.bucket = Bucket.fromBucketArn(this, 'Bucket', attributes.bucketArn);
    Annotations.of(this).addWarningV2(
      'immutable-audit-log:adopted-bucket',
      'The policy of an adopted bucket is not managed here: it is write-once only if its owner adds the statements of WormBucketPolicy.',
    );
  }

  protected allow(role: IRole, actions: string[], resource: string): void {
    const statement = new PolicyStatement({ actions, resources: [resource] });
    allowBesideRole(this, role, Stack.of(this).account, statement);
  }
}
