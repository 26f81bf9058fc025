import { AccountPrincipal, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Retention } from '../policy';
import { IAM_PATH } from './iam-path';
import type { ReplicationSource } from './replication';
import { type Conditions, WormBucketDenials } from './worm-bucket-denials';

const REPLICATE = ['s3:ReplicateObject'];

/**
 * Records have no tags, what is deleted elsewhere stays here, and replicas belong to the bucket's owner without being handed over:
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-change-owner.html
 */
const NEVER = ['s3:ReplicateDelete', 's3:ReplicateTags', 's3:ObjectOwnerOverrideToBucketOwner'];

/** What the statements depend on. */
export interface ReplicaBucketPolicyProps {
  /** ARN of the bucket. */
  readonly bucketArn: string;

  /** The account that the bucket is in: 12 digits, or a token. */
  readonly account: string;

  /** The partition that the bucket is in, such as `aws`. */
  readonly partition: string;

  /** How long objects are locked. */
  readonly retention: Retention;

  /** ARN of the role that alone may lengthen locks and lift legal holds. */
  readonly breakGlassRoleArn: string;

  /** Who replicates, each below the prefix of its own log. */
  readonly sources: ReplicationSource[];

  /**
   * Id of the organisation that whoever replicates must be in.
   *
   * @default - any: the roles are named, with their accounts
   */
  readonly organizationId?: string;
}

/**
 * Who may do what to the objects of a bucket of replicas: each region's replication role creates them below the prefix of that region's
 * log, and nobody does anything else to them. The rest is as `WormBucketPolicy` has it.
 *
 * A replica has the lock of its original, whose policy has a floor; here, a floor would refuse what was recorded before a region was added.
 */
export class ReplicaBucketPolicy {
  /** The denying statements. Each has a `sid`. */
  public readonly denials: PolicyStatement[];

  /**
   * The allowing statement. It names accounts and, in a condition, roles, which need not be there yet: a role as a principal must be.
   */
  public readonly allowance: PolicyStatement;

  /** @throws role-arn-malformed */
  public constructor(props: ReplicaBucketPolicyProps) {
    const denials = new WormBucketDenials(props);
    const prefixes = props.sources.map(({ prefix }) => prefix);
    this.denials = [
      denials.deny('DenyPut', ['s3:PutObject']),
      denials.deletion(),
      denials.acls(),
      ...props.sources.map((source) =>
        denials.deny(
          `DenyReplicationInto${pascalCase(source.region.name)}ByOthers`,
          REPLICATE,
          { ArnNotEquals: { 'aws:PrincipalArn': roleArn(source, props) } },
          source.prefix,
        ),
      ),
      denials.denyBeside('DenyReplicationElsewhere', REPLICATE, prefixes),
      denials.deny('DenyReplicationOfOtherThanRecords', NEVER),
      denials.retention(),
      denials.eventHold('s3:ReplicateObject'),
      denials.legalHoldRemoval(),
      denials.foreignKey('s3:ReplicateObject'),
      denials.reencryption(),
    ];
    this.allowance = new PolicyStatement({
      sid: 'AllowReplication',
      principals: [...new Set(props.sources.map(({ account }) => account))].map((each) => new AccountPrincipal(each)),
      actions: REPLICATE,
      resources: prefixes.map((prefix) => denials.objectsBelow(prefix)),
      conditions: whoReplicates(props),
    });
  }
}

function whoReplicates(props: ReplicaBucketPolicyProps): Conditions {
  const { organizationId, sources } = props;
  return {
    ArnEquals: { 'aws:PrincipalArn': sources.map((source) => roleArn(source, props)) },
    ...(organizationId !== undefined && { StringEquals: { 'aws:PrincipalOrgID': organizationId } }),
  };
}

function roleArn({ account, roleName }: ReplicationSource, { partition }: ReplicaBucketPolicyProps): string {
  return `arn:${partition}:iam::${account}:role${IAM_PATH}${roleName}`;
}

function pascalCase(name: string): string {
  return name.replace(/(^|-)([a-z0-9])/g, (_, _dash, letter: string) => letter.toUpperCase()).replaceAll('-', '');
}
