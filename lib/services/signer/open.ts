import { AuditLogError } from '../../policy/errors';
import type { Signer } from '../ports';
import { FileSigner } from './file';

const FILE_URL = /^file:(\/.*)$/;

/**
 * Opens the signing key that a URL names.
 *
 * @param url `file:/absolute/path.pem`
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
  throw new AuditLogError('setting-invalid', {
    problem: 'no signing key has this URL',
    given: url,
    allowed: 'file:/absolute/path.pem',
    fix: 'correct the URL of the key',
  });
}
