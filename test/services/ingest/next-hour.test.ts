import { NextHour } from '../../../lib/services/ingest/next-hour';
import { FakeClock } from '../../fake-clock';

test.each([
  [0, '2026-01-02T03:45:00.000Z'],
  [0.5, '2026-01-02T03:52:30.000Z'],
  [0.999, '2026-01-02T03:59:59.100Z'],
])('with the random number %d it is due at %s', (random, due) => {
  const clock = new FakeClock('2026-01-02T03:04:05.678Z');
  const nextHour = new NextHour(clock, () => random);
  nextHour.isDue();
  clock.setNow(Date.parse(due) - 2);
  expect(nextHour.isDue()).toBe(false);
  clock.setNow(due);
  expect(nextHour.isDue()).toBe(true);
});

test('a process that starts late still spreads over what is left', () => {
  const clock = new FakeClock('2026-01-02T03:58:00.000Z');
  const nextHour = new NextHour(clock, () => 0.5);
  expect(nextHour.isDue()).toBe(false);
  clock.setNow('2026-01-02T03:59:00.000Z');
  expect(nextHour.isDue()).toBe(true);
});

test('each hour draws anew', () => {
  const draws = [0, 0.9];
  const clock = new FakeClock('2026-01-02T03:04:05.678Z');
  const nextHour = new NextHour(clock, () => draws.shift() ?? 1);
  nextHour.isDue();
  clock.setNow('2026-01-02T04:00:00.000Z');
  nextHour.isDue();
  clock.setNow('2026-01-02T04:58:29.999Z');
  expect(nextHour.isDue()).toBe(false);
  clock.setNow('2026-01-02T04:58:30.000Z');
  expect(nextHour.isDue()).toBe(true);
});
