import { RateLimiter } from '../../../lib/services/edge/rate-limiter';
import { FakeClock } from '../../fake-clock';

const LIMIT = { requests: 3, perSeconds: 60 };

describe('RateLimiter', () => {
  let clock: FakeClock;
  let limiter: RateLimiter;
  beforeEach(() => {
    clock = new FakeClock();
    limiter = new RateLimiter(LIMIT, clock);
  });

  const admit = (times: number, address = '192.0.2.1'): number[] =>
    Array.from({ length: times }, () => limiter.admit(address));

  test('admits as many as the policy says, and not one more', () => {
    expect(admit(4).map((wait) => wait > 0)).toEqual([false, false, false, true]);
  });

  test('never admits more than the limit in any window, wherever it begins', () => {
    const admitted: number[] = [];
    for (let second = 0; second < 600; second += 1) {
      if (limiter.admit('192.0.2.1') === 0) admitted.push(second);
      clock.advanceMonotonic(1000);
    }
    for (const begin of admitted) {
      expect(admitted.filter((each) => each >= begin && each < begin + 60).length).toBeLessThanOrEqual(3);
    }
    expect(admitted.length).toBeGreaterThan(20);
  });

  test('admits again exactly when it said', () => {
    clock.advanceMonotonic(7000);
    admit(3);
    const wait = limiter.admit('192.0.2.1');
    clock.advanceMonotonic(wait * 1000 - 1000);
    expect(limiter.admit('192.0.2.1')).toBe(1);
    clock.advanceMonotonic(1000);
    expect(limiter.admit('192.0.2.1')).toBe(0);
  });

  test('waits no longer than the window and a twelfth of it', () => {
    expect(admit(4)[3]).toBe(65);
  });

  test('refused requests do not count', () => {
    admit(100);
    clock.advanceMonotonic(65_000);
    expect(admit(3)).toEqual([0, 0, 0]);
  });

  test('forgets all after a long silence', () => {
    admit(3);
    clock.advanceMonotonic(24 * 3600 * 1000 + 1234);
    expect(admit(3)).toEqual([0, 0, 0]);
  });

  test('each IPv4 address counts alone', () => {
    admit(3);
    expect(limiter.admit('192.0.2.2')).toBe(0);
  });

  test('an IPv6 host cannot multiply itself within its /64', () => {
    expect(['2001:db8::1', '2001:db8::2', '2001:db8:0:0:ffff::'].map((each) => limiter.admit(each))).toEqual([0, 0, 0]);
    expect(limiter.admit('2001:db8::3')).toBeGreaterThan(0);
    expect(limiter.admit('2001:db8:0:1::1')).toBe(0);
  });

  test('the table of clients is bounded: the one admitted longest ago is forgotten', () => {
    limiter = new RateLimiter({ requests: 1, perSeconds: 60 }, clock, 2);
    for (const address of ['10.0.0.1', '10.0.0.2', '10.0.0.3']) limiter.admit(address);
    expect(limiter.admit('10.0.0.3')).toBeGreaterThan(0);
    expect(limiter.admit('10.0.0.2')).toBeGreaterThan(0);
    expect(limiter.admit('10.0.0.1')).toBe(0);
  });
});
