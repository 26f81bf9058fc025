import { Annotations } from 'aws-cdk-lib';
import { Bucket, type IBucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { IdentitySideGrants } from './identity-side-grants';
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
export class AdoptedWormBucket extends IdentitySideGrants {
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
}
