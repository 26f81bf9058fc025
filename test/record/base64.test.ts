import { decodeBase64, Malformed } from '../../lib/record';

it.each([
  ['', ''],
  ['AA==', '00'],
  ['AAA=', '0000'],
  ['+/+/', 'fbffbf'],
])('decodes %j', (text, hex) => {
  expect(decodeBase64(text).toString('hex')).toBe(hex);
});

it('demands a length', () => {
  expect(decodeBase64('AAA=', 2)).toHaveLength(2);
  expect(() => decodeBase64('AAA=', 3)).toThrow(Malformed);
});

it.each(['AA', 'AA=', 'AB==', 'AAB=', '-_-_', ' AAA=', 'AAA=\n', 'AA\nA=', 'A', '=', 'AAA==', 'AAA=AAA=', 'Ä'])(
  'refuses %j',
  (text) => {
    expect(() => decodeBase64(text)).toThrow(Malformed);
  },
);

it.each<[unknown]>([[undefined], [null], [5], [{}], [['AA==']], [{ toString: 1 }]])(
  'refuses %j, which is no text',
  (value) => {
    expect(() => decodeBase64(value)).toThrow(Malformed);
  },
);
