import type { Clock } from '../ports';

const MOST_DRIFT_MS = 1_000;

/** Notices when the wall clock jumps: when it moves, between two looks, more than a second more or less than the monotonic clock. */
export class ClockWatch {
  private offset: number;

  public constructor(private readonly clock: Clock) {
    this.offset = this.measure();
  }

  /** Whether the wall clock jumped since the last look. */
  public jumped(): boolean {
    const before = this.offset;
    this.offset = this.measure();
    return Math.abs(this.offset - before) > MOST_DRIFT_MS;
  }

  private measure(): number {
    return this.clock.now() - this.clock.monotonic();
  }
}
