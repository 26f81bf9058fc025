import { formatEntry } from '../lib/record/entry';
import { MAX_LEAF_SIZE } from '../lib/record/hash';

/** One body that a producer may send as `application/json`, and the value that must be stored of it and come back. */
export interface CorpusItem {
  readonly name: string;
  /** The whole body; it holds exactly one event. */
  readonly sent: string;
  /** The event's JSON as it stands in the entry. */
  readonly stored: string;
}

/** The writer for whom `LARGEST` and `TOO_LARGE` have their exact sizes, with no Idempotency-Key. */
export const CORPUS_WRITER = 'anonymous';

function verbatim(name: string, json: string): CorpusItem {
  return { name, sent: json, stored: json };
}

/** An event that makes an entry of this many bytes, when `CORPUS_WRITER` sends it without an Idempotency-Key. */
export function eventForEntryOf(bytes: number): string {
  const around = formatEntry({ received: 0, writer: CORPUS_WRITER, kind: 'event', json: '{"action":"a","pad":""}' });
  return `{"action":"a","pad":"${'x'.repeat(bytes - around.length)}"}`;
}

/** The largest event that is kept. */
export const LARGEST: CorpusItem = verbatim('an entry of exactly 65,535 bytes', eventForEntryOf(MAX_LEAF_SIZE));

/** One byte more: only a `refused` entry is stored. */
export const TOO_LARGE: string = eventForEntryOf(MAX_LEAF_SIZE + 1);

