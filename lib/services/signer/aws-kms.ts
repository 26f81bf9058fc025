import { createPublicKey } from 'node:crypto';
import { GetPublicKeyCommand, KMSClient, SignCommand } from '@aws-sdk/client-kms';
import { AuditLogError } from '../../policy/errors';
import { formatVkey, parseVkey } from '../../record/note';
import type { Signer } from '../ports';

/** Most bytes that KMS signs as they are. https://docs.aws.amazon.com/kms/latest/APIReference/API_Sign.html */
const LARGEST_MESSAGE_BYTES = 4096;

/** Ingest gives a signature 10 s, in which the SDK tries three times. */
const CALL_WITHIN_MS = 3_000;

const KEY_ARN = /^arn:aws[a-z-]*:kms:([a-z0-9-]+):\d{12}:key\/[A-Za-z0-9-]+$/;

export interface KmsSignerOptions {
  /**
   * A server that speaks KMS.
   *
   * @default - AWS KMS in the region of the key
   */
  readonly endpoint?: string;
}

/**
 * Signs with an Ed25519 key in AWS KMS, which never leaves it. Needs `kms:GetPublicKey` once and `kms:Sign`, with the algorithm `ED25519_SHA_512` and the
 * message type `RAW`: PureEdDSA of RFC 8032, which signed notes carry.
 */
export class KmsSigner implements Signer {
  /**
   * Asks KMS for the public key.
   *
   * @param keyArn of a key of spec `ECC_NIST_EDWARDS25519` and usage `SIGN_VERIFY`; an alias could be turned to another key
   * @param name key name as in C2SP signed notes: no white space, no plus sign
   * @throws signing-key-invalid, and what KMS answers when the key cannot be used
   */
  public static async open(keyArn: string, name: string, options: KmsSignerOptions = {}): Promise<KmsSigner> {
    const region = KEY_ARN.exec(keyArn)?.[1];
    if (region === undefined) throw notAKey('this is not the ARN of a KMS key', keyArn);
    const client = new KMSClient({
      region,
      requestHandler: { requestTimeout: CALL_WITHIN_MS, throwOnRequestTimeout: true, connectionTimeout: 1_000 },
      ...(options.endpoint !== undefined && { endpoint: options.endpoint }),
    });
    const { PublicKey, KeySpec } = await client.send(new GetPublicKeyCommand({ KeyId: keyArn }));
    const publicKey = PublicKey && rawEd25519(PublicKey);
    if (publicKey === undefined) throw notAKey('the key is not one for Ed25519', KeySpec);
    return new KmsSigner(parseVkey(formatVkey(name, publicKey)).vkey, keyArn, client);
  }

  readonly #keyArn: string;
  readonly #client: KMSClient;

  private constructor(
    public readonly vkey: string,
    keyArn: string,
    client: KMSClient,
  ) {
    this.#keyArn = keyArn;
    this.#client = client;
  }

  /** @throws message-too-large, and what KMS answers when the key cannot be used now */
  public async sign(message: Uint8Array): Promise<Uint8Array> {
    if (message.length > LARGEST_MESSAGE_BYTES) {
      throw new AuditLogError('message-too-large', {
        problem: 'KMS does not sign so long a message',
        given: message.length,
        allowed: `up to ${LARGEST_MESSAGE_BYTES} bytes`,
        fix: 'sign a note: those of the record are shorter',
      });
    }
    const { Signature } = await this.#client.send(
      new SignCommand({
        KeyId: this.#keyArn,
        Message: message,
        MessageType: 'RAW',
        SigningAlgorithm: 'ED25519_SHA_512',
      }),
    );
    if (Signature === undefined) throw new Error('KMS answered without a signature');
    return Signature;
  }
}

/** The 32 bytes of an Ed25519 key in DER SubjectPublicKeyInfo (RFC 8410), or `undefined` when it is of another kind. */
function rawEd25519(spki: Uint8Array): Buffer | undefined {
  const key = createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' });
  if (key.asymmetricKeyType !== 'ed25519') return undefined;
  return Buffer.from(key.export({ format: 'jwk' }).x as string, 'base64url');
}

function notAKey(problem: string, given: string | undefined): AuditLogError {
  return new AuditLogError('signing-key-invalid', {
    problem,
    given,
    allowed: 'the ARN of a key of spec ECC_NIST_EDWARDS25519 for SIGN_VERIFY',
    fix: 'correct the URL of the key: awskms:arn:aws:kms:<region>:<account>:key/<id>',
  });
}
