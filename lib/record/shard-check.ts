import { attempt } from './attempt';
import type { Endorsement } from './endorsement';
import type { Finding, FindingCode } from './finding';
import { EMPTY_ROOT } from './hash';
import type { LagWindow } from './lag-window';
import { Malformed } from './malformed';
import type { LogName } from './names';
import type { ProvedReceipt } from './receipt';
import { SEAL_DELAY_MS } from './root-entry';
import { closingTime, type ShardSealing } from './sealing';
import { TAIL_SIZE } from './segment';
import { type CheckedSegment, checkSegment, checkTail } from './segment-check';

/** A receipt that holds by itself, and where it stands in the receipts file. */
export interface NumberedReceipt extends Pick<ProvedReceipt, 'first' | 'size' | 'root'> {
  /** Line in the receipts file, from 1. */
  readonly line: number;
  readonly count: number;
  /** Milliseconds. */
  readonly received: number;
}

/** Where a shard belongs and what is already known about it. */
export interface ShardToCheck {
  readonly log: LogName;
  readonly hour: number;
  readonly shard: string;
  /** What the root vouches for. */
  readonly sealing: ShardSealing;
  readonly receipts: readonly NumberedReceipt[];
  /** Which absences are no damage. */
  readonly lag: LagWindow;
}

/** When and against what a shard is judged. */
export interface Judgement {
  /** Milliseconds. */
  readonly now: number;
  /** Whether the root log is whole: only then does it prove that something is not in it. */
  readonly rootIsWhole: boolean;
}

/** How much of a shard is as it must be. */
export interface ShardCounts {
  readonly entries: number;
  readonly segments: number;
  readonly pendingEntries: number;
  readonly receipts: number;
  readonly pendingReceipts: number;
}

/** A stretch of entries that nobody can check: they are gone, or their segment is damaged. */
interface Hole {
  readonly from: number;
  /** Infinite until a later segment says where it ends. */
  readonly to: number;
  readonly why: 'damaged' | 'missing' | 'lag';
}

const GONE = { missing: 'gone', lag: 'not there yet' };

/** A tree that the root or a receipt says the shard had. */
interface Claim {
  readonly size: number;
  readonly root: Buffer;
  readonly receipt?: NumberedReceipt;
}

/**
 * Checks one shard: its segments in order, one at a time, against each other, against every state that the root ever sealed, and against receipts.
 * Keeps no entries, only the state behind the newest segment.
 */
export class ShardCheck {
  private readonly found: Finding[] = [];
  private readonly claims: readonly Claim[];
  private readonly holes: Hole[] = [];
  private readonly counts = { entries: 0, segments: 0, pendingEntries: 0, receipts: 0, pendingReceipts: 0 };
  private settled = 0;
  /** The signed state behind the newest segment; unknown behind one that is damaged beyond recognition. */
  private end: { readonly size: number; readonly root: Buffer } | undefined = { size: 0, root: EMPTY_ROOT };
  private lastReceived = 0;
  private parted = false;
  private whole = true;
  private firstUnsealed: number | undefined;
  private absentFrom: number | undefined;

  public constructor(private readonly subject: ShardToCheck) {
    const receipts = subject.receipts.map((receipt) => ({ size: receipt.size, root: receipt.root, receipt }));
    this.claims = [...subject.sealing.statements, ...receipts].sort((a, b) => a.size - b.size);
  }

  /** Index with which the next segment must begin; `undefined` when that is unknown. */
  public get expected(): number | undefined {
    return this.end?.size;
  }

  /** Whether nothing has been found so far. */
  public get isWhole(): boolean {
    return this.whole;
  }

  /** When the root sealed the first of the entries that are not there, in milliseconds; `undefined` when all that it sealed are. */
  public get absentSince(): number | undefined {
    return this.absentFrom === undefined ? undefined : this.subject.sealing.sealedAt(this.absentFrom);
  }

  /** Notes that nothing of the shard can be checked, because its endorsement is not there, and says whether it may still be on its way. */
  public isOnItsWay(): boolean {
    return this.absence(0) === 'lag';
  }

  /** Takes away what has been found since the last call. */
  public takeFindings(): Finding[] {
    return this.found.splice(0);
  }

