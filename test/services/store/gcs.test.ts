import type { ObjectLock } from '../../../lib/services/ports';
import { openReader, openStore } from '../../../lib/services/store/open';
import { arrayOf, keysOf, storeConformance } from '../../conformance/store';
import type { ObjectRetention } from '../../gcs-server/bucket';
import { GcsError } from '../../gcs-server/gcs-error';
import { GcsFixture } from '../../gcs-server/gcs-fixture';
import type { Fault } from '../../gcs-server/gcs-server';

for (const creatorsOnly of ['condition-first', 'permission-first'] as const) {
  storeConformance(`the Cloud Storage store of who may only create, ${creatorsOnly},`, async () => {
    const { store, server, bucket } = await GcsFixture.start({ pageSize: 7, prefix: '' });
    bucket.creatorsOnly = creatorsOnly;
    return { store, breakDown: () => server.close(), close: () => server.close() };
  });
}

const BYTES = Buffer.from('the bytes of an object');

let gcs: GcsFixture;

beforeEach(async () => {
  gcs = await GcsFixture.start();
});
afterEach(() => gcs.server.close());

describe('putOnce', () => {
  it('stores the bytes below the prefix', async () => {
    expect(await gcs.store.putOnce('a', BYTES)).toBe('written');
    expect(gcs.bucket.find('logs/a')).toMatchObject({ bytes: BYTES, contentType: 'application/octet-stream' });
  });

  it.each([
    [500, 'backendError'],
    [503, 'backendError'],
    [429, 'rateLimitExceeded'],
    [409, 'conflict'],
    [403, 'forbidden'],
    [404, 'notFound'],
    [401, 'authError'],
    [400, 'invalid'],
  ])('answers unknown and tells why when Google says %i %s, and asks once', async (status, reason) => {
    gcs.server.fail(new GcsError(status, reason));
    expect(await gcs.store.putOnce('a', BYTES)).toBe('unknown');
    expect(gcs.doubts).toMatchObject([{ key: 'a', cause: { status, message: `${status} ${reason}` } }]);
    expect(gcs.server.requests).toEqual(['POST logs/a']);
  });

  it('answers exists when Google misses that a retention is over', async () => {
    gcs.server.fail(new GcsError(403, 'retentionPolicyNotMet'));
    expect(await gcs.store.putOnce('a', BYTES)).toBe('exists');
  });

  it('answers unknown when Google misses the permission to create', async () => {
    gcs.server.fail(new GcsError(403, 'forbidden', 'x does not have storage.objects.create access to the object.'));
    expect(await gcs.store.putOnce('a', BYTES)).toBe('unknown');
  });

  it('answers unknown when the bytes were damaged on the way, and stores nothing', async () => {
    gcs.server.fail('damage');
    expect(await gcs.store.putOnce('a', BYTES)).toBe('unknown');
    expect(gcs.bucket.find('logs/a')).toBeUndefined();
  });

  it('answers unknown when the connection breaks, and asks once', async () => {
    gcs.server.fail('drop');
    expect(await gcs.store.putOnce('a', BYTES)).toBe('unknown');
    expect(gcs.server.requests).toEqual(['POST logs/a']);
    expect(await gcs.store.get('a')).toBeUndefined();
  });

  it('answers unknown when the answer is lost, and exists when it is asked again', async () => {
    gcs.server.fail('lose-answer');
    expect(await gcs.store.putOnce('a', BYTES)).toBe('unknown');
    expect(await gcs.store.putOnce('a', BYTES)).toBe('exists');
    expect(await gcs.store.get('a')).toEqual(BYTES);
  });

  it('answers unknown when half of the answer is lost', async () => {
    gcs.server.fail('cut');
    expect(await gcs.store.putOnce('a', BYTES)).toBe('unknown');
  });

  it('answers unknown when nothing comes back in time', async () => {
    gcs.server.fail('hang');
    expect(await gcs.store.putOnce('a', BYTES)).toBe('unknown');
    expect(gcs.doubts).toMatchObject([{ cause: { name: 'TimeoutError' } }]);
  });

  it('answers exists when something in between repeats the request', async () => {
    gcs.server.fail('duplicate');
    expect(await gcs.store.putOnce('a', BYTES)).toBe('exists');
  });

  it('answers unknown when no generation comes back', async () => {
    gcs.server.fail('no-generation');
    expect(await gcs.store.putOnce('a', BYTES)).toBe('unknown');
    expect(String(gcs.doubts[0]?.cause)).toContain('generation');
  });

  it('waits for an answer that takes a while', async () => {
    gcs.server.fail(500);
    expect(await gcs.store.putOnce('a', BYTES)).toBe('written');
  });

  it('stores bytes that look like the end of a part', async () => {
    const bytes = Buffer.from('\r\n--x--\r\n--\r\n');
    await gcs.store.putOnce('a', bytes);
    expect(await gcs.store.get('a')).toEqual(bytes);
  });
});

