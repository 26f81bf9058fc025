import type { IncomingHttpHeaders } from 'node:http';
import { type Bucket, checksumOf, type GcsObject, type NewObject } from './bucket';
import { GcsError } from './gcs-error';

export interface GcsRequest {
  readonly method: string;
  /** Path below the bucket: `''`, `/o` or `/o/<name>`. */
  readonly path: string;
  readonly isUpload: boolean;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface GcsAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** Carries out a request about a bucket. */
export function answer(request: GcsRequest, bucket: Bucket, bucketName: string, pageSize: number): GcsAnswer {
  const { method, path, isUpload, query } = request;
  if (isUpload && method === 'POST' && path === '/o') return insert(request, bucket);
  if (method === 'GET' && path === '') return json({ kind: 'storage#bucket', ...retentionOf(bucket) });
  if (method === 'GET' && path === '/o') return list(query, bucket, pageSize);
  if (path.startsWith('/o/')) {
    const name = decodeURIComponent(path.slice(3));
    if (method === 'DELETE') {
      bucket.delete(name);
      return { status: 204, body: Buffer.alloc(0) };
    }
    const generation = query.get('generation');
    const object = generation === null ? bucket.find(name) : bucket.findGeneration(name, generation);
    if (object === undefined) {
      throw new GcsError(404, 'notFound', `No such object: ${bucketName}/${name}`);
    }
    if (method === 'GET') return query.get('alt') === 'media' ? media(request, object) : json(describe(bucket, object));
  }
  throw new GcsError(501, 'notImplemented');
}

function json(value: object): GcsAnswer {
  return { status: 200, headers: { 'content-type': 'application/json' }, body: Buffer.from(JSON.stringify(value)) };
}

function insert({ query, headers, body }: GcsRequest, bucket: Bucket): GcsAnswer {
  const { metadata, object } =
    query.get('uploadType') === 'multipart'
      ? related(headers['content-type'] ?? '', body)
      : { metadata: {}, object: body };
  const name = query.get('name') ?? metadata.name;
  if (name === undefined) throw new GcsError(400, 'required', 'Required');
  if (metadata.crc32c !== undefined && metadata.crc32c !== checksumOf(object)) {
    throw new GcsError(400, 'invalid', `Provided CRC32C "${metadata.crc32c}" doesn't match calculated CRC32C`);
  }
  const { contentType, contentEncoding } = metadata;
  const made = bucket.insert({ name, bytes: object, contentType, contentEncoding }, query.get('ifGenerationMatch'));
  return json(describe(bucket, made));
}

interface Metadata extends Partial<Omit<NewObject, 'bytes'>> {
  readonly crc32c?: string;
}

/** A body of two parts, metadata and bytes: RFC 2387. */
function related(contentType: string, body: Buffer): { metadata: Metadata; object: Buffer } {
  const boundary = /boundary="?([^";]+)"?/.exec(contentType)?.[1];
  if (boundary === undefined) throw new GcsError(400, 'parseError', 'no boundary');
  const [first, second, end] = [0, 1, 2].reduce<number[]>((found) => {
    const at = body.indexOf(`--${boundary}`, (found.at(-1) ?? -1) + 1);
    if (at < 0) throw new GcsError(400, 'parseError', 'Missing end boundary in multipart body.');
    return [...found, at];
  }, []);
  const part = (from: number, to: number): Buffer =>
    body.subarray(body.indexOf('\r\n\r\n', from) + 4, to).subarray(0, -2);
  return { metadata: JSON.parse(part(first!, second!).toString()) as Metadata, object: part(second!, end!) };
}

