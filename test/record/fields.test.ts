import { extractFields } from '../../lib/record';
import { CORPUS } from '../corpus';

describe('each rule', () => {
  it.each([
    ['{"actor":"ann"}', { actor: 'ann' }],
    ['{"actor":{"id":"u-1","name":"ann"}}', { actor: 'u-1' }],
    ['{"actor":{"name":"ann"}}', {}],
    ['{"actor":["ann"]}', {}],
    ['{"actor":[{"id":"ann"}]}', {}],
    ['{"action":"login"}', { action: 'login' }],
    ['{"action":{"id":"login"}}', {}],
    ['{"outcome":"denied"}', { outcome: 'denied' }],
    ['{"outcome":true}', {}],
    ['{"target":"door"}', { target: 'door' }],
    ['{"target":{"id":"d-1"}}', { target: 'd-1' }],
    ['{"targets":[{"id":"d-1"},{"id":"d-2"}]}', { target: 'd-1' }],
    ['{"targets":["d-1"]}', {}],
    ['{"targets":{"0":{"id":"d-1"}}}', {}],
    ['{"targets":[]}', {}],
    ['{"target":"door","targets":[{"id":"d-1"}]}', { target: 'door' }],
    ['{"target":{"id":"d-0"},"targets":[{"id":"d-1"}]}', { target: 'd-0' }],
    ['{"target":null,"targets":[{"id":"d-1"}]}', { target: 'd-1' }],
    ['{"target":{"id":null},"targets":[{"id":"d-1"}]}', { target: 'd-1' }],
    ['{"actor":"","action":""}', { actor: '', action: '' }],
    ['{"Actor":"ann"," action":"x"}', {}],
  ])('%s', (json, fields) => {
    expect(extractFields(json)).toEqual(fields);
  });
});

describe('numbers are the characters that the producer wrote', () => {
  it.each([
    '0',
    '-0',
    '7',
    '1.10',
    '9223372036854775807',
    '9007199254740993',
    '18446744073709551615',
    '1E400',
    '1e-400',
    '0.1000000000000000055511151231257827',
  ])('%s', (n) => {
    expect(extractFields(`{"actor":${n}}`)).toEqual({ actor: n });
    expect(extractFields(` { "actor" : { "x":[{"id":1}], "id" :\t${n} } } `)).toEqual({ actor: n });
    expect(extractFields(`{"targets":[ {"a":"]","id":${n}} ,{"id":2}]}`)).toEqual({ target: n });
  });

  it('behind strings with brackets, commas and quotes', () => {
    expect(extractFields(String.raw`{"a":"{\",[\\","actor":8,"b":["\"actor\":9"]}`)).toEqual({ actor: '8' });
  });

  it('under a key with escapes', () => {
    expect(extractFields(String.raw`{"\u0061ctor":12345678901234567890}`)).toEqual({ actor: '12345678901234567890' });
  });
});

describe('of duplicate keys the last one counts', () => {
  it.each([
    ['{"actor":"a","actor":"b"}', { actor: 'b' }],
    ['{"actor":1,"actor":2}', { actor: '2' }],
    ['{"actor":{"id":"a"},"actor":7}', { actor: '7' }],
    ['{"actor":7,"actor":{"id":8,"id":9}}', { actor: '9' }],
    ['{"actor":"a","actor":null}', {}],
    [String.raw`{"actor":1,"\u0061ctor":2}`, { actor: '2' }],
  ])('%s', (json, fields) => {
    expect(extractFields(json)).toEqual(fields);
  });
});

describe('nothing comes from a prototype', () => {
  it.each([
    '{"__proto__":{"actor":"x","action":"x"}}',
    '{"actor":{"__proto__":{"id":"x"}}}',
    '{"constructor":{"actor":"x"}}',
  ])('%s', (json) => {
    expect(extractFields(json)).toEqual({});
  });
});

it('nothing comes from a polluted prototype', () => {
  Object.defineProperty(Object.prototype, 'actor', { value: 'eve', configurable: true });
  try {
    expect(extractFields('{"action":"a"}').actor).toBeUndefined();
  } finally {
    Reflect.deleteProperty(Object.prototype, 'actor');
  }
});

it('keeps lone surrogates', () => {
  expect(extractFields(String.raw`{"actor":"a\ud800"}`)).toEqual({ actor: 'a\ud800' });
});

it.each(['', 'not json', '[]', '[{"actor":"a"}]', '"actor"', '7', 'null', 'true', '{'])('%j has no fields', (json) => {
  expect(extractFields(json)).toEqual({});
});

it.each(CORPUS)('reads the corpus: $name', ({ stored }) => {
  expect(Object.values(extractFields(stored)).every((value) => value === undefined || typeof value === 'string')).toBe(
    true,
  );
});

it.each([
  ['actor', '{"actor":"first","actor":9007199254740993}', '9007199254740993'],
  ['action', '{"action":1,"n":[[[[2]]]]}', '1'],
])('gives %s of %s', (field, json, value) => {
  expect(extractFields(json)).toEqual({ [field]: value });
});
