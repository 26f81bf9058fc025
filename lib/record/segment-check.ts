import { isUtf8 } from 'node:buffer';
import { attempt } from './attempt';
import { type Checkpoint, parseCheckpoint } from './checkpoint';
import type { Endorsement } from './endorsement';
import { parseEntry } from './entry';
import { leafHash } from './hash';
import { Malformed } from './malformed';
import { HOUR_MS } from './names';
import { openSoleNote } from './note';
import { eachLine, MAX_SEGMENT_LINES_SIZE, parseSegment, parseTail, TAIL_SIZE, type Tail } from './segment';
import { Tree } from './tree';

/** No segment has more bytes: lines that do not compress grow by less than 64 KiB. */
export const MAX_SEGMENT_SIZE: number = MAX_SEGMENT_LINES_SIZE + 64 * 1024 + TAIL_SIZE;

/** A segment that is whole in itself: its shard's key signed exactly these entries behind the tree that its frontier tells. */
export interface CheckedSegment {
  /** The tree before the segment. Whether it is the tree of the segments before, the caller must compare. */
  readonly before: Tree;
  /** Leaf hashes of its entries. */
  readonly leaves: readonly Buffer[];
  /** The shard's signed state behind the segment. */
  readonly checkpoint: Checkpoint;
  /** `received` of its first and its last entry, milliseconds. */
  readonly received: { readonly first: number; readonly last: number };
}

/**
 * Checks one segment alone: framing, tail, signature, size and root; every entry's form and length; and that `received` lies in the shard's hour, not
 * before the endorsement, and never decreases.
 *
 * @param first index of its first entry, as its key says
 * @param endorsement of the shard, already verified
 * @param hour of the shard, as its key says
 * @throws Malformed
 */
export function checkSegment(bytes: Buffer, first: number, endorsement: Endorsement, hour: number): CheckedSegment {
  const { lines, tail } = parseSegment(bytes);
  const checkpoint = openShardCheckpoint(tail, endorsement);
  const before = Tree.ofFrontier(first, tail.frontier);
  const { leaves, received } = checkLines(lines, Math.max(hour, endorsement.notBefore), hour + HOUR_MS);
  const tree = before.copy();
  for (const leaf of leaves) {
    tree.append(leaf);
  }
  if (checkpoint.size !== tree.size || !checkpoint.root.equals(tree.root)) {
    throw new Malformed('a segment whose entries are not those that its checkpoint signs');
  }
  return { before, leaves, checkpoint, received };
}

/**
 * Checks a segment's tail alone: form, signature, and that the segment has entries. What the entries are stays unknown.
 *
 * @param bytes the last `TAIL_SIZE` bytes of the segment
 * @param first index of its first entry, as its key says
 * @throws Malformed
 */
export function checkTail(
  bytes: Buffer,
  first: number,
  endorsement: Endorsement,
): { readonly before: Tree; readonly checkpoint: Checkpoint } {
  const tail = parseTail(bytes);
  const checkpoint = openShardCheckpoint(tail, endorsement);
  if (checkpoint.size <= first) {
    throw new Malformed(`a segment that begins at ${first} and whose checkpoint says ${checkpoint.size}`);
  }
  return { before: Tree.ofFrontier(first, tail.frontier), checkpoint };
}

function openShardCheckpoint(tail: Tail, endorsement: Endorsement): Checkpoint {
  const checkpoint = parseCheckpoint(openSoleNote(tail.checkpoint, endorsement.shard));
  if (checkpoint.origin !== endorsement.shard.name) {
    throw new Malformed('a segment with a checkpoint of another origin');
  }
  return checkpoint;
}

function checkLines(lines: Buffer, from: number, to: number): Pick<CheckedSegment, 'leaves' | 'received'> {
  if (!isUtf8(lines)) {
    throw new Malformed('a segment whose lines are not UTF-8');
  }
  const leaves: Buffer[] = [];
  let last = from;
  let start: number | undefined;
  eachLine(lines, (line, index) => {
    const received = attempt(() => receivedOf(line, last, to));
    if (received instanceof Malformed) {
      throw new Malformed(`line ${index + 1}: ${received.reason}`);
    }
    start ??= received;
    last = received;
    leaves.push(leafHash(line));
  });
  return { leaves, received: { first: start ?? from, last } };
}

function receivedOf(line: Buffer, from: number, to: number): number {
  const { received } = parseEntry(line.toString());
  if (received < from || received >= to) {
    throw new Malformed('an entry received before the one before it, before its endorsement, or in another hour');
  }
  return received;
}
