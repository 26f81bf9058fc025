import { Aws, Stack } from 'aws-cdk-lib';
import { ArnPrincipal, type IRole, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { type BucketProps, BucketEncryption as S3Encryption } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { allowBesideRole } from './identity-side';

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
   * @param key symmetric, in the bucket's region. The policy of an imported key, or of one in another stack, must let this account's IAM
   * policies allow its use, as the policy does that KMS and the CDK give a key by default; for a role of another account, it must name it
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
   * Lets a role use the key through S3 only: by the key's policy, or by a policy below `scope` where the key's is not ours to change or
   * is in another stack, which would then depend on the roles' stack and the other way round.
   *
   * @internal
   */
  public _allow(scope: Construct, role: IRole, action: 'kms:GenerateDataKey' | 'kms:Decrypt'): void {
    if (this.key === undefined) return;
    const use = {
      actions: [action],
      conditions: { StringEquals: { 'kms:ViaService': `s3.${Aws.REGION}.${Aws.URL_SUFFIX}` } },
    };
    const inKeyPolicy = { ...use, principals: [new ArnPrincipal(role.roleArn)], resources: ['*'] };
    const isOurs = Stack.of(this.key) === Stack.of(scope);
    if (isOurs && this.key.addToResourcePolicy(new PolicyStatement(inKeyPolicy)).statementAdded) return;
    const besideRole = new PolicyStatement({ ...use, resources: [this.key.keyArn] });
    allowBesideRole(scope, role, Stack.of(scope).account, besideRole);
  }
}
