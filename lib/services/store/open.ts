import { AuditLogError } from '../../policy/errors';
import type { ObjectReader, ObjectStore } from '../ports';
import { FileStore, type FileStoreOptions } from './file';
import { FileStoreReader } from './file-reader';

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
  throw unknownUrl(url);
}

/**
 * Opens the store that a URL names to read only: nothing is made and nothing is swept.
 *
 * @param url `file:/absolute/path`
 * @throws setting-invalid when no store has such a URL
 * @throws store-missing
 */
export async function openReader(url: string): Promise<ObjectReader> {
  const path = FILE_URL.exec(url)?.[1];
  if (path !== undefined) {
    return FileStoreReader.open(path);
  }
  throw unknownUrl(url);
}

function unknownUrl(url: string): AuditLogError {
  return new AuditLogError('setting-invalid', {
    problem: 'no store has this URL',
    given: url,
    allowed: 'file:/absolute/path',
    fix: 'correct AUDIT_STORE',
  });
}
