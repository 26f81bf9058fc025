import { AnyPrincipal, Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { type Retention, RetentionMode } from '../policy';
import { checkRoleArn } from './role-arn';
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
    checkRoleArn(props.breakGlassRoleArn);
    const objects = [`${props.bucketArn}/*`];
    const deny = (sid: string, actions: string[], conditions: Conditions = {}) =>
      new PolicyStatement({
        sid,
        effect: Effect.DENY,
        principals: [new AnyPrincipal()],
        actions,
        resources: objects,
        conditions,
      });
    const butBreakGlass = { ArnNotEquals: { 'aws:PrincipalArn': props.breakGlassRoleArn } };

    this.statements = [
      // Without the second condition, the parts of a multipart upload would be refused: they carry no If-None-Match.
      deny('DenyOverwrite', ['s3:PutObject'], {
        Null: { 's3:if-none-match': 'true' },
        Bool: { 's3:ObjectCreationOperation': 'true' },
      }),
      // A delete marker is not locked: it hides an object and lets If-None-Match write its key again.
      deny(
        'DenyDelete',
        ['s3:DeleteObject', 's3:DeleteObjectVersion', 's3:BypassGovernanceRetention'],
        teardown(props),
      ),
      deny('DenyAcls', ['s3:PutObjectAcl', 's3:PutObjectVersionAcl']),
      // Replication is not s3:PutObject: without this, any bucket of any account could write here by a rule of its own.
      deny('DenyForeignReplication', [
        's3:ReplicateObject',
        's3:ReplicateDelete',
        's3:ReplicateTags',
        's3:ObjectOwnerOverrideToBucketOwner',
      ]),
      deny('DenyShortRetention', ['s3:PutObject'], {
        NumericLessThan: { 's3:object-lock-remaining-retention-days': `${floorInDays(props.retention)}` },
      }),
      // A negated condition also matches a request without the key, so the key must be there too.
      deny('DenyOtherRetentionMode', ['s3:PutObject'], {
        Null: { 's3:object-lock-mode': 'false' },
        StringNotEquals: { 's3:object-lock-mode': lockMode(props.retention) },
      }),
      // No floor here: an object near its end that gets some years more is left with less than a new one has. The lock refuses to shorten.
      deny('DenyRetentionButByBreakGlass', ['s3:PutObjectRetention'], butBreakGlass),
      deny('DenyEventHold', ['s3:PutObject', 's3:PutObjectRetention'], {
        StringEquals: { 's3:object-lock-event-hold': 'ON' },
      }),
      deny('DenyLegalHoldRemovalButByBreakGlass', ['s3:PutObjectLegalHold'], {
        ...butBreakGlass,
        StringNotEquals: { 's3:object-lock-legal-hold': 'ON' },
      }),
      // Whoever owns the key that an object is encrypted with can make it unreadable, locked or not.
      deny('DenyForeignKey', ['s3:PutObject'], foreignKey(props.encryption)),
      deny('DenyReencryption', ['s3:UpdateObjectEncryption']),
    ];
  }
}

type Conditions = Record<string, Record<string, string>>;

/** A disposable log can be torn down by principals of its account whose IAM policies allow it; every other log by nobody. */
function teardown({ retention, account }: WormBucketPolicyProps): Conditions {
  return retention.isDisposable ? { StringNotEquals: { 'aws:PrincipalAccount': account } } : {};
}

/** One day less than the period: the days that remain are counted whole, and the first is no longer whole when S3 counts. */
function floorInDays(retention: Retention): number {
  return retention.period.inDays - 1;
}

function lockMode(retention: Retention): string {
  return retention.mode === RetentionMode.COMPLIANCE ? 'COMPLIANCE' : 'GOVERNANCE';
}

function foreignKey({ key }: WormEncryption): Conditions {
  const given = 's3:x-amz-server-side-encryption-aws-kms-key-id';
  return {
    Null: { [given]: 'false' },
    ...(key && { StringNotEquals: { [given]: key.keyArn } }),
  };
}
