import { isUtf8 } from 'node:buffer';
import { crc32, gzip, inflateRawSync } from 'node:zlib';
import { decodeBase64 } from './base64';
import { MIN_LEAF_SIZE } from './entry';
import { HASH_SIZE, leafHash, MAX_LEAF_SIZE, sha256 } from './hash';
import { Malformed } from './malformed';

/** Bytes of a segment's tail: its second gzip member, which holds the state of the shard behind the segment. */
export const TAIL_SIZE = 4_096;

/** Most bytes of a segment's lines before compression. */
export const MAX_SEGMENT_LINES_SIZE = 8 * 1024 * 1024;

/** Compression level: on audit events level 1 is as fast as any and within 5 % of level 6. */
const GZIP_LEVEL = 1;
const GZIP_HEADER_SIZE = 10;
const GZIP_TRAILER_SIZE = 8;
const TAIL_HEADER = Buffer.from('1f8b08000000000000ff01e90f16f0', 'hex');
const PAYLOAD_SIZE = TAIL_SIZE - TAIL_HEADER.length - GZIP_TRAILER_SIZE;

/** What a segment's tail says. */
export interface Tail {
  /** The shard's signed checkpoint note behind this segment. */
  readonly checkpoint: string;
  /** Roots of the perfect subtrees that cover all leaves before this segment, left to right. */
  readonly frontier: readonly Buffer[];
  /** SHA-256 of the segment's compressed entries. */
  readonly entries: Buffer;
}

/** A segment taken apart; its checkpoint has not been verified yet. */
export interface Segment {
  /** The entries' lines, each ending in `\n`. */
  readonly lines: Buffer;
  readonly tail: Tail;
}

/** Compresses a segment's lines into its first gzip member, off the main thread. */
export function compressLines(lines: Uint8Array): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    gzip(lines, { level: GZIP_LEVEL }, (error, member) => {
      if (error) {
        reject(error);
      } else {
        resolve(member);
      }
    });
  });
}

/** The bytes of a segment from its compressed lines and the state around them. */
export function formatSegment(member: Buffer, checkpoint: string, frontier: readonly Buffer[]): Buffer {
  return Buffer.concat([member, formatTail({ checkpoint, frontier, entries: sha256(member) })]);
}

function formatTail({ checkpoint, frontier, entries }: Tail): Buffer {
  const json = JSON.stringify({
    checkpoint,
    frontier: frontier.map((hash) => hash.toString('base64')),
    entries: entries.toString('base64'),
  });
  const payload = Buffer.alloc(PAYLOAD_SIZE, ' ');
  if (Buffer.byteLength(json) >= PAYLOAD_SIZE) {
    throw new RangeError(`a tail of ${json.length} characters does not fit ${PAYLOAD_SIZE} bytes`);
  }
  payload.write(json);
  payload.write('\n', PAYLOAD_SIZE - 1);
  const trailer = Buffer.alloc(GZIP_TRAILER_SIZE);
  trailer.writeUInt32LE(crc32(payload), 0);
  trailer.writeUInt32LE(PAYLOAD_SIZE, 4);
  return Buffer.concat([TAIL_HEADER, payload, trailer]);
}

/**
 * Reads a segment's last `TAIL_SIZE` bytes and demands that they are exactly what `formatSegment` writes.
 *
 * @throws Malformed
 */
export function parseTail(bytes: Buffer): Tail {
  if (bytes.length !== TAIL_SIZE || !bytes.subarray(0, TAIL_HEADER.length).equals(TAIL_HEADER)) {
    throw new Malformed('a segment without a tail');
  }
  const payload = bytes.subarray(TAIL_HEADER.length, TAIL_HEADER.length + PAYLOAD_SIZE);
  if (!isUtf8(payload)) {
    throw new Malformed('a segment whose tail is not UTF-8');
  }
  const tail = parsePayload(payload.toString('utf8'));
  if (!formatTail(tail).equals(bytes)) {
    throw new Malformed('a segment whose tail has other bytes than it should');
  }
  return tail;
}

function parsePayload(text: string): Tail {
  let payload: { checkpoint?: unknown; frontier?: unknown; entries?: unknown };
  try {
    payload = Object(JSON.parse(text));
  } catch {
    throw new Malformed('a segment whose tail is not JSON');
  }
  const { checkpoint, frontier, entries } = payload;
  if (typeof checkpoint !== 'string' || typeof entries !== 'string' || !Array.isArray(frontier)) {
    throw new Malformed('a segment whose tail lacks a field');
  }
  return {
    checkpoint,
    frontier: frontier.map((hash) => decodeBase64(hash, HASH_SIZE)),
    entries: decodeBase64(entries, HASH_SIZE),
  };
}

/**
 * Takes a segment apart: framing, hash of the compressed entries, exactly one gzip member of whole lines within the bounds.
 *
 * @throws Malformed
 */
export function parseSegment(bytes: Buffer): Segment {
  const tail = parseTail(bytes.subarray(-TAIL_SIZE));
  const member = bytes.subarray(0, -TAIL_SIZE);
  if (!sha256(member).equals(tail.entries)) {
    throw new Malformed('a segment whose entries have another hash than its tail says');
  }
  const lines = decompressLines(member);
  if (lines.at(-1) !== 0x0a) {
    throw new Malformed('a segment whose last line has no end');
  }
  // Millions of empty lines compress to nothing and would cost a hash each.
  eachLine(lines, (line, index) => {
    if (line.length < MIN_LEAF_SIZE || line.length > MAX_LEAF_SIZE) {
      throw new Malformed(`a segment whose line ${index} has ${line.length} bytes, which no entry has`);
    }
  });
  return { lines, tail };
}

/** Node's gunzip accepts several members and zero padding; here there is exactly one member, or the bytes are refused. */
function decompressLines(member: Buffer): Buffer {
  const header = member.subarray(0, 8).toString('hex');
  const body = member.length - GZIP_HEADER_SIZE - GZIP_TRAILER_SIZE;
  if (header !== '1f8b080000000000' || body < 0) {
    throw new Malformed('a segment whose entries are not one plain gzip member');
  }
  let lines: Buffer;
  let consumed: number;
  try {
    const result = inflateRawSync(member.subarray(GZIP_HEADER_SIZE), {
      info: true,
      maxOutputLength: MAX_SEGMENT_LINES_SIZE,
    }) as unknown as { buffer: Buffer; engine: { bytesWritten: number } };
    lines = result.buffer;
    consumed = result.engine.bytesWritten;
  } catch {
    throw new Malformed('a segment whose entries do not decompress to 8 MiB or less');
  }
  if (
    consumed !== body ||
    member.readUInt32LE(member.length - 8) !== crc32(lines) ||
    member.readUInt32LE(member.length - 4) !== lines.length
  ) {
    throw new Malformed('a segment whose entries are not one whole gzip member');
  }
  return lines;
}

/** Calls back for each line, without its `\n`. The views share memory with `lines`. */
export function eachLine(lines: Buffer, visit: (line: Buffer, index: number) => void): void {
  let start = 0;
  for (let index = 0; start < lines.length; index++) {
    const end = lines.indexOf(0x0a, start);
    visit(lines.subarray(start, end < 0 ? lines.length : end), index);
    start = end < 0 ? lines.length : end + 1;
  }
}

/** The leaf hashes of a segment's lines. */
export function hashLines(lines: Buffer): Buffer[] {
  const leaves: Buffer[] = [];
  eachLine(lines, (line) => leaves.push(leafHash(line)));
  return leaves;
}
