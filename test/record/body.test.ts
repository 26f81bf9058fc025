import { createHash } from 'node:crypto';
import {
  decodeBody,
  encodeBody,
  isIdempotencyKey,
  leafHash,
  MAX_LEAF_SIZE,
  Malformed,
  parseEntry,
  splitJson,
  splitLines,
  TooLarge,
} from '../../lib/record';
import { CORPUS, CORPUS_WRITER, LARGEST, TOO_LARGE } from '../corpus';

const ENVELOPE = { received: Date.parse('2026-10-16T23:04:01.007Z'), writer: CORPUS_WRITER };

function events(...json: string[]) {
  return json.map((text) => ({ kind: 'event', json: text }));
}

describe('decodeBody', () => {
  it('gives UTF-8 as text', () => {
    expect(decodeBody(Buffer.from('"é😀\u2028"'))).toBe('"é😀\u2028"');
  });

  it('reads a view into a larger buffer', () => {
    expect(decodeBody(Buffer.from('xx[1]yy').subarray(2, 5))).toBe('[1]');
  });

  it.each([
    ['a byte order mark', 'efbbbf7b7d'],
    ['a cut character', '22c3'],
    ['an overlong form', 'c080'],
    ['a surrogate in UTF-8', 'eda080'],
    ['beyond U+10FFFF', 'f4908080'],
    ['UTF-16', 'fffe7b00'],
  ])('refuses %s', (_, hex) => {
    expect(() => decodeBody(Buffer.from(hex, 'hex'))).toThrow(Malformed);
  });
});

describe('splitJson', () => {
  it.each(CORPUS)('keeps the corpus: $name', ({ sent, stored }) => {
    expect(splitJson(decodeBody(Buffer.from(sent)))).toEqual(events(stored));
  });

  it('keeps the corpus in one array', () => {
    const values = CORPUS.map(({ stored }) => stored);
    expect(splitJson(`[${values.join(' ,\r\n')}]`)).toEqual(events(...values));
  });

  it.each([
    ['[]', []],
    [' [ \n ] ', []],
    ['[1]', ['1']],
    ['[1,2 , 3 ]', ['1', '2', '3']],
    ['[[],{}]', ['[]', '{}']],
    ['["],[", "\\"]"]', ['"],["', '"\\"]"']],
  ])('gives the elements of %j', (body, values) => {
    expect(splitJson(body)).toEqual(events(...values));
  });

  it.each([
    '',
    ' ',
    '{',
    '[',
    '[1',
    '[1,]',
    '[,1]',
    '[,]',
    '[1,,2]',
    '[1 2]',
    '[1]]',
    '[1],',
    '[1] [2]',
    '[1}',
    '[{]}',
    '["a]',
    '["a\\"]',
    '[undefined]',
    "['a']",
    '{} {}',
    '{"a":1}\n{"a":2}',
    '\u00a01',
    '[1\u00a0]',
    'NaN',
  ])('refuses %j', (body) => {
    expect(() => splitJson(body)).toThrow(Malformed);
  });
});

describe('splitLines', () => {
  it('gives a value a line, with or without a line end at the end', () => {
    expect(splitLines('{"a":1}\n[2]\n')).toEqual(events('{"a":1}', '[2]'));
    expect(splitLines('{"a":1}\n[2]')).toEqual(events('{"a":1}', '[2]'));
  });

  it('passes over blank lines', () => {
    expect(splitLines('\n \t\r\n1\r\n\n')).toEqual(events('1'));
  });

  it('drops white space around an event', () => {
    expect(splitLines(' \t{"a": 1} \r\n')).toEqual(events('{"a": 1}'));
  });

  it('turns a carriage return within an event into a space', () => {
    expect(splitLines('{"a":\r1}')).toEqual(events('{"a": 1}'));
  });

  it.each([
    ['plain words', 'plain words'],
    ['{"cut":', '{"cut":'],
    [' indented "x"', ' indented "x"'],
    ['ends with CR\r', 'ends with CR'],
    ['\u001b[31mred', '\u001b[31mred'],
    ['\u00a0', '\u00a0'],
  ])('keeps %j as text', (line, text) => {
    expect(splitLines(line)).toEqual([{ kind: 'text', json: JSON.stringify(text) }]);
  });

  it('keeps the corpus that has no line break', () => {
    const values = CORPUS.map(({ stored }) => stored);
    expect(splitLines(values.join('\r\n'))).toEqual(events(...values));
  });

  it('keeps a broken line between whole ones', () => {
    expect(splitLines('1\n{\n2').map(({ kind }) => kind)).toEqual(['event', 'text', 'event']);
  });
});

