import type { Bucket, Version } from './bucket';
import { element, textOf } from './listing';
import { S3Error } from './s3-error';
import { retentionOf, type S3Request } from './s3-request';

/** What goes back to the client. */
export interface S3Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer | string;
}

/** Carries out a request about an object. */
export function answerObject(request: S3Request, bucket: Bucket): S3Answer {
  for (const name of ['uploads', 'uploadId', 'tagging', 'acl', 'attributes']) {
    if (request.asksFor(name)) throw new S3Error(501, 'NotImplemented', name);
  }
  if (request.asksFor('retention')) return request.method === 'PUT' ? retain(request, bucket) : lockOf(request, bucket);
  if (request.asksFor('legal-hold') && request.method === 'PUT') return hold(request, bucket);
  switch (request.method) {
    case 'PUT':
      return put(request, bucket);
    case 'GET':
    case 'HEAD':
      return read(request, bucket);
    case 'DELETE':
      return remove(request.key, request.parameter('versionId'), request.bypassesGovernance, bucket);
    default:
      throw new S3Error(405, 'MethodNotAllowed');
  }
}

function put(request: S3Request, bucket: Bucket): S3Answer {
  if (request.header('x-amz-copy-source') !== undefined) throw new S3Error(501, 'NotImplemented', 'copy');
  const noneMatch = request.header('if-none-match');
  if (noneMatch !== undefined && noneMatch !== '*') throw new S3Error(501, 'NotImplemented', 'If-None-Match');
  const checksum = request.checksums();
  const { retention } = request;
  const isLocked = retention !== undefined || bucket.defaultRetention !== undefined;
  if (isLocked && Object.keys(checksum).length === 0) {
    throw new S3Error(400, 'InvalidRequest', 'Content-MD5 or a checksum is required to lock an object');
  }
  const version = bucket.put(request.key, {
    bytes: request.body,
    checksum,
    retention,
    ifNoneMatch: noneMatch === '*',
    ifMatch: request.header('if-match'),
  });
  return { status: 200, headers: { ETag: version.etag, ...version.checksum, ...versionHeader(version) } };
}

function read(request: S3Request, bucket: Bucket): S3Answer {
  const version = findObject(request, bucket);
  const { bytes, retention } = version;
  const range = request.header('range');
  const headers: Record<string, string> = {
    ETag: version.etag,
    'Last-Modified': new Date(version.modified).toUTCString(),
    'Accept-Ranges': 'bytes',
    ...versionHeader(version),
    // Of a part there is no checksum.
    ...(request.header('x-amz-checksum-mode') === 'ENABLED' && range === undefined && version.checksum),
    ...(retention && {
      'x-amz-object-lock-mode': retention.mode,
      'x-amz-object-lock-retain-until-date': new Date(retention.until).toISOString(),
    }),
    ...(version.legalHold && { 'x-amz-object-lock-legal-hold': 'ON' }),
  };
  if (range === undefined) return { status: 200, headers, body: bytes };
  const [start, end] = within(range, bytes.length);
  const contentRange = { 'Content-Range': `bytes ${start}-${end}/${bytes.length}` };
  return { status: 206, headers: { ...headers, ...contentRange }, body: bytes.subarray(start, end + 1) };
}

/** First and last byte of a range, both included. */
function within(range: string, size: number): [number, number] {
  const [, from = '', to = ''] = /^bytes=(\d*)-(\d*)$/.exec(range) ?? [];
  const start = from === '' ? Math.max(0, size - Number(to)) : Number(from);
  const end = from === '' || to === '' ? size - 1 : Math.min(Number(to), size - 1);
  if (start > end || (from === '' && Number(to) === 0)) throw new S3Error(416, 'InvalidRange');
  return [start, end];
}

/** Deletes a version for good or, without one, puts a delete marker in front. */
export function remove(key: string, versionId: string | undefined, bypass: boolean, bucket: Bucket): S3Answer {
  const version = versionId === undefined ? bucket.hide(key) : bucket.remove(key, versionId, bypass);
  const marker: Record<string, string> = version?.isDeleteMarker ? { 'x-amz-delete-marker': 'true' } : {};
  return { status: 204, headers: { ...marker, ...(version && versionHeader(version)) } };
}

function retain(request: S3Request, bucket: Bucket): S3Answer {
  const xml = request.body.toString();
  const mode = textOf(xml, 'Mode');
  const until = textOf(xml, 'RetainUntilDate');
  const wanted = retentionOf(mode, until);
  // `find` gives the stored version itself.
  bucket.retain(findObject(request, bucket), wanted, request.bypassesGovernance);
  return { status: 200 };
}

function lockOf(request: S3Request, bucket: Bucket): S3Answer {
  if (!bucket.hasLock) throw new S3Error(400, 'InvalidRequest', 'Bucket is missing Object Lock Configuration');
  const { retention } = findObject(request, bucket);
  if (retention === undefined) throw new S3Error(404, 'NoSuchObjectLockConfiguration');
  const lock = element('Mode', retention.mode) + element('RetainUntilDate', new Date(retention.until).toISOString());
  return { status: 200, body: `<Retention>${lock}</Retention>` };
}

function hold(request: S3Request, bucket: Bucket): S3Answer {
  if (!bucket.hasLock) throw new S3Error(400, 'InvalidRequest', 'Bucket is missing Object Lock Configuration');
  findObject(request, bucket).legalHold = textOf(request.body.toString(), 'Status') === 'ON';
  return { status: 200 };
}

function findObject(request: S3Request, bucket: Bucket): Version {
  const versionId = request.parameter('versionId');
  const version = bucket.find(request.key, versionId);
  if (version === undefined) throw new S3Error(404, versionId === undefined ? 'NoSuchKey' : 'NoSuchVersion');
  if (!version.isDeleteMarker) return version;
  throw versionId === undefined ? new S3Error(404, 'NoSuchKey') : new S3Error(405, 'MethodNotAllowed');
}

function versionHeader({ versionId }: Version): Record<string, string> {
  return versionId === 'null' ? {} : { 'x-amz-version-id': versionId };
}
