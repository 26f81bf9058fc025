import { everyBit, isFound, smallLog } from '../services/verify/flipped-bits';

it('finds every single flipped bit of every object of a small log, and names the object', async () => {
  const log = await smallLog();
  const missed: string[] = [];
  for (const bit of everyBit(log)) {
    if (!(await isFound(log, bit))) {
      missed.push(`bit ${bit.bit} of ${bit.key}`);
    }
  }
  expect(missed).toEqual([]);
}, 600_000);
