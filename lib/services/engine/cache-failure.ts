import { AuditLogError } from '../../policy/errors';

/** The cache is broken and must be built again. */
export class CacheBroken extends Error {}

/** Kinds of errors that a damaged file has. Others are ours: building the cache again would not help. */
const BROKEN = /^(IO|Serialization|INTERNAL|FATAL|Catalog|Fatal|Internal)\b|corrupt|checksum|invalidated/i;

/** What an error of DuckDB means to us; its messages begin with their kind. Nothing of the data reaches the result. */
export function cacheFailure(error: unknown): Error {
  if (error instanceof AuditLogError || error instanceof CacheBroken) return error;
  const message = error instanceof Error ? error.message : String(error);
  if (message.startsWith('INTERRUPT Error')) {
    return searchTimeout();
  }
  if (message.startsWith('Out of Memory Error')) {
    return new AuditLogError('search-too-large', {
      problem: 'the search needs more memory than it may use',
      fix: 'search a shorter time, or give the query service more memory',
    });
  }
  if (/no space left|disk quota|max_temp_directory_size/i.test(message)) {
    return new AuditLogError('search-cache-unusable', {
      problem: 'the disk of the search cache is full',
      fix: 'make room on the disk that holds the cache folder',
    });
  }
  return BROKEN.test(message)
    ? new CacheBroken(message.slice(0, 200))
    : new Error(`DuckDB: ${message.split(':')[0]?.slice(0, 50)}`);
}

/** The search did not end in time. */
export function searchTimeout(): AuditLogError {
  return new AuditLogError('search-timeout', {
    problem: 'the search took too long and was given up',
    fix: 'search a shorter time, filter by a field instead of by text, or try again once the log is loaded',
  });
}
