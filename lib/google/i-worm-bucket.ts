import type { IConstruct } from 'constructs';
import type { ServiceIdentity } from './service-identity';

/** A bucket whose objects nobody can overwrite or delete before their time. */
export interface IWormBucket extends IConstruct {
  /** Name of the bucket. */
  readonly bucketName: string;

  /**
   * Lets a service create objects below a prefix, and nothing else: not read, list, overwrite or delete them.
   *
   * @param identity of the service
   * @param prefix ends in `/`, such as `acme-audit/europe-west3/entries/`
   * @throws prefix-malformed
   */
  grantAppend(identity: ServiceIdentity, prefix: string): void;

  /**
   * Lets a service read and list objects.
   *
   * @param identity of the service
   */
  grantRead(identity: ServiceIdentity): void;

  /**
   * Lets a service read and list objects and see the bucket's retention policy: all that verification looks at.
   *
   * @param identity of the service
   */
  grantVerify(identity: ServiceIdentity): void;
}
