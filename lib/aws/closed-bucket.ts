import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { BlockPublicAccess, Bucket, BucketEncryption, type BucketProps, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { acknowledgeDeliveredLogs } from './acknowledge';

/** What all buckets of a log have in common, whatever they hold. */
export const CLOSED: BucketProps = {
  enforceSSL: true,
  minimumTLSVersion: 1.2,
  blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
  objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
  versioned: true,
  // The organisation's policies know the bucket by its tag, which S3 shows them only so.
  abacStatus: true,
};

/**
 * Makes a bucket to which AWS delivers logs: without Object Lock and with keys of S3, since it delivers to no others. Logs are kept for 400 days,
 * also when the bucket's stack is deleted.
 */
export function makeBucketOfLogs(scope: Construct, id: string): Bucket {
  const bucket = new Bucket(scope, id, {
    ...CLOSED,
    encryption: BucketEncryption.S3_MANAGED,
    lifecycleRules: [{ expiration: Duration.days(400), noncurrentVersionExpiration: Duration.days(1) }],
  });
  applyRemovalPolicy(bucket, RemovalPolicy.RETAIN);
  acknowledgeDeliveredLogs(bucket);
  return bucket;
}

/** Says what becomes of a bucket when its stack goes, and of its policy: a bucket that stays without it denies nothing any more, and takes no logs. */
export function applyRemovalPolicy(bucket: Bucket, policy: RemovalPolicy): void {
  bucket.applyRemovalPolicy(policy);
  bucket.policy?.applyRemovalPolicy(policy);
}
