import { AuditLogPolicy } from '../../lib/policy';
import { plainWords } from '../../lib/policy/plain-words';
import { good } from './policies';

const words = (change: object) => plainWords(AuditLogPolicy.parse(JSON.stringify({ ...good, ...change })));

test('a policy has one sentence for each value, in the order of the document', () => {
  expect(words({})).toEqual([
    'The log is named acme-audit for ever: every key and signature of it carries the name.',
    "Nobody, not even the account's root user, can delete or shorten anything for 7 years (compliance; cannot be undone).",
    'Writers may connect from 203.0.113.0/24 only.',
    'Writers prove who they are by a client certificate (mutual TLS).',
    'One IP address may send 6,000 requests as a writer in 60 seconds; more are answered 429.',
    'Readers may connect from 198.51.100.0/24 only.',
    'Readers prove who they are by a JSON Web Token that https://idp.example.com issued for audit, checked with the keys at https://idp.example.com/jwks.',
    'One IP address may send 600 requests as a reader in 60 seconds; more are answered 429.',
    'Region eu-central-1 keeps a log of its own, in the jurisdiction EU.',
    'Region eu-west-1 keeps a log of its own, in the jurisdiction EU.',
    'A search in any of eu-central-1, eu-west-1 finds what all of these acknowledged, as far as it was copied there.',
    'Writes go to the nearest healthy region.',
    'Reads go to the nearest healthy region.',
  ]);
});

test.each([
  [
    'governance',
    { retention: { mode: 'governance', days: 1 } },
    'Only who holds the permission to bypass the lock can delete or shorten anything for 1 day (governance).',
  ],
  [
    'disposable',
    { retention: { mode: 'governance', days: 1, disposable: true } },
    'The log may be torn down while records are locked: not for evidence.',
  ],
  [
    'a preset',
    { retention: { presets: ['sec-17a-4'], irreversible: 'acme-audit' } },
    'The retention is as the preset sec-17a-4 asks (17 CFR 240.17a-4).',
  ],
  [
    'the internet',
    { writers: { ...good.writers, allow: 'internet' } },
    'Writers may connect from anywhere on the internet.',
  ],
  [
    'many networks',
    { writers: { ...good.writers, allow: Array.from({ length: 10 }, (_, i) => `10.${i}.0.0/16`) } },
    'Writers may connect from 10.0.0.0/16, 10.1.0.0/16, 10.2.0.0/16, 10.3.0.0/16, 10.4.0.0/16, 10.5.0.0/16, 10.6.0.0/16, 10.7.0.0/16 and 2 networks more.',
  ],
  [
    'no authentication',
    { writers: { ...good.writers, authenticate: { none: {} } } },
    'Writers are not asked who they are (for one machine; refused on clouds).',
  ],
  ['one region', { regions: [{ name: 'local', jurisdiction: 'LOCAL' }] }, 'Writes go to local, the only region.'],
  [
    'failover',
    { traffic: { writes: 'failover', reads: 'latency' } },
    'Writes go to the first healthy region of eu-central-1, eu-west-1.',
  ],
  [
    'latency across a border',
    { regions: [...good.regions, { name: 'us-east-1', jurisdiction: 'US' }] },
    'Writes go to the nearest healthy region, whether that is in EU or US.',
  ],
  [
    'a region that searches no other',
    { regions: [...good.regions, { name: 'us-east-1', jurisdiction: 'US' }] },
    'A search in us-east-1 finds what this region acknowledged, and nothing of others.',
  ],
  [
    'a region of another cloud, which AWS copies nothing to',
    { regions: [...good.regions, { name: 'europe-west3', jurisdiction: 'EU' }] },
    'A search in europe-west3 finds what this region acknowledged, and nothing of others.',
  ],
  [
    'residency',
    {
      regions: [...good.regions, { name: 'us-east-1', jurisdiction: 'US' }],
      traffic: { writes: 'latency', reads: { jurisdiction: { EU: ['DE', 'FR'], US: ['US'] } } },
    },
    'Reads go from DE, FR to EU only; from US to US only; clients in other countries are sent nowhere.',
  ],
])('says %s', (_, change, sentence) => {
  expect(words(change)).toContain(sentence);
});

test('nothing is said of searches where there is one region', () => {
  const sentences = words({ regions: [good.regions[0]] });
  expect(sentences.filter((sentence) => sentence.startsWith('A search'))).toEqual([]);
});