  /**
   * Takes the next segment in the order of the keys.
   *
   * @param modified when a store that can be believed says that it was written, milliseconds
   */
  public add(first: number, bytes: Buffer, endorsement: Endorsement, modified?: number): void {
    const segment = attempt(() => checkSegment(bytes, first, endorsement, this.subject.hour));
    if (segment instanceof Malformed) {
      const tail = attempt(() => checkTail(bytes.subarray(-TAIL_SIZE), first, endorsement));
      this.addDamaged(first, segment.reason, tail instanceof Malformed ? undefined : tail.checkpoint);
    } else if (this.end !== undefined && first < this.end.size) {
      this.report(
        'forked',
        first,
        `it is signed, but begins inside the segments before it, which reach ${this.end.size}`,
      );
    } else {
      this.follow(first, segment);
      this.compareTimes(first, segment, modified);
    }
  }

  private compareTimes(first: number, { received }: CheckedSegment, modified: number | undefined): void {
    const apart = modified === undefined ? 0 : Math.max(modified - received.first, received.last - modified);
    if (modified !== undefined && apart > SEAL_DELAY_MS) {
      const written = new Date(modified).toISOString();
      const claimed = new Date(received.first).toISOString();
      this.report('time-mismatch', first, `its first entry says ${claimed}, the store got it at ${written}`);
    }
  }

  /**
   * Takes a segment that cannot be checked.
   *
   * @param end what its tail still says, when it is signed
   */
  public addDamaged(first: number, reason: string, end?: { readonly size: number; readonly root: Buffer }): void {
    // Only what is signed, or comes next, says that the entries before it exist.
    if (this.end === undefined || first === this.end.size || (first > this.end.size && end !== undefined)) {
      this.open(first);
      this.holes.push({ from: first, to: end?.size ?? Number.POSITIVE_INFINITY, why: 'damaged' });
      this.end = end;
    }
    this.report('damaged', first, reason);
  }

  private follow(first: number, segment: CheckedSegment): void {
    this.open(first);
    if (this.end !== undefined && !segment.before.root.equals(this.end.root)) {
      this.part(first, `it continues another history than the segments before it tell`);
    }
    if (segment.received.first < this.lastReceived) {
      this.report('damaged', first, 'line 1: an entry received before the last one of the segment before');
    } else {
      this.counts.segments++;
      this.counts.entries += segment.leaves.length;
    }
    this.lastReceived = segment.received.last;
    this.compare(first, segment);
    this.end = segment.checkpoint;
    if (this.end.size > this.subject.sealing.size) {
      this.firstUnsealed ??= first;
    }
  }

  /** Ends the hole before a segment, or finds one. */
  private open(first: number): void {
    const hole = this.holes.at(-1);
    if (this.end === undefined && hole !== undefined) {
      this.holes[this.holes.length - 1] = { ...hole, to: first };
    } else if (this.end !== undefined && first > this.end.size) {
      const from = this.end.size;
      const why = this.absence(from);
      this.report(why, from, `entries ${from} to ${first - 1} are ${GONE[why]}; the next segment is there`);
      this.holes.push({ from, to: first, why });
      this.end = undefined;
    }
  }

  /** Compares the trees that others claim with the shard's own at the same sizes. */
  private compare(first: number, { before, leaves, checkpoint }: CheckedSegment): void {
    const tree = before.copy();
    for (
      let claim = this.claims[this.settled];
      claim && claim.size <= checkpoint.size;
      claim = this.claims[this.settled]
    ) {
      if (claim.size === checkpoint.size) {
        this.settle(claim, first, checkpoint.root);
      } else if (claim.size < first) {
        this.settle(claim, first, undefined);
      } else {
        for (const leaf of leaves.slice(tree.size - first, claim.size - first)) {
          tree.append(leaf);
        }
        this.settle(claim, first, tree.root);
      }
    }
  }

