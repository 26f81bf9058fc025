import { DataGoogleStorageProjectServiceAccount } from '@cdktf/provider-google/lib/data-google-storage-project-service-account';
import { KmsCryptoKeyIamMember } from '@cdktf/provider-google/lib/kms-crypto-key-iam-member';
import type { Construct } from 'constructs';

/** With whose key the objects of a write-once bucket are encrypted at rest. */
export class WormEncryption {
  /** With keys of Google's: nobody can lose them, and nobody can make the log unreadable by taking one away. */
  public static googleManaged(): WormEncryption {
    return new WormEncryption();
  }

  /**
   * With a key of yours in Cloud KMS (CMEK). The retention policy does not cover the key: whoever destroys or disables it makes the log
   * unreadable. Keep it in another project, with a destruction delay as long as you need to notice.
   *
   * @param keyName `projects/…/locations/…/keyRings/…/cryptoKeys/…`, in the bucket's location; Cloud Storage's agent is allowed to use it
   */
  public static ownKey(keyName: string): WormEncryption {
    return new WormEncryption(keyName);
  }

  private constructor(
    /**
     * The key in Cloud KMS.
     *
     * @default - keys of Google's
     */
    public readonly keyName?: string,
  ) {}

  /**
   * What a bucket is told of the key.
   *
   * @internal
   */
  public _setting(): { defaultKmsKeyName: string } | undefined {
    return this.keyName === undefined ? undefined : { defaultKmsKeyName: this.keyName };
  }

  /**
   * Lets Cloud Storage use the key; the bucket must wait for that.
   *
   * @internal
   */
  public _allow(scope: Construct): KmsCryptoKeyIamMember[] {
    if (this.keyName === undefined) return [];
    const agent = new DataGoogleStorageProjectServiceAccount(scope, 'StorageAgent');
    const grant = new KmsCryptoKeyIamMember(scope, 'UseOfKey', {
      cryptoKeyId: this.keyName,
      role: 'roles/cloudkms.cryptoKeyEncrypterDecrypter',
      member: agent.member,
    });
    return [grant];
  }
}
