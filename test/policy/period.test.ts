import { Period, PeriodUnit } from '../../lib/policy';
import { codeOf } from './coded';

test.each([1, 36_500])('%d days are a period', (days) => {
  expect(Period.days(days)).toMatchObject({ amount: days, unit: PeriodUnit.DAYS, inDays: days });
});

test.each([0, -1, 36_501])('%d days are out of range', (days) => {
  expect(codeOf(() => Period.days(days))).toBe('period-out-of-range');
});

test.each([1, 99])('%d years are a period', (years) => {
  expect(Period.years(years)).toMatchObject({ amount: years, unit: PeriodUnit.YEARS });
});

test.each([0, 100])('%d years are out of range', (years) => {
  expect(codeOf(() => Period.years(years))).toBe('period-out-of-range');
});

test.each([0.5, Number.NaN, Number.POSITIVE_INFINITY])('%d is no number of years', (years) => {
  expect(codeOf(() => Period.years(years))).toBe('type-wrong');
});

test.each([
  [1, 366],
  [4, 1461],
  [5, 1827],
  [6, 2192],
  [99, 36_160],
])('%d years are %d days', (years, days) => {
  expect(Period.years(years).inDays).toBe(days);
});

test('no span of calendar years is longer than the same period in days', () => {
  for (let start = 1896; start < 2200; start += 1) {
    for (const years of [1, 2, 3, 4, 5, 6, 7, 10, 99]) {
      const days = (Date.UTC(start + years, 1, 28) - Date.UTC(start, 1, 28)) / 86_400_000;
      expect(days).toBeLessThanOrEqual(Period.years(years).inDays);
    }
  }
});

test('the longest period in years still fits S3, in days', () => {
  expect(Period.years(99).inDays).toBeLessThanOrEqual(36_500);
});

test.each([
  [Period.days(1), '1 day'],
  [Period.days(2), '2 days'],
  [Period.years(1), '1 year'],
  [Period.years(6), '6 years'],
])('words of %p', (period, words) => {
  expect(period.words).toBe(words);
});
