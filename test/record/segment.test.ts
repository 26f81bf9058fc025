import { crc32, deflateRawSync, gunzipSync, gzipSync } from 'node:zlib';
import {
  compressLines,
  eachLine,
  formatCheckpoint,
  formatEntry,
  formatSegment,
  hashLines,
  leafHash,
  MAX_LEAF_SIZE,
  MAX_SEGMENT_LINES_SIZE,
  Malformed,
  MIN_LEAF_SIZE,
  parseSegment,
  parseTail,
  sha256,
  TAIL_SIZE,
  Tree,
} from '../../lib/record';
import { FixedKey } from './fixed-key';
import { leafHashes } from './naive-tree';

const KEY = new FixedKey('acme/local/0123456789abcdef0123456789abcdef');
const FIRST = 5;
const FRONTIER = leafHashes(2);

function line(json: string): string {
  return `${formatEntry({ received: 0, writer: 'anonymous', kind: 'event', json })}\n`;
}
const LINES = Buffer.from(line('{"a":1}') + line('"é"'));

function checkpoint(lines: Buffer): string {
  const tree = Tree.ofFrontier(FIRST, FRONTIER);
  for (const leaf of hashLines(lines)) {
    tree.append(leaf);
  }
  return KEY.note(formatCheckpoint({ origin: KEY.verifier.name, size: tree.size, root: tree.root }));
}
const NOTE = checkpoint(LINES);

/** A segment around any bytes in the place of the first member, with a tail that fits them. */
function around(member: Buffer): Buffer {
  return formatSegment(member, NOTE, FRONTIER);
}

/** A gzip member by hand. */
function gzip(
  lines: Buffer,
  { header = '1f8b0800000000000003', crc = crc32(lines), size = lines.length } = {},
): Buffer {
  const trailer = Buffer.alloc(8);
  trailer.writeUInt32LE(crc, 0);
  trailer.writeUInt32LE(size, 4);
  return Buffer.concat([Buffer.from(header, 'hex'), deflateRawSync(lines), trailer]);
}

let segment: Buffer;
beforeAll(async () => {
  segment = around(await compressLines(LINES));
});

/** The same segment with another payload in its tail, and checksums that fit. */
function withPayload(payload: string | Buffer): Buffer {
  const bytes = Buffer.from(segment.subarray(-TAIL_SIZE));
  const area = bytes.subarray(15, TAIL_SIZE - 8).fill(' ');
  area.set(Buffer.from(payload), 0);
  area[area.length - 1] = 0x0a;
  bytes.writeUInt32LE(crc32(area), TAIL_SIZE - 8);
  return bytes;
}

function fields(changes: object): string {
  const { checkpoint: note, frontier, entries } = parseTail(segment.subarray(-TAIL_SIZE));
  const encoded = frontier.map((hash) => hash.toString('base64'));
  return JSON.stringify({ checkpoint: note, frontier: encoded, entries: entries.toString('base64'), ...changes });
}

