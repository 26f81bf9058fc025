import { MemoryBudget } from '../../../lib/services/ingest/memory-budget';

test('gives out exactly what there is', () => {
  const budget = new MemoryBudget(10);
  budget.reserve(4);
  budget.reserve(6);
  expect(budget.reserved).toBe(10);
});

test('refuses one byte more', () => {
  const budget = new MemoryBudget(10);
  budget.reserve(4);
  expect(() => budget.reserve(7)).toThrow(expect.objectContaining({ code: 'overloaded' }));
  expect(budget.reserved).toBe(4);
});

test('takes back once, however often it is given', () => {
  const budget = new MemoryBudget(10);
  const giveBack = budget.reserve(4);
  budget.reserve(3);
  giveBack();
  giveBack();
  expect(budget.reserved).toBe(3);
});
