import type { IRole } from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { IConstruct } from 'constructs';

/** A bucket whose objects nobody can overwrite, delete or unlock before their time. */
export interface IWormBucket extends IConstruct {
  /** The bucket itself, to refer to. Granting through it goes around the checks of the methods here. */
  readonly bucket: IBucket;

  /**
   * Lets a role create objects below a prefix, and nothing else: not read, list, overwrite, tag or lock them.
   *
   * @param role of this account or another
   * @param prefix ends in `/`, such as `acme-audit/eu-central-1/entries/`
   * @throws prefix-malformed
   */
  grantAppend(role: IRole, prefix: string): void;

  /**
   * Lets a role read and list objects.
   *
   * @param role of this account or another
   */
  grantRead(role: IRole): void;

  /**
   * Lets a role read and list objects, their older versions, delete markers and locks: all that verification looks at.
   *
   * @param role of this account or another
   */
  grantVerify(role: IRole): void;
}
