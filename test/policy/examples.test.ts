import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AuditLogPolicy } from '../../lib/policy';

const read = (name: string) =>
  AuditLogPolicy.parse(readFileSync(join(__dirname, '../../examples/policies', name), 'utf8'));

test('dev.json lets in this machine only', () => {
  const { writers, readers } = read('dev.json');
  for (const access of [writers, readers]) {
    expect(access.allow.networks).toEqual(['127.0.0.0/8', '::1/128']);
    expect(access.authenticate.kind).toBe('none');
  }
});

test('dev.json may be torn down after a day', () => {
  const { retention } = read('dev.json');
  expect(retention.isDisposable).toBe(true);
  expect(retention.period.inDays).toBe(1);
});

test('dev.json has one region named local', () => {
  expect(read('dev.json').regions.map((region) => region.name)).toEqual(['local']);
});

test('sec-17a-4.json locks for six years', () => {
  const { retention } = read('sec-17a-4.json');
  expect(retention.mode).toBe('compliance');
  expect(retention.period.words).toBe('6 years');
});

test('sec-17a-4.json has certificates for writers and tokens for readers', () => {
  const { writers, readers } = read('sec-17a-4.json');
  expect(writers.authenticate.kind).toBe('mutualTls');
  expect(readers.authenticate.kind).toBe('jwt');
});
