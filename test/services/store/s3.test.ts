import { openReader, openStore } from '../../../lib/services/store/open';
import { arrayOf, keysOf, storeConformance } from '../../conformance/store';
import { S3Error } from '../../s3-server/s3-error';
import { S3Fixture } from '../../s3-server/s3-fixture';

storeConformance('the S3 store', async () => {
  const { store, server } = await S3Fixture.start({ pageSize: 7 });
  return { store, breakDown: () => server.close(), close: () => server.close() };
});

const BYTES = Buffer.from('the bytes of an object');

let s3: S3Fixture;

beforeEach(async () => {
  s3 = await S3Fixture.start();
});
afterEach(() => s3.server.close());

describe('putOnce', () => {
  it('stores the bytes below the prefix, locked', async () => {
    expect(await s3.store.putOnce('a', BYTES)).toBe('written');
    expect(s3.bucket.find('logs/a')).toMatchObject({ bytes: BYTES, retention: { mode: 'COMPLIANCE' } });
  });

  it('sends the SHA-256 along, and nothing else over the bytes', async () => {
    await s3.store.putOnce('a', BYTES);
    expect(Object.keys(s3.bucket.find('logs/a')?.checksum ?? {})).toEqual(['x-amz-checksum-sha256']);
  });

  it.each([
    [500, 'InternalError'],
    [503, 'SlowDown'],
    [409, 'ConditionalRequestConflict'],
    [403, 'AccessDenied'],
    [404, 'NoSuchBucket'],
    [400, 'RequestTimeout'],
    [301, 'PermanentRedirect'],
  ])('answers unknown and tells why when S3 says %i %s, and asks once', async (status, code) => {
    s3.server.fail(new S3Error(status, code));
    expect(await s3.store.putOnce('a', BYTES)).toBe('unknown');
    expect(s3.doubts).toMatchObject([{ key: 'a', cause: { name: code } }]);
    expect(s3.server.requests).toEqual(['PUT logs/a']);
  });

  it('answers unknown when the connection breaks, and asks once', async () => {
    s3.server.fail('drop');
    expect(await s3.store.putOnce('a', BYTES)).toBe('unknown');
    expect(s3.server.requests).toEqual(['PUT logs/a']);
    expect(await s3.store.get('a')).toBeUndefined();
  });

  it('answers unknown when the answer is lost, and exists when it is asked again', async () => {
    s3.server.fail('lose-answer');
    expect(await s3.store.putOnce('a', BYTES)).toBe('unknown');
    expect(await s3.store.putOnce('a', BYTES)).toBe('exists');
    expect(await s3.store.get('a')).toEqual(BYTES);
  });

  it('answers unknown when nothing comes back in time', async () => {
    s3.server.fail('hang');
    expect(await s3.store.putOnce('a', BYTES)).toBe('unknown');
    expect(s3.doubts).toMatchObject([{ cause: { name: 'AbortError' } }]);
  });

  it('answers exists when something in between repeats the request', async () => {
    s3.server.fail('duplicate');
    expect(await s3.store.putOnce('a', BYTES)).toBe('exists');
  });

  it('answers unknown when no version id comes back', async () => {
    s3.server.fail('no-version');
    expect(await s3.store.putOnce('a', BYTES)).toBe('unknown');
    expect(String(s3.doubts[0]?.cause)).toContain('version id');
  });

  it('answers unknown in a bucket without versions', async () => {
    s3.bucket.versioning = 'Suspended';
    expect(await s3.store.putOnce('a', BYTES)).toBe('unknown');
  });

  it('waits for an answer that takes a while', async () => {
    s3.server.fail(500);
    expect(await s3.store.putOnce('a', BYTES)).toBe('written');
  });
});

