import fc from 'fast-check';
import { AuditLogPolicy } from '../../lib/policy';
import { codeOf, errorOf, problemsOf } from './coded';
import { documents, good } from './policies';

const parse = (document: unknown) => AuditLogPolicy.parse(JSON.stringify(document));
const writers = (change: object) => parse({ ...good, writers: { ...good.writers, ...change } });
const retention = (given: unknown) => parse({ ...good, retention: given });

test('reads the document of the design', () => {
  const policy = parse(good);
  expect(policy.name).toBe('acme-audit');
  expect(policy.retention.period.words).toBe('7 years');
  expect(policy.writers.rateLimit).toMatchObject({ requests: 6000, perSeconds: 60 });
  expect(policy.readers.authenticate.jwtTrust?.audience).toBe('audit');
  expect(policy.regions.map((region) => region.name)).toEqual(['eu-central-1', 'eu-west-1']);
});

test('writes what it reads', () => {
  expect(JSON.parse(parse(good).toDocument())).toEqual(good);
});

test('writes two spaces of indentation and a new line at the end', () => {
  expect(parse(good).toDocument()).toMatch(/^\{\n {2}"version": 1,\n.*\n\}\n$/s);
});

test('every policy is read again from its own document', () => {
  fc.assert(
    fc.property(documents, (document) => {
      const policy = parse(document);
      expect(AuditLogPolicy.parse(policy.toDocument())).toEqual(policy);
    }),
    { numRuns: 300 },
  );
});

test('every document is written again as it was read', () => {
  fc.assert(
    fc.property(documents, (document) => {
      expect(JSON.parse(parse(document).toDocument())).toEqual(document);
    }),
    { numRuns: 300 },
  );
});

describe('problems', () => {
  test('are all found at once, each with path and code', () => {
    const bad = {
      version: 2,
      name: 'Acme',
      nmae: 'acme',
      retention: { mode: 'compliance', years: 0 },
      writers: { allow: ['10.0.0.1/8', '10.0.0.0/8', 'x'], authenticate: {}, rateLimit: { requests: 1 } },
      regions: [{ name: 'EU', jurisdiction: 'eu' }],
      traffic: { writes: 'nearest', reads: { jurisdiction: { eu: ['d'] } } },
    };
    expect(problemsOf(() => parse(bad))).toEqual([
      '$.nmae member-unknown',
      '$.version version-unsupported',
      '$.name name-malformed',
      '$.retention.years period-out-of-range',
      '$.retention.irreversible irreversible-unacknowledged',
      '$.writers.allow[0] network-host-bits',
      '$.writers.allow[2] network-malformed',
      '$.writers.authenticate authentication-unknown',
      '$.writers.rateLimit.requests rate-out-of-range',
      '$.writers.rateLimit.perSeconds member-missing',
      '$.readers member-missing',
      '$.regions[0].name region-malformed',
      '$.regions[0].jurisdiction jurisdiction-malformed',
      '$.traffic.writes routing-unknown',
      '$.traffic.reads.jurisdiction.eu jurisdiction-malformed',
      '$.traffic.reads.jurisdiction.eu[0] country-malformed',
    ]);
  });

  test('say what was given and what is allowed', () => {
    const [problem] = errorOf(() => writers({ rateLimit: { requests: 1, perSeconds: 60 } })).details.problems ?? [];
    expect(problem?.details.given).toBe(1);
    expect(problem?.details.allowed).toBe('a whole number from 10 to 1000000');
  });

  test('are all in the message, which ends in the code', () => {
    const { message } = errorOf(() => parse({ ...good, name: 'A', version: 3 }));
    expect(message).toContain('2 problems');
    expect(message).toContain('$.version: ');
    expect(message).toContain('$.name: ');
    expect(message).toMatch(/\[document-invalid\]$/);
  });

  test.each(Object.keys(good))('of a missing %s', (member) => {
    const { [member as keyof typeof good]: _, ...rest } = good;
    expect(problemsOf(() => parse(rest))).toEqual([`$.${member} member-missing`]);
  });

  test.each(['allow', 'authenticate', 'rateLimit'])('of a missing writers.%s', (member) => {
    expect(problemsOf(() => writers({ [member]: undefined }))).toEqual([`$.writers.${member} member-missing`]);
  });

  test.each([
    ['null', null],
    ['a list', []],
    ['a number', 1],
    ['a text', 'policy'],
    ['true', true],
  ])('of %s where an object must be', (_, given) => {
    expect(problemsOf(() => AuditLogPolicy.parse(JSON.stringify(given)))).toEqual(['$ type-wrong']);
    expect(problemsOf(() => parse({ ...good, readers: given }))).toEqual(['$.readers type-wrong']);
  });

  test('do not print what a document nests', () => {
    const [problem] = errorOf(() => parse({ ...good, name: { a: [1] } })).details.problems ?? [];
    expect(problem?.details.given).toBe('an object');
  });

  test('of members named like those of every object', () => {
    const text = JSON.stringify(good).replace('{', '{"__proto__":{"name":"x"},"constructor":1,');
    expect(problemsOf(() => AuditLogPolicy.parse(text))).toEqual([
      '$.__proto__ member-unknown',
      '$.constructor member-unknown',
    ]);
  });

  test('of members with odd names are quoted', () => {
    expect(problemsOf(() => parse({ ...good, 'a b"': 1 }))).toEqual(['$["a b\\""] member-unknown']);
  });
});

