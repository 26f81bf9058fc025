import { roundTime } from '../../../lib/services/canary/round-time';

const NOW = Date.parse('2026-11-18T10:12:03.456Z');
const at = (event: unknown) => new Date(roundTime(event, NOW)).toISOString();

test.each([
  ['2026-11-18T10:12:00Z', '2026-11-18T10:12:00.000Z'],
  ['2026-11-18T10:11:58Z', '2026-11-18T10:11:58.000Z'],
  ['2026-11-18T10:12:05Z', '2026-11-18T10:12:05.000Z'],
])('a round that was due at %s counts for then', (time, counted) => {
  expect(at({ time })).toBe(counted);
});

test('rounds that begin late and early are a minute apart as they were due', () => {
  const starts = [
    ['2026-11-18T10:12:00Z', '2026-11-18T10:12:00.900Z'],
    ['2026-11-18T10:13:00Z', '2026-11-18T10:14:00.100Z'],
    ['2026-11-18T10:14:00Z', '2026-11-18T10:14:59.900Z'],
  ].map(([time, clock]) => roundTime({ time }, Date.parse(`${clock}`)));
  expect(new Set(starts.map((start) => Math.floor(start / 60_000))).size).toBe(3);
});

test.each([
  undefined,
  null,
  {},
  { time: 1 },
  { time: 'soon' },
  { time: '2026-11-18T10:10:03Z' },
  { time: '2026-11-18T10:14:04Z' },
  { time: '2016-11-18T10:12:03Z' },
])('what is no event of a schedule of now counts for now: %j', (event) => {
  expect(at(event)).toBe('2026-11-18T10:12:03.456Z');
});
