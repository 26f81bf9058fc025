import { BigqueryConnection } from '@cdktf/provider-google/lib/bigquery-connection';
import { BigqueryDataset } from '@cdktf/provider-google/lib/bigquery-dataset';
import { BigqueryDatasetIamMember } from '@cdktf/provider-google/lib/bigquery-dataset-iam-member';
import { BigqueryTable } from '@cdktf/provider-google/lib/bigquery-table';
import { ProjectIamMember } from '@cdktf/provider-google/lib/project-iam-member';
import { StorageBucket } from '@cdktf/provider-google/lib/storage-bucket';
import { StorageBucketIamMember } from '@cdktf/provider-google/lib/storage-bucket-iam-member';
import { StorageBucketObject } from '@cdktf/provider-google/lib/storage-bucket-object';
import { AssetType, TerraformAsset, TerraformStack } from 'cdktf';
import { Construct } from 'constructs';
import { AuditLogChecks } from './audit-log-checks';
import { packageFile } from './package-file';
import { physicalName } from './physical-name';
import type { TargetContext } from './target-context';
import { WormBucket } from './worm-bucket';

/** BigQuery's types; `line` is the entry, byte for byte. */
const COLUMNS = {
  received: 'INT64',
  origin: 'STRING',
  index: 'INT64',
  writer: 'STRING',
  id: 'STRING',
  actor: 'STRING',
  action: 'STRING',
  target: 'STRING',
  outcome: 'STRING',
  line: 'STRING',
};

/**
 * A copy of the log that BigQuery searches: Parquet files by the hour in a bucket without a lock, and a table over them that is read only
 * through its connection, and only by the hours that a search names. It can be deleted and made again from the records, and verification
 * never looks at it.
 *
 * Files are `<log>/<region>/events/hour=<YYYY-MM-DD-HH>/<name>.parquet`, put there by the identity `view`. One without events is in no hour at all, since
 * BigQuery takes no table by the hours of files that are not there. Where a key of yours encrypts the records, it encrypts their copies too.
 */
export class View extends Construct {
  /** Name of the bucket with the files. */
  public readonly bucketName: string;

  /** Id of the dataset that the table is in. */
  public readonly datasetId: string;

  /** Id of the table. */
  public readonly tableId: string;

  public constructor(
    scope: Construct,
    id: string,
    private readonly context: TargetContext,
  ) {
    super(scope, id);
    AuditLogChecks._hold(this);
    const { archive, deployment } = context;
    const location = archive.region.name;
    const name = `${archive.policy.name}-${location}`;
    this.bucketName = this.makeBucket(
      physicalName(this, `${deployment.project}-${archive.policy.name}-view-${location}`),
    );
    const connection = this.makeConnection(physicalName(this, `${name}-view`));
    const datasetId = physicalName(this, name).replace(/-/g, '_');
    const dataset = new BigqueryDataset(this, 'Dataset', { datasetId, location });
    this.datasetId = dataset.datasetId;
    this.tableId = this.makeTable(connection);
    this.allow();
  }

  private makeBucket(name: string): string {
    const { archive } = this.context;
    const records = archive.bucket instanceof WormBucket ? archive.bucket : undefined;
    const isHere = TerraformStack.of(archive) === TerraformStack.of(this);
    return new StorageBucket(this, 'Bucket', {
      name,
      location: archive.region.name,
      uniformBucketLevelAccess: true,
      publicAccessPrevention: 'enforced',
      forceDestroy: true,
      encryption: records?.encryption._setting(),
      dependsOn: isHere ? records?._keyGrants : undefined,
    }).name;
  }

  /** As the roll-up makes files, from no events. */
  private makeFirstFile(): StorageBucketObject {
    const path = packageFile('lib/google/no-events.parquet');
    const asset = new TerraformAsset(this, 'NoEvents', { path, type: AssetType.FILE });
    return new StorageBucketObject(this, 'FirstFile', {
      bucket: this.bucketName,
      name: `${this.context.archive.origin}/events/hour=none/events.parquet`,
      source: `./${asset.path}`,
    });
  }

  private makeConnection(connectionId: string): BigqueryConnection {
    const location = this.context.archive.region.name;
    const connection = new BigqueryConnection(this, 'Connection', { connectionId, location, cloudResource: {} });
    return connection;
  }

  private makeTable({ name: connectionId, cloudResource }: BigqueryConnection): string {
    const agent = `serviceAccount:${cloudResource.serviceAccountId}`;
    const reading = this.allowFiles('ReadThroughConnection', 'roles/storage.objectViewer', agent);
    const folder = `gs://${this.bucketName}/${this.context.archive.origin}/events`;
    return new BigqueryTable(this, 'Table', {
      datasetId: this.datasetId,
      tableId: 'events',
      deletionProtection: false,
      // Not among the external data: BigQuery refuses it there beside a connection. It adds the column of the hours itself.
      schema: JSON.stringify(Object.entries(COLUMNS).map(([column, type]) => ({ name: column, type }))),
      ignoreAutoGeneratedSchema: true,
      externalDataConfiguration: {
        autodetect: false,
        connectionId,
        sourceFormat: 'PARQUET',
        sourceUris: [`${folder}/*`],
        hivePartitioningOptions: {
          mode: 'CUSTOM',
          sourceUriPrefix: `${folder}/{hour:STRING}`,
          requirePartitionFilter: true,
        },
      },
      dependsOn: [reading, this.makeFirstFile()],
    }).tableId;
  }

  private allow(): void {
    const { archive, deployment } = this.context;
    const { view, query } = archive.roles;
    // Files are made once: nobody needs to replace or delete one.
    this.allowFiles('Write', 'roles/storage.objectCreator', view.member);
    this.allowFiles('Read', 'roles/storage.objectViewer', view.member);
    // The names of the hours say how far a search is complete; what is in them is read through the connection.
    this.allowFiles('List', 'roles/storage.legacyBucketReader', query.member);
    const { datasetId } = this;
    const reads = { datasetId, role: 'roles/bigquery.dataViewer', member: query.member };
    new BigqueryDatasetIamMember(this, 'Query', reads);
    // Jobs belong to projects, so this cannot be said of the dataset alone.
    const jobs = { project: deployment.project, role: 'roles/bigquery.jobUser', member: query.member };
    new ProjectIamMember(this, 'Search', jobs);
  }

  private allowFiles(id: string, role: string, member: string): StorageBucketIamMember {
    return new StorageBucketIamMember(this, id, { bucket: this.bucketName, role, member });
  }
}
