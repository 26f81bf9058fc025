import { RateLimit } from '../../lib/policy';
import { codeOf } from './coded';

test.each([10, 1_000_000])('%d requests are a limit', (requests) => {
  expect(RateLimit.of({ requests, perSeconds: 60 }).requests).toBe(requests);
});

test.each([9, 0, -10, 1_000_001])('%d requests are out of range', (requests) => {
  expect(codeOf(() => RateLimit.of({ requests, perSeconds: 60 }))).toBe('rate-out-of-range');
});

test.each([60, 120, 300, 600])('%d seconds are a window', (perSeconds) => {
  expect(RateLimit.of({ requests: 10, perSeconds }).perSeconds).toBe(perSeconds);
});

test.each([0, 1, 30, 61, 3600])('%d seconds are no window of the clouds', (perSeconds) => {
  expect(codeOf(() => RateLimit.of({ requests: 10, perSeconds }))).toBe('rate-window-unknown');
});
