import { SEAL_DELAY_MS } from './root-entry';
import { closingTime } from './sealing';

/**
 * Which absences are no damage, because what is absent may still be on its way to a replica: only what the root sealed, or had to seal, so short a time
 * ago. What is older was replicated or is gone.
 */
export class LagWindow {
  /** Of the log itself: nothing is on its way. */
  public static readonly NONE = new LagWindow(0, 0);

  /**
   * @param now when the replica is judged, milliseconds
   * @param milliseconds how long replication may take
   */
  public constructor(
    private readonly now: number,
    public readonly milliseconds: number,
  ) {}

  /** Whether what was sealed at a time may still be on its way. Nobody seals ahead of the clock by more than the seal delay. */
  public covers(sealed: number): boolean {
    return this.milliseconds > 0 && sealed <= this.now + SEAL_DELAY_MS && this.now <= sealed + this.milliseconds;
  }

  /** Whether what belongs to an hour and is not sealed yet may still be on its way: it had to be sealed when the hour's shards closed. */
  public coversHour(hour: number): boolean {
    const isBegun = hour <= this.now + SEAL_DELAY_MS;
    return this.milliseconds > 0 && isBegun && this.now <= closingTime(hour) + this.milliseconds;
  }
}
