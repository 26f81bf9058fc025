import { AuditLogError } from '../../policy/errors';
import {
  type AppendAnswer,
  type BodyValue,
  type EncodedBody,
  encodeBody,
  encodeHeartbeat,
  HOUR_MS,
  hourOf,
  type LogName,
  NODE_WRITER,
} from '../../record';
import type { Clock, Log, ObjectWriter, Signer } from '../ports';
import { Commits } from './commit';
import { HourLog } from './hour-log';
import type { MemoryBudget } from './memory-budget';
import { NextHour } from './next-hour';
import { PendingAppend } from './pending-append';

const TICK_MS = 1_000;
/** What has not been confirmed so long before its time is up is refused, so that the answer goes out in time. */
const REFUSE_BEFORE_MS = 2 * TICK_MS;
const HEARTBEAT_MS = 30_000;
/** A node that the store has confirmed nothing for this long is not ready; it hears its own heartbeat every half of it. */
const READY_MS = 60_000;
/** What a leaf's hash costs in memory, in bytes, its object included. */
const LEAF_COST = 128;

/** What an ingest node is made of. */
export interface IngestParts {
  readonly log: LogName;
  readonly writer: ObjectWriter;
  readonly admission: Signer;
  readonly clock: Clock;
  readonly report: Log;
  readonly budget: MemoryBudget;
  /** Least time between the begins of two segments of an hour, in milliseconds. */
  readonly paceMs: number;
  /**
   * How long nothing may be appended before the node appends something itself, in milliseconds.
   *
   * @default 30000
   */
  readonly heartbeatMs?: number;
}

/** One ingest node: brings requests into the segments of their hours. It only ever writes, and depends on no other node. */
export class Ingest {
  private readonly commits: Commits;
  private readonly hours = new Map<number, HourLog>();
  private readonly nextHour: NextHour;
  private readonly closed = new AbortController();
  private isDraining = false;
  private lastEntry: number;
  private earliest = Number.POSITIVE_INFINITY;

  public constructor(private readonly parts: IngestParts) {
    this.commits = new Commits(parts.writer, parts.clock, parts.report);
    this.nextHour = new NextHour(parts.clock);
    this.lastEntry = parts.clock.monotonic();
  }

  /** Gets the node ready, also without traffic, and keeps it so until `close`. */
  public start(): void {
    this.hourLog(hourOf(this.parts.clock.now())).prepare();
    void this.keepGoing();
  }

  /** Whether a load balancer should send requests here. */
  public get isReady(): boolean {
    return !this.isDraining && this.parts.clock.monotonic() - this.commits.lastConfirmed <= READY_MS;
  }

  /**
   * Appends the values of one request whose body is complete now, and gives the receipt once they are durable.
   *
   * @param values at least one
   * @throws draining
   * @throws overloaded
   * @throws append-unconfirmed within 30 seconds; the values may be in the log or not
   * @throws TooLarge
   */
  public async append(values: readonly BodyValue[], writer: string, idempotencyKey?: string): Promise<AppendAnswer> {
    this.refuseWhenDraining();
    const now = this.parts.clock.now();
    const hour = this.hourLog(hourOf(now));
    hour.checkClock();
    const received = hour.stamp(now);
    const entries = encodeBody(values, { received, writer, idempotencyKey });
    const giveBack = this.parts.budget.reserve(entries.lines.length + entries.leaves.length * LEAF_COST);
    try {
      const receipt = await this.push(hour, entries, received, writer);
      return { accepted: values.length - entries.rejected.length, rejected: entries.rejected, receipt };
    } finally {
      giveBack();
    }
  }

  /** @throws draining when the node is about to end */
  public refuseWhenDraining(): void {
    if (this.isDraining) {
      throw new AuditLogError('draining', {
        problem: 'this node is about to end',
        fix: 'send the request again, after the time in Retry-After; another node will take it',
      });
    }
  }

  /** Takes no more requests. Those that were taken go on. */
  public drain(): void {
    this.isDraining = true;
  }

  /** Gives up what is still pending. */
  public close(): void {
    this.drain();
    this.closed.abort();
    for (const hour of this.hours.values()) {
      hour.refuseLate(Number.POSITIVE_INFINITY);
    }
  }

  private push(hour: HourLog, entries: EncodedBody, received: number, writer: string): PendingAppend['answer'] {
    const append = new PendingAppend(entries, received, writer, this.parts.clock);
    this.lastEntry = this.parts.clock.monotonic();
    hour.push(append);
    return append.answer;
  }

  private async keepGoing(): Promise<void> {
    while (!this.closed.signal.aborted) {
      this.tick();
      await this.parts.clock.sleep(TICK_MS, this.closed.signal);
    }
  }

  private tick(): void {
    const hour = hourOf(this.parts.clock.now());
    this.keepHours(hour);
    if (this.nextHour.isDue()) {
      this.hourLog(hour + HOUR_MS).prepare();
    }
    if (this.parts.clock.monotonic() - this.lastEntry >= (this.parts.heartbeatMs ?? HEARTBEAT_MS) && !this.isDraining) {
      this.beat();
    }
  }

  /** Drops the hours that are over, or that a clock which was wrong made. */
  private keepHours(current: number): void {
    for (const [hour, log] of this.hours) {
      log.checkClock();
      log.refuseLate(REFUSE_BEFORE_MS);
      if (log.isIdle && hour !== current && hour !== current + HOUR_MS) {
        log.retire();
        this.hours.delete(hour);
      }
    }
  }

  private beat(): void {
    const now = this.parts.clock.now();
    const hour = this.hourLog(hourOf(now));
    const received = hour.stamp(now);
    // What became of it shows in `isReady`.
    this.push(hour, encodeHeartbeat(received), received, NODE_WRITER).catch(() => {});
  }

  private hourLog(hour: number): HourLog {
    const known = this.hours.get(hour);
    if (known !== undefined) {
      return known;
    }
    const { log, admission, clock, report, paceMs } = this.parts;
    const { commits } = this;
    const made = new HourLog(hour, {
      log,
      admission,
      commits,
      clock,
      report,
      paceMs,
      notBefore: () => this.seeClock(),
      closed: this.closed.signal,
    });
    this.hours.set(hour, made);
    return made;
  }

  /** The earliest wall clock that this process has seen. A clock that is set back must not make entries older than their endorsement. */
  private seeClock(): number {
    this.earliest = Math.min(this.earliest, this.parts.clock.now());
    return this.earliest;
  }
}
