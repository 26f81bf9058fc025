import fc from 'fast-check';
import { eachElement, endOfString, trimSpace } from '../../lib/record/elements';
import { Malformed } from '../../lib/record/malformed';

function elements(container: string): string[] {
  const found: string[] = [];
  eachElement(container, (element) => found.push(element));
  return found;
}

describe('eachElement', () => {
  it('joins to the array it was given, for any JSON', () => {
    fc.assert(
      fc.property(fc.array(fc.json()), fc.constantFrom('', ' ', '\n\t'), (values, space) => {
        const texts = values.map((value) => `${space}${value}${space}`);
        expect(elements(`[${texts.join(',')}]`)).toEqual(texts);
      }),
    );
  });

  it('gives the members of an object', () => {
    expect(elements('{"a":[1,2],"}":{"b":","}}')).toEqual(['"a":[1,2]', '"}":{"b":","}']);
  });

  it.each(['[]', '[ ]', '{}', '{\n}'])('gives nothing of %j', (container) => {
    expect(elements(container)).toEqual([]);
  });

  it.each([
    ['[,]', ['', '']],
    ['[1,]', ['1', '']],
    ['[ ,1]', [' ', '1']],
  ])('gives what stands between the commas of %j', (container, found) => {
    expect(elements(container)).toEqual(found);
  });

  it.each(['', '[', '{"a"', '[1', '[1}', '{"a":1]', '[]]', '[] ', '["', '["\\"]', '1'])('refuses %j', (container) => {
    expect(() => elements(container)).toThrow(Malformed);
  });
});

describe('endOfString', () => {
  it.each([
    ['""', 1],
    ['"a" "', 2],
    ['"\\""', 3],
    ['"\\\\"x"', 3],
  ])('in %j is %i', (text, end) => {
    expect(endOfString(text, 0)).toBe(end);
  });
});

it.each([
  ['', ''],
  [' \t\r\n', ''],
  [' a b ', 'a b'],
  ['\u00a0a\ufeff', '\u00a0a\ufeff'],
])('trims %j to %j', (text, trimmed) => {
  expect(trimSpace(text)).toBe(trimmed);
});
