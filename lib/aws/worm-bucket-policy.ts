import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { type Retention, RetentionMode } from '../policy';
import { WormBucketDenials } from './worm-bucket-denials';
import type { WormEncryption } from './worm-encryption';

/** What the statements depend on. */
export interface WormBucketPolicyProps {
  /** ARN of the bucket. */
  readonly bucketArn: string;

  /** The account that the bucket is in: 12 digits, or a token. */
  readonly account: string;

  /** How long objects are locked. */
  readonly retention: Retention;

  /** ARN of the role that alone may lengthen locks and lift legal holds. */
  readonly breakGlassRoleArn: string;

  /** How the bucket encrypts. */
  readonly encryption: WormEncryption;
}

/**
 * What nobody may do to the objects of a write-once bucket, beyond what Object Lock refuses by itself: hide them behind delete markers,
 * write a key twice, lock for too short a time, replicate foreign objects in, or encrypt with a foreign key.
 *
 * The statements are about objects. What would disable them is an action on the bucket (its policy, versioning, lifecycle, lock), which a
 * bucket policy cannot forbid without locking out deployment: that takes a service control policy of the organisation.
 */
export class WormBucketPolicy {
  /** The denying statements. Each has a `sid`. */
  public readonly statements: PolicyStatement[];

  /** @throws role-arn-malformed */
  public constructor(props: WormBucketPolicyProps) {
    const denials = new WormBucketDenials(props);
    this.statements = [
      // Without the second condition, the parts of a multipart upload would be refused: they carry no If-None-Match.
      denials.deny('DenyOverwrite', ['s3:PutObject'], {
        Null: { 's3:if-none-match': 'true' },
        Bool: { 's3:ObjectCreationOperation': 'true' },
      }),
      denials.deletion(),
      denials.acls(),
      // Replication is not s3:PutObject: without this, any bucket of any account could write here by a rule of its own.
      denials.deny('DenyForeignReplication', [
        's3:ReplicateObject',
        's3:ReplicateDelete',
        's3:ReplicateTags',
        's3:ObjectOwnerOverrideToBucketOwner',
      ]),
      denials.deny('DenyShortRetention', ['s3:PutObject'], {
        NumericLessThan: { 's3:object-lock-remaining-retention-days': `${floorInDays(props.retention)}` },
      }),
      // A negated condition also matches a request without the key, so the key must be there too.
      denials.deny('DenyOtherRetentionMode', ['s3:PutObject'], {
        Null: { 's3:object-lock-mode': 'false' },
        StringNotEquals: { 's3:object-lock-mode': lockMode(props.retention) },
      }),
      denials.retention(),
      denials.eventHold('s3:PutObject'),
      denials.legalHoldRemoval(),
      denials.foreignKey('s3:PutObject', props.encryption.key?.keyArn),
      denials.reencryption(),
    ];
  }
}

/** One day less than the period: the days that remain are counted whole, and the first is no longer whole when S3 counts. */
function floorInDays(retention: Retention): number {
  return retention.period.inDays - 1;
}

function lockMode(retention: Retention): string {
  return retention.mode === RetentionMode.COMPLIANCE ? 'COMPLIANCE' : 'GOVERNANCE';
}
