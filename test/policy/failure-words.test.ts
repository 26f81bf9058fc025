import { failureWords } from '../../lib/policy/failure-words';
import { parsedPolicy } from './parsed-policy';

const CENTRAL = { name: 'eu-central-1', jurisdiction: 'EU' };
const IRELAND = { name: 'eu-west-1', jurisdiction: 'EU' };
const PARIS = { name: 'eu-west-3', jurisdiction: 'EU' };
const GOOGLE = { name: 'europe-west3', jurisdiction: 'EU' };
const VIRGINIA = { name: 'us-east-1', jurisdiction: 'US' };
const AT_HOME = { jurisdiction: { EU: ['DE'], US: ['US'] } };

const words = (regions: unknown[], writes: unknown, reads: unknown = writes) =>
  failureWords(parsedPolicy({ regions, traffic: { writes, reads } }));

test('two regions that fail over have two sentences each, and what they share', () => {
  expect(words([CENTRAL, IRELAND], 'failover')).toEqual([
    'If eu-central-1 fails, writers and readers are led to eu-west-1.',
    'What eu-central-1 acknowledged stays readable in eu-west-1, which has a replica; about the last 15 minutes may not have arrived there.',
    'If eu-west-1 fails, writers and readers notice nothing while eu-central-1 is healthy.',
    'What eu-west-1 acknowledged stays readable in eu-central-1, which has a replica; about the last 15 minutes may not have arrived there.',
    'If only writing fails in a region, its writers fare as if the whole region had failed, and its readers stay.',
    'If only reading fails in a region, its readers fare as if the whole region had failed, and no write is moved.',
    'If every region fails, writers and readers get no answer.',
  ]);
});

test('one region has nowhere to lead clients', () => {
  expect(words([CENTRAL], 'latency')).toEqual([
    'If eu-central-1 fails, writers and readers get no answer until it is back.',
    'What eu-central-1 acknowledged cannot be read until it is back, and never if it is lost for good: no other region has a replica.',
    'If only writing fails in a region, its writers fare as if the whole region had failed, and its readers stay.',
    'If only reading fails in a region, its readers fare as if the whole region had failed, and no write is moved.',
  ]);
});

test.each<[string, unknown[], unknown, unknown, string]>([
  [
    'latency among several',
    [CENTRAL, IRELAND, PARIS],
    'latency',
    'latency',
    'If eu-central-1 fails, writers and readers are led to the nearest healthy region of eu-west-1, eu-west-3.',
  ],
  [
    'latency across a border',
    [CENTRAL, IRELAND, VIRGINIA],
    'latency',
    'latency',
    'If eu-west-1 fails, writers and readers are led to the nearest healthy region of eu-central-1, us-east-1, though us-east-1 is in another jurisdiction.',
  ],
  [
    'failover across a border',
    [CENTRAL, VIRGINIA],
    'failover',
    'failover',
    'If eu-central-1 fails, writers and readers are led to us-east-1, though us-east-1 is in another jurisdiction.',
  ],
  [
    'the first of three in failover',
    [CENTRAL, IRELAND, PARIS],
    'failover',
    'failover',
    'If eu-central-1 fails, writers and readers are led to the first healthy region of eu-west-1, eu-west-3.',
  ],
  [
    'the last of three in failover',
    [CENTRAL, IRELAND, PARIS],
    'failover',
    'failover',
    'If eu-west-3 fails, writers and readers notice nothing while one of eu-central-1, eu-west-1 is healthy.',
  ],
  [
    'jurisdictions of two regions',
    [CENTRAL, IRELAND, VIRGINIA],
    AT_HOME,
    AT_HOME,
    'If eu-central-1 fails, writers and readers of EU are led to eu-west-1.',
  ],
  [
    'a jurisdiction of one region',
    [CENTRAL, IRELAND, VIRGINIA],
    AT_HOME,
    AT_HOME,
    'If us-east-1 fails, writers and readers of US get no answer until it is back, and none is led out of US.',
  ],
  [
    'paths that are routed differently',
    [CENTRAL, VIRGINIA],
    AT_HOME,
    'failover',
    'If eu-central-1 fails, writers of EU get no answer until it is back, and none is led out of EU; readers are led to us-east-1, though us-east-1 is in another jurisdiction.',
  ],
  [
    'a whole jurisdiction',
    [CENTRAL, IRELAND, VIRGINIA],
    AT_HOME,
    'latency',
    'If every region of EU fails, writers of EU get no answer, and none is led out of EU.',
  ],
  ['all regions', [CENTRAL, IRELAND, VIRGINIA], AT_HOME, 'latency', 'If every region fails, readers get no answer.'],
  [
    'replicas in every other region of the jurisdiction',
    [CENTRAL, IRELAND, PARIS, VIRGINIA],
    'latency',
    'latency',
    'What eu-central-1 acknowledged stays readable in eu-west-1, eu-west-3, which have replicas; about the last 15 minutes may not have arrived there.',
  ],
  [
    'no replica across a border',
    [CENTRAL, VIRGINIA],
    'latency',
    'latency',
    'What us-east-1 acknowledged cannot be read until it is back, and never if it is lost for good: no other region has a replica.',
  ],
  [
    'no replica of AWS on another cloud',
    [CENTRAL, GOOGLE],
    'latency',
    'latency',
    'What eu-central-1 acknowledged cannot be read until it is back, and never if it is lost for good: no other region has a replica.',
  ],
  [
    'no replica of another cloud on AWS',
    [CENTRAL, IRELAND, GOOGLE],
    'latency',
    'latency',
    'What europe-west3 acknowledged cannot be read until it is back, and never if it is lost for good: no other region has a replica.',
  ],
])('says what happens to %s', (_, regions, writes, reads, sentence) => {
  expect(words(regions, writes, reads)).toContain(sentence);
});

test('where clients stay in their jurisdiction, nothing is said of all regions at once', () => {
  expect(words([CENTRAL, IRELAND, VIRGINIA], AT_HOME).join(' ')).not.toContain('If every region fails');
});

test('a jurisdiction of one region is said once', () => {
  const said = words([CENTRAL, IRELAND, VIRGINIA], AT_HOME).filter((each) => each.includes('of US'));
  expect(said).toHaveLength(1);
});
