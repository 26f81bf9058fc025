import { AuditLogError } from '../../policy/errors';
import { isSafeEndpoint } from '../endpoint';
import { checkReadableFolder } from './object-key';

/** Where the objects of a store lie in S3. */
export interface S3Location {
  readonly bucket: string;
  /** What every key begins with: empty, or folders that end in a slash. */
  readonly prefix: string;
  /** @default - that of the environment: `AWS_REGION`, or the profile's */
  readonly region?: string;
  /** A server that speaks S3, used in path style. @default - AWS */
  readonly endpoint?: string;
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html; buckets with dots have no valid certificate. */
const BUCKET = /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/;
const REGION = /^[a-z0-9-]{1,40}$/;

/**
 * Reads `s3://bucket[/prefix][?region=…&endpoint=…]`.
 *
 * @throws setting-invalid
 */
export function parseS3Url(url: string): S3Location {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  const { host: bucket = '', pathname = '' } = parsed ?? {};
  const folders = pathname.split('/').filter((folder) => folder !== '');
  const prefix = folders.map((folder) => `${folder}/`).join('');
  const parameters = new Map(parsed?.searchParams);
  const region = parameters.get('region');
  const endpoint = parameters.get('endpoint');
  if (parsed?.protocol !== 's3:' || !BUCKET.test(bucket) || parsed.username !== '' || parsed.hash !== '') {
    throw invalid(url, 'is not the URL of a bucket');
  }
  if ([...parameters.keys()].some((name) => name !== 'region' && name !== 'endpoint')) {
    throw invalid(url, 'has a parameter that means nothing');
  }
  if (region !== undefined && !REGION.test(region)) throw invalid(url, 'has no region that could be one');
  if (endpoint !== undefined && !isSafeEndpoint(endpoint)) throw invalid(url, 'has an endpoint that is not protected');
  if (!/^[\w.=/-]*$/.test(prefix)) throw invalid(url, 'has a prefix with other characters than A-Z a-z 0-9 _ . = -');
  checkReadableFolder(prefix);
  return { bucket, prefix, ...(region && { region }), ...(endpoint && { endpoint }) };
}

function invalid(url: string, problem: string): AuditLogError {
  return new AuditLogError('setting-invalid', {
    problem: `the URL of the store ${problem}`,
    given: url,
    allowed: 's3://bucket[/prefix][?region=<region>][&endpoint=https://<host>[:<port>]]',
    fix: 'correct AUDIT_STORE, or the URL on the command line',
  });
}