describe('reading', () => {
  it('throws when half of an object arrives', async () => {
    await s3.store.putOnce('a', BYTES);
    s3.server.fail('cut');
    await expect(s3.store.get('a')).rejects.toThrow();
  });

  it.each([403, 500])('throws when S3 says %i', async (status) => {
    for (let attempt = 0; attempt < 3; attempt++) s3.server.fail(new S3Error(status, 'AccessDenied'));
    await expect(s3.store.get('a')).rejects.toMatchObject({ name: 'AccessDenied' });
  });

  it('throws when there is no bucket: that is no absence of the object', async () => {
    s3.server.buckets.clear();
    await expect(s3.store.get('a')).rejects.toMatchObject({ name: 'NoSuchBucket' });
  });

  it('asks again when S3 is busy', async () => {
    await s3.store.putOnce('a', BYTES);
    s3.server.fail(new S3Error(503, 'SlowDown'));
    expect(await s3.store.get('a')).toEqual(BYTES);
  });

  it('sees no object behind a delete marker', async () => {
    await s3.store.putOnce('a', BYTES);
    s3.bucket.hide('logs/a');
    expect(await s3.store.get('a')).toBeUndefined();
  });

  it('shows nothing that lies outside the prefix', async () => {
    s3.bucket.put('a', { bytes: BYTES });
    s3.bucket.put('logsb', { bytes: BYTES });
    expect(await keysOf(s3.store.list(''))).toEqual([]);
    expect(await s3.store.get('a')).toBeUndefined();
  });

  it.each(['a\u0001b', 'a b+c', 'a&<b>"', 'ä/😀', 'a%2fb', 'x//y', '../x', 'a\r\nb'])(
    'lists the key %j that somebody planted',
    async (key) => {
      s3.bucket.put(`logs/${key}`, { bytes: BYTES });
      expect(await keysOf(s3.store.list(''))).toEqual([key]);
    },
  );

  it('leaves out folders that no path could have', async () => {
    for (const key of ['logs//x', 'logs/../x', 'logs/b/x']) s3.bucket.put(key, { bytes: BYTES });
    expect(await arrayOf(s3.store.listFolders(''))).toEqual(['b/']);
  });

  it('shows when S3 got the object', async () => {
    const before = Math.floor(Date.now() / 1_000) * 1_000;
    await s3.store.putOnce('a', BYTES);
    const [object] = await arrayOf(s3.store.list('a'));
    expect(object?.modified).toBeGreaterThanOrEqual(before);
    expect(object?.modified).toBeLessThanOrEqual(Date.now());
  });

  it('takes an object over 64 MiB for no bytes, without reading it', async () => {
    s3.bucket.put('logs/a', { bytes: Buffer.alloc(64 * 1024 * 1024 + 1) });
    expect(await s3.store.get('a')).toEqual(Buffer.alloc(0));
  });
});

describe('versions', () => {
  it('shows the lock of an object', async () => {
    await s3.store.putOnce('a', BYTES);
    const version = s3.bucket.find('logs/a');
    expect(await arrayOf(s3.store.versions(''))).toEqual([
      {
        key: 'a',
        versionId: version?.versionId,
        isDeleteMarker: false,
        isLatest: true,
        modified: version?.modified,
        lock: { mode: 'compliance', until: version?.retention?.until },
      },
    ]);
  });

  it('shows no lock where there is none', async () => {
    s3.bucket.defaultRetention = undefined;
    await s3.store.putOnce('a', BYTES);
    expect((await arrayOf(s3.store.versions('')))[0]?.lock).toBeUndefined();
  });

  it('shows a delete marker and what it hides', async () => {
    await s3.store.putOnce('a', BYTES);
    s3.bucket.hide('logs/a');
    const versions = await arrayOf(s3.store.versions(''));
    expect(versions.map(({ isDeleteMarker, isLatest }) => [isDeleteMarker, isLatest])).toEqual(
      expect.arrayContaining([
        [true, true],
        [false, false],
      ]),
    );
  });

  it('shows all of many pages', async () => {
    const small = await S3Fixture.start({ pageSize: 3 });
    for (let i = 0; i < 10; i++) small.bucket.put(`logs/${i % 2}`, { bytes: Buffer.from(String(i)) });
    const ids = (await arrayOf(small.store.versions(''))).map(({ versionId }) => versionId);
    expect(new Set(ids).size).toBe(10);
    await small.server.close();
  });

  it('throws when locks may not be read: that is no missing lock', async () => {
    await s3.store.putOnce('a', BYTES);
    s3.server.fail(new S3Error(403, 'AccessDenied'), (request) => request.asksFor('retention'));
    await expect(arrayOf(s3.store.versions(''))).rejects.toMatchObject({ name: 'AccessDenied' });
  });

  it('gives the bytes of an older version', async () => {
    const old = s3.bucket.put('logs/a', { bytes: Buffer.from('old') });
    s3.bucket.put('logs/a', { bytes: Buffer.from('new') });
    expect((await s3.store.getVersion('a', old.versionId))?.toString()).toBe('old');
  });

  it('gives nothing of a version that is not there', async () => {
    await s3.store.putOnce('a', BYTES);
    expect(await s3.store.getVersion('a', 'none')).toBeUndefined();
  });
});

describe('the URL', () => {
  it('opens a store', async () => {
    const store = await openStore(s3.url);
    expect(await store.putOnce('a', BYTES)).toBe('written');
    expect(s3.bucket.find('logs/a')?.bytes).toEqual(BYTES);
  });

  it('opens a reader', async () => {
    await s3.store.putOnce('a', BYTES);
    expect(await (await openReader(s3.url)).get('a')).toEqual(BYTES);
  });

  it.each([
    's3:',
    's3://',
    's3:///prefix',
    's3://b',
    's3://Upper_case',
    's3://bucket?region=',
    's3://bucket?region=EU!',
    's3://bucket?other=1',
    's3://user@bucket',
    's3://bucket#part',
    's3://bucket/a%20b',
    's3://bucket?endpoint=nowhere',
    's3://bucket?endpoint=http://s3.example.com',
    's3://bucket?endpoint=file:///etc/passwd',
  ])('%s is refused', async (url) => {
    await expect(openStore(url)).rejects.toMatchObject({ code: 'setting-invalid' });
  });
});
