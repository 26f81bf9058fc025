import { AuditLogError } from '../../policy/errors';
import type { ObjectStore } from '../ports';
import { FileStore, type FileStoreOptions } from './file';

const FILE_URL = /^file:(\/.*)$/;

/**
 * Opens the store that a URL names.
 *
 * @param url `file:/absolute/path`
 * @throws setting-invalid when no store has such a URL
 */
export async function openStore(url: string, options: FileStoreOptions = {}): Promise<ObjectStore> {
  const path = FILE_URL.exec(url)?.[1];
  if (path !== undefined) {
    return FileStore.open(path, options);
  }
  throw new AuditLogError('setting-invalid', {
    problem: 'no store has this URL',
    given: url,
    allowed: 'file:/absolute/path',
    fix: 'correct AUDIT_STORE',
  });
}
