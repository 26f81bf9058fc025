import { Annotations } from 'cdktf';
import type { Construct } from 'constructs';
import { WormBucketGrants } from './worm-bucket-grants';

/** A bucket that is there already. */
export class AdoptedWormBucket extends WormBucketGrants {
  public constructor(
    scope: Construct,
    id: string,
    public readonly bucketName: string,
  ) {
    super(scope, id);
    Annotations.of(this).addWarning(
      'The retention policy of an adopted bucket is not managed here: it is write-once only if its owner has set and locked one.',
    );
  }
}
