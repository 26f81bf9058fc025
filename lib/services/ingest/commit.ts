import type { Clock, Log, ObjectWriter, PutOutcome } from '../ports';
import { backoff } from './backoff';
import { within } from './within';

/** How long one object may take to be confirmed, retries included, in milliseconds. */
export const COMMIT_BUDGET_MS = 10_000;

/** Brings objects into the store, or says that it is in doubt. Remembers when the store last confirmed one. */
export class Commits {
  private confirmed = Number.NEGATIVE_INFINITY;

  public constructor(
    private readonly writer: ObjectWriter,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  /** When the store last confirmed an object, by the monotonic clock. */
  public get lastConfirmed(): number {
    return this.confirmed;
  }

  /**
   * Writes one object. While the store does not say what happened the same bytes go to the same key again, one attempt at a time.
   *
   * @param isAbandoned asked before each attempt
   * @returns whether the store confirmed that this call wrote the object. If not, it may be there, now or later
   */
  public async commit(key: string, bytes: Uint8Array, isAbandoned: () => boolean): Promise<boolean> {
    const end = this.clock.monotonic() + COMMIT_BUDGET_MS;
    for (let attempt = 1; !isAbandoned(); attempt++) {
      const outcome = await this.attempt(key, bytes, end - this.clock.monotonic());
      if (outcome === 'written') {
        this.confirmed = this.clock.monotonic();
        return true;
      }
      if (outcome === 'exists') {
        this.reportExisting(key, attempt);
        return false;
      }
      const pause = backoff(attempt);
      if (this.clock.monotonic() + pause >= end) {
        this.log('error', 'commit-unconfirmed', { key, attempts: attempt });
        return false;
      }
      this.log('warn', 'commit-retried', { key, attempt });
      await this.clock.sleep(pause);
    }
    return false;
  }

  private async attempt(key: string, bytes: Uint8Array, milliseconds: number): Promise<PutOutcome> {
    try {
      return (await within(this.clock, milliseconds, this.writer.putOnce(key, bytes))) ?? 'unknown';
    } catch {
      return 'unknown';
    }
  }

  /** Keys hold 128 random bits of this process: who took one before the first attempt saw it, or is the store. */
  private reportExisting(key: string, attempt: number): void {
    if (attempt === 1) {
      this.log('alarm', 'key-taken', { key });
    } else {
      this.log('warn', 'commit-in-doubt', { key, attempts: attempt });
    }
  }
}
