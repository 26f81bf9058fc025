import type { Clock } from './ports';

/** Longest delay a Node timer takes; a longer one would fire at once. https://nodejs.org/api/timers.html */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The clocks of this machine. */
export class SystemClock implements Clock {
  public now(): number {
    return Date.now();
  }

  public monotonic(): number {
    return performance.now();
  }

  public async sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    const end = this.monotonic() + milliseconds;
    let left = milliseconds;
    // A timer may fire up to a millisecond early: sleep until the clock that callers compare with agrees.
    while (left > 0 && !signal?.aborted) {
      await this.pause(Math.min(left, LONGEST_TIMER_MS), signal);
      left = end - this.monotonic();
    }
  }

  private pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, Math.ceil(milliseconds)).unref();
      signal?.addEventListener('abort', done, { once: true });
    });
  }
}
