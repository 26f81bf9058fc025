import { type Schema, vocabulary } from './vocabulary';

const LEAF: Schema = { type: 'string' };

test.each<[string, Schema, string[]]>([
  ['members', { properties: { a: { properties: { b: LEAF } } } }, ['a.b']],
  ['items', { properties: { a: { items: { properties: { b: LEAF } } } } }, ['a.b']],
  ['one of several', { oneOf: [{ properties: { a: LEAF } }, { properties: { b: LEAF } }] }, ['a', 'b']],
  ['any of several', { anyOf: [{ properties: { a: LEAF } }, { properties: { b: LEAF } }] }, ['a', 'b']],
  ['all of several', { allOf: [{ properties: { a: LEAF } }, { properties: { b: LEAF } }] }, ['a', 'b']],
  ['members of any name', { properties: { a: { additionalProperties: { properties: { b: LEAF } } } } }, ['a.b']],
  ['values', { properties: { a: { enum: ['x', 'y'] } } }, ['a: x', 'a: y']],
  ['a constant', { properties: { a: { const: false } } }, ['a: false']],
  ['yes or no', { properties: { a: { type: 'boolean' } } }, ['a: true', 'a: false']],
  ['anything', { properties: { a: true } }, ['a']],
  ['nothing', { properties: { a: LEAF, b: false } }, ['a']],
  ['references', { $defs: { c: LEAF }, properties: { a: { $ref: '#/$defs/c' } } }, ['a']],
  [
    'references with members',
    { $defs: { c: { properties: { b: LEAF } } }, properties: { a: { $ref: '#/$defs/c' } } },
    ['a.b'],
  ],
  ['what only narrows', { properties: { a: { oneOf: [LEAF, { enum: ['x'] }] } } }, ['a: x', 'a']],
])('%s', (_, schema, terms) => {
  expect(vocabulary(schema).sort()).toEqual([...terms].sort());
});

test.each(['patternProperties', 'prefixItems', 'if', 'dependentSchemas', 'contains'])(
  '%s is not passed over',
  (keyword) => {
    const schema = { properties: { a: { [keyword]: {} } } } as Schema;
    expect(() => vocabulary(schema)).toThrow(`a has ${keyword}`);
  },
);

test('a reference to nothing is not passed over', () => {
  expect(() => vocabulary({ properties: { a: { $ref: '#/$defs/b' } } })).toThrow('#/$defs/b');
});
