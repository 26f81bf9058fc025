import { AuditLogError } from '../../policy/errors';
import type { Signer } from '../ports';
import { FileSigner } from './file';

const FILE_URL = /^file:(\/.*)$/;
const KMS_URL = /^awskms:(?:\/\/\/)?(arn:[^?]*)(?:\?endpoint=(http:\/\/(?:127\.0\.0\.1|localhost):\d+))?$/;
const GOOGLE_KMS_URL = /^gcpkms:(?:\/\/\/)?(projects\/[^?]*)(?:\?endpoint=(http:\/\/(?:127\.0\.0\.1|localhost):\d+))?$/;

/**
 * Opens the signing key that a URL names.
 *
 * @param url `file:/absolute/path.pem`, `awskms:<ARN of the key>` or `gcpkms:<name of the key's version>`; to the latter two `?endpoint=http://localhost:<port>`
 * may be added
 * @param name the key's name, as notes will carry it
 * @throws setting-invalid when no signer has such a URL
 * @throws signing-key-missing
 * @throws signing-key-exposed
 * @throws signing-key-invalid
 */
export async function openSigner(url: string, name: string): Promise<Signer> {
  const path = FILE_URL.exec(url)?.[1];
  if (path !== undefined) {
    return FileSigner.open(path, name);
  }
  const [, keyArn, endpoint] = KMS_URL.exec(url) ?? [];
  if (keyArn !== undefined) {
    return kms().KmsSigner.open(keyArn, name, endpoint === undefined ? {} : { endpoint });
  }
  const [, keyVersion, googleEndpoint] = GOOGLE_KMS_URL.exec(url) ?? [];
  if (keyVersion !== undefined) {
    const options = googleEndpoint === undefined ? {} : { endpoint: googleEndpoint };
    return googleKms().GoogleKmsSigner.open(keyVersion, name, options);
  }
  throw new AuditLogError('setting-invalid', {
    problem: 'no signing key has this URL',
    given: url,
    allowed:
      'file:/absolute/path.pem, awskms:arn:aws:kms:<region>:<account>:key/<id>, gcpkms:projects/…/cryptoKeyVersions/<n>',
    fix: 'correct the URL of the key',
  });
}

/** Loaded where it is used: the SDK takes a while, which no local log needs to wait. */
function kms(): typeof import('./aws-kms') {
  return require('./aws-kms');
}

function googleKms(): typeof import('./google-kms') {
  return require('./google-kms');
}