describe('the tail', () => {
  it('is exactly 4,096 bytes behind the compressed entries', async () => {
    expect(segment.length).toBe((await compressLines(LINES)).length + 4_096);
  });

  it('is framed as format 1 says', () => {
    const tail = segment.subarray(-4_096);
    expect(tail.subarray(0, 10).toString('hex')).toBe('1f8b08000000000000ff');
    expect(tail.subarray(10, 15).toString('hex')).toBe('01e90f16f0');
    const payload = tail.subarray(15, -8);
    expect(payload).toHaveLength(4_073);
    expect([tail.readUInt32LE(4_088), tail.readUInt32LE(4_092)]).toEqual([crc32(payload), 4_073]);
    expect(payload.toString().replace(/ *\n$/, '')).toBe(
      JSON.stringify({
        checkpoint: NOTE,
        frontier: FRONTIER.map((hash) => hash.toString('base64')),
        entries: sha256(segment.subarray(0, -4_096)).toString('base64'),
      }),
    );
    expect(payload.at(-1)).toBe(0x0a);
  });

  it('gives back what went in', () => {
    expect(parseTail(segment.subarray(-TAIL_SIZE))).toEqual({
      checkpoint: NOTE,
      frontier: FRONTIER,
      entries: sha256(segment.subarray(0, -TAIL_SIZE)),
    });
  });

  it('has room for the longest names and the frontier of the largest tree', () => {
    const name = `${'a'.repeat(63)}/${'r'.repeat(40)}/${'0'.repeat(32)}`;
    const note = new FixedKey(name).note(
      formatCheckpoint({ origin: name, size: 999_999_999_999, root: sha256(LINES) }),
    );
    expect(parseTail(formatSegment(Buffer.alloc(20), note, leafHashes(40)).subarray(-TAIL_SIZE)).frontier).toHaveLength(
      40,
    );
  });

  it('that does not fit is not written', () => {
    expect(() => formatSegment(Buffer.alloc(20), NOTE, leafHashes(100))).toThrow(RangeError);
  });

  it.each([
    ['no JSON', () => withPayload('words')],
    ['null', () => withPayload('null')],
    ['an array', () => withPayload('[]')],
    ['a missing field', () => withPayload(fields({ entries: undefined }))],
    ['a further field', () => withPayload(fields({ x: 1 }))],
    ['fields in other order', () => withPayload(`{"frontier":[],${fields({}).slice(1)}`)],
    ['white space within', () => withPayload(fields({}).replace(',', ', '))],
    ['a tab behind', () => withPayload(`${fields({})}\t`)],
    ['a frontier of numbers', () => withPayload(fields({ frontier: [1] }))],
    ['a frontier of objects', () => withPayload(fields({ frontier: [{ toString: 1 }] }))],
    ['a frontier of arrays', () => withPayload(fields({ frontier: [[FRONTIER[0]?.toString('base64')]] }))],
    ['a frontier hash of 31 bytes', () => withPayload(fields({ frontier: [Buffer.alloc(31).toString('base64')] }))],
    ['a frontier that is no array', () => withPayload(fields({ frontier: '' }))],
    ['a hash with bits in its padding', () => withPayload(fields({ entries: `${'A'.repeat(42)}B=` }))],
    ['deep nesting', () => withPayload('['.repeat(2_000) + ']'.repeat(2_000))],
    [
      'bytes that are not UTF-8',
      () =>
        withPayload(
          Buffer.from(fields({ checkpoint: '~'.repeat(3_000) })).map((b) => (b === 0x7e ? 0xff : b)) as Buffer,
        ),
    ],
  ])('is refused with %s', (_, tail) => {
    expect(() => parseTail(tail())).toThrow(Malformed);
  });

  it.each([0, 3, 4, 9, 10, 12, 14, 15, 100, 4_000, 4_087, 4_088, 4_091, 4_092, 4_095])(
    'is refused with byte %i changed',
    (at) => {
      const tail = Buffer.from(segment.subarray(-TAIL_SIZE));
      tail[at] = Number(tail[at]) ^ 1;
      expect(() => parseTail(tail)).toThrow(Malformed);
    },
  );

  it.each([0, 4_095, 4_097])('is refused with %i bytes', (size) => {
    const longer = Buffer.concat([segment.subarray(-TAIL_SIZE), Buffer.alloc(1)]);
    expect(() => parseTail(longer.subarray(0, size))).toThrow(Malformed);
  });
});

