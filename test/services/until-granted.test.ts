import { untilGranted } from '../../lib/services/until-granted';

const refusal = (status: number) => Object.assign(new Error(`${status} refused`), { status });

beforeEach(() => {
  jest.useFakeTimers();
  jest.spyOn(process.stderr, 'write').mockReturnValue(true);
});
afterEach(() => {
  jest.useRealTimers();
  jest.restoreAllMocks();
});

interface Tried {
  readonly times: number;
  readonly ended: unknown;
  readonly seconds: number;
}

/** How often a start was tried, and how and when that ended. */
async function tried(start: jest.Mock): Promise<Tried> {
  const began = performance.now();
  let over: Tried | undefined;
  const end = (ended: unknown): void => {
    over = { times: start.mock.calls.length, ended, seconds: (performance.now() - began) / 1_000 };
  };
  void untilGranted(start).then(end, end);
  while (over === undefined) await jest.advanceTimersByTimeAsync(1_000);
  return over;
}

test('a start that works is tried once', async () => {
  expect(await tried(jest.fn().mockResolvedValue('node'))).toEqual({ times: 1, ended: 'node', seconds: 0 });
});

test('a start that is refused is tried every two seconds', async () => {
  const start = jest.fn().mockRejectedValueOnce(refusal(403)).mockRejectedValueOnce(refusal(403));
  expect(await tried(start.mockResolvedValue('node'))).toEqual({ times: 3, ended: 'node', seconds: 4 });
});

test('a start that is refused for 200 seconds ends', async () => {
  const ended = refusal(403);
  expect(await tried(jest.fn().mockRejectedValue(ended))).toEqual({ times: 101, ended, seconds: 200 });
});

test.each([
  ['an outage', refusal(503)],
  ['a wrong setting', new Error('setting-invalid')],
])('%s is no refusal', async (_, ended) => {
  expect(await tried(jest.fn().mockRejectedValue(ended))).toEqual({ times: 1, ended, seconds: 0 });
});
