import { KmsCryptoKey } from '@cdktf/provider-google/lib/kms-crypto-key';
import { KmsCryptoKeyIamMember } from '@cdktf/provider-google/lib/kms-crypto-key-iam-member';
import { KmsCryptoKeyVersion } from '@cdktf/provider-google/lib/kms-crypto-key-version';
import { Construct } from 'constructs';
import type { Retention } from '../policy';
import { AuditLogChecks } from './audit-log-checks';
import type { ServiceIdentity } from './service-identity';

/** How long a key version that somebody destroys can still be restored. */
const DESTROYED_AFTER_DAYS = { disposable: 1, kept: 120 };

/** The parts of a signing key. */
export interface SigningKeyProps {
  /** Id of the key in its ring: 1 to 63 of `A-Z`, `a-z`, `0-9`, `_` and `-`. Key rings keep the ids of keys for ever. */
  readonly keyId: string;

  /** Id of the key ring, `projects/…/locations/…/keyRings/…`. */
  readonly keyRingId: string;

  /** The only service that may sign. */
  readonly signer: ServiceIdentity;

  /** How long what it signs is kept: the key of a disposable log may be destroyed with its stack. */
  readonly retention: Retention;
}

/**
 * An Ed25519 key in Cloud KMS that one service signs with. IAM can only allow: whoever holds a signing role on the project or above it can
 * sign too, and only a deny policy of the organisation forbids that.
 *
 * Cloud KMS does not rotate asymmetric keys, and no construct does: another key is another log.
 */
export class SigningKey extends Construct {
  /** Name of the key version that signs, `projects/…/cryptoKeyVersions/1`. A key that outlived a torn-down log gets its next version. */
  public readonly versionName: string;

  private readonly key: KmsCryptoKey;

  public constructor(scope: Construct, id: string, props: SigningKeyProps) {
    super(scope, id);
    const { isDisposable } = props.retention;
    const days = isDisposable ? DESTROYED_AFTER_DAYS.disposable : DESTROYED_AFTER_DAYS.kept;
    this.key = new KmsCryptoKey(this, 'Key', {
      name: props.keyId,
      keyRing: props.keyRingId,
      purpose: 'ASYMMETRIC_SIGN',
      versionTemplate: { algorithm: 'EC_SIGN_ED25519', protectionLevel: 'SOFTWARE' },
      destroyScheduledDuration: `${days * 86_400}s`,
      // The version is a resource of its own: that of a torn-down log is destroyed for ever, and its key can only be taken over.
      skipInitialVersionCreation: true,
      lifecycle: { preventDestroy: !isDisposable, ignoreChanges: ['skip_initial_version_creation'] },
    });
    AuditLogChecks._promise(this.key);
    const version = new KmsCryptoKeyVersion(this, 'Version', {
      cryptoKey: this.key.id,
      lifecycle: { preventDestroy: !isDisposable },
    });
    this.versionName = AuditLogChecks._promise(version).name;
    this.allow('Sign', props.signer, 'roles/cloudkms.signer');
    this.grantPublicKey(props.signer);
  }

  /**
   * Lets a service fetch the public key.
   *
   * @param identity whoever verifies, or publishes the key
   */
  public grantPublicKey(identity: ServiceIdentity): void {
    this.allow('PublicKey', identity, 'roles/cloudkms.publicKeyViewer');
  }

  private allow(what: string, { node, member, _grants }: ServiceIdentity, role: string): void {
    const grant = { cryptoKeyId: this.key.id, role, member };
    _grants.push(AuditLogChecks._promise(new KmsCryptoKeyIamMember(this, `${what} ${node.id}`, grant)));
  }
}
