import type { Bucket, Version } from './bucket';
import { element, listPage, textOf, urlEncoded } from './listing';
import { remove, type S3Answer } from './object-operations';
import { S3Error } from './s3-error';
import type { S3Request } from './s3-request';

const OWNER = '<Owner><ID>owner</ID></Owner>';

/** Carries out a request about a bucket that exists. */
export function answerBucket(request: S3Request, bucket: Bucket, pageSize: number): S3Answer {
  const { method } = request;
  if (request.asksFor('object-lock')) return method === 'PUT' ? putLock(request, bucket) : getLock(bucket);
  if (request.asksFor('versioning')) return method === 'PUT' ? putVersioning(request, bucket) : getVersioning(bucket);
  if (method === 'GET' && request.asksFor('versions')) return listVersions(request, bucket, pageSize);
  if (method === 'GET' && request.parameter('list-type') === '2') return listObjects(request, bucket, pageSize);
  if (method === 'POST' && request.asksFor('delete')) return removeMany(request, bucket);
  if (method === 'HEAD') return { status: 200 };
  throw new S3Error(501, 'NotImplemented');
}

function putLock(request: S3Request, bucket: Bucket): S3Answer {
  if (bucket.versioning !== 'Enabled') throw new S3Error(409, 'InvalidBucketState', 'Versioning must be enabled');
  const xml = request.body.toString();
  if (textOf(xml, 'ObjectLockEnabled') !== 'Enabled') throw new S3Error(400, 'MalformedXML');
  const mode = textOf(xml, 'Mode');
  const days = Number(textOf(xml, 'Days') ?? 365 * Number(textOf(xml, 'Years')));
  if (mode !== undefined && (!/^(COMPLIANCE|GOVERNANCE)$/.test(mode) || !(days > 0))) {
    throw new S3Error(400, 'MalformedXML');
  }
  bucket.hasLock = true;
  bucket.defaultRetention = mode === undefined ? undefined : { mode: mode as 'COMPLIANCE' | 'GOVERNANCE', days };
  return { status: 200 };
}

function getLock({ hasLock, defaultRetention }: Bucket): S3Answer {
  if (!hasLock) throw new S3Error(404, 'ObjectLockConfigurationNotFoundError');
  const rule = defaultRetention && element('Mode', defaultRetention.mode) + element('Days', defaultRetention.days);
  return {
    status: 200,
    body: `<ObjectLockConfiguration>${element('ObjectLockEnabled', 'Enabled')}${
      rule === undefined ? '' : `<Rule><DefaultRetention>${rule}</DefaultRetention></Rule>`
    }</ObjectLockConfiguration>`,
  };
}

function putVersioning(request: S3Request, bucket: Bucket): S3Answer {
  const status = textOf(request.body.toString(), 'Status');
  if (status !== 'Enabled' && status !== 'Suspended') throw new S3Error(400, 'MalformedXML');
  if (bucket.hasLock && status !== 'Enabled') throw new S3Error(409, 'InvalidBucketState');
  bucket.versioning = status;
  return { status: 200 };
}

function getVersioning({ versioning }: Bucket): S3Answer {
  const status = versioning === undefined ? '' : element('Status', versioning);
  return { status: 200, body: `<VersioningConfiguration>${status}</VersioningConfiguration>` };
}

function listObjects(request: S3Request, bucket: Bucket, pageSize: number): S3Answer {
  const token = request.parameter('continuation-token');
  const objects = [...bucket.versions()].filter(({ isLatest, isDeleteMarker }) => isLatest && !isDeleteMarker);
  const { items, folders, next } = listPage(objects, {
    prefix: request.parameter('prefix') ?? '',
    delimiter: request.parameter('delimiter') ?? '',
    after: token === undefined ? (request.parameter('start-after') ?? '') : Buffer.from(token, 'hex').toString(),
    most: Math.min(Number(request.parameter('max-keys') ?? pageSize), pageSize),
  });
  const name = nameOf(request);
  const contents = items.map((each) => `<Contents>${element('Key', name(each.key))}${facts(each)}</Contents>`);
  const prefixes = folders.map((folder) => `<CommonPrefixes>${element('Prefix', name(folder))}</CommonPrefixes>`);
  const more = next === undefined ? '' : element('NextContinuationToken', Buffer.from(next).toString('hex'));
  const body = [element('IsTruncated', next !== undefined), more, ...contents, ...prefixes].join('');
  return { status: 200, body: `<ListBucketResult>${body}</ListBucketResult>` };
}

function listVersions(request: S3Request, bucket: Bucket, pageSize: number): S3Answer {
  const prefix = request.parameter('prefix') ?? '';
  const all = [...bucket.versions()].filter(({ key }) => key.startsWith(prefix));
  const marker = [request.parameter('key-marker'), request.parameter('version-id-marker')];
  const start = all.findIndex(({ key, versionId }) => key === marker[0] && versionId === marker[1]) + 1;
  const page = all.slice(start, start + pageSize);
  const isTruncated = start + pageSize < all.length;
  const name = nameOf(request);
  const entries = page.map((each) => {
    const place = element('Key', name(each.key)) + element('VersionId', each.versionId);
    const common = `${place}${element('IsLatest', each.isLatest)}${OWNER}`;
    return each.isDeleteMarker
      ? `<DeleteMarker>${common}${modified(each)}</DeleteMarker>`
      : `<Version>${common}${facts(each)}</Version>`;
  });
  const last = page.at(-1);
  const next = element('NextKeyMarker', name(last?.key ?? '')) + element('NextVersionIdMarker', last?.versionId ?? '');
  const body = [element('IsTruncated', isTruncated), isTruncated ? next : '', ...entries].join('');
  return { status: 200, body: `<ListVersionsResult>${body}</ListVersionsResult>` };
}

function removeMany(request: S3Request, bucket: Bucket): S3Answer {
  if (Object.keys(request.checksums()).length === 0) throw new S3Error(400, 'InvalidRequest', 'a checksum is required');
  const objects = request.body.toString().match(/<Object>.*?<\/Object>/gs) ?? [];
  const results = objects.map((xml) => {
    const key = textOf(xml, 'Key') ?? '';
    try {
      remove(key, textOf(xml, 'VersionId'), request.bypassesGovernance, bucket);
      return `<Deleted>${element('Key', key)}</Deleted>`;
    } catch (error) {
      if (!(error instanceof S3Error)) throw error;
      return `<Error>${element('Key', key)}${element('Code', error.code)}</Error>`;
    }
  });
  return { status: 200, body: `<DeleteResult>${results.join('')}</DeleteResult>` };
}

function nameOf(request: S3Request): (key: string) => string {
  return request.parameter('encoding-type') === 'url' ? urlEncoded : (key) => key;
}

function facts(version: Version): string {
  return `${modified(version)}${element('ETag', version.etag)}${element('Size', version.bytes.length)}`;
}

function modified(version: Version): string {
  return element('LastModified', new Date(version.modified).toISOString());
}