describe('encodeBody', () => {
  it('gives lines and their leaf hashes', () => {
    const { lines, leaves, rejected } = encodeBody(splitLines('{"a":1}\nwords'), ENVELOPE);
    const expected = [
      '{"received":"2026-10-16T23:04:01.007Z","writer":"anonymous","event":{"a":1}}',
      '{"received":"2026-10-16T23:04:01.007Z","writer":"anonymous","text":"words"}',
    ];
    expect(lines.toString()).toBe(`${expected.join('\n')}\n`);
    expect(leaves).toEqual(expected.map((line) => leafHash(Buffer.from(line))));
    expect(rejected).toEqual([]);
  });

  it('numbers the events of a request with a key', () => {
    const { lines } = encodeBody(splitJson('[1,2]'), { ...ENVELOPE, idempotencyKey: 'k.1' });
    expect(lines.toString().match(/"id":"[^"]*"/g)).toEqual(['"id":"k.1#0"', '"id":"k.1#1"']);
  });

  it('keeps an entry of exactly 65,535 bytes', () => {
    const { lines, rejected } = encodeBody(splitJson(LARGEST.sent), ENVELOPE);
    expect([lines.length, rejected]).toEqual([MAX_LEAF_SIZE + 1, []]);
  });

  it('refuses one byte more, and nothing else of the request', () => {
    const { lines, leaves, rejected } = encodeBody(splitJson(`[1,${TOO_LARGE},2]`), ENVELOPE);
    const refusal = {
      reason: 'too-large',
      size: TOO_LARGE.length,
      sha256: createHash('sha256').update(TOO_LARGE).digest('hex'),
    };
    expect(rejected).toEqual([{ i: 1, ...refusal }]);
    expect(leaves).toHaveLength(3);
    const kept = lines.toString().split('\n').slice(0, -1).map(parseEntry);
    expect(kept.map(({ kind, json }) => [kind, json])).toEqual([
      ['event', '1'],
      ['refused', JSON.stringify(refusal)],
      ['event', '2'],
    ]);
  });

  it('refuses a text by the size and hash of its characters', () => {
    const text = `words ${'é'.repeat(40_000)}`;
    const { rejected } = encodeBody(splitLines(text), ENVELOPE);
    const bytes = Buffer.from(text);
    expect(rejected).toEqual([
      { i: 0, reason: 'too-large', size: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') },
    ]);
  });

  it('gives nothing for no events', () => {
    expect(encodeBody([], ENVELOPE)).toEqual({ lines: Buffer.alloc(0), leaves: [], rejected: [] });
  });
});

/** Of the processor, in microseconds: what needs quadratic time takes minutes. */
const SECONDS = 3_000_000;

describe('hostile bodies of 4 MiB end quickly and small', () => {
  const SIZE = 4 << 20;

  it.each([
    ['blanks within an event', `{"a":${' '.repeat(SIZE)}1}`],
    ['blanks within a text', `x${' '.repeat(SIZE)}x`],
    ['line breaks', '\n'.repeat(SIZE)],
    ['nested arrays', `${'['.repeat(SIZE / 2)}${']'.repeat(SIZE / 2)}`],
    ['quotes', `"${'\\"'.repeat(SIZE / 2)}"`],
  ])('%s', (_, body) => {
    const start = process.cpuUsage();
    expect(encodeBody(splitLines(body), ENVELOPE).lines.length).toBeLessThan(1_000);
    expect(process.cpuUsage(start).user).toBeLessThan(SECONDS);
  });

  it.each([
    ['lines of one digit', () => splitLines('1\n'.repeat(SIZE / 2))],
    ['an array of digits', () => splitJson(`[${'1,'.repeat(SIZE / 2)}1]`)],
    [
      'lines under a long writer',
      () => encodeBody(splitLines('1\n'.repeat(100_000)), { ...ENVELOPE, writer: `mtls:${'x'.repeat(200)}` }),
    ],
  ])('%s are too many', (_, split) => {
    expect(split).toThrow(TooLarge);
  });

  it.each(['[', '{"a":', '"', '[1,', '[[],'])('%j without an end', (part) => {
    const start = process.cpuUsage();
    expect(() => splitJson(part.repeat(SIZE / part.length))).toThrow(Malformed);
    expect(process.cpuUsage(start).user).toBeLessThan(SECONDS);
  });
});

it.each(['a', '0', 'A.z_0:9-', 'x'.repeat(128)])('%s may be an Idempotency-Key', (key) => {
  expect(isIdempotencyKey(key)).toBe(true);
});

it.each(['', ' ', 'a b', 'a#0', 'a"', 'é', 'a\n', 'x'.repeat(129)])('%j may not be an Idempotency-Key', (key) => {
  expect(isIdempotencyKey(key)).toBe(false);
});
