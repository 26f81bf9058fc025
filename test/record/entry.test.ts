import fc from 'fast-check';
import { type Entry, formatEntry, MAX_LEAF_SIZE, Malformed, MIN_LEAF_SIZE, parseEntry, refuse } from '../../lib/record';
import { CORPUS, CORPUS_WRITER, TOO_LARGE } from '../corpus';

const RECEIVED = Date.parse('2026-10-16T23:04:01.007Z');
const START = '{"received":"2026-10-16T23:04:01.007Z","writer":"anonymous",';
const DIGEST = 'a'.repeat(64);

describe('an entry', () => {
  it('has its fields in order', () => {
    const entry: Entry = { received: RECEIVED, writer: 'jwt:ann', id: 'k#0', kind: 'event', json: '{ "a":1.10}' };
    expect(formatEntry(entry)).toBe(
      '{"received":"2026-10-16T23:04:01.007Z","writer":"jwt:ann","id":"k#0","event":{ "a":1.10}}',
    );
  });

  it('has no id without a key', () => {
    expect(formatEntry({ received: RECEIVED, writer: 'anonymous', kind: 'heartbeat', json: '{}' })).toBe(
      `${START}"heartbeat":{}}`,
    );
  });

  it('is read as it was written, whatever writer, id and event are', () => {
    const text = fc.string({ unit: 'binary', minLength: 1 });
    fc.assert(
      fc.property(
        fc.date({ min: new Date(0), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true }),
        text,
        fc.option(text, { nil: undefined }),
        fc.json(),
        (date, writer, id, json) => {
          const entry: Entry = { received: date.getTime(), writer, id, kind: 'event', json };
          expect(parseEntry(formatEntry(entry))).toEqual(entry);
        },
      ),
    );
  });

  it('is read as it was written, with any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const entry: Entry = { received: 0, writer: 'w', id: undefined, kind: 'text', json: JSON.stringify(text) };
        expect(parseEntry(formatEntry(entry))).toEqual(entry);
      }),
    );
  });

  it.each(CORPUS)('keeps the corpus: $name', ({ stored }) => {
    const line = formatEntry({ received: RECEIVED, writer: CORPUS_WRITER, kind: 'event', json: stored });
    expect(parseEntry(line).json).toBe(stored);
  });

  it.each([
    ['text', '"a \\"b\\""'],
    ['refused', `{"reason":"too-large","size":70000,"sha256":"${DIGEST}"}`],
    ['heartbeat', '{}'],
    ['blob', `{"sha256":"${DIGEST}","size":0}`],
    ['sealed', '{"kid":"k","ct":"AA=="}'],
  ] as const)('may be of kind %s', (kind, json) => {
    expect(parseEntry(`${START}"${kind}":${json}}`)).toMatchObject({ kind, json });
  });

  it('cannot be shorter than MIN_LEAF_SIZE', () => {
    expect(formatEntry({ received: 0, writer: 'w', kind: 'event', json: '0' })).toHaveLength(MIN_LEAF_SIZE);
  });

  it('of one byte too many is refused', () => {
    const line = formatEntry({ received: RECEIVED, writer: CORPUS_WRITER, kind: 'event', json: TOO_LARGE });
    expect(line).toHaveLength(MAX_LEAF_SIZE + 1);
    expect(() => parseEntry(line)).toThrow('65,535');
  });

  it('is measured in bytes, not in characters', () => {
    expect(() => parseEntry(`${START}"event":"${'é'.repeat(33_000)}"}`)).toThrow('65,535');
  });
});