describe('a segment', () => {
  it('is read by stock gunzip: the lines, then the payload', () => {
    const text = gunzipSync(segment);
    expect(text.subarray(0, LINES.length)).toEqual(LINES);
    expect(text.subarray(LINES.length)).toEqual(segment.subarray(-4_081, -8));
  });

  it('gives back its lines', () => {
    expect(parseSegment(segment).lines).toEqual(LINES);
  });

  it.each([
    ['another compressor', () => gzipSync(LINES, { level: 9 })],
    ['no compression', () => gzipSync(LINES, { level: 0 })],
    ['a member by hand', () => gzip(LINES)],
  ])('may come from %s', (_, member) => {
    expect(parseSegment(around(member())).lines).toEqual(LINES);
  });

  it.each([
    ['a further member', () => Buffer.concat([gzip(LINES), gzip(LINES)])],
    ['an empty further member', () => Buffer.concat([gzip(LINES), gzip(Buffer.alloc(0))])],
    ['zero padding', () => Buffer.concat([gzip(LINES), Buffer.alloc(8)])],
    ['trailing bytes', () => Buffer.concat([gzip(LINES), Buffer.from('x')])],
    ['a wrong CRC', () => gzip(LINES, { crc: (crc32(LINES) ^ 1) >>> 0 })],
    ['a wrong size', () => gzip(LINES, { size: LINES.length + 1 })],
    ['a name in its header', () => gzip(LINES, { header: '1f8b080800000000000361006100' })],
    ['an extra field', () => gzip(LINES, { header: '1f8b0804000000000003000000' })],
    ['a header checksum', () => gzip(LINES, { header: '1f8b0802000000000003' })],
    ['reserved flags', () => gzip(LINES, { header: '1f8b0880000000000003' })],
    ['a modification time', () => gzip(LINES, { header: '1f8b0800010000000003' })],
    ['another method', () => gzip(LINES, { header: '1f8b0700000000000003' })],
    ['no gzip', () => LINES],
    ['nothing', () => Buffer.alloc(0)],
    ['a header only', () => gzip(LINES).subarray(0, 18)],
    ['a cut member', () => gzip(LINES).subarray(0, -9)],
    ['no line', () => gzip(Buffer.alloc(0))],
    ['a last line without end', () => gzip(LINES.subarray(0, -1))],
    ['an empty line', () => gzip(Buffer.concat([LINES, Buffer.from('\n')]))],
    ['a line too short for an entry', () => gzip(Buffer.from(`${'x'.repeat(MIN_LEAF_SIZE - 1)}\n`))],
    ['a line too long for an entry', () => gzip(Buffer.from(`${'x'.repeat(MAX_LEAF_SIZE + 1)}\n`))],
    ['8 MiB of empty lines', () => gzip(Buffer.alloc(MAX_SEGMENT_LINES_SIZE, '\n'))],
  ])('is refused with %s', (_, member) => {
    expect(() => parseSegment(around(member()))).toThrow(Malformed);
  });

  it('is refused with bytes between its members', () => {
    const changed = Buffer.concat([segment.subarray(0, -TAIL_SIZE), Buffer.alloc(1), segment.subarray(-TAIL_SIZE)]);
    expect(() => parseSegment(changed)).toThrow(Malformed);
  });

  it('is refused with bytes behind its tail', () => {
    expect(() => parseSegment(Buffer.concat([segment, Buffer.alloc(1)]))).toThrow(Malformed);
  });

  it.each([0, 1, 4_095, 4_096])('is refused when only its last %i bytes are left', (size) => {
    expect(() => parseSegment(segment.subarray(segment.length - size))).toThrow(Malformed);
  });

  it('is refused with any one bit of it flipped', () => {
    for (let bit = 0; bit < segment.length * 8; bit += 37) {
      const flipped = Buffer.from(segment);
      flipped[bit >> 3] = Number(flipped[bit >> 3]) ^ (1 << (bit & 7));
      expect(() => parseSegment(flipped)).toThrow(Malformed);
    }
  });
});

describe('8 MiB of lines', () => {
  const long = Buffer.from(`${'x'.repeat(65_535)}\n`);
  const lines = Buffer.concat(Array.from({ length: MAX_SEGMENT_LINES_SIZE / long.length }, () => long));

  it('fit', () => {
    expect(parseSegment(around(gzip(lines))).lines).toHaveLength(8 * 1024 * 1024);
  });

  it('and one byte more do not', () => {
    expect(() => parseSegment(around(gzip(Buffer.concat([Buffer.from('\n'), lines]))))).toThrow(Malformed);
  });

  it('are the most that a gzip bomb unfolds to', () => {
    const bomb = gzip(Buffer.alloc(256 * 1024 * 1024));
    const before = process.memoryUsage().rss;
    expect(() => parseSegment(around(bomb))).toThrow(Malformed);
    expect(process.memoryUsage().rss - before).toBeLessThan(128 * 1024 * 1024);
  });
});

describe('lines', () => {
  it('are visited in order, without their ends', () => {
    const seen: [string, number][] = [];
    eachLine(Buffer.from('a\n\nbc\n'), (bytes, index) => seen.push([bytes.toString(), index]));
    expect(seen).toEqual([
      ['a', 0],
      ['', 1],
      ['bc', 2],
    ]);
  });

  it('have leaf hashes', () => {
    expect(hashLines(Buffer.from('a\nbc\n'))).toEqual([leafHash(Buffer.from('a')), leafHash(Buffer.from('bc'))]);
  });
});
