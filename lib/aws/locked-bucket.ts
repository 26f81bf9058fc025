import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  BlockedEncryptionType,
  Bucket,
  type BucketProps,
  type CfnBucket,
  type IBucket,
  ObjectLockRetention,
} from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { type Retention, RetentionMode } from '../policy';
import { acknowledge } from './acknowledge';
import { applyRemovalPolicy, CLOSED, makeBucketOfLogs } from './closed-bucket';
import { tagLocked } from './org-tag';
import type { WormEncryption } from './worm-encryption';

interface LockedBucketProps {
  /** How long each object is locked, and how, unless its original was locked in another way. */
  readonly retention: Retention;

  /** With whose key objects are encrypted at rest. */
  readonly encryption: WormEncryption;

  /** How the bucket is called. */
  readonly name: Pick<BucketProps, 'bucketName' | 'bucketNamePrefix' | 'bucketNamespace'>;
}

/** Makes `Bucket` below a scope, under Object Lock. */
export function makeLockedBucket(scope: Construct, props: LockedBucketProps): Bucket {
  const bucket = new Bucket(scope, 'Bucket', {
    ...CLOSED,
    ...props.encryption._bucketProps(),
    ...props.name,
    objectLockEnabled: true,
    objectLockDefaultRetention: defaultRetention(props.retention),
    blockedEncryptionTypes: [BlockedEncryptionType.SSE_C],
  });
  applyRemovalPolicy(bucket, removalPolicy(props.retention));
  tagLocked(bucket, props.retention);
  if (props.encryption.key === undefined) {
    acknowledge(bucket, {
      compliance: 'S3DefaultEncryptionKMS',
      reason:
        'Records are encrypted at rest with keys of S3 (AES-256). A KMS key is a choice (WormEncryption.ownKey): Object Lock does not cover it, so that whoever deletes it destroys the log.',
    });
  }
  return bucket;
}

/**
 * Has S3 log every request to a bucket, in `AccessLogs` below a scope unless there is a bucket for it.
 *
 * By hand: the L2's `serverAccessLogsBucket` relies on an ACL, which BucketOwnerEnforced has none of, unless the app sets a feature flag.
 */
export function logAccess(scope: Construct, bucket: Bucket, prefix: string, accessLogs?: IBucket): void {
  const target = accessLogs ?? makeBucketOfLogs(scope, 'AccessLogs');
  const resource = bucket.node.defaultChild as CfnBucket;
  resource.loggingConfiguration = { destinationBucketName: target.bucketName, logFilePrefix: prefix };
  target.addToResourcePolicy(
    new PolicyStatement({
      principals: [new ServicePrincipal('logging.s3.amazonaws.com')],
      actions: ['s3:PutObject'],
      resources: [target.arnForObjects(`${prefix}*`)],
      // Not the ARN of the bucket: if the target is in another stack, the two stacks would depend on each other.
      conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(scope).account } },
    }),
  );
}

/** A bucket whose creation is rolled back goes: it is empty, and its name would be taken when the stack is deployed again. */
function removalPolicy({ isDisposable }: Retention): RemovalPolicy {
  return isDisposable ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE;
}

function defaultRetention({ mode, period }: Retention): ObjectLockRetention {
  const days = Duration.days(period.inDays);
  return mode === RetentionMode.COMPLIANCE
    ? ObjectLockRetention.compliance(days)
    : ObjectLockRetention.governance(days);
}
