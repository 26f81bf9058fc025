import { AuditLogError, ERROR_CODES } from '../../lib/policy/errors';

test.each(Object.entries(ERROR_CODES))('%s is a code in kebab-case with a sentence', (code, meaning) => {
  expect(code).toMatch(/^[a-z]+(-[a-z0-9]+)*$/);
  expect(meaning).toMatch(/^[A-Z].*\.$/);
});

test('a message says where, what, what was given, what is allowed, what to do, and ends in the code', () => {
  const error = new AuditLogError('rate-out-of-range', {
    path: '$.rateLimit.requests',
    problem: 'the number is out of range',
    given: 1,
    allowed: '10 to 20',
    fix: 'choose one',
  });
  expect(error.message).toBe(
    '$.rateLimit.requests: the number is out of range, got 1, allowed: 10 to 20; choose one [rate-out-of-range]',
  );
});

test('a message leaves out what is not there', () => {
  const error = new AuditLogError('document-invalid', { problem: 'it is bad', fix: 'mend it' });
  expect(error.message).toBe('it is bad; mend it [document-invalid]');
});

test('a message shows 200 characters of what was given', () => {
  const error = new AuditLogError('name-malformed', { problem: 'bad', given: 'a'.repeat(1_000), fix: 'mend it' });
  expect(error.message.match(/a{100,}/)?.[0]).toHaveLength(199);
});

test('a message of many problems has a line for each', () => {
  const problems = ['one', 'two'].map((problem) => new AuditLogError('name-malformed', { problem, fix: 'mend it' }));
  const error = new AuditLogError('document-invalid', { problem: 'it is bad', fix: 'mend it', problems });
  expect(error.message.split('\n')).toEqual([
    'it is bad; mend it',
    '  one; mend it [name-malformed]',
    '  two; mend it [name-malformed]',
    ' [document-invalid]',
  ]);
});
