import { type Bucket, type File, Storage } from '@google-cloud/storage';
import { GcsServer } from './gcs-server';

const BYTES = Buffer.from('the bytes of an object');
const SIMPLE = { resumable: false, contentType: 'text/plain' };

let now: number;
let server: GcsServer;
let bucket: Bucket;
let file: File;

// What is known of the real service is what its own client does with it.
beforeEach(async () => {
  now = Date.parse('2026-01-02T03:00:00.000Z');
  server = await GcsServer.start({ now: () => now, pageSize: 3 });
  server.createBucket('audit', 60, true);
  const storage = new Storage({ apiEndpoint: server.endpoint, projectId: 'acme', retryOptions: { autoRetry: false } });
  bucket = storage.bucket('audit');
  file = bucket.file('a b/ü.gz');
});
afterEach(() => server.close());

it('stores what the client uploads, and the client accepts the checksums', async () => {
  await file.save(BYTES, SIMPLE);
  expect((await file.download())[0]).toEqual(BYTES);
});

it('answers with the metadata that the client reads', async () => {
  await file.save(BYTES, SIMPLE);
  const [metadata] = await file.getMetadata();
  expect(metadata).toMatchObject({
    name: 'a b/ü.gz',
    size: String(BYTES.length),
    generation: '1001',
    contentType: 'text/plain',
    timeCreated: '2026-01-02T03:00:00.000Z',
    retentionExpirationTime: '2026-01-02T03:01:00.000Z',
  });
});

it('refuses a second object when there must be none', async () => {
  const once = { ...SIMPLE, preconditionOpts: { ifGenerationMatch: 0 } };
  await file.save(BYTES, once);
  await expect(file.save(Buffer.from('other'), once)).rejects.toMatchObject({ code: 412 });
  expect((await file.download())[0]).toEqual(BYTES);
});

it('refuses to replace an object that is retained', async () => {
  await file.save(BYTES, SIMPLE);
  const attempt = file.save(Buffer.from('other'), SIMPLE);
  await expect(attempt).rejects.toMatchObject({ code: 403, errors: [{ reason: 'retentionPolicyNotMet' }] });
});

it('refuses to delete an object that is retained, and lets it go afterwards', async () => {
  await file.save(BYTES, SIMPLE);
  now += 59_999;
  await expect(file.delete()).rejects.toMatchObject({ code: 403, errors: [{ reason: 'retentionPolicyNotMet' }] });
  now += 1;
  await file.delete();
  expect(await file.exists()).toEqual([false]);
});

it('lists in pages what the client puts together', async () => {
  for (const name of ['b', 'a/2', 'a/1', 'a/3', 'c/1', 'a/4']) server.buckets.get('audit')?.put({ name, bytes: BYTES });
  const [files] = await bucket.getFiles();
  expect(files.map(({ name }) => name)).toEqual(['a/1', 'a/2', 'a/3', 'a/4', 'b', 'c/1']);
});

it('lists from an offset on, the offset included', async () => {
  for (const name of ['a', 'b', 'c']) server.buckets.get('audit')?.put({ name, bytes: BYTES });
  const [files] = await bucket.getFiles({ startOffset: 'b' });
  expect(files.map(({ name }) => name)).toEqual(['b', 'c']);
});

it('shows folders where it is given a delimiter', async () => {
  for (const name of ['b', 'a/2', 'a/1', 'c/1/2']) server.buckets.get('audit')?.put({ name, bytes: BYTES });
  const [files, , { prefixes }] = (await bucket.getFiles({ delimiter: '/', autoPaginate: false })) as unknown as [
    File[],
    unknown,
    { prefixes: string[] },
  ];
  expect([files.map(({ name }) => name), prefixes]).toEqual([['b'], ['a/', 'c/']]);
});

it('sends the range that the client asks for', async () => {
  await file.save(BYTES, SIMPLE);
  expect((await file.download({ start: 4, end: 8 }))[0].toString()).toBe('bytes');
});

it('answers 404 for what is not there', async () => {
  await expect(file.download()).rejects.toMatchObject({ code: 404 });
});

it('shows the retention policy of the bucket', async () => {
  expect((await bucket.getMetadata())[0]).toMatchObject({
    retentionPolicy: { retentionPeriod: '60', isLocked: true },
  });
});

it('shows the own retention of an object, and refuses to delete it until that is over', async () => {
  await file.save(BYTES, SIMPLE);
  server.buckets.get('audit')?.retain(file.name, { mode: 'Unlocked', until: now + 120_000 });
  expect((await file.getMetadata())[0]).toMatchObject({
    retention: { mode: 'Unlocked', retainUntilTime: '2026-01-02T03:02:00.000Z' },
    retentionExpirationTime: '2026-01-02T03:02:00.000Z',
  });
  now += 60_000;
  await expect(file.delete()).rejects.toMatchObject({ code: 403, errors: [{ reason: 'retentionPolicyNotMet' }] });
});

it('keeps what is replaced as noncurrent, where the bucket has versions', async () => {
  server.buckets.get('audit')!.isVersioned = true;
  await file.save(BYTES, SIMPLE);
  await file.save(Buffer.from('other'), SIMPLE);
  const [files] = await bucket.getFiles({ versions: true });
  expect(files.map(({ metadata }) => [metadata.generation, metadata.timeDeleted])).toEqual([
    ['1001', '2026-01-02T03:00:00.000Z'],
    ['1002', undefined],
  ]);
  expect((await bucket.file(file.name, { generation: '1001' }).download())[0]).toEqual(BYTES);
});

it.each([
  ['condition-first', 412],
  ['permission-first', 403],
] as const)('refuses a taken key to who may only create, %s, with %i', async (creatorsOnly, code) => {
  server.buckets.get('audit')!.creatorsOnly = creatorsOnly;
  await file.save(BYTES, SIMPLE);
  await expect(file.save(BYTES, { ...SIMPLE, preconditionOpts: { ifGenerationMatch: 0 } })).rejects.toMatchObject({
    code,
  });
  await expect(file.save(BYTES, SIMPLE)).rejects.toMatchObject({ code: 403 });
  await expect(file.delete()).rejects.toMatchObject({ code: 403 });
});