/** Producer JSON that naive pipelines change, drop or choke on. All of it is valid JSON and must survive exactly. */
export const CORPUS: readonly CorpusItem[] = [
  verbatim('a small integer', '{"n":1}'),
  verbatim('the largest signed 64-bit integer', '{"n":9223372036854775807}'),
  verbatim('the smallest signed 64-bit integer', '{"n":-9223372036854775808}'),
  verbatim('the largest unsigned 64-bit integer', '{"n":18446744073709551615}'),
  verbatim('the first integer that a double cannot hold', '{"actor":9007199254740993,"action":"login"}'),
  verbatim('an integer of 400 digits', `{"n":${'9'.repeat(400)}}`),
  verbatim('a trailing zero', '{"price":1.10}'),
  verbatim('minus zero', '{"n":-0}'),
  verbatim('minus zero with digits', '{"n":-0.00e-10}'),
  verbatim('a number beyond doubles', '{"n":1E400}'),
  verbatim('a number below doubles', '{"n":1e-400}'),
  verbatim('exponents of all spellings', '{"n":[1e5,1E5,1e+5,1E-05]}'),
  verbatim('a decimal of 40 digits', '{"n":0.1234567890123456789012345678901234567890}'),
  verbatim('duplicate keys', '{"action":"first","action":"last","actor":"a","actor":"b"}'),
  verbatim('duplicate keys of other types', '{"actor":{"id":"a"},"actor":7,"action":null,"action":"b"}'),
  verbatim('a lone high surrogate escape', String.raw`{"actor":"a\ud800","action":"x"}`),
  verbatim('a lone low surrogate escape', String.raw`{"actor":"\uDC00b"}`),
  verbatim('surrogate escapes in the wrong order', String.raw`{"s":"\udc00\ud800"}`),
  verbatim('a lone surrogate escape in a key', String.raw`{"\ud800":1}`),
  verbatim('a surrogate pair as escapes', String.raw`{"s":"\ud83d\ude00"}`),
  verbatim('an escaped solidus', String.raw`{"path":"\/etc\/passwd"}`),
  verbatim('all short escapes', String.raw`{"s":"\"\\\/\b\f\n\r\t"}`),
  verbatim('needless escapes', String.raw`{"\u0061ction":"\u006c\u006Fgin"}`),
  verbatim('a NUL escape', String.raw`{"actor":"a\u0000b","s":"\u0000"}`),
  verbatim('control characters as escapes', String.raw`{"s":"\u0001\u001b[31m\u001f\u007f\u0085"}`),
  verbatim('DEL and C1 controls as they are', '{"s":"\u007f\u0080\u0085\u009f"}'),
  verbatim('a __proto__ key', '{"__proto__":{"action":"polluted","actor":"polluted"},"a":1}'),
  verbatim(
    'keys of Object.prototype',
    '{"constructor":{"prototype":{"id":"x"}},"toString":1,"hasOwnProperty":null,"actor":{"toString":2,"valueOf":3}}',
  ),
  verbatim('an empty key', '{"":"","a":{"":{"":0}}}'),
  verbatim('an empty object', '{}'),
  verbatim('empty values of all types', '{"actor":"","action":null,"target":{},"targets":[],"outcome":""}'),
  verbatim('keys that look like ours', '{"received":"2000-01-01T00:00:00.000Z","writer":"root","event":{"event":1}}'),
  verbatim('a string that closes the entry', String.raw`{"s":"\"},\"writer\":\"root\",\"event\":{\""}`),
  verbatim('quotes and apostrophes', '{"s":"\' \\" \'\' \\"\\" ` ; -- DROP TABLE events"}'),
  verbatim('patterns of LIKE, GLOB and regular expressions', String.raw`{"s":"100% _under_ * ? [a-z] ^.*$ \\E \\d"}`),
  verbatim('a format string', '{"s":"%s %n $HOME {0} {{x}} $(id)"}'),
  verbatim('HTML', '{"s":"<script>alert(1)</script>&amp;"}'),
  verbatim('formulas of spreadsheets', '{"s":"=1+1","t":"@SUM(A1)"}'),
  verbatim('astral characters', '{"actor":"😀𝒜","s":"👩‍👩‍👧‍👦 \u{10ffff}"}'),
  verbatim('right-to-left text with marks', '{"actor":"مُحَمَّد","s":"שלום \u202eevil\u202c \u200f"}'),
  verbatim('combined and composed forms of one text', '{"s":"e\u0301","t":"\u00e9","\u212b":"\u00c5"}'),
  verbatim('line and paragraph separators', '{"s":"a\u2028b\u2029c"}'),
  verbatim('a byte order mark inside', '{"s":"\ufeffa\ufeff"}'),
  verbatim('noncharacters and the replacement character', '{"s":"\ufffe\uffff\ufdd0\ufffd"}'),
  verbatim('nesting of 1,000 arrays', `{"n":${'['.repeat(1_000)}${']'.repeat(1_000)}}`),
  verbatim('nesting of 1,000 objects', `${'{"a":'.repeat(1_000)}1${'}'.repeat(1_000)}`),
  verbatim('1,000 keys', `{${Array.from({ length: 1_000 }, (_, i) => `"k${i}":${i}`).join()}}`),
  verbatim('a long key', `{"${'k'.repeat(10_000)}":1}`),
  verbatim('32,000 backslashes', `{"s":"${'\\\\'.repeat(16_000)}"}`),
  verbatim('30,000 blanks between two values', `{"a":1,${' '.repeat(30_000)}"b":2}`),
  verbatim('white space of all kinds that stay', '{ "a" :\t1 ,  "b":[ ] }'),
  verbatim('a string', '"just a string"'),
  verbatim('an empty string', '""'),
  verbatim('a number', '-0.10E+2'),
  verbatim('true', 'true'),
  verbatim('false', 'false'),
  verbatim('null', 'null'),
  { name: 'white space around the value', sent: ' \t\r\n{"a":1}\n\r\t ', stored: '{"a":1}' },
  {
    name: 'pretty-printed with CRLF',
    sent: '{\r\n  "action": "login",\r\n  "actor": {\r\n    "id": "ann"\r\n  }\r\n}\r\n',
    stored: '{    "action": "login",    "actor": {      "id": "ann"    }  }',
  },
  { name: 'pretty-printed with tabs', sent: '{\n\t"action":\t"login"\n}', stored: '{ \t"action":\t"login" }' },
  { name: 'line breaks escaped and not', sent: '{\n"s":"a\\r\\nb"\r}', stored: '{ "s":"a\\r\\nb" }' },
  { name: 'an array in an array', sent: '[ [1, [2], 1.10] ]', stored: '[1, [2], 1.10]' },
  { name: 'a scalar in an array', sent: '[18446744073709551615]', stored: '18446744073709551615' },
  { name: 'brackets and quotes within strings', sent: '[{"s":"]},[\\"]\\\\"}]', stored: '{"s":"]},[\\"]\\\\"}' },
  verbatim(
    'an event with all that can be searched',
    '{"time":"2026-03-01T00:00:00Z","actor":{"id":"u-1"},"action":"door.open","target":{"id":"d-9"},"outcome":"denied"}',
  ),
  LARGEST,
];
