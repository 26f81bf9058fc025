import { AuditLogError } from '../../policy/errors';
import type { ObjectReader, ObjectStore } from '../ports';
import { FileStore, type FileStoreOptions } from './file';
import { FileStoreReader } from './file-reader';
import { parseGcsUrl } from './gcs-url';
import { parseS3Url } from './s3-url';

const FILE_URL = /^file:(\/.*)$/;
const S3_URL = /^s3:/;
const GCS_URL = /^gs:/;

/**
 * Opens the store that a URL names.
 *
 * @param url `file:/absolute/path`, `s3://bucket[/prefix][?region=…&endpoint=…]` or `gs://bucket[/prefix][?endpoint=…]`
 * @throws setting-invalid when no store has such a URL
 */
export async function openStore(url: string, options: FileStoreOptions = {}): Promise<ObjectStore> {
  const path = FILE_URL.exec(url)?.[1];
  if (path !== undefined) {
    return FileStore.open(path, options);
  }
  if (S3_URL.test(url)) {
    return s3Store().S3Store.open(parseS3Url(url), options);
  }
  if (GCS_URL.test(url)) {
    return gcsStore().GcsStore.open(parseGcsUrl(url), options);
  }
  throw unknownUrl(url);
}

/**
 * Opens the store that a URL names to read only: nothing is made and nothing is swept.
 *
 * @param url `file:/absolute/path`, `s3://bucket[/prefix][?region=…&endpoint=…]` or `gs://bucket[/prefix][?endpoint=…]`
 * @throws setting-invalid when no store has such a URL
 * @throws store-missing
 */
export async function openReader(url: string): Promise<ObjectReader> {
  const path = FILE_URL.exec(url)?.[1];
  if (path !== undefined) {
    return FileStoreReader.open(path);
  }
  if (S3_URL.test(url)) {
    return s3Reader().S3Reader.open(parseS3Url(url));
  }
  if (GCS_URL.test(url)) {
    return gcsReader().GcsReader.open(parseGcsUrl(url));
  }
  throw unknownUrl(url);
}

/** Loaded where it is used: the SDK takes a third of a second, which no local log needs to wait. */
function s3Store(): typeof import('./s3') {
  return require('./s3');
}

function s3Reader(): typeof import('./s3-reader') {
  return require('./s3-reader');
}

function gcsStore(): typeof import('./gcs') {
  return require('./gcs');
}

function gcsReader(): typeof import('./gcs-reader') {
  return require('./gcs-reader');
}

function unknownUrl(url: string): AuditLogError {
  return new AuditLogError('setting-invalid', {
    problem: 'no store has this URL',
    given: url,
    allowed: 'file:/absolute/path, s3://bucket/prefix, gs://bucket/prefix',
    fix: 'correct AUDIT_STORE, or the URL on the command line',
  });
}