describe('reading', () => {
  it('throws when half of an object arrives', async () => {
    await gcs.store.putOnce('a', BYTES);
    gcs.server.fail('cut');
    await expect(gcs.store.get('a')).rejects.toThrow();
  });

  it('throws at once when Google says 403', async () => {
    gcs.server.fail(new GcsError(403, 'forbidden'));
    await expect(gcs.store.get('a')).rejects.toMatchObject({ status: 403 });
    expect(gcs.server.requests).toHaveLength(1);
  });

  it('throws when Google says 500 four times', async () => {
    for (let attempt = 0; attempt < 4; attempt++) gcs.server.fail(new GcsError(500, 'backendError'));
    await expect(gcs.store.get('a')).rejects.toMatchObject({ status: 500 });
    expect(gcs.server.requests).toHaveLength(4);
  });

  it.each<[string, Fault]>([
    ['a broken connection', 'drop'],
    ['503', new GcsError(503, 'backendError')],
    ['429', new GcsError(429, 'rateLimitExceeded')],
  ])('asks again after %s', async (_, fault) => {
    await gcs.store.putOnce('a', BYTES);
    gcs.server.fail(fault);
    expect(await gcs.store.get('a')).toEqual(BYTES);
  });

  it('throws when an error breaks off', async () => {
    for (let attempt = 0; attempt < 4; attempt++) gcs.server.fail('cut');
    gcs.server.buckets.clear();
    await expect(gcs.store.get('a')).rejects.toThrow();
  });

  it('throws when there is no bucket: that is no absence of the object', async () => {
    gcs.server.buckets.clear();
    await expect(gcs.store.get('a')).rejects.toMatchObject({ status: 404 });
  });

  it('shows nothing that lies outside the prefix', async () => {
    gcs.bucket.put({ name: 'a', bytes: BYTES });
    gcs.bucket.put({ name: 'logsb', bytes: BYTES });
    expect(await keysOf(gcs.store.list(''))).toEqual([]);
    expect(await gcs.store.get('a')).toBeUndefined();
  });

  it.each(['a\u0001b', 'a b+c', 'a&<b>"', 'ä/😀', 'a%2fb', 'x//y', '../x'])(
    'lists the key %j that somebody planted',
    async (key) => {
      gcs.bucket.put({ name: `logs/${key}`, bytes: BYTES });
      expect(await keysOf(gcs.store.list(''))).toEqual([key]);
    },
  );

  it.each(['a\u0001b', 'a b+c?d#e', 'ä/😀', 'a%2fb'])('reads the key %j that somebody planted', async (key) => {
    gcs.bucket.put({ name: `logs/${key}`, bytes: BYTES });
    expect(await gcs.store.get(key)).toEqual(BYTES);
  });

  it('leaves out folders that no path could have', async () => {
    for (const key of ['logs//x', 'logs/../x', 'logs/b/x']) gcs.bucket.put({ name: key, bytes: BYTES });
    expect(await arrayOf(gcs.store.listFolders(''))).toEqual(['b/']);
  });

  it('shows when Google got the object', async () => {
    await gcs.store.putOnce('a', BYTES);
    const [object] = await arrayOf(gcs.store.list('a'));
    expect(object?.modified).toBe(gcs.bucket.find('logs/a')?.created);
  });

  it('takes an object over 64 MiB for no bytes, without reading it', async () => {
    gcs.bucket.put({ name: 'logs/a', bytes: Buffer.alloc(64 * 1024 * 1024 + 1) });
    expect(await gcs.store.get('a')).toEqual(Buffer.alloc(0));
  });

  it('takes an object with a content encoding for no bytes: somebody planted it', async () => {
    gcs.bucket.put({ name: 'logs/a', bytes: BYTES, contentEncoding: 'gzip' });
    expect(await gcs.store.get('a')).toEqual(Buffer.alloc(0));
  });
});

