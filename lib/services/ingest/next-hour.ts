import { HOUR_MS, hourOf } from '../../record';
import type { Clock } from '../ports';

const BEFORE_MS = 15 * 60_000;

/** Says when to get the next hour's shard endorsed: at a random moment of the last 15 minutes, so that the nodes of a fleet do not ask all at once. */
export class NextHour {
  private end = 0;
  private due = 0;

  /** @param random from 0 to below 1 */
  public constructor(
    private readonly clock: Clock,
    private readonly random: () => number = Math.random,
  ) {}

  /** Whether the moment has come; said from then on until the hour ends. */
  public isDue(): boolean {
    const now = this.clock.now();
    const end = hourOf(now) + HOUR_MS;
    if (end !== this.end) {
      const start = Math.max(now, end - BEFORE_MS);
      this.due = start + this.random() * (end - start);
      this.end = end;
    }
    return now >= this.due;
  }
}
