import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AuditLogPolicy } from '../../lib/policy';
import { codeOf } from '../policy/coded';
import { good } from '../policy/policies';
import { awsOutput, changes, googleOutput, type Output, type Part, wholeAwsOutput } from './outputs';
import { parityTable } from './table';
import { BASE, type Becomes, VALUES } from './values';
import { vocabulary } from './vocabulary';

const DOCUMENT = join(__dirname, '../../lib/PARITY.md');

/** Of a form there is one version. */
const terms = vocabulary().filter((term) => term !== 'version: 1');

type Make = (policy: AuditLogPolicy, part: Part) => Output;

/** Of Google's, all is made at once. */
const wholeGoogleOutput: Make = (policy) => googleOutput(policy);

/** Many values are said of one policy. */
const made = new Map<string, Output>();

function output(cloud: string, make: Make, change: object, part: Part): Output {
  const text = JSON.stringify({ ...BASE, ...change });
  const key = `${cloud} ${part} ${text}`;
  const found = made.get(key) ?? make(AuditLogPolicy.parse(text), part);
  made.set(key, found);
  return found;
}

function expectBecomes(cloud: string, make: Make, value: (typeof VALUES)[number], becomes: Becomes): void {
  const { from = {}, to, part } = value;
  const before = output(cloud, make, from, part);
  if ('refused' in becomes) {
    expect(codeOf(() => output(cloud, make, to, part))).toBe(becomes.refused);
    return;
  }
  expect(becomes.length).toBeGreaterThan(0);
  expect([...changes(before, output(cloud, make, to, part))]).toEqual(expect.arrayContaining([...becomes]));
}

const named = VALUES.map((value) => [`${value.term} ${value.variant ?? ''}`.trim(), value] as const);

describe('on AWS', () => {
  test.each(named)('%s', (_, value) => expectBecomes('aws', awsOutput, value, value.aws));
});

describe('on Google Cloud', () => {
  test.each(named)('%s', (_, value) => expectBecomes('google', wholeGoogleOutput, value, value.google));
});

test('the schema of policies has values', () => {
  expect(terms).toEqual(
    expect.arrayContaining(['retention.mode: compliance', 'writers.allow', 'traffic.reads: failover']),
  );
  expect(terms.length).toBeGreaterThan(40);
});

test('every value that a policy can have is looked at, and no other', () => {
  expect([...new Set(VALUES.map(({ term }) => term))].sort()).toEqual([...terms].sort());
});

test('what values change on AWS is in a log of several regions', () => {
  const policy = AuditLogPolicy.parse(JSON.stringify({ ...BASE, regions: good.regions }));
  const types = new Set([...wholeAwsOutput(policy).values()].map(({ type }) => type));
  const changed = VALUES.flatMap(({ aws }) => ('refused' in aws ? [] : aws));
  expect([...types]).toEqual(expect.arrayContaining([...new Set(changed.map((each) => each.split('.')[0]))]));
});

test('one output is not another where nothing is', () => {
  const one = output('aws', awsOutput, {}, 'archives');
  expect(changes(one, one)).toEqual(new Set());
  expect(changes(one, new Map()).size).toBeGreaterThan(0);
});

test('PARITY.md has the table; PARITY=write npx jest test/parity writes it', () => {
  const text = readFileSync(DOCUMENT, 'utf8');
  const start = text.indexOf('| in the policy |');
  const expected = `${text.slice(0, start)}${parityTable(VALUES)}\n`;
  if (process.env.PARITY === 'write') writeFileSync(DOCUMENT, expected);
  else expect(text).toBe(expected);
});
