import { COMMIT_GRACE_MS, HOUR_MS, type LogName, MAX_SEGMENT_LINES_SIZE } from '../../record';
import type { Clock, Log, Signer } from '../ports';
import { backoff } from './backoff';
import { ClockWatch } from './clock-watch';
import { COMMIT_BUDGET_MS, type Commits } from './commit';
import type { PendingAppend } from './pending-append';
import { Shard } from './shard';
import { within } from './within';

/** What all hours of a process share. */
export interface HourLogContext {
  readonly log: LogName;
  readonly admission: Signer;
  readonly commits: Commits;
  readonly clock: Clock;
  readonly report: Log;
  readonly paceMs: number;
  /** The earliest wall clock that this process has seen: no entry of it is older. */
  readonly notBefore: () => number;
  /** Aborted when the process gives up. */
  readonly closed: AbortSignal;
}

/**
 * The appends of one hour: a queue, and the one shard at a time that takes them. Appends leave the queue when they are answered and not before, so that those
 * of a retired shard are, in order, the first of the next one.
 */
export class HourLog {
  private readonly watch: ClockWatch;
  private queue: PendingAppend[] = [];
  private shard: Promise<Shard | undefined> | undefined;
  /** Newest `received` of the queue and the shard. */
  private last: number;
  private lastBegan = Number.NEGATIVE_INFINITY;
  /** Bytes of the queue that are not in flight. */
  private waiting = 0;
  private hurry = new AbortController();
  private isRunning = false;
  /** Grows when a shard is retired. */
  private generation = 0;
  /** Shards that failed in a row. */
  private failures = 0;

  /** @param hour milliseconds since 1970-01-01 UTC at which it begins */
  public constructor(
    private readonly hour: number,
    private readonly context: HourLogContext,
  ) {
    this.watch = new ClockWatch(context.clock);
    this.last = this.earliest;
  }

  /** Whether nothing is waiting for an answer. */
  public get isIdle(): boolean {
    return !this.isRunning && this.queue.length === 0;
  }

  /** Has a shard endorsed before anyone needs it. */
  public prepare(): void {
    void this.openShard();
  }

  /** Retires the shard if the wall clock has jumped since the last call. */
  public checkClock(): void {
    if (!this.watch.jumped()) {
      return;
    }
    this.context.report('warn', 'clock-jumped', { hour: new Date(this.hour).toISOString() });
    this.retire();
    if (this.queue.length === 0) {
      this.last = this.earliest;
    }
  }

  /** The `received` of a request that is complete now: never before that of an earlier one, never outside the hour. */
  public stamp(now: number): number {
    this.last = Math.min(Math.max(now, this.last), this.hour + HOUR_MS - 1);
    return this.last;
  }

  /** Takes the entries of one request; its lines must fit a segment. */
  public push(append: PendingAppend): void {
    this.queue.push(append);
    this.waiting += append.size;
    if (this.waiting >= MAX_SEGMENT_LINES_SIZE) {
      this.hurry.abort();
    }
    if (!this.isRunning) {
      this.isRunning = true;
      void this.run();
    }
  }

  /** Refuses what cannot be confirmed in time if it is not within so many milliseconds. */
  public refuseLate(milliseconds: number): void {
    this.refuse(this.queue.filter(({ timeLeft }) => timeLeft < milliseconds));
  }

  private async run(): Promise<void> {
    try {
      while (this.queue.length > 0) {
        await this.pause();
        await this.writeSegment();
      }
    } catch (error) {
      // A bug, or no memory: what is queued cannot be saved, the next request starts anew.
      this.context.report('error', 'internal', { error: error instanceof Error ? error.name : typeof error });
      this.retire();
      this.refuse(this.queue);
    } finally {
      this.isRunning = false;
    }
  }