  /** @param root the shard's own at the claim's size; unknown inside a hole */
  private settle(claim: Claim, first: number, root: Buffer | undefined): void {
    this.settled++;
    const { receipt } = claim;
    if (root !== undefined && !root.equals(claim.root)) {
      const detail = `its shard's key signed another tree of size ${claim.size}`;
      if (receipt === undefined) {
        this.part(first, `${detail}, which the root sealed`);
      } else {
        this.report('forked', first, `${detail}, which receipt line ${receipt.line} holds`);
      }
    } else if (receipt !== undefined) {
      const hole = this.holes.find(({ from, to }) => from < receipt.first + receipt.count && receipt.first < to);
      if (hole?.why === 'missing') {
        this.find('missing', `receipt line ${receipt.line}`, this.absenceOf(receipt));
      } else if (hole?.why === 'lag') {
        this.counts.pendingReceipts++;
      } else if (hole === undefined && root !== undefined) {
        this.counts.receipts++;
      }
    }
  }

  /** Where two histories part is said once; what follows from it is not. */
  private part(first: number, detail: string): void {
    if (!this.parted) {
      this.parted = true;
      this.report('forked', first, detail);
    }
  }

  private report(code: FindingCode, first: number, detail: string): void {
    const { log, hour, shard } = this.subject;
    this.find(code, log.segmentKey(hour, shard, first), detail);
  }

  private find(code: FindingCode, object: string, detail: string): void {
    this.whole = false;
    this.found.push({ code, object, detail });
  }

  /** Judges the shard as a whole, when there are no more segments. */
  public finish(judgement: Judgement): ShardCounts {
    const { sealing, hour } = this.subject;
    const reached = this.end?.size ?? Number.POSITIVE_INFINITY;
    for (let claim = this.claims[this.settled]; claim && claim.size <= reached; claim = this.claims[this.settled]) {
      this.settle(claim, claim.size, undefined);
    }
    if (this.end !== undefined) {
      this.finishClaims(this.end.size, judgement);
      this.finishTail(this.end.size, judgement);
    }
    const backdated = sealing.firstBackdated(hour);
    if (backdated !== undefined) {
      this.report(
        'backdated',
        backdated,
        'the root saw the entries from here on only after the shard had to be closed',
      );
    }
    return this.counts;
  }

  private finishClaims(size: number, { now }: Judgement): void {
    const { sealing, lag } = this.subject;
    if (sealing.size > size) {
      this.report(this.absence(size), size, `the root sealed ${sealing.size} entries, there are ${size}`);
    }
    for (const { receipt } of this.claims.slice(this.settled)) {
      if (receipt === undefined) {
        continue;
      }
      const object = `receipt line ${receipt.line}`;
      const isSealed = sealing.size >= receipt.first + receipt.count;
      if (isSealed && this.absence(Math.max(size, receipt.first)) === 'missing') {
        this.find('missing', object, `${this.absenceOf(receipt)}, and the root sealed them`);
      } else if (!isSealed && now > receipt.received + SEAL_DELAY_MS + lag.milliseconds) {
        this.find('withheld', object, this.absenceOf(receipt));
      } else {
        this.counts.pendingReceipts++;
      }
    }
  }

  private finishTail(size: number, { now, rootIsWhole }: Judgement): void {
    const { sealing, hour, lag } = this.subject;
    const first = this.firstUnsealed;
    if (first === undefined || size <= sealing.size) {
      return;
    }
    if (sealing.closed) {
      this.report('late', first, `entries ${sealing.size} to ${size - 1} stand behind the close at ${sealing.size}`);
    } else if (now <= closingTime(hour) + lag.milliseconds) {
      this.counts.pendingEntries += size - sealing.size;
    } else if (rootIsWhole) {
      this.report('unsealed', first, `entries ${sealing.size} to ${size - 1} are not in the root log`);
    }
  }

  /** What it means that an entry is not there. */
  private absence(index: number): 'missing' | 'lag' {
    const { sealing, hour, lag } = this.subject;
    const sealed = sealing.sealedAt(index);
    this.absentFrom = Math.min(this.absentFrom ?? index, index);
    return (sealed === undefined ? lag.coversHour(hour) : lag.covers(sealed)) ? 'lag' : 'missing';
  }

  private absenceOf({ first, count }: NumberedReceipt): string {
    const { log, shard } = this.subject;
    return `entries ${first} to ${first + count - 1} of ${log.shardOrigin(shard)} are not there`;
  }
}
