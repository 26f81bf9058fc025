import { Bucket, type IBucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { Region } from '../policy';
import { acknowledgeObjects } from './acknowledge';
import { IdentitySideGrants } from './identity-side-grants';
import type { Replication } from './replication';
import { WormEncryption } from './worm-encryption';

/**
 * What other regions of the jurisdiction replicated here, to read. The bucket is known by its name only, so that neither its stack nor the
 * archive's needs the other; roles are allowed by managed policies of theirs.
 */
export class Replicas extends IdentitySideGrants {
  /** Where the logs of other regions arrive, each below its own `<log>/<region>/`. */
  public readonly bucket: IBucket;

  /** Whose logs arrive. */
  public readonly regions: Region[];

  protected readonly encryption = WormEncryption.s3Managed();

  /** @param replication of the region that reads */
  public constructor(scope: Construct, id: string, replication: Replication) {
    super(scope, id);
    this.bucket = Bucket.fromBucketName(this, 'Bucket', replication.bucketName);
    this.regions = replication.sources.map(({ region }) => region);
    acknowledgeObjects(
      this,
      this.bucket.arnForObjects('*'),
      'The bucket has replicas of this log and nothing else, and the role reads all of them. It is said beside the role, since neither stack needs the other.',
    );
  }
}
