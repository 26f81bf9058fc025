import { createPublicKey } from 'node:crypto';
import { AuditLogError } from '../../policy/errors';
import { formatVkey, parseVkey } from '../../record/note';
import { crc32c } from '../crc32c';
import { GoogleApi } from '../google-api';
import type { Signer } from '../ports';

const GOOGLE = 'https://cloudkms.googleapis.com';

/** Most bytes that Cloud KMS signs as they are. https://cloud.google.com/kms/quotas#resource_quotas */
const LARGEST_MESSAGE_BYTES = 64 * 1024;

/** All attempts together; ingest gives a signature 10 s. */
const CALL_WITHIN_MS = 9_000;

/** A project may have a domain in its name, `example.com:project`. */
const KEY_VERSION =
  /^projects\/\w[\w.:-]*\/locations\/[\w-]+\/keyRings\/[\w-]+\/cryptoKeys\/[\w-]+\/cryptoKeyVersions\/[1-9]\d*$/;

export interface GoogleKmsSignerOptions {
  /**
   * A server that speaks Cloud KMS.
   *
   * @default - Google's
   */
  readonly endpoint?: string;
}

/** https://cloud.google.com/kms/docs/reference/rest/v1/PublicKey */
interface PublicKey {
  readonly name?: string;
  readonly algorithm?: string;
  readonly pem?: string;
  readonly pemCrc32c?: string;
}

/** https://cloud.google.com/kms/docs/reference/rest/v1/projects.locations.keyRings.cryptoKeys.cryptoKeyVersions/asymmetricSign */
interface Signed {
  readonly name?: string;
  readonly signature?: string;
  readonly signatureCrc32c?: string;
  readonly verifiedDataCrc32c?: boolean;
}

/**
 * Signs with an Ed25519 key in Cloud KMS, which never leaves it. Needs `cloudkms.cryptoKeyVersions.viewPublicKey` once and `.useToSign`, with the algorithm
 * `EC_SIGN_ED25519`: PureEdDSA of RFC 8032, which signed notes carry. What was damaged on the way is refused:
 * https://cloud.google.com/kms/docs/data-integrity-guidelines
 */
export class GoogleKmsSigner implements Signer {
  /**
   * Asks Cloud KMS for the public key.
   *
   * @param keyVersion `projects/…/locations/…/keyRings/…/cryptoKeys/…/cryptoKeyVersions/…` of a key for EC_SIGN_ED25519; a key without its version could be
   * turned to another one
   * @param name key name as in C2SP signed notes: no white space, no plus sign
   * @throws signing-key-invalid, and what Google answers when the key cannot be used
   */
  public static async open(
    keyVersion: string,
    name: string,
    options: GoogleKmsSignerOptions = {},
  ): Promise<GoogleKmsSigner> {
    if (!KEY_VERSION.test(keyVersion)) throw notAKey('this is not the name of a version of a key', keyVersion);
    const api = new GoogleApi(options.endpoint ?? GOOGLE);
    const key = await api.ask<PublicKey>({ method: 'GET', path: `/v1/${keyVersion}/publicKey`, signal: withinTime() });
    if (key.algorithm !== 'EC_SIGN_ED25519') throw notAKey('the key is not one for Ed25519', key.algorithm);
    const pem = intact(key.name === keyVersion, Buffer.from(key.pem ?? ''), key.pemCrc32c);
    const { x } = createPublicKey(pem).export({ format: 'jwk' });
    return new GoogleKmsSigner(
      parseVkey(formatVkey(name, Buffer.from(x as string, 'base64url'))).vkey,
      keyVersion,
      api,
    );
  }

  readonly #keyVersion: string;
  readonly #api: GoogleApi;

  private constructor(
    public readonly vkey: string,
    keyVersion: string,
    api: GoogleApi,
  ) {
    this.#keyVersion = keyVersion;
    this.#api = api;
  }

  /** @throws message-too-large, and what Google answers when the key cannot be used now */
  public async sign(message: Uint8Array): Promise<Uint8Array> {
    if (message.length > LARGEST_MESSAGE_BYTES) {
      throw new AuditLogError('message-too-large', {
        problem: 'Cloud KMS does not sign so long a message',
        given: message.length,
        allowed: `up to ${LARGEST_MESSAGE_BYTES} bytes`,
        fix: 'sign a note: those of the record are shorter',
      });
    }
    const data = Buffer.from(message);
    const signed = await this.#api.ask<Signed>({
      method: 'POST',
      path: `/v1/${this.#keyVersion}:asymmetricSign`,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ data: data.toString('base64'), dataCrc32c: String(crc32c(data)) }),
      signal: withinTime(),
    });
    const isOurs = signed.name === this.#keyVersion && signed.verifiedDataCrc32c === true;
    return intact(isOurs, Buffer.from(signed.signature ?? '', 'base64'), signed.signatureCrc32c);
  }
}

function withinTime(): AbortSignal {
  return AbortSignal.timeout(CALL_WITHIN_MS);
}

/** The bytes, if they are what was asked for and arrived as they were sent. */
function intact(isOurs: boolean, bytes: Buffer, checksum: string | undefined): Buffer {
  if (!isOurs || String(crc32c(bytes)) !== checksum)
    throw new Error('what Cloud KMS was asked or answered was damaged');
  return bytes;
}

function notAKey(problem: string, given: string | undefined): AuditLogError {
  return new AuditLogError('signing-key-invalid', {
    problem,
    given,
    allowed: 'the name of a version of a key of purpose ASYMMETRIC_SIGN for EC_SIGN_ED25519',
    fix: 'correct the URL of the key: gcpkms:projects/…/locations/…/keyRings/…/cryptoKeys/…/cryptoKeyVersions/1',
  });
}
