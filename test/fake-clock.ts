import type { Clock } from '../lib/services/ports';

interface Sleeper {
  readonly until: number;
  readonly wake: () => void;
}

/** A clock that stands still until a test moves it. */
export class FakeClock implements Clock {
  private wall: number;
  private elapsed = 0;
  private sleepers: Sleeper[] = [];

  /** @param start wall clock, milliseconds since 1970-01-01 UTC or text in ISO 8601 */
  public constructor(start: number | string = '2026-01-02T03:04:05.678Z') {
    this.wall = typeof start === 'string' ? Date.parse(start) : start;
  }

  public now(): number {
    return this.wall;
  }

  public monotonic(): number {
    return this.elapsed;
  }

  public async sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    if (milliseconds <= 0 || signal?.aborted) return;
    await new Promise<void>((resolve) => {
      const wake = (): void => {
        signal?.removeEventListener('abort', wake);
        this.sleepers = this.sleepers.filter((each) => each !== sleeper);
        resolve();
      };
      const sleeper = { until: this.elapsed + milliseconds, wake };
      this.sleepers.push(sleeper);
      signal?.addEventListener('abort', wake, { once: true });
    });
  }

  /** How many sleeps have not ended yet. */
  public get sleeping(): number {
    return this.sleepers.length;
  }

  /** Moves the wall clock only, as a clock adjustment does. */
  public setNow(time: number | string): void {
    this.wall = typeof time === 'string' ? Date.parse(time) : time;
  }

  /** Moves the monotonic clock only, as time does while the wall clock is stopped, and wakes in order of their times those who slept so long. */
  public advanceMonotonic(milliseconds: number): void {
    if (milliseconds < 0) throw new Error('a monotonic clock never steps back');
    this.elapsed += milliseconds;
    const due = this.sleepers.filter(({ until }) => until <= this.elapsed).sort((a, b) => a.until - b.until);
    for (const sleeper of due) sleeper.wake();
  }

  /** Lets time pass: both clocks move, sleepers wake, and what they do at once is done when the promise resolves. */
  public async advance(milliseconds: number): Promise<void> {
    this.wall += milliseconds;
    this.advanceMonotonic(milliseconds);
    await new Promise((resolve) => setImmediate(resolve));
  }
}
