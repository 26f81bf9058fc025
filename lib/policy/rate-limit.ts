import { type Members, Place } from './place';

/** The windows in which AWS WAF and Cloud Armor can both count, in seconds. */
const WINDOWS = [60, 120, 300, 600];

/** AWS WAF's smallest limit; and a number above which a limit protects nothing. */
const [LEAST, MOST] = [10, 1_000_000];

/** The parts of a rate limit. */
export interface RateLimitProps {
  /** Most requests of one client IP address in a window: 10 to 1,000,000. */
  readonly requests: number;

  /** Length of the window in seconds: 60, 120, 300 or 600. */
  readonly perSeconds: number;
}

/** How many requests one client IP address may send; what is above is answered 429. */
export class RateLimit {
  /**
   * Makes a rate limit.
   *
   * @throws rate-out-of-range, rate-window-unknown
   */
  public static of(props: RateLimitProps): RateLimit {
    return Place.valid('rateLimit', (at) => RateLimit._parse(props, at));
  }

  /** @internal */
  public static _parse(given: unknown, at: Place): RateLimit | undefined {
    const members = at.object(given, ['requests', 'perSeconds']);
    if (members === undefined) return undefined;
    const requests = at.member('requests').integer(members.requests, LEAST, MOST, 'rate-out-of-range');
    const perSeconds = at.member('perSeconds').oneOf(members.perSeconds, WINDOWS, 'rate-window-unknown');
    return requests === undefined || perSeconds === undefined ? undefined : new RateLimit(requests, perSeconds);
  }

  private constructor(
    /** Most requests of one client IP address in a window. */
    public readonly requests: number,
    /** Length of the window in seconds. */
    public readonly perSeconds: number,
  ) {}

  /** @internal */
  public _render(): Members {
    return { requests: this.requests, perSeconds: this.perSeconds };
  }
}