  /** Waits until the pace allows the next segment, or enough for a whole one is waiting. */
  private async pause(): Promise<void> {
    const { clock, paceMs } = this.context;
    this.hurry = new AbortController();
    if (this.waiting < MAX_SEGMENT_LINES_SIZE) {
      await clock.sleep(this.lastBegan + paceMs - clock.monotonic(), this.hurry.signal);
    }
  }

  private async writeSegment(): Promise<void> {
    const { generation } = this;
    const isRetired = (): boolean => this.generation !== generation;
    const shard = await this.openShard();
    this.checkClock();
    if (isRetired()) {
      return;
    }
    if (shard === undefined) {
      this.retire();
      this.refuse(this.queue);
      return;
    }
    const batch = this.takeBatch();
    this.lastBegan = this.context.clock.monotonic();
    if (batch.length > 0 && !(await this.commitSegment(shard, batch, isRetired)) && !isRetired()) {
      this.retire();
    }
    this.settleQueue();
  }

  private async commitSegment(
    shard: Shard,
    batch: readonly PendingAppend[],
    isRetired: () => boolean,
  ): Promise<boolean> {
    const { key, bytes, receipts } = await shard.makeSegment(batch);
    if (!(await this.context.commits.commit(key, bytes, isRetired))) {
      this.context.report('warn', 'shard-retired', { key });
      this.failures++;
      return false;
    }
    this.failures = 0;
    for (const [i, receipt] of receipts.entries()) {
      batch[i]?.confirm(receipt);
    }
    return true;
  }

  /** The longest begin of the queue that fits one segment. */
  private takeBatch(): PendingAppend[] {
    let size = 0;
    const end = this.queue.findIndex((append) => {
      size += append.size;
      return size > MAX_SEGMENT_LINES_SIZE;
    });
    const batch = this.queue.slice(0, end < 0 ? this.queue.length : end);
    this.waiting -= sizeOf(batch);
    return batch;
  }

  private refuse(appends: readonly PendingAppend[]): void {
    for (const append of appends) {
      append.refuse();
    }
    this.settleQueue();
  }

  private settleQueue(): void {
    this.queue = this.queue.filter(({ isOpen }) => isOpen);
    this.waiting = sizeOf(this.queue);
  }

  /** No further attempt of the shard's reaches the store; one that is under way is not used unless the store confirms it. */
  public retire(): void {
    this.shard = undefined;
    this.generation++;
  }

  private openShard(): Promise<Shard | undefined> {
    this.shard ??= this.makeShard(this.generation);
    return this.shard;
  }

  /** Makes shards until one is endorsed, for as long as the hour takes writes. Gives `undefined` when there will be none. */
  private async makeShard(generation: number): Promise<Shard | undefined> {
    const { log, clock, closed } = this.context;
    const isAbandoned = (): boolean => this.generation !== generation || closed.aborted || this.isOver;
    for (; !isAbandoned(); this.failures++) {
      if (this.failures > 0) {
        await clock.sleep(backoff(this.failures), closed);
      }
      const shard = new Shard(log, this.hour);
      if (await this.endorse(shard, isAbandoned)) {
        return shard;
      }
    }
    return undefined;
  }

  private async endorse(shard: Shard, isAbandoned: () => boolean): Promise<boolean> {
    const { admission, clock, commits, notBefore, report } = this.context;
    try {
      const note = await within(clock, COMMIT_BUDGET_MS, shard.endorse(admission, notBefore()));
      if (note !== undefined) {
        return !isAbandoned() && (await commits.commit(note.key, note.bytes, isAbandoned));
      }
      report('error', 'admission-key-silent');
    } catch (error) {
      report('error', 'admission-key-failed', { error: error instanceof Error ? error.name : typeof error });
    }
    return false;
  }

  private get earliest(): number {
    return Math.max(this.hour, this.context.notBefore());
  }

  private get isOver(): boolean {
    return this.context.clock.now() > this.hour + HOUR_MS + COMMIT_GRACE_MS;
  }
}

function sizeOf(appends: readonly PendingAppend[]): number {
  return appends.reduce((sum, { size }) => sum + size, 0);
}