describe('versions', () => {
  it.each([
    [true, 'compliance'],
    [false, 'governance'],
  ])('shows how long an object stays, where the policy is locked: %s', async (isLocked, mode) => {
    gcs.bucket.retention = { seconds: 60, isLocked };
    await gcs.store.putOnce('a', BYTES);
    const { generation, created } = gcs.bucket.find('logs/a')!;
    expect(await arrayOf(gcs.store.versions(''))).toEqual([
      {
        key: 'a',
        versionId: generation,
        isDeleteMarker: false,
        isLatest: true,
        modified: created,
        lock: { mode, until: created + 60_000 },
      },
    ]);
  });

  const DAY = 86_400_000;
  const [day, week] = [DAY, 7 * DAY];

  it.each<[string, number, boolean, ObjectRetention['mode'], number, ObjectLock['mode'], number]>([
    ['shorter, of a locked policy, than what can be lifted', day, true, 'Unlocked', week, 'compliance', day],
    ['longer, of a locked policy, than what can be lifted', week, true, 'Unlocked', day, 'compliance', week],
    ['of a locked policy, shorter than the own', day, true, 'Locked', week, 'compliance', week],
    ['of a locked policy, longer than the own', week, true, 'Locked', day, 'compliance', week],
    ['its own, shorter than a policy that can be lifted', week, false, 'Locked', day, 'compliance', day],
    ['that can be lifted, both', day, false, 'Unlocked', week, 'governance', week],
  ])('shows the lock %s', async (_, period, isLocked, mode, own, shown, until) => {
    gcs.bucket.retention = { seconds: period / 1_000, isLocked };
    await gcs.store.putOnce('a', BYTES);
    const { created } = gcs.bucket.find('logs/a')!;
    gcs.bucket.retain('logs/a', { mode, until: created + own });
    const [version] = await arrayOf(gcs.store.versions(''));
    expect(version?.lock).toEqual({ mode: shown, until: created + until });
  });

  it('shows the own retention of an object where there is no policy', async () => {
    gcs.bucket.retention = undefined;
    const { created } = gcs.bucket.put({ name: 'logs/a', bytes: BYTES });
    gcs.bucket.retain('logs/a', { mode: 'Locked', until: created + 60_000 });
    const [version] = await arrayOf(gcs.store.versions(''));
    expect(version?.lock).toEqual({ mode: 'compliance', until: created + 60_000 });
  });

  it('shows what was replaced, on pages of any size', async () => {
    const small = await GcsFixture.start({ pageSize: 2 });
    small.bucket.isVersioned = true;
    for (const name of ['a', 'a', 'a', 'b']) small.bucket.put({ name: `logs/${name}`, bytes: BYTES });
    const versions = await arrayOf(small.store.versions(''));
    expect(versions.map(({ key, isLatest, isDeleteMarker }) => [key, isLatest, isDeleteMarker])).toEqual([
      ['a', false, false],
      ['a', false, false],
      ['a', true, false],
      ['b', true, false],
    ]);
    await small.server.close();
  });

  it('shows a marker behind a name that shows nothing any more, from when it ceased to', async () => {
    gcs.bucket.isVersioned = true;
    gcs.bucket.put({ name: 'logs/a', bytes: BYTES });
    gcs.bucket.erase('logs/a');
    gcs.bucket.put({ name: 'logs/b', bytes: BYTES });
    const versions = await arrayOf(gcs.store.versions(''));
    const [gone] = gcs.bucket.generations();
    expect(versions.map(({ key, isLatest, isDeleteMarker }) => [key, isLatest, isDeleteMarker])).toEqual([
      ['a', false, false],
      ['a', true, true],
      ['b', true, false],
    ]);
    expect(versions[1]?.modified).toBe(gone?.deleted);
  });

  it('shows no lock where there is no policy', async () => {
    gcs.bucket.retention = undefined;
    await gcs.store.putOnce('a', BYTES);
    expect((await arrayOf(gcs.store.versions('')))[0]?.lock).toBeUndefined();
  });

  it('shows all of many pages', async () => {
    const small = await GcsFixture.start({ pageSize: 3 });
    for (let i = 0; i < 10; i++) small.bucket.put({ name: `logs/${i}`, bytes: BYTES });
    expect(await arrayOf(small.store.versions(''))).toHaveLength(10);
    await small.server.close();
  });

  it('throws when the policy may not be read: that is no missing lock', async () => {
    gcs.server.fail(new GcsError(403, 'forbidden'));
    await expect(arrayOf(gcs.store.versions(''))).rejects.toMatchObject({ status: 403 });
  });

  it('gives the bytes of a generation', async () => {
    const { generation } = gcs.bucket.put({ name: 'logs/a', bytes: BYTES });
    expect(await gcs.store.getVersion('a', generation)).toEqual(BYTES);
  });

  it('gives nothing of a generation that is not there', async () => {
    await gcs.store.putOnce('a', BYTES);
    expect(await gcs.store.getVersion('a', '1')).toBeUndefined();
  });
});

describe('the URL', () => {
  it('opens a store', async () => {
    const store = await openStore(gcs.url);
    expect(await store.putOnce('a', BYTES)).toBe('written');
    expect(gcs.bucket.find('logs/a')?.bytes).toEqual(BYTES);
  });

  it('opens a reader', async () => {
    await gcs.store.putOnce('a', BYTES);
    expect(await (await openReader(gcs.url)).get('a')).toEqual(BYTES);
  });

  it.each([
    'gs:',
    'gs://',
    'gs:///prefix',
    'gs://b',
    'gs://Upper Case',
    'gs://bucket?region=eu',
    'gs://user@bucket',
    'gs://bucket#part',
    'gs://bucket/a%20b',
    'gs://bucket?endpoint=nowhere',
    'gs://bucket?endpoint=http://storage.example.com',
    'gs://bucket?endpoint=file:///etc/passwd',
  ])('%s is refused', async (url) => {
    await expect(openStore(url)).rejects.toMatchObject({ code: 'setting-invalid' });
  });
});
