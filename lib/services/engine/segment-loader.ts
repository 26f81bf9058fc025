import {
  attempt,
  type LogName,
  MAX_SEGMENT_LINES_SIZE,
  Malformed,
  parseCheckpoint,
  parseNote,
  parseTail,
  TAIL_SIZE,
} from '../../record';
import type { Log, ObjectReader } from '../ports';
import type { DuckDbCache, LoadedSegment } from './duckdb-cache';
import type { ListedSegment } from './new-segments';
import { readSegmentRows } from './segment-rows';

/** No segment is larger: deflate adds less than 1 byte to 1,000 that it cannot compress. */
const MOST_SEGMENT_BYTES = MAX_SEGMENT_LINES_SIZE + 64 * 1024 + TAIL_SIZE;

/** How much is read and committed at once: bounds memory, and what a crash must load again. */
const BATCH_BYTES = 4 * 1024 * 1024;
const BATCH_SEGMENTS = 256;

/** A segment that cannot be searched. */
export interface SkippedSegment {
  readonly segment: ListedSegment;
  /** Its entries, if its tail still says how many; else 0. */
  readonly count: number;
}

/** Reads segments of one log into a cache. A damaged one is left out and told once. */
export class SegmentLoader {
  /** By their keys. */
  public readonly skipped = new Map<string, SkippedSegment>();
  private isStopped = false;

  public constructor(
    private readonly log: LogName,
    private readonly store: ObjectReader,
    private readonly report: Log,
  ) {}

  /** Makes loading end after the batch under way. */
  public stop(): void {
    this.isStopped = true;
  }

  /**
   * Loads segments, batch by batch.
   *
   * @param onRead told of each that was read or skipped, with its entries; 0 when it is damaged
   */
  public async load(
    cache: DuckDbCache,
    segments: AsyncIterable<ListedSegment>,
    onRead: (segment: ListedSegment, count: number) => void,
  ): Promise<void> {
    let batch: ListedSegment[] = [];
    let bytes = 0;
    for await (const segment of segments) {
      if (this.isStopped) return;
      if (this.skipped.has(segment.key)) continue;
      if (segment.size > MOST_SEGMENT_BYTES) {
        this.skip(segment, `${segment.size} bytes`, 0);
        onRead(segment, 0);
        continue;
      }
      batch.push(segment);
      bytes += segment.size;
      if (batch.length < BATCH_SEGMENTS && bytes < BATCH_BYTES) continue;
      await this.loadBatch(cache, batch, onRead);
      batch = [];
      bytes = 0;
    }
    if (batch.length > 0) await this.loadBatch(cache, batch, onRead);
  }

  private async loadBatch(
    cache: DuckDbCache,
    batch: readonly ListedSegment[],
    onRead: (segment: ListedSegment, count: number) => void,
  ): Promise<void> {
    const objects = await Promise.all(batch.map(({ key }) => this.store.get(key)));
    const loaded: LoadedSegment[] = [];
    for (const [i, segment] of batch.entries()) {
      const bytes = objects[i];
      const rows = bytes === undefined ? undefined : this.read(segment, bytes);
      if (rows !== undefined) loaded.push(rows);
      else if (bytes !== undefined) onRead(segment, 0);
      // Large segments take long to read: others want to be served too.
      await new Promise((resolve) => setImmediate(resolve));
    }
    await cache.load(loaded);
    for (const { segment, count } of loaded) onRead(segment, count);
  }

  private read(segment: ListedSegment, bytes: Buffer): LoadedSegment | undefined {
    try {
      const { rows, count, broken } = readSegmentRows(bytes, segment.first);
      if (broken > 0) this.report('alarm', 'lines-skipped', { key: segment.key, lines: broken });
      return { segment, origin: this.log.shardOrigin(segment.shard), rows, count, broken };
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      this.skip(segment, error.reason, countOf(segment, bytes));
      return undefined;
    }
  }

  private skip(segment: ListedSegment, reason: string, count: number): void {
    this.skipped.set(segment.key, { segment, count });
    this.report('alarm', 'segment-skipped', { key: segment.key, reason });
  }
}

/** What the tail says, which is all that the sealer reads of a segment. */
function countOf({ first }: ListedSegment, bytes: Buffer): number {
  const end = attempt(() => parseCheckpoint(parseNote(parseTail(bytes.subarray(-TAIL_SIZE)).checkpoint).text).size);
  return end instanceof Malformed ? 0 : Math.max(0, end - first);
}
