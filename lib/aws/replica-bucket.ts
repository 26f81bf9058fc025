import { Stack, Token } from 'aws-cdk-lib';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { type Bucket, BucketNamespace, type IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { AuditLogPolicy, Deployment, Region } from '../policy';
import { AuditLogError } from '../policy/errors';
import { acknowledge } from './acknowledge';
import { logAccess, makeLockedBucket } from './locked-bucket';
import { tagForOrganization } from './org-tag';
import { ReplicaBucketPolicy } from './replica-bucket-policy';
import { Replication } from './replication';
import { WormEncryption } from './worm-encryption';

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/add-bucket-policy.html */
const MOST_IN_POLICY = 20 * 1024;

const LONGEST_PARTITION = 'aws-us-gov';

/** The parts of a bucket of replicas. */
export interface ReplicaBucketProps {
  /** What must hold for the log. */
  readonly policy: AuditLogPolicy;

  /** Where it is deployed. */
  readonly deployment: Deployment;

  /** Which of the policy's regions the bucket is in. */
  readonly region: Region;

  /**
   * Where S3 logs every request to, below `replica-bucket/`; see `WormBucketProps.accessLogs`.
   *
   * @default - a bucket of its own, `AccessLogs`, kept for 400 days
   */
  readonly accessLogs?: IBucket;
}

/**
 * The bucket that the other regions of a jurisdiction replicate their logs into: under Object Lock, and closed to everything but their
 * replication, see `ReplicaBucketPolicy`. It depends on nothing, since S3 replicates only to buckets that are there already.
 *
 * The bucket stays when its stack is deleted, unless the retention is disposable; then CloudFormation deletes it if it is empty.
 */
export class ReplicaBucket extends Construct {
  /** The policy that the bucket keeps. */
  public readonly policy: AuditLogPolicy;

  /** Whose logs arrive in the bucket. */
  public readonly replication: Replication;

  /** The bucket itself, to refer to. */
  public readonly bucket: IBucket;

  /**
   * What the bucket's policy denies.
   *
   * @internal
   */
  public readonly _denials: PolicyStatement[];

  /** @throws replication-pointless, region-mismatch, account-mismatch, region-undeployed, region-elsewhere */
  public constructor(scope: Construct, id: string, props: ReplicaBucketProps) {
    super(scope, id);
    const { policy, deployment, region, accessLogs } = props;
    tagForOrganization(this, policy);
    this.policy = policy;
    this.replication = Replication.withinJurisdiction(policy, deployment, region);
    checkPlace(this, this.replication);
    const bucket = makeLockedBucket(this, {
      retention: policy.retention,
      encryption: WormEncryption.s3Managed(),
      name: {
        bucketNamespace: BucketNamespace.ACCOUNT_REGIONAL,
        bucketNamePrefix: this.replication._bucketNamePrefix,
      },
    });
    this.bucket = bucket;
    this._denials = this.allowReplication(bucket, deployment);
    this.node.addValidation({ validate: () => this.tooLarge(bucket) });
    logAccess(this, bucket, 'replica-bucket/', accessLogs);
    acknowledge(bucket, {
      compliance: 'S3BucketReplicationEnabled',
      reason: 'The bucket holds replicas. Their originals are in other regions, and S3 does not replicate a replica.',
    });
  }

  private tooLarge({ policy }: Bucket): string[] {
    const bytes = Buffer.byteLength(this.textOf(Stack.of(this).resolve(policy?.document)));
    if (bytes <= MOST_IN_POLICY) return [];
    const error = new AuditLogError('bucket-policy-too-large', {
      problem:
        'the policy of a bucket of replicas, which has a statement for each region that copies there, is longer than S3 takes',
      given: bytes,
      allowed: `up to ${MOST_IN_POLICY} bytes`,
      fix: 'have fewer regions in one jurisdiction, or a shorter name of the log',
    });
    return [error.message];
  }

  /** The policy as S3 will get it: of what is known at deployment only, the ARN of the bucket is known here too. */
  private textOf(document: unknown): string {
    const bucketArn = `arn:${LONGEST_PARTITION}:s3:::${this.replication.bucketName}`;
    const known = (part: unknown): unknown => {
      if (typeof part !== 'object' || part === null) return part;
      if ('Ref' in part) return part.Ref === 'AWS::Partition' ? LONGEST_PARTITION : this.replication.account;
      if ('Fn::GetAtt' in part) return bucketArn;
      return 'Fn::Join' in part ? (part['Fn::Join'] as [string, unknown[]])[1].map(known).join('') : part;
    };
    return JSON.stringify(document, (_, part) => known(part));
  }

  private allowReplication(bucket: Bucket, deployment: Deployment): PolicyStatement[] {
    const { account, partition } = Stack.of(this);
    const { region, sources } = this.replication;
    const { denials, allowance } = new ReplicaBucketPolicy({
      bucketArn: bucket.bucketArn,
      account,
      partition,
      retention: this.policy.retention,
      breakGlassRoleArn: deployment.breakGlassRoleOf(region.name),
      sources,
      organizationId: deployment.organization?.id,
    });
    for (const statement of [...denials, allowance]) bucket.addToResourcePolicy(statement);
    return denials;
  }
}

function checkPlace(scope: Construct, { region, account, sources }: Replication): void {
  const there = Stack.of(scope);
  if (sources.length === 0) {
    throw new AuditLogError('replication-pointless', {
      problem: 'no other region on AWS is of the jurisdiction, so that nothing would be replicated here',
      given: `${region.name} in ${region.jurisdiction}`,
      fix: 'make no bucket of replicas there, or add a region of the jurisdiction to the policy',
    });
  }
  if (!Token.isUnresolved(there.region) && there.region !== region.name) {
    throw new AuditLogError('region-mismatch', {
      problem: 'the stack is in another region than the replicas',
      given: there.region,
      allowed: region.name,
      fix: 'make one bucket of replicas for each region, in a stack of that region or of none',
    });
  }
  if (Token.isUnresolved(there.account) || there.account === account) return;
  throw new AuditLogError('account-mismatch', {
    problem: 'the stack is in another account than the deployment says',
    given: there.account,
    allowed: account,
    fix: "correct env of the stack, or the region's account in the deployment",
  });
}
