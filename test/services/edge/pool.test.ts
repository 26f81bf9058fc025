import { BackendNode, Pool } from '../../../lib/services/edge/pool';

describe('BackendNode', () => {
  test.each([
    ['nothing', [], false],
    ['one success', [true], true],
    ['one failure', [false], false],
    ['a failure after success', [true, false], true],
    ['two failures after success', [true, false, false], false],
    ['failures that are not in a row', [true, false, true, false], true],
    ['a success after failure', [false, true], false],
    ['two successes after failure', [false, true, true], true],
    ['successes that are not in a row', [false, true, false, true], false],
  ])('after %s', (_history, checks, ready) => {
    const node = new BackendNode('/s');
    for (const healthy of checks) node.checked(healthy);
    expect(node.ready).toBe(ready);
  });

  test('a lost node is out at once and needs two successes', () => {
    const node = new BackendNode('/s');
    node.checked(true);
    node.lost();
    expect(node.ready).toBe(false);
    node.checked(true);
    expect(node.ready).toBe(false);
    node.checked(true);
    expect(node.ready).toBe(true);
  });
});

describe('Pool', () => {
  test('takes as many requests as it may', () => {
    const pool = new Pool(['/a'], 2);
    expect([pool.enter(), pool.enter(), pool.enter()]).toEqual([true, true, false]);
    pool.leave();
    expect(pool.enter()).toBe(true);
  });

  test('picks no node before it was checked', () => {
    expect(new Pool(['/a'], 1).pick(new Set())).toBeUndefined();
  });

  test('picks none that was tried', () => {
    const pool = new Pool(['/a', '/b'], 1);
    for (const node of pool.nodes) node.checked(true);
    const first = pool.pick(new Set())!;
    expect(pool.pick(new Set([first]))).not.toBe(first);
    expect(pool.pick(new Set(pool.nodes))).toBeUndefined();
  });
});
