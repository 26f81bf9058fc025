import { AuditLogError } from '../../policy/errors';
import { isSafeEndpoint } from '../endpoint';
import { checkReadableFolder } from './object-key';

/** Where the objects of a store lie in Cloud Storage. */
export interface GcsLocation {
  readonly bucket: string;
  /** What every key begins with: empty, or folders that end in a slash. */
  readonly prefix: string;
  /** A server that speaks Cloud Storage's JSON API. @default - Google's */
  readonly endpoint?: string;
}

/** https://cloud.google.com/storage/docs/buckets#naming */
const BUCKET = /^[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]$/;

/**
 * Reads `gs://bucket[/prefix][?endpoint=…]`.
 *
 * @throws setting-invalid
 */
export function parseGcsUrl(url: string): GcsLocation {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  const { host: bucket = '', pathname = '' } = parsed ?? {};
  const folders = pathname.split('/').filter((folder) => folder !== '');
  const prefix = folders.map((folder) => `${folder}/`).join('');
  const parameters = new Map(parsed?.searchParams);
  const endpoint = parameters.get('endpoint');
  if (parsed?.protocol !== 'gs:' || !BUCKET.test(bucket) || parsed.username !== '' || parsed.hash !== '') {
    throw invalid(url, 'is not the URL of a bucket');
  }
  if ([...parameters.keys()].some((name) => name !== 'endpoint')) {
    throw invalid(url, 'has a parameter that means nothing');
  }
  if (endpoint !== undefined && !isSafeEndpoint(endpoint)) throw invalid(url, 'has an endpoint that is not protected');
  if (!/^[\w.=/-]*$/.test(prefix)) throw invalid(url, 'has a prefix with other characters than A-Z a-z 0-9 _ . = -');
  checkReadableFolder(prefix);
  return { bucket, prefix, ...(endpoint && { endpoint }) };
}

function invalid(url: string, problem: string): AuditLogError {
  return new AuditLogError('setting-invalid', {
    problem: `the URL of the store ${problem}`,
    given: url,
    allowed: 'gs://bucket[/prefix][?endpoint=https://<host>[:<port>]]',
    fix: 'correct AUDIT_STORE, or the URL on the command line',
  });
}
