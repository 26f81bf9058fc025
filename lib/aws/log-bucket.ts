import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge';
import { makeBucketOfLogs } from './closed-bucket';

/**
 * A bucket for the logs of load balancers: without Object Lock and with keys of S3, since load balancers cannot deliver to others. Logs
 * are kept for 400 days, also when the bucket's stack is deleted.
 */
export class LogBucket extends Construct {
  /** The bucket. */
  public readonly bucket: IBucket;

  public constructor(scope: Construct, id: string) {
    super(scope, id);
    const bucket = makeBucketOfLogs(this, 'Bucket');
    acknowledge(bucket, {
      awsSolutions: 'S1',
      compliance: 'S3BucketLoggingEnabled',
      reason:
        'The bucket holds logs itself, and no records. Logging the requests to it would take another bucket, and so on; data events of CloudTrail record them where that is asked for.',
    });
    this.bucket = bucket;
  }
}