describe('refuses', () => {
  it.each([
    ['nothing', ''],
    ['an empty object', '{}'],
    ['other field order', '{"writer":"a","received":"2026-10-16T23:04:01.007Z","event":1}'],
    ['a space in front', ` ${START}"event":1}`],
    ['a space behind', `${START}"event":1} `],
    ['a space behind a colon', `${START.replace('":', '": ')}"event":1}`],
    ['a space before the value', `${START}"event": 1}`],
    ['a space behind the value', `${START}"event":1 }`],
    ['a tab behind the value', `${START}"event":1\t}`],
    ['a line break inside', `${START}"event":[\n]}`],
    ['a carriage return inside', `${START}"event":[\r]}`],
    ['a carriage return behind', `${START}"event":1}\r`],
    ['a second writer', `${START}"writer":"b","event":1}`],
    ['a second event', `${START}"event":1,"event":2}`],
    ['a field behind the value', `${START}"event":1,"x":2}`],
    ['an unknown field', `${START}"x":1,"event":2}`],
    ['an unknown kind', `${START}"events":1}`],
    ['id behind the value', `${START}"event":1,"id":"k#0"}`],
    ['no value', `${START}"event":}`],
    ['an event that is not JSON', `${START}"event":{a:1}}`],
    ['two values', `${START}"event":1 2}`],
    ['an event cut off', `${START}"event":{"a":1}`],
    ['a number that JSON does not have', `${START}"event":01}`],
    ['no writer', '{"received":"2026-10-16T23:04:01.007Z","event":1}'],
    ['an empty writer', `${START.replace('anonymous', '')}"event":1}`],
    ['an empty id', `${START}"id":"","event":1}`],
    ['a writer with a needless escape', `${START.replace('anonymous', '\\u0061nonymous')}"event":1}`],
    ['a writer with a broken escape', `${START.replace('anonymous', '\\x')}"event":1}`],
    ['a writer with a control character', `${START.replace('anonymous', 'a\u0001')}"event":1}`],
    ['a writer that is a number', '{"received":"2026-10-16T23:04:01.007Z","writer":1,"event":1}'],
    ['no milliseconds', `${START.replace('.007', '')}"event":1}`],
    ['another zone', `${START.replace('Z', '+00:00')}"event":1}`],
    ['a lower-case zone', `${START.replace('Z', 'z')}"event":1}`],
    ['a space for the T', `${START.replace('T', ' ')}"event":1}`],
    ['a day that does not exist', `${START.replace('10-16', '02-30')}"event":1}`],
    ['hour 24', `${START.replace('T23:04:01.007', 'T24:00:00.000')}"event":1}`],
    ['a leap second', `${START.replace(':01.007', ':60.000')}"event":1}`],
    ['a byte order mark', `\ufeff${START}"event":1}`],
  ])('%s', (_, line) => {
    expect(() => parseEntry(line)).toThrow(Malformed);
  });

  it.each([
    ['text', '5'],
    ['text', '"\\u0061"'],
    ['refused', `{"reason":"other","size":1,"sha256":"${DIGEST}"}`],
    ['refused', `{"reason":"too-large","size":-1,"sha256":"${DIGEST}"}`],
    ['refused', `{"reason":"too-large","size":1.5,"sha256":"${DIGEST}"}`],
    ['refused', `{"reason":"too-large","size":1,"sha256":"${DIGEST.toUpperCase()}"}`],
    ['refused', `{"size":1,"reason":"too-large","sha256":"${DIGEST}"}`],
    ['refused', `{"reason":"too-large","size":1,"sha256":{"toString":1}}`],
    ['refused', 'null'],
    ['heartbeat', '{"x":1}'],
    ['heartbeat', 'null'],
    ['blob', `{"size":1,"sha256":"${DIGEST}"}`],
    ['sealed', '{"kid":"k","ct":5}'],
    ['sealed', '{"kid":"k","ct":"","x":1}'],
  ])('%s of value %s', (kind, json) => {
    expect(() => parseEntry(`${START}"${kind}":${json}}`)).toThrow(Malformed);
  });
});

/** Of the processor, in microseconds: what needs quadratic time takes minutes. */
const SECONDS = 3_000_000;

describe('hostile lines end quickly', () => {
  it.each([
    ['backslashes in the writer', `{"received":"2026-10-16T23:04:01.007Z","writer":"${'\\'.repeat(65_000)}`],
    ['escapes in the writer', `{"received":"2026-10-16T23:04:01.007Z","writer":"${'\\u'.repeat(32_000)}`],
    ['quotes', `{"received":"2026-10-16T23:04:01.007Z","writer":${'"'.repeat(65_000)}`],
    ['closing braces', `${START}"event":${'}'.repeat(65_000)}`],
    ['open arrays', `${START}"event":${'['.repeat(65_000)}}`],
    ['the same field', START.repeat(1_000)],
    ['8 MiB of backslashes', `{"received":"2026-10-16T23:04:01.007Z","writer":"${'\\'.repeat(8 << 20)}`],
  ])('%s', (_, line) => {
    const start = process.cpuUsage();
    expect(() => parseEntry(line)).toThrow(Malformed);
    expect(process.cpuUsage(start).user).toBeLessThan(SECONDS);
  });

  it('with the deepest nesting that fits', () => {
    const json = `${'['.repeat(32_000)}${']'.repeat(32_000)}`;
    expect(parseEntry(`${START}"event":${json}}`).json).toBe(json);
  });
});

it('a refusal has the size in bytes and their SHA-256', () => {
  expect(refuse('é')).toEqual({
    reason: 'too-large',
    size: 2,
    sha256: '4a99557e4033c3539de2eb65472017cad5f9557f7a0625a09f1c3f6e2ba69c4c',
  });
});
