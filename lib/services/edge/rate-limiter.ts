import type { RateLimitProps } from '../../policy';
import type { Clock } from '../ports';
import { clientKey } from './client-address';

/** A window is counted in this many slices: the more, the sooner an old request is forgotten after it left the window. */
const SLICES = 12;

/** Most clients remembered; about 150 bytes each. */
const MOST_CLIENTS = 10_000;

interface Count {
  /** Index of the newest slice counted. */
  slice: number;
  total: number;
  /** Requests by slice, at `slice % perSlice.length`. One more than `SLICES`: the oldest slice is only partly inside the window. */
  readonly perSlice: number[];
}

/**
 * Limits the requests of each client in a sliding window: in no stretch of `perSeconds` are more than `requests` admitted. Refused requests do not count.
 * Memory is bounded: when the table is full, the client whose last admission is longest ago is forgotten.
 */
export class RateLimiter {
  private readonly counts = new Map<string, Count>();
  private readonly sliceMs: number;

  public constructor(
    private readonly limit: RateLimitProps,
    private readonly clock: Clock,
    private readonly mostClients = MOST_CLIENTS,
  ) {
    this.sliceMs = (limit.perSeconds * 1000) / SLICES;
  }

  /** Counts the request of this address and returns 0, or returns after how many whole seconds to try again (at least 1). */
  public admit(address: string): number {
    const now = this.clock.monotonic();
    const slice = Math.floor(now / this.sliceMs);
    const key = clientKey(address);
    const count = this.counts.get(key) ?? { slice, total: 0, perSlice: new Array<number>(SLICES + 1).fill(0) };
    forget(count, slice);
    if (count.total >= this.limit.requests) return this.secondsToWait(count, now);
    const place = slice % count.perSlice.length;
    count.perSlice[place] = (count.perSlice[place] ?? 0) + 1;
    count.total += 1;
    this.remember(key, count);
    return 0;
  }

  /** Until the oldest slice that counts has left the window. */
  private secondsToWait(count: Count, now: number): number {
    const slices = count.perSlice.length;
    let oldest = count.slice - slices + 1;
    while (count.perSlice[((oldest % slices) + slices) % slices] === 0) oldest += 1;
    return Math.max(1, Math.ceil(((oldest + slices) * this.sliceMs - now) / 1000));
  }

  private remember(key: string, count: Count): void {
    this.counts.delete(key);
    if (this.counts.size >= this.mostClients) this.counts.delete(this.counts.keys().next().value as string);
    this.counts.set(key, count);
  }
}

/** Drops the slices that have left the window. */
function forget(count: Count, slice: number): void {
  const slices = count.perSlice.length;
  for (let each = Math.max(count.slice + 1, slice - slices + 1); each <= slice; each += 1) {
    count.total -= count.perSlice[each % slices] ?? 0;
    count.perSlice[each % slices] = 0;
  }
  count.slice = slice;
}
