import { mkdir, mkdtemp, readdir, rename, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileStore } from '../../../lib/services/store/file';
import { FileStoreReader, LARGEST_OBJECT_BYTES } from '../../../lib/services/store/file-reader';
import { arrayOf, keysOf, storeConformance } from '../../conformance/store';
import { RecordedFileSystem } from './recorded-file-system';

storeConformance('the file store', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'store-'));
  const root = join(folder, 'root');
  return {
    store: await FileStore.open(root),
    breakDown: () => rename(root, join(folder, 'elsewhere')),
    close: () => rm(folder, { recursive: true }),
  };
});

const BYTES = Buffer.from('the bytes of an object');

let folder: string;
let root: string;
let recorded: RecordedFileSystem;
let store: FileStore;
let doubts: [string, unknown][];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'store-'));
  root = join(folder, 'root');
  recorded = new RecordedFileSystem(root);
  doubts = [];
  store = await FileStore.open(root, { fs: recorded.fs, onDoubt: (...doubt) => doubts.push(doubt) });
  recorded.calls.length = 0;
});
afterEach(() => rm(folder, { recursive: true }));

const WRITE = ['open .tmp/*', 'write .tmp/*', 'sync .tmp/*', 'close .tmp/*'];
const MAKE_FOLDERS = ['open .', 'mkdir a', 'sync .', 'close .', 'open a', 'mkdir a/b', 'sync a', 'close a'];
const LINK = ['open a/b', 'link a/b/c', 'sync a/b', 'close a/b', 'unlink .tmp/*'];
const PUT = [...WRITE, ...MAKE_FOLDERS, ...LINK];

describe('putOnce', () => {
  it('syncs the file, then each new folder from the top, then the folder that got the link', async () => {
    await store.putOnce('a/b/c', BYTES);
    expect(recorded.calls).toEqual(PUT);
  });

  it('does not make or sync folders that it knows', async () => {
    await store.putOnce('a/b/0', BYTES);
    recorded.calls.length = 0;
    await store.putOnce('a/b/c', BYTES);
    expect(recorded.calls).toEqual([...WRITE, ...LINK]);
  });

  it('syncs folders that another process made and may not have synced', async () => {
    await (await FileStore.open(root)).putOnce('a/b/0', BYTES);
    await store.putOnce('a/b/c', BYTES);
    expect(recorded.calls).toEqual(PUT);
  });

  it('syncs the folder before it answers exists', async () => {
    await (await FileStore.open(root)).putOnce('a/b/c', BYTES);
    expect(await store.putOnce('a/b/c', BYTES)).toBe('exists');
    expect(recorded.calls).toContain('sync a/b');
  });

  it('makes a file that its owner may not write', async () => {
    await store.putOnce('a', BYTES);
    expect((await stat(join(root, 'a'))).mode & 0o777).toBe(0o444 & ~process.umask());
  });

  it('leaves no temporary file', async () => {
    await store.putOnce('a', BYTES);
    await store.putOnce('a', BYTES);
    expect(await readdir(join(root, '.tmp'))).toEqual([]);
  });

  it('refuses an object over 64 MiB', async () => {
    const put = store.putOnce('a', Buffer.alloc(LARGEST_OBJECT_BYTES + 1));
    await expect(put).rejects.toMatchObject({ code: 'object-too-large' });
    expect(recorded.calls).toEqual([]);
  });

  it('answers exists where the key is a folder', async () => {
    await store.putOnce('a/b', BYTES);
    expect(await store.putOnce('a', BYTES)).toBe('exists');
  });

  it('answers unknown below an object', async () => {
    await store.putOnce('a', BYTES);
    expect(await store.putOnce('a/b', BYTES)).toBe('unknown');
    expect(await keysOf(store.list(''))).toEqual(['a']);
  });

  it('makes a folder again that was removed', async () => {
    await store.putOnce('a/b/c', BYTES);
    await rm(join(root, 'a'), { recursive: true });
    expect(await store.putOnce('a/b/c', BYTES)).toBe('unknown');
    expect(await store.putOnce('a/b/c', BYTES)).toBe('written');
  });

  it('lets one of two stores on one folder win each of 50 keys', async () => {
    const other = await FileStore.open(root);
    const races = Array.from({ length: 50 }, (_, index) =>
      Promise.all([store, other].map((each) => each.putOnce(`a/${index % 5}/${index}`, BYTES))),
    );
    for (const outcomes of await Promise.all(races)) expect(outcomes.sort()).toEqual(['exists', 'written']);
  });
});

