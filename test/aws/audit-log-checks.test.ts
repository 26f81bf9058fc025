import { checkedLog, violationsOf } from './checked-logs';

test('a log as it is made passes', () => {
  expect(violationsOf(checkedLog().app)).toEqual([]);
});
