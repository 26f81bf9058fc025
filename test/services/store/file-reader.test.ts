import { execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileStore } from '../../../lib/services/store/file';
import { FileStoreReader, LARGEST_OBJECT_BYTES } from '../../../lib/services/store/file-reader';
import { arrayOf, keysOf } from '../../conformance/store';
import { RecordedFileSystem } from './recorded-file-system';

let folder: string;
let root: string;
let reader: FileStoreReader;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'store-'));
  root = join(folder, 'root');
  await mkdir(join(root, 'a'), { recursive: true });
  await writeFile(join(root, 'a', 'b'), 'inside');
  await mkdir(join(folder, 'outside'));
  await writeFile(join(folder, 'outside', 'secret'), 'outside');
  reader = await FileStoreReader.open(root);
});
afterEach(() => rm(folder, { recursive: true }));

describe('open', () => {
  it.each(['absent', 'root/a/b', 'root/a/b/c'])('refuses %s, which is no folder, and makes none', async (path) => {
    await expect(FileStoreReader.open(join(folder, path))).rejects.toMatchObject({ code: 'store-missing' });
    expect((await readdir(folder)).sort()).toEqual(['outside', 'root']);
  });

  it('writes nothing', async () => {
    await keysOf(reader.list(''));
    expect(await readdir(root)).toEqual(['a']);
  });

  it('cannot put', () => {
    expect('putOnce' in reader).toBe(false);
  });
});

describe('what somebody planted', () => {
  const planted = async (): Promise<void> => {
    expect(await arrayOf(reader.list('a/'))).toEqual([
      { key: 'a/b', size: 6 },
      { key: 'a/planted', size: 0 },
    ]);
    expect(await reader.get('a/planted')).toEqual(Buffer.alloc(0));
    expect(await reader.getTail('a/planted', 4096)).toEqual(Buffer.alloc(0));
  };

  it.each([
    ['to a file outside', '../../outside/secret'],
    ['to an object', 'b'],
    ['to a folder', '../../outside'],
    ['to nothing', 'absent'],
    ['to itself', 'planted'],
    ['to a device', '/dev/zero'],
  ])('a link %s is listed without size and reads as no bytes', async (_, target) => {
    await symlink(target, join(root, 'a', 'planted'));
    await planted();
  });

  it('a pipe is listed without size and reads as no bytes', async () => {
    execFileSync('mkfifo', [join(root, 'a', 'planted')]);
    await planted();
  });

  it('a socket is listed without size and reads as no bytes', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(join(root, 'a', 'planted'), resolve));
    await planted();
    await new Promise((resolve) => server.close(resolve));
  });

  it('a linked folder holds no objects', async () => {
    await symlink('../outside', join(root, 'linked'));
    expect(await keysOf(reader.list(''))).toEqual(['a/b', 'linked']);
    expect(await keysOf(reader.list('linked/'))).toEqual([]);
    expect(await arrayOf(reader.listFolders(''))).toEqual(['a/']);
    expect(await reader.get('linked/secret')).toBeUndefined();
    expect(await reader.getTail('linked/secret', 1)).toBeUndefined();
  });

  it('a linked folder gets no objects', async () => {
    await symlink('../outside', join(root, 'linked'));
    const store = await FileStore.open(root);
    expect(await store.putOnce('linked/object', Buffer.from('1'))).toBe('unknown');
    expect(await store.putOnce('linked/deep/object', Buffer.from('1'))).toBe('unknown');
    expect(await readdir(join(folder, 'outside'))).toEqual(['secret']);
  });

  it('a link in the place of an object is not written through', async () => {
    await symlink('../../outside/new', join(root, 'a', 'planted'));
    expect(await (await FileStore.open(root)).putOnce('a/planted', Buffer.from('1'))).toBe('exists');
    expect(await readdir(join(folder, 'outside'))).toEqual(['secret']);
  });

  it.each(['.hidden', 'two words', 'ümlaut', '\u{1f600}', '\uffee', 'line\nfeed', 'back\\slash', 'a%2fb'])(
    'a file named %j is listed and can be read',
    async (name) => {
      await writeFile(join(root, 'a', name), 'junk');
      expect(await arrayOf(reader.list(`a/${name}`))).toEqual([{ key: `a/${name}`, size: 4 }]);
      expect(await reader.get(`a/${name}`)).toEqual(Buffer.from('junk'));
    },
  );

  it('names are in the order of their UTF-8 bytes, not of UTF-16', async () => {
    for (const name of ['\u{1f600}', '\uffee', 'z']) await writeFile(join(root, 'a', name), 'junk');
    expect(await keysOf(reader.list('a/'))).toEqual(['a/b', 'a/z', 'a/\uffee', 'a/\u{1f600}']);
    expect(await keysOf(reader.list('a/', 'a/\uffee'))).toEqual(['a/\u{1f600}']);
  });

  it('a name that is not UTF-8 is listed, as file and as folder', async () => {
    const path = (name: number[]): Buffer => Buffer.concat([Buffer.from(`${root}/`), Buffer.from(name)]);
    await writeFile(path([0x62, 0xff]), 'junk');
    await mkdir(path([0x63, 0xff]));
    expect(await arrayOf(reader.list(''))).toEqual([
      { key: 'a/b', size: 6 },
      { key: 'b\uFFFD', size: 0 },
      { key: 'c\uFFFD', size: 0 },
    ]);
  });

  it('a folder of temporary files elsewhere than below the root is listed', async () => {
    for (const path of ['.tmp', 'a/.tmp']) {
      await mkdir(join(root, path));
      await writeFile(join(root, path, 'file'), 'junk');
    }
    expect(await keysOf(reader.list(''))).toEqual(['a/.tmp/file', 'a/b']);
    expect(await arrayOf(reader.listFolders(''))).toEqual(['a/']);
  });

  it.each(['.tmp/', '.tmp/file'])('unfinished files cannot be listed as %s', async (prefix) => {
    await expect(keysOf(reader.list(prefix))).rejects.toMatchObject({ code: 'object-key-invalid' });
  });

  it('unfinished files cannot be read', async () => {
    await expect(reader.get('.tmp/file')).rejects.toMatchObject({ code: 'object-key-invalid' });
  });

  it.each([
    [LARGEST_OBJECT_BYTES, LARGEST_OBJECT_BYTES],
    [LARGEST_OBJECT_BYTES + 1, 0],
    [2 ** 40, 0],
  ])('of a file of %i bytes %i are read', async (size, read) => {
    await truncate(join(root, 'a', 'b'), size);
    expect(await reader.get('a/b')).toHaveLength(read);
    expect(await reader.getTail('a/b', 4096)).toEqual(Buffer.alloc(4096));
    expect(await arrayOf(reader.list('a/b'))).toEqual([{ key: 'a/b', size }]);
  });
});