describe('a put that fails', () => {
  const linked = PUT.indexOf('link a/b/c');
  const removing = PUT.length - 1;
  const steps = ['EIO', 'ENOSPC'].flatMap((code) => PUT.map((call, index) => ({ code, call, index })));
  const failAt = (at: number, code: string) => {
    recorded.failure = (_, index) => (index === at ? code : undefined);
  };

  it.each(steps)('with $code at $call (step $index) answers what is true', async ({ code, index }) => {
    failAt(index, code);
    expect(await store.putOnce('a/b/c', BYTES)).toBe(index === removing ? 'written' : 'unknown');
    expect(await keysOf(store.list(''))).toEqual(index > linked ? ['a/b/c'] : []);
    expect(await store.get('a/b/c')).toEqual(index > linked ? BYTES : undefined);
  });

  it.each(steps)('with $code at $call (step $index) can be tried again', async ({ code, index }) => {
    failAt(index, code);
    await store.putOnce('a/b/c', BYTES);
    expect(await store.putOnce('a/b/c', BYTES)).toBe(index > linked ? 'exists' : 'written');
    expect(await store.get('a/b/c')).toEqual(BYTES);
  });

  it.each(steps.filter(({ index }) => index < removing))(
    'with $code at $call (step $index) tells why and leaves no temporary file',
    async ({ code, call, index }) => {
      failAt(index, code);
      await store.putOnce('a/b/c', BYTES);
      expect(doubts).toEqual([['a/b/c', expect.objectContaining({ code, message: `${code}: ${call}` })]]);
      expect(await readdir(join(root, '.tmp'))).toEqual([]);
    },
  );

  it.each(steps.filter(({ code }) => code === 'EIO'))('and dies at $call leaves all or nothing', async ({ index }) => {
    recorded.failure = (_, now) => (now >= index ? 'EIO' : undefined);
    await store.putOnce('a/b/c', BYTES);
    const reader = await FileStoreReader.open(root);
    expect(await keysOf(reader.list(''))).toEqual(index > linked ? ['a/b/c'] : []);
    expect(await reader.get('a/b/c')).toEqual(index > linked ? BYTES : undefined);
  });

  it('syncs the folders anew when it is tried again', async () => {
    failAt(PUT.indexOf('sync a'), 'EIO');
    await store.putOnce('a/b/c', BYTES);
    recorded.calls.length = 0;
    recorded.failure = () => undefined;
    await store.putOnce('a/b/c', BYTES);
    expect(recorded.calls).toEqual(PUT);
  });

  it('to sync what another wrote answers unknown, not exists', async () => {
    await store.putOnce('a/b/c', BYTES);
    recorded.failure = (call) => (call === 'sync a/b' ? 'EIO' : undefined);
    expect(await store.putOnce('a/b/c', Buffer.from('other'))).toBe('unknown');
    expect(await store.get('a/b/c')).toEqual(BYTES);
  });

  it('needs nobody who is told', async () => {
    const lonely = await FileStore.open(root, { fs: recorded.fs });
    recorded.failure = () => 'EIO';
    expect(await lonely.putOnce('a', BYTES)).toBe('unknown');
  });
});

describe('open', () => {
  it('makes the folder and syncs each name that it made', async () => {
    const deep = join(root, 'x', 'y');
    await FileStore.open(deep, { fs: recorded.fs });
    expect(recorded.calls.filter((call) => call.startsWith('sync'))).toEqual(['sync x/y', 'sync x', 'sync .']);
  });

  it('follows a link to the root', async () => {
    await symlink(root, join(folder, 'link'));
    await (await FileStore.open(join(folder, 'link'))).putOnce('a', BYTES);
    expect(await store.get('a')).toEqual(BYTES);
  });

  it.each([
    [59, ['leftover']],
    [61, []],
  ])('finds a temporary file of %i minutes and leaves %j', async (minutes, left) => {
    await writeFile(join(root, '.tmp', 'leftover'), 'half');
    const then = new Date(Date.now() - minutes * 60_000);
    await utimes(join(root, '.tmp', 'leftover'), then, then);
    await FileStore.open(root);
    expect(await readdir(join(root, '.tmp'))).toEqual(left);
  });

  it('sweeps no object, however old', async () => {
    await store.putOnce('a', BYTES);
    await utimes(join(root, 'a'), 0, 0);
    await FileStore.open(root);
    expect(await store.get('a')).toEqual(BYTES);
  });

  it('works beside leftovers that it cannot remove', async () => {
    await writeFile(join(root, '.tmp', 'leftover'), 'half');
    await utimes(join(root, '.tmp', 'leftover'), 0, 0);
    recorded.failure = (call) => (call === 'unlink .tmp/*' ? 'EACCES' : undefined);
    await expect(FileStore.open(root, { fs: recorded.fs })).resolves.toBeInstanceOf(FileStore);
  });
});

describe('a root that was replaced, as by an unmounted disk', () => {
  beforeEach(async () => {
    await store.putOnce('a/b', BYTES);
    await rename(root, join(folder, 'unmounted'));
    await mkdir(root);
  });

  it('is no absence', async () => {
    const unavailable = { code: 'store-unavailable' };
    await expect(store.get('a/b')).rejects.toMatchObject(unavailable);
    await expect(store.getTail('a/b', 1)).rejects.toMatchObject(unavailable);
    await expect(keysOf(store.list(''))).rejects.toMatchObject(unavailable);
    await expect(arrayOf(store.listFolders('a/'))).rejects.toMatchObject(unavailable);
  });

  it('gets no object', async () => {
    expect(await store.putOnce('c', BYTES)).toBe('unknown');
    expect(await readdir(root)).toEqual([]);
  });
});
