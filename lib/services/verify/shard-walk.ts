import {
  attempt,
  type Endorsement,
  type LagWindow,
  type LogName,
  MAX_NOTE_BYTES,
  MAX_SEGMENT_SIZE,
  Malformed,
  openEndorsement,
  parseEndorsement,
  parseShardPath,
  type RootCheck,
  ShardCheck,
  ShardSealing,
  shardPath,
  type VerifierKey,
} from '../../record';
import type { ObjectReader } from '../ports';
import { readAtMost, TOO_LARGE } from './bounded-read';
import type { ForeignObjects, KeyOf } from './foreign';
import { Peekable } from './peekable';
import { openByAny, type ReceiptsByShard } from './receipts';
import type { Report } from './report';

/** A shard's place: its hour (milliseconds) and id, and both as a path. */
interface Place {
  readonly path: string;
  readonly hour: number;
  readonly shard: string;
}

/** When and how leniently shards are judged. */
export interface ShardJudgement {
  /** Milliseconds. */
  readonly now: number;
  readonly lag: LagWindow;
}

/** Feeds the shards of a store to checks: hour by hour, one shard and one segment at a time. */
export class ShardWalk {
  /** Which hour the shards with a valid endorsement are of: no shard has two. */
  private readonly hours = new Map<string, number>();
  private readonly admission: readonly VerifierKey[];

  public constructor(
    private readonly store: ObjectReader,
    private readonly log: LogName,
    private readonly root: RootCheck,
    private readonly receipts: ReceiptsByShard,
    private readonly judgement: ShardJudgement,
    private readonly report: Report,
  ) {
    this.admission = root.state.admissionKeys;
  }

  public async walk(foreign: ForeignObjects): Promise<void> {
    const segments = new Peekable(foreign.only('entries/', 'segment'));
    const endorsements = new Peekable(foreign.only('shards/', 'endorsement'));
    for (;;) {
      const keys = [await segments.peek(), await endorsements.peek()];
      const [place] = keys.flatMap((key) => (key ? [placeOf(key)] : [])).sort((a, b) => (a.path < b.path ? -1 : 1));
      if (place === undefined) {
        break;
      }
      await this.walkShard(place, segments);
      const endorsed = await endorsements.peek();
      if (endorsed !== undefined && placeOf(endorsed).path === place.path) {
        endorsements.skip();
      }
    }
    for (const path of new Set([...this.root.state.shards.keys(), ...this.receipts.keys()])) {
      const place = parseShardPath(path);
      if (place !== undefined) {
        this.finish(this.begin({ path, ...place }));
      }
    }
  }

  private async walkShard(place: Place, segments: Peekable<KeyOf<'segment'>>): Promise<void> {
    const check = this.begin(place);
    const endorsement = await this.endorsementOf(place, check);
    for (let key = await segments.peek(); key && placeOf(key).path === place.path; key = await segments.peek()) {
      segments.skip();
      if (endorsement !== undefined) {
        await this.addSegment(check, place, key, endorsement);
        this.report.add(...check.takeFindings());
      }
    }
    if (endorsement === undefined) {
      this.report.absent(check.absentSince);
    } else {
      this.finish(check);
    }
  }

  /** Takes what the root and the receipts say about a shard; what nobody takes is of shards that are not in the store. */
  private begin({ path, hour, shard }: Place): ShardCheck {
    const sealing = this.root.state.shards.get(path) ?? new ShardSealing();
    const receipts = this.receipts.get(path) ?? [];
    this.root.state.shards.delete(path);
    this.receipts.delete(path);
    return new ShardCheck({ log: this.log, hour, shard, sealing, receipts, lag: this.judgement.lag });
  }

  private finish(check: ShardCheck): void {
    const counts = check.finish({ now: this.judgement.now, rootIsWhole: this.root.isWhole });
    const { totals, pending } = this.report;
    totals.entries += counts.entries;
    totals.segments += counts.segments;
    totals.receipts += counts.receipts;
    totals.shards += counts.segments > 0 && check.isWhole ? 1 : 0;
    pending.entries += counts.pendingEntries;
    pending.receipts += counts.pendingReceipts;
    this.report.absent(check.absentSince);
    this.report.add(...check.takeFindings());
    this.report.progress();
  }

  private async addSegment(
    check: ShardCheck,
    place: Place,
    { first, modified }: KeyOf<'segment'>,
    endorsement: Endorsement,
  ): Promise<void> {
    // A listing of a folder that grows may leave out what was added meanwhile: whether it is really gone, only reading tells.
    for (let next = check.expected; next !== undefined && next < first; next = check.expected) {
      const bytes = await this.readSegment(place, next);
      if (bytes === undefined) {
        break;
      }
      this.addBytes(check, next, bytes, endorsement);
    }
    const bytes = await this.readSegment(place, first);
    if (bytes !== undefined) {
      this.addBytes(check, first, bytes, endorsement, modified);
    }
  }

  private addBytes(
    check: ShardCheck,
    first: number,
    bytes: Buffer | typeof TOO_LARGE,
    endorsement: Endorsement,
    modified?: number,
  ): void {
    if (bytes === TOO_LARGE) {
      check.addDamaged(first, `it has more than ${MAX_SEGMENT_SIZE} bytes`);
    } else {
      check.add(first, bytes, endorsement, modified);
    }
  }

  private readSegment({ hour, shard }: Place, first: number): Promise<Buffer | typeof TOO_LARGE | undefined> {
    return readAtMost(this.store, this.log.segmentKey(hour, shard, first), MAX_SEGMENT_SIZE);
  }

  /** Read by its name even if no listing has it: it was written before the shard's first segment, but maybe after the listing. */
  private async endorsementOf({ hour, shard }: Place, check: ShardCheck): Promise<Endorsement | undefined> {
    const object = this.log.endorsementKey(hour, shard);
    const bytes = await readAtMost(this.store, object, MAX_NOTE_BYTES);
    if (bytes === undefined && check.isOnItsWay()) {
      this.report.add({
        code: 'lag',
        object,
        detail: 'it is not there yet, and without it the shard cannot be checked',
      });
      return undefined;
    }
    const endorsement =
      bytes === undefined || bytes === TOO_LARGE
        ? new Malformed(bytes === undefined ? 'it is not there' : 'it is too large for a note')
        : attempt(() => this.openEndorsement(bytes.toString(), hour, shard));
    if (endorsement instanceof Malformed) {
      this.report.add({ code: 'unendorsed', object, detail: endorsement.reason });
      return undefined;
    }
    const other = this.hours.get(shard);
    if (other !== undefined) {
      const detail = `the shard has another endorsement, ${this.log.endorsementKey(other, shard)}`;
      this.report.add({ code: 'unendorsed', object, detail });
      return undefined;
    }
    this.hours.set(shard, hour);
    return endorsement;
  }

  private openEndorsement(note: string, hour: number, shard: string): Endorsement {
    return openByAny(this.admission, (key) =>
      key === undefined ? parseEndorsement(note) : openEndorsement(note, key, this.log, hour, shard),
    );
  }
}

function placeOf({ hour, shard }: { readonly hour: number; readonly shard: string }): Place {
  return { path: shardPath(hour, shard), hour, shard };
}
