import { randomBytes } from 'node:crypto';
import type { ObjectReader, ObjectStore, StoredObject } from '../../lib/services/ports';

/** A store to test, and how to make its reads fail for good. */
export interface StoreUnderTest {
  readonly store: ObjectStore;
  /** Takes away what the store stands on, as an outage does. */
  readonly breakDown: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** What every store must do. Each test gets an empty store of its own. */
export function storeConformance(name: string, open: () => Promise<StoreUnderTest>): void {
  describe(`${name} is an object store`, () => {
    let subject: StoreUnderTest;
    let store: ObjectStore;

    beforeEach(async () => {
      subject = await open();
      store = subject.store;
    });
    afterEach(() => subject.close());

    describe('putOnce', () => {
      it('answers written for a new key', async () => {
        expect(await store.putOnce('a', Buffer.from('1'))).toBe('written');
      });

      it('answers exists for a taken key', async () => {
        await store.putOnce('a', Buffer.from('1'));
        expect(await store.putOnce('a', Buffer.from('2'))).toBe('exists');
      });

      it('answers exists even when the bytes are the same', async () => {
        await store.putOnce('a', Buffer.from('1'));
        expect(await store.putOnce('a', Buffer.from('1'))).toBe('exists');
      });

      it('leaves the bytes of a taken key as they were', async () => {
        await store.putOnce('a', Buffer.from('first'));
        await store.putOnce('a', Buffer.from('the second, longer'));
        expect(await store.get('a')).toEqual(Buffer.from('first'));
      });

      it('lets exactly one of 20 racing puts win, and stores its bytes', async () => {
        const rivals = Array.from({ length: 20 }, (_, rival) => Buffer.alloc(5000, rival));
        const outcomes = await Promise.all(rivals.map((bytes) => store.putOnce('x/y/race', bytes)));
        expect(outcomes.filter((outcome) => outcome === 'written')).toHaveLength(1);
        expect(outcomes.filter((outcome) => outcome === 'exists')).toHaveLength(19);
        expect(await store.get('x/y/race')).toEqual(rivals[outcomes.indexOf('written')]);
      });

      it('takes 20 different keys of a new folder at once', async () => {
        const puts = Array.from({ length: 20 }, (_, index) => store.putOnce(`x/y/${index}`, Buffer.from('1')));
        expect(new Set(await Promise.all(puts))).toEqual(new Set(['written']));
        expect(await keysOf(store.list('x/y/'))).toHaveLength(20);
      });
    });

    describe('get', () => {
      it.each([
        ['no byte', Buffer.alloc(0)],
        ['one byte', Buffer.from([0])],
        ['a page', randomBytes(4096)],
        ['every byte value', Buffer.from(Array.from({ length: 256 }, (_, value) => value))],
        ['line ends of all systems', Buffer.from('a\r\nb\nc\rd\0')],
        ['5 MiB', randomBytes(5 * 1024 * 1024)],
      ])('returns %s as it was put', async (_, bytes) => {
        expect(await store.putOnce('a', bytes)).toBe('written');
        expect((await store.get('a'))?.equals(bytes)).toBe(true);
      });

      it('returns what was put as a view into a larger buffer', async () => {
        await store.putOnce('a', Buffer.from('0123456789').subarray(2, 5));
        expect(await store.get('a')).toEqual(Buffer.from('234'));
      });

      it.each(['absent', 'a/absent', 'a/b/absent', 'b'])('returns undefined for %s', async (key) => {
        await store.putOnce('a/b/c', Buffer.from('1'));
        expect(await store.get(key)).toBeUndefined();
      });

      it.each(['a', 'a/b'])('returns undefined for the folder %s', async (key) => {
        await store.putOnce('a/b/c', Buffer.from('1'));
        expect(await store.get(key)).toBeUndefined();
      });

      it('returns undefined below an object', async () => {
        await store.putOnce('a', Buffer.from('1'));
        expect(await store.get('a/b')).toBeUndefined();
      });

      it('throws when the store cannot be read', async () => {
        await subject.breakDown();
        await expect(store.get('absent')).rejects.toThrow();
      });
    });

    describe('getTail', () => {
      beforeEach(() => store.putOnce('a', Buffer.from('0123456789')));

      it.each([
        [1, '9'],
        [4, '6789'],
        [10, '0123456789'],
        [11, '0123456789'],
        [4096, '0123456789'],
      ])('returns the last %i bytes of ten', async (bytes, tail) => {
        expect((await store.getTail('a', bytes))?.toString()).toBe(tail);
      });

      it('returns the last 4,096 bytes of 5 MiB', async () => {
        const bytes = randomBytes(5 * 1024 * 1024);
        await store.putOnce('large', bytes);
        expect(await store.getTail('large', 4096)).toEqual(bytes.subarray(-4096));
      });

      it('returns no bytes of an empty object', async () => {
        await store.putOnce('empty', Buffer.alloc(0));
        expect(await store.getTail('empty', 4096)).toEqual(Buffer.alloc(0));
      });

      it('returns undefined for an absent key', async () => {
        expect(await store.getTail('absent', 4096)).toBeUndefined();
      });

      it('throws when the store cannot be read', async () => {
        await subject.breakDown();
        await expect(store.getTail('absent', 4096)).rejects.toThrow();
      });
    });

    describe('keys', () => {
      it.each([
        'a',
        '0',
        '_',
        '-',
        '=',
        'A-Z_a-z.0=9',
        'a.',
        'a..b',
        'a.b.c',
        `acme/local/entries/date=2026-01-02/hour=03/${'f'.repeat(32)}/000000000000.ndjson.gz`,
        `acme/local/entries/date=2026-01-02/hour=03/${'f'.repeat(32)}/_${'0'.repeat(64)}`,
        'acme/local/root/checkpoints/000000000001.note',
        'x'.repeat(255),
        Array.from({ length: 128 }, () => 'folders').join('/'),
      ])('may be %s', async (key) => {
        expect(await store.putOnce(key, Buffer.from(key))).toBe('written');
        expect((await store.get(key))?.toString()).toBe(key);
        expect(await keysOf(store.list(''))).toEqual([key]);
      });

      it.each([
        ['empty', ''],
        ['a slash', '/'],
        ['absolute', '/etc/passwd'],
        ['a folder', 'a/'],
        ['with an empty segment', 'a//b'],
        ['the folder itself', '.'],
        ['the folder above', '..'],
        ['leading out', '../a'],
        ['leading out later', 'a/../../b'],
        ['ending above', 'a/..'],
        ['hidden', '.a'],
        ['in a hidden folder', '.tmp/a'],
        ['hidden in a folder', 'a/.b'],
        ['with a backslash', 'a\\b'],
        ['with a zero byte', 'a\0'],
        ['with a line feed', 'a\nb'],
        ['with a space', 'a b'],
        ['with a percent sign', 'a%2fb'],
        ['not ASCII', 'ä'],
        ['with a segment of 256 characters', 'x'.repeat(256)],
        ['of 1,025 characters', `${'a/'.repeat(512)}b`],
      ])('may not be written when %s', async (_, key) => {
        await expect(store.putOnce(key, Buffer.from('1'))).rejects.toMatchObject({ code: 'object-key-invalid' });
        expect(await keysOf(store.list(''))).toEqual([]);
      });

      it.each(['', '/etc/passwd', '../a', 'a/../../b', 'a//b', 'a\0'])('may not be read when %j', async (key) => {
        await expect(store.get(key)).rejects.toMatchObject({ code: 'object-key-invalid' });
        await expect(store.getTail(key, 1)).rejects.toMatchObject({ code: 'object-key-invalid' });
      });
    });

    describe('list', () => {
      // In the order of their bytes, where "." is before "/" and that before "0" to "9".
      const keys = ['a-b', 'a.b', 'a/b.c', 'a/b/c', 'a/b0', 'a/c', 'a0', 'a=', 'aB', 'a_', 'aa', 'b/c/d', 'c'];

      beforeEach(async () => {
        for (const key of [...keys].reverse()) await store.putOnce(key, Buffer.from(key));
      });

      it('shows all keys in the order of their bytes', async () => {
        expect(await keysOf(store.list(''))).toEqual(keys);
      });

      it('shows the sizes', async () => {
        expect(await arrayOf(store.list('b'))).toMatchObject([{ key: 'b/c/d', size: 5 }]);
      });

      it.each([
        'a',
        'a/',
        'a/b',
        'a/b/',
        'a/b/c',
        'a/b.',
        'b',
        'b/c',
        'b/c/d',
        'c',
        'c/',
        'z',
        'a/z',
        'z/z/z',
        'a/b.c/',
      ])('shows the keys that begin with %s', async (prefix) => {
        expect(await keysOf(store.list(prefix))).toEqual(keys.filter((key) => key.startsWith(prefix)));
      });

      it.each([...keys, 'a/', 'a/b', 'a/b/', 'a/b/zzz', 'b', 'b/c', '0', 'z', 'a.', 'a/b.', 'c/d'])(
        'shows the keys after %s',
        async (after) => {
          expect(await keysOf(store.list('', after))).toEqual(keys.filter((key) => key > after));
        },
      );

      it.each([
        ['a/', 'a/b.c', ['a/b/c', 'a/b0', 'a/c']],
        ['a/', 'a/b/c', ['a/b0', 'a/c']],
        ['a/', 'b', []],
        ['b', 'a', ['b/c/d']],
        ['a/b', 'a/b0', []],
      ])('shows the keys that begin with %s after %s', async (prefix, after, expected) => {
        expect(await keysOf(store.list(prefix, after))).toEqual(expected);
      });

      it('can be walked in pages, each after the last key of the one before', async () => {
        const seen: string[] = [];
        for (;;) {
          const { value } = await store.list('', seen.at(-1))[Symbol.asyncIterator]().next();
          if (value === undefined) break;
          seen.push(value.key);
        }
        expect(seen).toEqual(keys);
      });

      it.each(['../', '/', 'a//', 'a/../'])('refuses the prefix %s', async (prefix) => {
        await expect(keysOf(store.list(prefix))).rejects.toMatchObject({ code: 'object-key-invalid' });
      });

      it('does not fail while objects are written, and shows all that were there before', async () => {
        const writing = (async () => {
          for (let index = 0; index < 60; index++) await store.putOnce(`m/${index % 7}/${index}`, Buffer.from('1'));
        })();
        for (let round = 0; round < 10; round++)
          expect(await keysOf(store.list(''))).toEqual(expect.arrayContaining(keys));
        await writing;
        expect(await keysOf(store.list('m/'))).toHaveLength(60);
      });

      it('shows an object as soon as its put was confirmed', async () => {
        await store.putOnce('n', Buffer.from('1'));
        expect(await keysOf(store.list('n'))).toEqual(['n']);
      });

      it('throws when the store cannot be read', async () => {
        await subject.breakDown();
        await expect(keysOf(store.list(''))).rejects.toThrow();
        await expect(keysOf(store.list('absent/'))).rejects.toThrow();
      });
    });

    describe('listFolders', () => {
      beforeEach(async () => {
        for (const key of ['b/c/d', 'b/e', 'a/b', 'a.b/c', 'a0/b', 'c']) await store.putOnce(key, Buffer.from('1'));
      });

      it.each([
        ['', ['a.b/', 'a/', 'a0/', 'b/']],
        ['b/', ['b/c/']],
        ['b/c/', []],
        ['absent/', []],
        ['c/', []],
      ])('shows the folders directly below %j as whole prefixes', async (prefix, folders) => {
        expect(await arrayOf(store.listFolders(prefix))).toEqual(folders);
      });

      it.each(['b', '/', '../', 'b//'])('refuses %s, which is no folder', async (prefix) => {
        await expect(arrayOf(store.listFolders(prefix))).rejects.toMatchObject({ code: 'object-key-invalid' });
      });

      it('throws when the store cannot be read', async () => {
        await subject.breakDown();
        await expect(arrayOf(store.listFolders(''))).rejects.toThrow();
      });
    });
  });
}

/** Everything that a listing shows. */
export async function arrayOf<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** The keys that a listing shows. */
export async function keysOf(objects: ReturnType<ObjectReader['list']>): Promise<string[]> {
  return (await arrayOf<StoredObject>(objects)).map(({ key }) => key);
}
