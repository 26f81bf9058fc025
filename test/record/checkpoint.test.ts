import { EMPTY_ROOT, formatCheckpoint, Malformed, parseCheckpoint } from '../../lib/record';

const ROOT = EMPTY_ROOT.toString('base64');

it('is origin, size and root, a line each', () => {
  expect(formatCheckpoint({ origin: 'acme/local', size: 0, root: EMPTY_ROOT })).toBe(`acme/local\n0\n${ROOT}\n`);
});

it.each([0, 1, 256, 999_999_999_999])('reads size %i as it was written', (size) => {
  const checkpoint = { origin: 'acme/local', size, root: EMPTY_ROOT };
  expect(parseCheckpoint(formatCheckpoint(checkpoint))).toEqual(checkpoint);
});

it.each([
  ['an extension line', `o\n1\n${ROOT}\nextension\n`],
  ['leading zeros', `o\n01\n${ROOT}\n`],
  ['13 digits', `o\n1000000000000\n${ROOT}\n`],
  ['a sign', `o\n+1\n${ROOT}\n`],
  ['a negative size', `o\n-1\n${ROOT}\n`],
  ['an exponent', `o\n1e3\n${ROOT}\n`],
  ['other digits', `o\n\u0661\n${ROOT}\n`],
  ['a space behind the size', `o\n1 \n${ROOT}\n`],
  ['no size', `o\n\n${ROOT}\n`],
  ['no origin', `\n1\n${ROOT}\n`],
  ['no last line end', `o\n1\n${ROOT}`],
  ['an empty line behind', `o\n1\n${ROOT}\n\n`],
  ['a root of 31 bytes', `o\n1\n${Buffer.alloc(31).toString('base64')}\n`],
  ['a root of 33 bytes', `o\n1\n${Buffer.alloc(33).toString('base64')}\n`],
  ['a root with bits set in the padding', `o\n1\n${ROOT.replace('U=', 'V=')}\n`],
  ['nothing', ''],
])('refuses %s', (_, text) => {
  expect(() => parseCheckpoint(text)).toThrow(Malformed);
});
