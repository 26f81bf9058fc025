import { Duration, Names, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { CfnWorkGroup } from 'aws-cdk-lib/aws-athena';
import {
  type Column,
  Database,
  DataFormat,
  DateIntervalUnit,
  PartitionProjectionConfiguration,
  S3Table,
  S3TableStorage,
  Schema,
} from 'aws-cdk-lib/aws-glue';
import { ArnPrincipal, ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import {
  BlockedEncryptionType,
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type IBucket,
  ObjectOwnership,
} from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge';
import type { Archive } from './archive';
import { ATHENA_ACTIONS } from './athena-actions';
import { applyRemovalPolicy } from './closed-bucket';
import { IAM_PATH } from './iam-path';

/** What a query may cost at most if nothing else is said: about half a dollar where Athena takes 5 dollars a TB. */
const SCAN_LIMIT_GIB = 100;

/** The first hour that a table knows. No log is older. */
const FIRST_HOUR = '2025-01-01-00';

const COLUMNS: Column[] = [
  { name: 'received', type: Schema.BIG_INT, comment: 'milliseconds since 1970-01-01 UTC' },
  { name: 'origin', type: Schema.STRING, comment: 'the shard' },
  { name: 'index', type: Schema.BIG_INT, comment: 'place in the shard, from 0' },
  { name: 'writer', type: Schema.STRING },
  { name: 'id', type: Schema.STRING },
  { name: 'actor', type: Schema.STRING },
  { name: 'action', type: Schema.STRING },
  { name: 'target', type: Schema.STRING },
  { name: 'outcome', type: Schema.STRING },
  { name: 'line', type: Schema.STRING, comment: 'the entry, byte for byte' },
];

/** What a view is made from. */
export interface ViewProps {
  /** The log to search. */
  readonly archive: Archive;

  /**
   * What one query may read at most, in GiB; a query that needs more is cancelled.
   *
   * @default - 100
   */
  readonly scanLimitGiB?: number;

  /**
   * Where S3 logs every request to the bucket.
   *
   * @default - requests are not logged
   */
  readonly accessLogs?: IBucket;
}

/**
 * A copy of the log that Athena searches: Parquet files by the hour in a bucket without a lock, a table over them and a workgroup. It can be
 * deleted and made again from the records, and verification never looks at it.
 */
export class View extends Construct {
  /** Where the files are. */
  public readonly bucket: IBucket;

  /** Name of the database that the table is in. */
  public readonly databaseName: string;

  /** Name of the table. */
  public readonly tableName: string;

  /** Name of the workgroup that may query it. */
  public readonly workgroupName: string;

  /** ARN of the workgroup. */
  public readonly workgroupArn: string;

  public constructor(scope: Construct, id: string, props: ViewProps) {
    super(scope, id);
    const { archive } = props;
    const database = new Database(this, 'Database', {
      description: `view of ${archive.policy.name}`,
      // It has a name that could not be taken again while it is kept.
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.bucket = this.makeBucket(props);
    this.acknowledgeFindings();
    this.databaseName = database.databaseName;
    this.workgroupName = Names.uniqueResourceName(this, { maxLength: 128, separator: '-' });
    this.workgroupArn = Stack.of(this).formatArn({
      service: 'athena',
      resource: 'workgroup',
      resourceName: this.workgroupName,
    });
    this.tableName = 'events';
    const table = this.makeTable(database, archive);
    this.makeWorkgroup(props.scanLimitGiB ?? SCAN_LIMIT_GIB);
    this.allowFiles(archive);
    this.allowQueries(archive, [database.catalog.catalogArn, database.databaseArn, table.tableArn]);
  }

  private makeBucket({ archive, accessLogs }: ViewProps): Bucket {
    const bucket = new Bucket(this, 'Bucket', {
      encryption: BucketEncryption.S3_MANAGED,
      blockedEncryptionTypes: [BlockedEncryptionType.SSE_C],
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      // Without versions S3 gives no version id, and the store takes no write for confirmed.
      versioned: true,
      lifecycleRules: [{ noncurrentVersionExpiration: Duration.days(1) }],
      serverAccessLogsBucket: accessLogs,
      serverAccessLogsPrefix: accessLogs && 'view/',
    });
    // CloudFormation cannot delete a bucket that holds objects, and nothing here empties one.
    const { isDisposable } = archive.policy.retention;
    applyRemovalPolicy(bucket, isDisposable ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN);
    return bucket;
  }

  private acknowledgeFindings(): void {
    acknowledge(this.bucket, {
      compliance: 'S3BucketReplicationEnabled',
      reason: 'The view is a copy that is made again from the records, and nothing is verified with it.',
    });
    acknowledge(this.bucket, {
      compliance: 'S3DefaultEncryptionKMS',
      reason: 'The copy is encrypted at rest with keys of S3 (AES-256), as the records are where nothing else is said.',
    });
    acknowledge(this.bucket, {
      awsSolutions: 'S1',
      compliance: 'S3BucketLoggingEnabled',
      reason:
        'Searches are in the access log of the load balancer and the history of Athena; ViewProps.accessLogs adds the requests for single files.',
    });
  }

  /** One partition for each region whose log is here and each hour: Athena sees a file as soon as it is there. */
  private makeTable(database: Database, { policy, region, replicas }: Archive): S3Table {
    const regions = [region, ...(replicas?.regions ?? [])].map(({ name }) => name);
    const location = `s3://${this.bucket.bucketName}/${policy.name}/\${region}/events/hour=\${hour}/`;
    return new S3Table(this, 'Table', {
      database,
      tableName: this.tableName,
      storage: S3TableStorage.fromBucket(this.bucket),
      s3Prefix: `${policy.name}/`,
      dataFormat: DataFormat.PARQUET,
      columns: COLUMNS,
      partitionKeys: [
        { name: 'region', type: Schema.STRING, comment: 'whose log' },
        { name: 'hour', type: Schema.STRING, comment: 'of received, UTC' },
      ],
      partitionProjection: {
        region: PartitionProjectionConfiguration.enum({ values: regions }),
        hour: PartitionProjectionConfiguration.date({
          min: FIRST_HOUR,
          max: 'NOW',
          format: 'yyyy-MM-dd-HH',
          step: { interval: 1, intervalUnit: DateIntervalUnit.HOURS },
        }),
      },
      parameters: { 'storage.location.template': location },
    });
  }

  /** Athena keeps the results itself, so there is no bucket of results to protect. */
  private makeWorkgroup(scanLimitGiB: number): void {
    new CfnWorkGroup(this, 'Workgroup', {
      name: this.workgroupName,
      // Else a workgroup that was ever queried could not be deleted, nor the stack that it is in.
      recursiveDeleteOption: true,
      workGroupConfiguration: {
        enforceWorkGroupConfiguration: true,
        publishCloudWatchMetricsEnabled: true,
        bytesScannedCutoffPerQuery: scanLimitGiB * 1024 ** 3,
        engineVersion: { selectedEngineVersion: 'Athena engine version 3' },
        managedQueryResultsConfiguration: { enabled: true },
      },
    });
  }

  private allowFiles({ roles }: Archive): void {
    const objects = this.bucket.arnForObjects('*');
    this.allow(roles.view.roleArn, ['s3:PutObject', 's3:GetObject'], objects);
    this.allow(roles.view.roleArn, ['s3:ListBucket'], this.bucket.bucketArn);
    this.allow(roles.query.roleArn, ['s3:GetObject'], objects);
    this.allow(roles.query.roleArn, ['s3:ListBucket', 's3:GetBucketLocation'], this.bucket.bucketArn);
  }

  private allow(roleArn: string, actions: string[], resource: string): void {
    this.bucket.addToResourcePolicy(
      new PolicyStatement({ principals: [new ArnPrincipal(roleArn)], actions, resources: [resource] }),
    );
  }

  private allowQueries({ roles }: Archive, tables: string[]): void {
    new ManagedPolicy(this, 'QueryPolicy', {
      path: IAM_PATH,
      roles: [roles.query],
      statements: [
        new PolicyStatement({ actions: ATHENA_ACTIONS, resources: [this.workgroupArn] }),
        new PolicyStatement({ actions: ['glue:GetDatabase', 'glue:GetTable'], resources: tables }),
      ],
    });
  }
}