function media({ headers }: GcsRequest, { bytes, generation, contentType, contentEncoding }: GcsObject): GcsAnswer {
  const common = {
    'content-type': contentType,
    ...(contentEncoding && { 'content-encoding': contentEncoding }),
    'x-goog-generation': generation,
    'x-goog-hash': `crc32c=${checksumOf(bytes)}`,
    'x-goog-stored-content-encoding': contentEncoding ?? 'identity',
    'x-goog-stored-content-length': String(bytes.length),
  };
  const range = /^bytes=(?:-(?<last>\d+)|(?<from>\d+)-(?<to>\d*))$/.exec(headers.range ?? '')?.groups;
  if (range === undefined) return { status: 200, headers: common, body: bytes };
  const from = range.last === undefined ? Number(range.from) : Math.max(0, bytes.length - Number(range.last));
  const to = range.to ? Math.min(Number(range.to) + 1, bytes.length) : bytes.length;
  if (from >= bytes.length) throw new GcsError(416, 'requestedRangeNotSatisfiable');
  const contentRange = `bytes ${from}-${to - 1}/${bytes.length}`;
  return { status: 206, headers: { ...common, 'content-range': contentRange }, body: bytes.subarray(from, to) };
}

/** https://cloud.google.com/storage/docs/json_api/v1/objects/list */
function list(query: URLSearchParams, bucket: Bucket, pageSize: number): GcsAnswer {
  const [prefix, delimiter] = [query.get('prefix') ?? '', query.get('delimiter') ?? ''];
  const start = query.get('startOffset') ?? '';
  const token = query.get('pageToken');
  const after = token === null ? undefined : Buffer.from(token, 'base64');
  const limit = Math.min(pageSize, Number(query.get('maxResults') ?? pageSize));
  const items: object[] = [];
  const prefixes = new Set<string>();
  let last: string | undefined;
  const isOfVersions = query.get('versions') === 'true';
  for (const object of isOfVersions ? bucket.generations() : bucket.sorted()) {
    const { name, generation } = object;
    if (!name.startsWith(prefix) || Buffer.compare(Buffer.from(name), Buffer.from(start)) < 0) continue;
    const end = delimiter === '' ? -1 : name.indexOf(delimiter, prefix.length);
    const shown = end < 0 ? name : name.slice(0, end + delimiter.length);
    const place = isOfVersions ? `${shown}\0${generation}` : shown;
    if (prefixes.has(shown) || (after !== undefined && Buffer.compare(Buffer.from(place), after) <= 0)) continue;
    if (items.length + prefixes.size === limit) {
      return page(items, prefixes, Buffer.from(last ?? '').toString('base64'));
    }
    if (end < 0) items.push(describe(bucket, object));
    else prefixes.add(shown);
    last = place;
  }
  return page(items, prefixes);
}

/** Google leaves out what is empty. */
function page(items: readonly object[], prefixes: ReadonlySet<string>, nextPageToken?: string): GcsAnswer {
  return json({
    kind: 'storage#objects',
    ...(items.length > 0 && { items }),
    ...(prefixes.size > 0 && { prefixes: [...prefixes] }),
    ...(nextPageToken !== undefined && { nextPageToken }),
  });
}

function describe(bucket: Bucket, object: GcsObject): object {
  const { name, bytes, generation, created, deleted, retention, contentType, contentEncoding } = object;
  const expiration = bucket.expiration(object);
  return {
    kind: 'storage#object',
    name,
    generation,
    metageneration: '1',
    size: String(bytes.length),
    contentType,
    ...(contentEncoding && { contentEncoding }),
    crc32c: checksumOf(bytes),
    timeCreated: new Date(created).toISOString(),
    updated: new Date(created).toISOString(),
    ...(deleted !== undefined && { timeDeleted: new Date(deleted).toISOString() }),
    ...(retention && { retention: { mode: retention.mode, retainUntilTime: new Date(retention.until).toISOString() } }),
    ...(expiration !== undefined && { retentionExpirationTime: new Date(expiration).toISOString() }),
  };
}

function retentionOf({ retention }: Bucket): object {
  if (retention === undefined) return {};
  return { retentionPolicy: { retentionPeriod: String(retention.seconds), isLocked: retention.isLocked } };
}
