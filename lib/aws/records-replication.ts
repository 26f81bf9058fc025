import { Stack } from 'aws-cdk-lib';
import { ManagedPolicy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { CfnBucket, IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { Retention } from '../policy';
import { acknowledgeObjects } from './acknowledge';
import { IAM_PATH } from './iam-path';
import { tagReplicated } from './org-tag';
import type { Replication, ReplicationDestination } from './replication';

/** The only time that S3 takes: https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-time-control.html */
const WITHIN = { minutes: 15 };

interface RecordsReplicationProps {
  readonly bucket: IBucket;

  /** Begins the keys of what is replicated. */
  readonly prefix: string;

  readonly replication: Replication;

  /** How long records are kept. */
  readonly retention: Retention;
}

/**
 * Has S3 copy new records and their locks to other regions, by one rule for each. Written as CloudFormation has it: the L2's role can delete,
 * and cannot read locks, without which nothing that is locked is copied.
 */
export class RecordsReplication extends Construct {
  public constructor(
    scope: Construct,
    id: string,
    { bucket, prefix, replication, retention }: RecordsReplicationProps,
  ) {
    super(scope, id);
    const role = this.makeRole(replication, this.makeCopying(prefix, replication));
    tagReplicated(bucket, retention);
    this.allowReading(role, bucket, prefix);
    const resource = bucket.node.defaultChild as CfnBucket;
    resource.replicationConfiguration = {
      role: role.roleArn,
      rules: replication.destinations.map((destination, index) => ({
        id: destination.region.name,
        status: 'Enabled',
        priority: index + 1,
        filter: { prefix },
        deleteMarkerReplication: { status: 'Disabled' },
        destination: {
          bucket: this.arnOf(destination),
          replicationTime: { status: 'Enabled', time: WITHIN },
          metrics: { status: 'Enabled', eventThreshold: WITHIN },
        },
      })),
    };
  }

  /**
   * Without a condition on `aws:SourceArn`: S3 documents none for live replication, and the bucket already refers to the role. A role can be
   * passed within its account only, and this one reads nothing but the records.
   */
  private makeRole({ roleName, region }: Replication, copying: ManagedPolicy): Role {
    return new Role(this, 'Role', {
      roleName,
      path: IAM_PATH,
      description: `audit log: copies the records of ${region.name} to other regions`,
      assumedBy: new ServicePrincipal('s3.amazonaws.com'),
      managedPolicies: [copying],
    });
  }

  /**
   * Of the role, and so there before the bucket, which refers to the role: where a region is added, S3 may copy there before a rule has it do
   * so. Whatever S3 tries in between stays in one region until somebody copies it.
   */
  private makeCopying(prefix: string, { destinations }: Replication): ManagedPolicy {
    const copies = destinations.map((destination) => `${this.arnOf(destination)}/${prefix}*`);
    const policy = new ManagedPolicy(this, 'Copying', {
      path: IAM_PATH,
      statements: [new PolicyStatement({ actions: ['s3:ReplicateObject'], resources: copies })],
    });
    for (const objects of copies) this.acknowledge(policy, objects);
    return policy;
  }

  /** After the bucket, whose name nobody knows before. */
  private allowReading(role: Role, bucket: IBucket, prefix: string): void {
    const originals = bucket.arnForObjects(`${prefix}*`);
    const policy = new ManagedPolicy(this, 'Policy', {
      path: IAM_PATH,
      roles: [role],
      statements: [
        new PolicyStatement({
          actions: ['s3:GetReplicationConfiguration', 's3:ListBucket'],
          resources: [bucket.bucketArn],
        }),
        new PolicyStatement({
          actions: [
            's3:GetObjectVersionForReplication',
            's3:GetObjectVersionAcl',
            's3:GetObjectRetention',
            's3:GetObjectLegalHold',
          ],
          resources: [originals],
        }),
      ],
    });
    this.acknowledge(policy, originals);
  }

  private acknowledge(policy: ManagedPolicy, objects: string): void {
    acknowledgeObjects(policy, objects, 'S3 copies every object of the log of this region, and no other.');
  }

  private arnOf({ bucketName }: ReplicationDestination): string {
    return `arn:${Stack.of(this).partition}:s3:::${bucketName}`;
  }
}
