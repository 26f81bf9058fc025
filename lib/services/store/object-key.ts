import { AuditLogError } from '../../policy/errors';

/** Where a writer's unfinished files lie; no key of an object begins with it. */
export const TEMPORARY_FOLDER = '.tmp';

const LONGEST_KEY = 1024;
const WRITABLE_SEGMENT = /^[A-Za-z0-9_=-][A-Za-z0-9._=-]{0,254}$/;
const WRITABLE =
  '1 to 1,024 characters; segments between slashes of 1 to 255 characters A-Z a-z 0-9 . _ = - that do not begin with a dot';
const READABLE = `a relative path without empty, "." and ".." segments, not below ${TEMPORARY_FOLDER}/`;

/**
 * Refuses a key that a writer must not create. Narrower than any store: what passes is the same text in a path, a URL and a shell.
 *
 * @throws object-key-invalid
 */
export function checkWritableKey(key: string): void {
  if (key.length <= LONGEST_KEY && key.split('/').every((segment) => WRITABLE_SEGMENT.test(segment))) return;
  throw invalid(key, WRITABLE);
}

/**
 * Refuses a key that would lead out of the store or to unfinished files. Wider than what may be written, because a reader must be able
 * to look at whatever somebody put there.
 *
 * @throws object-key-invalid
 */
export function checkReadableKey(key: string): void {
  const outside = key.split('/').some((segment) => segment === '' || segment === '.' || segment === '..');
  if (outside || key.includes('\0') || key.startsWith(`${TEMPORARY_FOLDER}/`)) throw invalid(key, READABLE);
}

/**
 * Refuses what is not a folder of keys: neither empty nor a readable key and a slash.
 *
 * @throws object-key-invalid
 */
export function checkReadableFolder(folder: string): void {
  if (folder === '') return;
  if (!folder.endsWith('/') || folder === `${TEMPORARY_FOLDER}/`)
    throw invalid(folder, `${READABLE}, and a slash at its end`);
  checkReadableKey(folder.slice(0, -1));
}

function invalid(key: string, allowed: string): AuditLogError {
  return new AuditLogError('object-key-invalid', {
    problem: 'a key of the object store is not valid',
    given: key,
    allowed,
    fix: 'use keys of the record format only',
  });
}
