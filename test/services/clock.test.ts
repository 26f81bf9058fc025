import { SystemClock } from '../../lib/services/clock';
import { FakeClock } from '../fake-clock';

describe('the system clock', () => {
  const clock = new SystemClock();

  it.each([0, 1, 20.5])('sleeps at least %d ms of its own monotonic time', async (milliseconds) => {
    const start = clock.monotonic();
    await clock.sleep(milliseconds);
    expect(clock.monotonic() - start).toBeGreaterThanOrEqual(milliseconds);
  });

  it('wakes at once when aborted, before or during a sleep', async () => {
    await clock.sleep(2 ** 40, AbortSignal.abort());
    const during = new AbortController();
    const sleep = clock.sleep(2 ** 40, during.signal);
    during.abort();
    await sleep;
    expect(during.signal.aborted).toBe(true);
  });

  it('tells the time of the machine', () => {
    expect(Math.abs(clock.now() - Date.now())).toBeLessThan(1000);
  });
});

describe('the fake clock', () => {
  it('wakes a sleeper when monotonic time has passed, not when the wall clock jumps', async () => {
    const clock = new FakeClock(0);
    const sleep = clock.sleep(100);
    clock.setNow(1000);
    await clock.advance(99);
    expect(clock.sleeping).toBe(1);
    await clock.advance(1);
    await sleep;
    expect([clock.now(), clock.monotonic()]).toEqual([1100, 100]);
  });

  it('wakes an aborted sleeper', async () => {
    const clock = new FakeClock();
    const abort = new AbortController();
    const sleep = clock.sleep(100, abort.signal);
    abort.abort();
    await sleep;
    expect(clock.sleeping).toBe(0);
  });
});
