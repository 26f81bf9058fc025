import { Aws } from 'aws-cdk-lib';
import { ArnPrincipal, type IRole, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { type BucketProps, BucketEncryption as S3Encryption } from 'aws-cdk-lib/aws-s3';

/** With whose key the objects of a write-once bucket are encrypted at rest. */
export class WormEncryption {
  /** With keys of S3 (SSE-S3): nobody can lose them, and nobody can make the log unreadable by taking one away. */
  public static s3Managed(): WormEncryption {
    return new WormEncryption();
  }

  /**
   * With a KMS key of yours (SSE-KMS, one bucket key). Object Lock does not cover the key: whoever deletes or disables it makes the
   * log unreadable.
   *
   * @param key symmetric, in the bucket's region; the policy of an imported key must let this account's IAM policies allow its use
   */
  public static ownKey(key: IKey): WormEncryption {
    return new WormEncryption(key);
  }

  private constructor(
    /**
     * The KMS key.
     *
     * @default - keys of S3
     */
    public readonly key?: IKey,
  ) {}

  /** @internal */
  public _bucketProps(): BucketProps {
    return this.key === undefined
      ? { encryption: S3Encryption.S3_MANAGED }
      : { encryption: S3Encryption.KMS, encryptionKey: this.key, bucketKeyEnabled: true };
  }

  /**
   * Lets a role use the key through S3 only: in the key's policy, or beside the role where the key's policy is not ours to change.
   *
   * @internal
   */
  public _allow(role: IRole, action: 'kms:GenerateDataKey' | 'kms:Decrypt'): void {
    if (this.key === undefined) return;
    const use = {
      actions: [action],
      conditions: { StringEquals: { 'kms:ViaService': `s3.${Aws.REGION}.${Aws.URL_SUFFIX}` } },
    };
    const inPolicy = this.key.addToResourcePolicy(
      new PolicyStatement({ ...use, principals: [new ArnPrincipal(role.roleArn)], resources: ['*'] }),
    );
    if (!inPolicy.statementAdded) {
      role.addToPrincipalPolicy(new PolicyStatement({ ...use, resources: [this.key.keyArn] }));
    }
  }
}
