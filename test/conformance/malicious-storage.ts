import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import {
  formatCheckpoint,
  formatEndorsement,
  formatRootEntry,
  formatSegment,
  HOUR_MS,
  hashLines,
  leafHash,
  MAX_LEAF_SIZE,
  parseSegment,
  parseTail,
  SEAL_DELAY_MS,
  sha256,
  TAIL_SIZE,
  Tree,
} from '../../lib/record';
import type { ObjectStore } from '../../lib/services/ports';
import { type Verification, verifyLog } from '../../lib/services/verify';
import { FakeClock } from '../fake-clock';
import { LogBuilder, SeededSigner, type ShardBuilder, segmentOf } from '../log-builder';
import { MovableStore } from './movable-store';

/** A store whose owner is the attacker. */
export interface StoreToAttack {
  readonly store: ObjectStore;
  readonly remove: (key: string) => Promise<void>;
  /** Puts other bytes under a key, whether it is taken or not. */
  readonly plant: (key: string, bytes: Buffer) => Promise<void>;
  readonly close: () => Promise<void>;
}

const HOUR = Date.parse('2026-01-02T03:00:00.000Z');
const MINUTE = 60_000;

/** Whatever is done to the objects of a log, verification says what, and where. Each test gets an empty store of its own, whose clock is `now`. */
export function maliciousStorage(name: string, open: (now: () => number) => Promise<StoreToAttack>): void {
  describe(`on ${name}, verification finds`, () => {
    let subject: StoreToAttack;
    let clock: FakeClock;
    let log: LogBuilder;
    let shard: ShardBuilder;
    let receipts: string[];

    /** A log of one shard with the segments 0, 2 and 4, each sealed, and a second shard with one. */
    beforeEach(async () => {
      clock = new FakeClock(HOUR + MINUTE);
      subject = await open(() => clock.now());
      const store = new MovableStore(clock);
      log = new LogBuilder(store, clock);
      await log.seal();
      shard = await log.shard(HOUR, 'first');
      receipts = [];
      for (const round of [1, 2, 3]) {
        receipts.push(await shard.append(`{"round":${round}}`, `{"round":${round},"actor":"alice"}`));
        await clock.advance(MINUTE);
        await log.seal();
      }
      const second = await log.shard(HOUR, 'second');
      await second.append('{"other":true}');
      await clock.advance(MINUTE);
      await log.seal();
      await store.moveTo(subject.store);
    });
    afterEach(() => subject.close());

    async function verify(...lines: string[]): Promise<Verification> {
      return verifyLog({
        store: subject.store,
        log: log.log,
        key: log.logKey.vkey,
        now: clock.now(),
        receipts: stream(lines),
      });
    }

    async function codes(...lines: string[]): Promise<string[]> {
      const { findings } = await verify(...lines);
      // Stores with a clock of their own find this besides, wherever an attack needs a wrong time.
      return findings.filter(({ code }) => code !== 'time-mismatch').map(({ code, object }) => `${code} ${object}`);
    }

    async function read(key: string): Promise<Buffer> {
      return (await subject.store.get(key)) as Buffer;
    }

    async function closeHour(): Promise<void> {
      clock.setNow(HOUR + HOUR_MS + SEAL_DELAY_MS);
      await log.seal();
    }

    it('nothing in an honest log', async () => {
      expect(await codes(...receipts)).toEqual([]);
      expect((await verify(...receipts)).summary).toMatchObject({
        entries: 7,
        shards: 2,
        segments: 4,
        rootSize: 5,
        receipts: 3,
        acknowledged: 0,
        pending: { entries: 0, rootEntries: 0, receipts: 0 },
      });
    });

    it('nothing in an honest log whose shards are closed', async () => {
      await closeHour();
      expect(await codes(...receipts)).toEqual([]);
    });

    describe('of segments:', () => {
      it.each([0, 2, 4])('one deleted, %i', async (first) => {
        await subject.remove(shard.segmentKey(first));
        expect(await codes()).toEqual([`missing ${shard.segmentKey(first)}`]);
      });

      it('all of a shard deleted', async () => {
        for (const first of [0, 2, 4]) {
          await subject.remove(shard.segmentKey(first));
        }
        expect(await codes()).toEqual([`missing ${shard.segmentKey(0)}`]);
      });

      it('all of a shard and its endorsement deleted', async () => {
        for (const key of [shard.segmentKey(0), shard.segmentKey(2), shard.segmentKey(4), shard.endorsementKey]) {
          await subject.remove(key);
        }
        expect(await codes()).toEqual([`missing ${shard.segmentKey(0)}`]);
      });

      it('one deleted that a receipt names', async () => {
        await subject.remove(shard.segmentKey(4));
        expect(await codes(receipts[2] as string)).toEqual([
          `missing ${shard.segmentKey(4)}`,
          'missing receipt line 1',
        ]);
      });

      it('one deleted from the middle that a receipt names', async () => {
        await subject.remove(shard.segmentKey(2));
        expect(await codes(...receipts)).toEqual([`missing ${shard.segmentKey(2)}`, 'missing receipt line 2']);
      });

      it.each([
        ['its first byte', (bytes: Buffer) => bytes.subarray(1)],
        ['its last byte', (bytes: Buffer) => bytes.subarray(0, -1)],
        ['its tail', (bytes: Buffer) => bytes.subarray(0, -TAIL_SIZE)],
        ['all but its tail', (bytes: Buffer) => bytes.subarray(-TAIL_SIZE)],
        ['everything', () => Buffer.alloc(0)],
      ])('one truncated by %s', async (_, cut) => {
        await subject.plant(shard.segmentKey(2), cut(await read(shard.segmentKey(2))));
        expect(await codes(...receipts)).toEqual([`damaged ${shard.segmentKey(2)}`]);
      });

      it.each([
        ['a byte at the end', (bytes: Buffer) => Buffer.concat([bytes, Buffer.alloc(1)])],
        ['a gzip member at the end', (bytes: Buffer) => Buffer.concat([bytes, gzipSync('{"extra":true}\n')])],
        ['a gzip member at the begin', (bytes: Buffer) => Buffer.concat([gzipSync('{"extra":true}\n'), bytes])],
      ])('one with %s', async (_, extend) => {
        await subject.plant(shard.segmentKey(4), extend(await read(shard.segmentKey(4))));
        expect(await codes()).toEqual([`damaged ${shard.segmentKey(4)}`]);
      });

      it.each([
        [
          'a second gzip member',
          (member: Buffer) => Buffer.concat([member, gzipSync('{"extra":true}\n', { level: 1 })]),
        ],
        ['bytes behind its gzip member', (member: Buffer) => Buffer.concat([member, Buffer.alloc(8)])],
      ])('one with %s and a tail made anew', async (_, extend) => {
        const bytes = await read(shard.segmentKey(4));
        const { checkpoint, frontier } = parseTail(bytes.subarray(-TAIL_SIZE));
        const member = extend(bytes.subarray(0, -TAIL_SIZE));
        await subject.plant(shard.segmentKey(4), formatSegment(member, checkpoint, frontier));
        expect(await codes()).toEqual([`damaged ${shard.segmentKey(4)}`]);
      });

      it('one added whose first lies behind a gap', async () => {
        await subject.plant(shard.segmentKey(8), await read(shard.segmentKey(4)));
        expect(await codes()).toEqual([`damaged ${shard.segmentKey(8)}`]);
      });

      it('one added that begins inside another', async () => {
        await subject.plant(shard.segmentKey(3), await read(shard.segmentKey(2)));
        expect(await codes()).toEqual([`damaged ${shard.segmentKey(3)}`]);
      });

      it('two swapped', async () => {
        const [two, four] = [await read(shard.segmentKey(2)), await read(shard.segmentKey(4))];
        await subject.plant(shard.segmentKey(2), four);
        await subject.plant(shard.segmentKey(4), two);
        expect(await codes()).toEqual([`damaged ${shard.segmentKey(2)}`, `damaged ${shard.segmentKey(4)}`]);
      });

      it('one renamed to a later index', async () => {
        await subject.plant(shard.segmentKey(6), await read(shard.segmentKey(4)));
        await subject.remove(shard.segmentKey(4));
        expect(await codes()).toEqual([`damaged ${shard.segmentKey(6)}`, `missing ${shard.segmentKey(4)}`]);
      });

      it('one renamed into another shard', async () => {
        const other = log.unendorsed(HOUR, 'second');
        await subject.plant(other.segmentKey(1), await read(shard.segmentKey(4)));
        await subject.remove(shard.segmentKey(4));
        expect((await codes()).sort()).toEqual([`damaged ${other.segmentKey(1)}`, `missing ${shard.segmentKey(4)}`]);
      });

      it('an edited line with recomputed hashes and a tail made anew', async () => {
        const bytes = await read(shard.segmentKey(2));
        const { lines, tail } = parseSegment(bytes);
        const edited = Buffer.from(lines.toString().replace('alice', 'mallo'));
        const member = gzipSync(edited, { level: 1 });
        member[9] = bytes[9] as number;
        await subject.plant(shard.segmentKey(2), formatSegment(member, tail.checkpoint, tail.frontier));
        expect(await codes()).toEqual([`damaged ${shard.segmentKey(2)}`]);
      });

      it("another key's signature", async () => {
        const mallory = new SeededSigner(log.log.shardOrigin(shard.shard), 'mallory');
        const { lines, tail } = parseSegment(await read(shard.segmentKey(4)));
        const forged = await segmentOf(lines.toString(), Tree.ofFrontier(4, tail.frontier), mallory);
        await subject.plant(shard.segmentKey(4), forged);
        expect(await codes()).toEqual([`damaged ${shard.segmentKey(4)}`]);
      });

      it.each([
        ['one whose bytes are noise', randomBytes(5000)],
        ['one that is too large to be read', Buffer.alloc(8 * 1024 * 1024 + 64 * 1024 + TAIL_SIZE + 1)],
        ['a gzip bomb', Buffer.concat([gzipSync(Buffer.alloc(64 * 1024 * 1024)), Buffer.alloc(TAIL_SIZE)])],
      ])('%s', async (_, bytes) => {
        await subject.plant(shard.segmentKey(6), bytes);
        expect(await codes()).toEqual([`damaged ${shard.segmentKey(6)}`]);
      });
    });

    describe('of signed lines that break the format:', () => {
      const received = new Date(HOUR + 10 * MINUTE).toISOString();
      const line = (json: string, at = received): string =>
        `{"received":"${at}","writer":"anonymous","event":${json}}\n`;
      const largest = MAX_LEAF_SIZE - line('""').length + 1;

      it.each([
        ['a leaf of 65,536 bytes', line(`"${'x'.repeat(largest + 1)}"`)],
        ['a decreasing received', line('1') + line('2', new Date(HOUR + 9 * MINUTE).toISOString())],
        ['a received before the one of the segment before', line('1', new Date(HOUR).toISOString())],
        ['a received of the next hour', line('1', new Date(HOUR + HOUR_MS).toISOString())],
        ['a line that is no entry', '{}\n'],
        ['an empty line', '\n'],
        ['JSON nested deeper than anything', line('['.repeat(30_000))],
        ['no line at all', ''],
      ])('%s', async (_, lines) => {
        await subject.plant(shard.segmentKey(6), await segmentOf(lines, shard.tree.copy(), shard.key));
        expect(await codes()).toEqual([`damaged ${shard.segmentKey(6)}`]);
      });

      it.each([
        ['a leaf of 65,535 bytes', line(`"${'x'.repeat(largest)}"`)],
        ['the last millisecond of the hour', line('1', new Date(HOUR + HOUR_MS - 1).toISOString())],
        ['nested JSON', line('['.repeat(30_000) + ']'.repeat(30_000))],
      ])('but not %s', async (_, lines) => {
        await subject.plant(shard.segmentKey(6), await segmentOf(lines, shard.tree.copy(), shard.key));
        expect(await codes()).toEqual([]);
      });

      it('a line that is not UTF-8', async () => {
        const bad = Buffer.concat([Buffer.from(line('"?"').slice(0, -5)), Buffer.from([0x22, 0xff, 0x22, 0x7d, 0x0a])]);
        const tree = shard.tree.copy();
        const { frontier } = tree;
        tree.append(leafHash(bad.subarray(0, -1)));
        const origin = log.log.shardOrigin(shard.shard);
        const note = await shard.key.note(formatCheckpoint({ origin, size: tree.size, root: tree.root }));
        await subject.plant(shard.segmentKey(6), formatSegment(gzipSync(bad, { level: 1 }), note, frontier));
        expect(await codes()).toEqual([`damaged ${shard.segmentKey(6)}`]);
      });
    });

    describe('of endorsements:', () => {
      it('a missing one', async () => {
        await subject.remove(shard.endorsementKey);
        expect(await codes()).toEqual([`unendorsed ${shard.endorsementKey}`]);
      });

      it('one by another key', async () => {
        const mallory = new SeededSigner(log.log.admission, 'mallory');
        const note = await mallory.note(formatEndorsement(log.log, shard.key.vkey, HOUR, HOUR));
        await subject.plant(shard.endorsementKey, Buffer.from(note));
        expect(await codes()).toEqual([`unendorsed ${shard.endorsementKey}`]);
      });

      it('one replayed in another hour', async () => {
        const replayed = log.unendorsed(HOUR + HOUR_MS, 'first');
        await subject.plant(replayed.endorsementKey, await read(shard.endorsementKey));
        expect(await codes()).toEqual([`unendorsed ${replayed.endorsementKey}`]);
      });

      it('one replayed for another shard', async () => {
        const replayed = log.unendorsed(HOUR, 'third');
        await subject.plant(replayed.endorsementKey, await read(shard.endorsementKey));
        await replayed.append('{}');
        expect(await codes()).toEqual([`unendorsed ${replayed.endorsementKey}`]);
      });

      it('two of one shard', async () => {
        const again = await log.shard(HOUR + HOUR_MS, 'first');
        expect(await codes()).toEqual([`unendorsed ${again.endorsementKey}`]);
      });

      it('one of 70,000 bytes', async () => {
        await subject.plant(shard.endorsementKey, Buffer.alloc(70_000, 'a'));
        expect(await codes()).toEqual([`unendorsed ${shard.endorsementKey}`]);
      });
    });

    describe('of sealing:', () => {
      it('nothing in a tail that is not sealed yet', async () => {
        await shard.append('{"young":1}', '{"young":2}');
        expect((await verify()).findings).toEqual([]);
        expect((await verify()).summary.pending.entries).toBe(2);
      });

      it.each([
        ['nothing in a shard that may still be sealed', 0, []],
        ['a shard that was never sealed', 1, ['unsealed']],
      ])('%s', async (_, past, expected) => {
        const third = await log.shard(HOUR, 'third');
        await third.append('{}');
        clock.setNow(HOUR + HOUR_MS + SEAL_DELAY_MS + past);
        expect(await codes()).toEqual(expected.map((code) => `${code} ${third.segmentKey(0)}`));
      });

      it('a tail that was never sealed', async () => {
        await shard.append('{}');
        clock.setNow(HOUR + HOUR_MS + SEAL_DELAY_MS + 1);
        expect(await codes()).toEqual([`unsealed ${shard.segmentKey(6)}`]);
      });

      it('a tail behind the close', async () => {
        const late = log.line({ received: clock.now() });
        await closeHour();
        await shard.appendLines(late);
        expect(await codes()).toEqual([`late ${shard.segmentKey(6)}`]);
      });

      it('a late tail even after another round', async () => {
        const late = log.line({ received: clock.now() });
        await closeHour();
        await shard.appendLines(late);
        await clock.advance(MINUTE);
        await log.seal();
        expect(await codes()).toEqual([`late ${shard.segmentKey(6)}`]);
      });

      it('a backdated shard', async () => {
        const line = log.line({});
        await closeHour();
        const third = await log.shard(HOUR, 'third');
        await third.appendLines(line);
        await clock.advance(MINUTE);
        await log.seal();
        expect(await codes()).toEqual([`backdated ${third.segmentKey(0)}`]);
      });

      it('a backdated tail', async () => {
        const line = log.line({});
        await shard.appendLines(line);
        clock.setNow(HOUR + HOUR_MS + SEAL_DELAY_MS + MINUTE);
        await log.seal();
        expect(await codes()).toEqual([`backdated ${shard.segmentKey(6)}`]);
      });

      it('two histories of a shard, the younger sealed', async () => {
        const other = shard.fork();
        await shard.append('{"history":1}');
        await log.seal();
        await subject.remove(shard.segmentKey(6));
        await other.append('{"history":2}');
        expect(await codes()).toEqual([`forked ${shard.segmentKey(6)}`]);
      });

      it('two histories of a shard side by side', async () => {
        const other = shard.fork();
        await shard.append('{"history":1}', '{"history":1}');
        await other.append('{"history":2}');
        await other.append('{"history":2}');
        await log.seal();
        expect(await codes()).toEqual([`forked ${shard.segmentKey(7)}`]);
      });

      it('a segment that continues another history than the one before', async () => {
        const other = shard.fork();
        await shard.append('{"history":1}');
        await subject.plant(shard.segmentKey(6), await segmentOf(log.line({}), other.tree, shard.key));
        await shard.append('{"history":1}');
        expect(await codes()).toEqual([`forked ${shard.segmentKey(7)}`]);
      });
    });

    describe('of receipts:', () => {
      const gone = async (): Promise<string> => {
        const receipt = await shard.append('{"withheld":true}');
        await subject.remove(shard.segmentKey(6));
        return receipt;
      };

      it.each([
        ['nothing in one that is 15 minutes old', 0, []],
        ['one withheld for longer', 1, ['withheld receipt line 1']],
      ])('%s', async (_, past, expected) => {
        const receipt = await gone();
        clock.setNow(clock.now() + SEAL_DELAY_MS + past);
        expect(await codes(receipt)).toEqual(expected);
      });

      it('one of a shard of which nothing is there', async () => {
        const third = await log.shard(HOUR, 'third');
        const receipt = await third.append('{}');
        await subject.remove(third.segmentKey(0));
        await subject.remove(third.endorsementKey);
        clock.setNow(clock.now() + SEAL_DELAY_MS + 1);
        expect(await codes(receipt)).toEqual(['withheld receipt line 1']);
      });

      it('one of another history', async () => {
        const other = shard.fork();
        await shard.append('{"history":1}');
        // The key of its segment is taken, so that only the receipt comes into the world.
        const receipt = await other.append('{"history":2}');
        expect(await codes(receipt)).toEqual([`forked ${shard.segmentKey(6)}`]);
      });

      it.each([
        ['a leaf', (text: string) => text.replace(/"leaves":\["(.)/, (_, c) => `"leaves":["${c === 'A' ? 'B' : 'A'}`)],
        ['its JSON', (text: string) => text.slice(1)],
        ['its size', (text: string) => text.replace('"count":2', '"count":1')],
        ['its shape', () => '{"receipt":[[]],"leaves":{}}'],
      ])('one edited in %s', async (_, edit) => {
        expect(await codes(receipts[0] as string, edit(receipts[1] as string))).toEqual(['damaged receipt line 2']);
      });

      it('one whose endorsement another key signed', async () => {
        const mallory = new SeededSigner(log.log.admission, 'mallory');
        const kept = JSON.parse(receipts[0] as string);
        kept.receipt.endorsement = await mallory.note(formatEndorsement(log.log, shard.key.vkey, HOUR, HOUR));
        expect(await codes(JSON.stringify(kept))).toEqual(['damaged receipt line 1']);
      });
    });

    describe('of the root:', () => {
      const entriesKey = (first: number): string => log.log.rootEntriesKey(first);
      const noteKey = (size: number): string => log.log.rootCheckpointKey(size);

      it('an edited entry', async () => {
        const edited = (await read(entriesKey(2))).toString().replace('"size":4', '"size":2');
        await subject.plant(entriesKey(2), Buffer.from(edited));
        expect(await codes()).toEqual([`damaged ${entriesKey(2)}`]);
      });

      it('a broken entry', async () => {
        await subject.plant(entriesKey(2), Buffer.from('{"kind":"shards"}\n'));
        expect(await codes()).toEqual([`damaged ${entriesKey(2)}`]);
      });

      it.each([0, 2])('deleted entries, from %i on', async (first) => {
        await subject.remove(entriesKey(first));
        expect(await codes()).toEqual([`missing ${entriesKey(first)}`]);
      });

      it('deleted entries at its end', async () => {
        await subject.remove(entriesKey(4));
        expect(await codes()).toEqual([`missing ${entriesKey(4)}`]);
      });

      it('nothing left of it', async () => {
        for (const size of [0, 1, 2, 3, 4]) {
          await subject.remove(entriesKey(size));
          await subject.remove(noteKey(size + 1));
        }
        expect(await codes()).toEqual([`missing ${entriesKey(0)}`]);
      });

      it('a deleted checkpoint', async () => {
        await subject.remove(noteKey(3));
        expect(await codes()).toEqual([`missing ${noteKey(3)}`]);
      });

      it('a deleted checkpoint at the end of an object, though there is one within', async () => {
        const lines = [acknowledgement('x', Buffer.from('x')), acknowledgement('y', Buffer.from('y'))];
        await claim(5, lines[0] as string);
        await claim(5, ...lines);
        await claim(7, acknowledgement('z', Buffer.from('z')));
        await subject.remove(noteKey(7));
        expect(await codes()).toEqual([`missing ${noteKey(7)}`]);
      });

      it.each([
        ['nothing in young entries whose checkpoint is not there yet', 0, []],
        ['entries without checkpoint', 1, ['unsealed']],
      ])('%s', async (_, past, expected) => {
        await subject.remove(noteKey(5));
        clock.setNow(clock.now() + SEAL_DELAY_MS + past);
        expect(await codes()).toEqual(expected.map((code) => `${code} ${entriesKey(4)}`));
      });

      it('a checkpoint of another history', async () => {
        const note = await log.logKey.note(
          formatCheckpoint({ origin: log.log.origin, size: 3, root: sha256(Buffer.from('another')) }),
        );
        await subject.plant(noteKey(3), Buffer.from(note));
        expect(await codes()).toEqual([`forked ${noteKey(3)}`]);
      });

      it.each([
        ['by another key', 'mallory', 3],
        ['under the name of another size', 'log', 2],
      ])('a checkpoint %s', async (_, seed, size) => {
        const signer = new SeededSigner(log.log.origin, seed);
        const [, , root] = (await read(noteKey(size))).toString().split('\n') as [string, string, string];
        const text = formatCheckpoint({ origin: log.log.origin, size, root: Buffer.from(root, 'base64') });
        await subject.plant(noteKey(3), Buffer.from(await signer.note(text)));
        expect(await codes()).toEqual([`damaged ${noteKey(3)}`]);
      });

      it('a checkpoint of 70,000 bytes', async () => {
        await subject.plant(noteKey(3), Buffer.alloc(70_000, 'a'));
        expect(await codes()).toEqual([`damaged ${noteKey(3)}`]);
      });

      it('entries that are too large to be read', async () => {
        await subject.plant(entriesKey(5), Buffer.alloc(8 * 1024 * 1024 + 1, 'a'));
        expect(await codes()).toEqual([`damaged ${entriesKey(5)}`]);
      });

      it('signed entries that contradict those before', async () => {
        const time = new Date(clock.now()).toISOString();
        const path = `date=2026-01-02/hour=03/${shard.shard}`;
        const root = Buffer.alloc(32).toString('base64');
        await claim(5, formatRootEntry({ kind: 'shards', time, shards: [{ path, size: 2, root, closed: false }] }));
        expect(await codes()).toEqual([`damaged ${entriesKey(5)}`]);
      });
    });

    /** What whoever holds the log key can do. */
    async function claim(first: number, ...lines: string[]): Promise<void> {
      const tree = Tree.empty();
      while (tree.size < first) {
        const entries = (await subject.store.get(log.log.rootEntriesKey(tree.size))) as Buffer;
        for (const leaf of hashLines(entries)) {
          tree.append(leaf);
        }
      }
      for (const line of lines) {
        tree.append(leafHash(Buffer.from(line)));
      }
      await subject.plant(log.log.rootEntriesKey(first), Buffer.from(lines.map((line) => `${line}\n`).join('')));
      const text = formatCheckpoint({ origin: log.log.origin, size: tree.size, root: tree.root });
      await subject.plant(log.log.rootCheckpointKey(tree.size), Buffer.from(await log.logKey.note(text)));
    }

    function acknowledgement(key: string, bytes: Buffer): string {
      const time = new Date(clock.now()).toISOString();
      const hash = sha256(bytes).toString('hex');
      return formatRootEntry({ kind: 'acknowledged', time, key, version: '1', sha256: hash, reason: 'a test' });
    }

    describe('of foreign objects:', () => {
      const places = [
        'README',
        'other/x',
        'entries/x',
        'entries/date=2026-01-02/x',
        'entries/date=2026-02-30/hour=03/0123456789abcdef0123456789abcdef/000000000000.ndjson.gz',
        'root/x',
        'root/checkpoints/x',
        'root/checkpoints/1.note',
        'shards/x',
        'shards/date=2026-01-02/hour=03/x.note',
        'zzz',
      ].map((place) => `acme-audit/local/${place}`);

      it.each(places)('%s', async (key) => {
        await subject.plant(key, Buffer.from('junk'));
        expect(await codes()).toEqual([`foreign ${key}`]);
      });

      it('one inside the folder of a shard', async () => {
        const key = shard.segmentKey(2).replace('.ndjson.gz', '.ndjson');
        await subject.plant(key, Buffer.from('junk'));
        expect(await codes()).toEqual([`foreign ${key}`]);
      });

      it('root entries that begin inside others', async () => {
        const line = acknowledgement('x', Buffer.from('x'));
        await claim(5, line, line);
        await subject.plant(log.log.rootEntriesKey(6), Buffer.from(`${line}\n`));
        expect(await codes()).toEqual([`foreign ${log.log.rootEntriesKey(6)}`]);
      });

      describe('one that the root acknowledges', () => {
        const key = 'acme-audit/local/entries/x';

        beforeEach(async () => {
          await subject.plant(key, Buffer.from('junk'));
          await claim(5, acknowledgement(key, Buffer.from('junk')));
        });

        it('is no finding', async () => {
          expect(await codes()).toEqual([]);
          expect((await verify()).summary.acknowledged).toBe(1);
        });

        it('is one with other bytes', async () => {
          await subject.plant(key, Buffer.from('more'));
          expect(await codes()).toEqual([`foreign ${key}`]);
        });
      });
    });
  });
}

async function* stream(lines: readonly string[]): AsyncIterable<string> {
  yield* lines;
}
