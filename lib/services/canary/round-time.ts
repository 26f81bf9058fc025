/** Events are handed over within a minute or not at all; the rest is for clocks that differ. */
const MOST_APART_MS = 2 * 60_000;

/**
 * The time for which what a round finds counts: when the schedule had it due. Rounds are due a minute apart, but begin sooner or later after that: by the
 * clock, two could fall into one minute and none into the next, which would look like a failure.
 *
 * @param event of a schedule of EventBridge; its `time` counts if it is near to the clock: who may invoke the function does not write metrics of other times
 * @param now the clock, milliseconds since 1970-01-01 UTC
 */
export function roundTime(event: unknown, now: number): number {
  const { time } = Object(event) as { time?: unknown };
  const due = typeof time === 'string' ? Date.parse(time) : Number.NaN;
  return Math.abs(now - due) <= MOST_APART_MS ? due : now;
}