describe('retention', () => {
  test.each([
    ['both years and days', { mode: 'governance', years: 1, days: 1 }, ['$.retention period-ambiguous']],
    ['neither years nor days', { mode: 'governance' }, ['$.retention period-ambiguous']],
    ['no mode', { days: 1 }, ['$.retention.mode member-missing']],
    ['another mode', { mode: 'worm', days: 1 }, ['$.retention.mode retention-mode-unknown']],
    ['half a year', { mode: 'governance', years: 0.5 }, ['$.retention.years type-wrong']],
    [
      'compliance without acknowledgement',
      { mode: 'compliance', years: 1 },
      ['$.retention.irreversible irreversible-unacknowledged'],
    ],
    [
      'compliance acknowledged by true',
      { mode: 'compliance', years: 1, irreversible: true },
      ['$.retention.irreversible type-wrong'],
    ],
    [
      'compliance acknowledged for another policy',
      { mode: 'compliance', years: 1, irreversible: 'acme' },
      ['$.retention.irreversible irreversible-unacknowledged'],
    ],
    [
      'acknowledged governance',
      { mode: 'governance', days: 1, irreversible: 'acme-audit' },
      ['$.retention.irreversible irreversible-not-needed'],
    ],
    [
      'disposable compliance',
      { mode: 'compliance', days: 1, irreversible: 'acme-audit', disposable: true },
      ['$.retention.disposable member-unknown'],
    ],
    ['disposable: false', { mode: 'governance', days: 1, disposable: false }, ['$.retention.disposable type-wrong']],
    ['no presets', { presets: [] }, ['$.retention.presets list-length-out-of-range']],
    ['an unknown preset', { presets: ['sox-2'] }, ['$.retention.presets[0] preset-unknown']],
    [
      'a preset with a mode',
      { presets: ['dev'], mode: 'compliance', years: 1 },
      ['$.retention.mode member-unknown', '$.retention.years member-unknown'],
    ],
    [
      'a preset of compliance, not acknowledged',
      { presets: ['dev', 'sec-17a-4'] },
      ['$.retention.irreversible irreversible-unacknowledged'],
    ],
    [
      'an acknowledged preset of governance',
      { presets: ['dev'], irreversible: 'acme-audit' },
      ['$.retention.irreversible irreversible-not-needed'],
    ],
  ])('%s', (_, given, problems) => {
    expect(problemsOf(() => retention(given))).toEqual(problems);
  });
});

describe('access', () => {
  test('"internet" is said in a word', () => {
    expect(writers({ allow: 'internet' }).writers.allow.isInternet).toBe(true);
  });

  test.each([
    ['0.0.0.0/0', ['0.0.0.0/0'], ['$.writers.allow allow-internet']],
    ['::/0', ['::/0'], ['$.writers.allow allow-internet']],
    ['another word', 'everybody', ['$.writers.allow type-wrong']],
    ['the word in a list', ['internet'], ['$.writers.allow[0] network-malformed']],
    ['nobody', [], ['$.writers.allow list-length-out-of-range']],
    ['a number', [1], ['$.writers.allow[0] type-wrong']],
    ['null', [null], ['$.writers.allow[0] type-wrong']],
  ])('allows %s', (_, allow, problems) => {
    expect(problemsOf(() => writers({ allow }))).toEqual(problems);
  });

  test.each([
    ['two ways', { none: {}, mutualTls: {} }, ['$.writers.authenticate authentication-unknown']],
    [
      'another way',
      { basic: {} },
      ['$.writers.authenticate.basic member-unknown', '$.writers.authenticate authentication-unknown'],
    ],
    [
      'a way with settings it has not',
      { mutualTls: { optional: true } },
      ['$.writers.authenticate.mutualTls.optional member-unknown'],
    ],
    ['a way that is true', { none: true }, ['$.writers.authenticate.none type-wrong']],
    [
      'an empty jwt',
      { jwt: {} },
      ['issuer', 'jwksUrl', 'audience'].map((member) => `$.writers.authenticate.jwt.${member} member-missing`),
    ],
  ])('authenticates in %s', (_, authenticate, problems) => {
    expect(problemsOf(() => writers({ authenticate }))).toEqual(problems);
  });
});

