import fc from 'fast-check';
import { findDuplicateMembers } from '../../lib/policy/duplicate-members';

test.each([
  '{}',
  '[]',
  '1',
  '"a"',
  '{"a":1,"b":1}',
  '[{"a":1},{"a":1}]',
  '{"a":{"a":{"a":1}}}',
  '["a","a"]',
  '{"a":"a"}',
])('%s has none', (json) => {
  expect(findDuplicateMembers(json)).toEqual([]);
});

test.each([
  ['{"a":1,"a":2}', [], 'a'],
  ['{ "a" : 1 , "a"\n:2}', [], 'a'],
  ['{"a":1,"\\u0061":2}', [], 'a'],
  ['{"b":{"a":1,"a":2}}', ['b'], 'a'],
  ['{"b":[0,[],{"a":{},"a":[]}]}', ['b', 2], 'a'],
  ['{"x":{"a":1},"a":{"y":"}"},"a":1}', [], 'a'],
  ['{"":1,"":2}', [], ''],
  ['{"\\"":1,"\\u0022":2}', [], '"'],
  ['{"__proto__":1,"__proto__":2}', [], '__proto__'],
])('%s has one', (json, path, name) => {
  expect(findDuplicateMembers(json)).toEqual([{ path, name }]);
});

test('texts that look like JSON are not looked into', () => {
  expect(findDuplicateMembers(JSON.stringify({ a: '{"b":1,"b":2}', b: '\\"b":' }))).toEqual([]);
});

test('what JSON.stringify writes never has one', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => findDuplicateMembers(JSON.stringify(value)).length === 0),
  );
});

test('a member put twice into any object is found', () => {
  fc.assert(
    fc.property(fc.string(), fc.jsonValue(), fc.jsonValue(), (name, first, second) => {
      const [key, one, two] = [name, first, second].map((each) => JSON.stringify(each));
      expect(findDuplicateMembers(`{${key}:${one},${key}:${two}}`)).toEqual([{ path: [], name }]);
    }),
  );
});