describe('an outage is no absence', () => {
  let recorded: RecordedFileSystem;
  let failing: FileStoreReader;

  beforeEach(async () => {
    recorded = new RecordedFileSystem(root);
    failing = await FileStoreReader.open(root, { fs: recorded.fs });
  });

  it.each(['EIO', 'EACCES', 'EMFILE', 'ESTALE'])('%s at open throws from get and getTail', async (code) => {
    recorded.failure = () => code;
    await expect(failing.get('a/b')).rejects.toMatchObject({ code });
    await expect(failing.getTail('a/b', 1)).rejects.toMatchObject({ code });
  });

  it.each(['readdir a', 'lstat a/b'])('EIO at %s throws from list', async (call) => {
    recorded.failure = (now) => (now === call ? 'EIO' : undefined);
    await expect(keysOf(failing.list(''))).rejects.toMatchObject({ code: 'EIO' });
  });

  it('EIO at readdir throws from listFolders', async () => {
    recorded.failure = () => 'EIO';
    await expect(arrayOf(failing.listFolders(''))).rejects.toMatchObject({ code: 'EIO' });
  });

  it.each(['readdir a', 'lstat a/b'])('what vanishes before %s is left out', async (call) => {
    await writeFile(join(root, 'c'), '1');
    recorded.failure = (now) => (now === call ? 'ENOENT' : undefined);
    expect(await keysOf(failing.list(''))).toEqual(['c']);
  });
});

it('reads what is read-only', async () => {
  await chmod(root, 0o555);
  expect(await (await FileStoreReader.open(root)).get('a/b')).toEqual(Buffer.from('inside'));
  await chmod(root, 0o755);
});
