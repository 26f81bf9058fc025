import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { BlockPublicAccess, Bucket, BucketEncryption, type IBucket, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { acknowledge, acknowledgeDeliveredLogs } from './acknowledge';

/**
 * A bucket for the logs of load balancers: without Object Lock and with keys of S3, since load balancers cannot deliver to others. Logs
 * are kept for 400 days, also when the bucket's stack is deleted.
 */
export class LogBucket extends Construct {
  /** The bucket. */
  public readonly bucket: IBucket;

  public constructor(scope: Construct, id: string) {
    super(scope, id);
    const bucket = new Bucket(this, 'Bucket', {
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      versioned: true,
      // The organisation's policies know the bucket by its tag, which S3 shows them only so.
      abacStatus: true,
      lifecycleRules: [{ expiration: Duration.days(400), noncurrentVersionExpiration: Duration.days(1) }],
      removalPolicy: RemovalPolicy.RETAIN,
    });
    acknowledgeDeliveredLogs(bucket);
    acknowledge(bucket, {
      awsSolutions: 'S1',
      compliance: 'S3BucketLoggingEnabled',
      reason:
        'The bucket holds logs itself, and no records. Logging the requests to it would take another bucket, and so on; data events of CloudTrail record them where that is asked for.',
    });
    this.bucket = bucket;
  }
}