describe('text', () => {
  test.each(['', '{', '{"version":1,}', "{'version':1}", '\u001b[31m', '\ufeff{}'])('%j is not JSON', (text) => {
    expect(problemsOf(() => AuditLogPolicy.parse(text))).toEqual(['$ document-not-json']);
  });

  test('that is not JSON sends nothing odd to a terminal', () => {
    expect(errorOf(() => AuditLogPolicy.parse('\u001b[31m\u202e')).message).toMatch(/^[ -~\n]*$/);
  });

  test('of 1 MiB is read, of one byte more is refused', () => {
    const text = JSON.stringify(good);
    const padded = text.padEnd(1_048_576);
    expect(AuditLogPolicy.parse(padded).name).toBe('acme-audit');
    expect(problemsOf(() => AuditLogPolicy.parse(`${padded} `))).toEqual(['$ document-too-large']);
  });

  test('is measured in bytes', () => {
    const text = JSON.stringify('ü'.repeat(524_288));
    expect(problemsOf(() => AuditLogPolicy.parse(text))).toEqual(['$ document-too-large']);
  });

  test('with a member twice is refused, even if both are alike', () => {
    const text = JSON.stringify(good).replace('"allow":', '"allow":["203.0.113.0/24"],"allow":');
    expect(problemsOf(() => AuditLogPolicy.parse(text))).toEqual(['$.writers.allow member-duplicate']);
  });

  test('with a member twice in a list names the item', () => {
    const text = JSON.stringify(good).replace('"name":"eu-west-1"', '"name":"eu-west-1","n\\u0061me":"eu-west-1"');
    expect(problemsOf(() => AuditLogPolicy.parse(text))).toEqual(['$.regions[1].name member-duplicate']);
  });

  test.each([
    ['unknown members', `{${Array.from({ length: 60_000 }, (_, i) => `"m${i}":1`).join()}}`],
    ['one member again and again', `{${'"name":1,'.repeat(100_000)}"name":1}`],
    ['bad networks', JSON.stringify({ ...good, writers: { ...good.writers, allow: Array(10_000).fill('x') } })],
    [
      'more networks than are read',
      JSON.stringify({ ...good, writers: { ...good.writers, allow: Array(100_000).fill('x') } }),
    ],
    ['one long name', `{"${'a'.repeat(1_000_000)}":1}`],
    ['one long name of escapes', `{"${'\\n'.repeat(500_000)}":1}`],
    ['objects in objects', `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`],
    ['duplicates at the bottom', `${'['.repeat(400_000)}{${'"a":1,'.repeat(20_000)}"a":1}${']'.repeat(400_000)}`],
  ])('made of %s is refused within seconds, with at most 100 problems', (_, text) => {
    const start = performance.now();
    const error = errorOf(() => AuditLogPolicy.parse(text));
    expect(performance.now() - start).toBeLessThan(3_000);
    expect(error.code).toBe('document-invalid');
    expect(error.details.problems?.length).toBeLessThanOrEqual(100);
    expect(error.message.length).toBeLessThan(100_000);
  });

  test('of any kind is read or refused with our code', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(codeOf(() => AuditLogPolicy.parse(text))).toBe('document-invalid');
      }),
    );
  });
});

test('a byte order mark is called by its name, for nobody sees it', () => {
  const call = () => AuditLogPolicy.parse(`\uFEFF${JSON.stringify(good)}`);
  expect(problemsOf(call)).toEqual(['$ document-not-json']);
  expect(call).toThrow('begins with a byte order mark');
});
