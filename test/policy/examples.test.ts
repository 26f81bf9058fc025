import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AuditLogPolicy, Deployment } from '../../lib/policy';

const FOLDER = join(__dirname, '../../examples/policies');
const read = (name: string) => AuditLogPolicy.parse(readFileSync(join(FOLDER, name), 'utf8'));
const namesOf = ({ regions }: AuditLogPolicy) => regions.map(({ name }) => name);
const MADE_FOR_CLOUDS = readdirSync(FOLDER).filter((name) => name !== 'dev.json');

test.each(readdirSync(FOLDER))('%s survives being read and written', (name) => {
  expect(JSON.parse(read(name).toDocument())).toEqual(JSON.parse(readFileSync(join(FOLDER, name), 'utf8')));
});

test.each(MADE_FOR_CLOUDS)('%s keeps evidence from clients that prove who they are', (name) => {
  const { retention, writers, readers } = read(name);
  expect(retention.mode).toBe('compliance');
  for (const { allow, authenticate } of [writers, readers]) {
    expect(allow.isInternet).toBe(false);
    expect(authenticate.kind).not.toBe('none');
  }
});

test('one-region.json has one region', () => {
  expect(namesOf(read('one-region.json'))).toEqual(['eu-central-1']);
});

test('two-regions.json fails over within one jurisdiction, on both paths', () => {
  const { regions, traffic } = read('two-regions.json');
  expect(regions).toHaveLength(2);
  expect(new Set(regions.map(({ jurisdiction }) => jurisdiction)).size).toBe(1);
  expect([traffic.writes.kind, traffic.reads.kind]).toEqual(['failover', 'failover']);
});

test('three-jurisdictions.json keeps writes and reads where the client is', () => {
  const { regions, traffic } = read('three-jurisdictions.json');
  expect([...new Set(regions.map(({ jurisdiction }) => jurisdiction))]).toEqual(['EU', 'US', 'APAC']);
  for (const { residency } of [traffic.writes, traffic.reads]) {
    expect(Object.keys(residency?.countries ?? {})).toEqual(['EU', 'US', 'APAC']);
    // https://european-union.europa.eu/principles-countries-history/eu-countries_en
    expect(residency?.countries.EU).toHaveLength(27);
  }
});

test('three-jurisdictions.json has a jurisdiction with one region only', () => {
  const { regions } = read('three-jurisdictions.json');
  expect(regions.filter(({ jurisdiction }) => jurisdiction === 'APAC')).toHaveLength(1);
});

test('aws-and-google.json has a region of each cloud in one jurisdiction', () => {
  const policy = read('aws-and-google.json');
  const { regions, elsewhere } = Deployment.example(policy);
  expect([regions.map(({ name }) => name), elsewhere.map(({ name }) => name)]).toEqual([
    ['eu-central-1'],
    ['europe-west3'],
  ]);
  expect(new Set(policy.regions.map(({ jurisdiction }) => jurisdiction))).toEqual(new Set(['EU']));
  expect([policy.traffic.writes.kind, policy.traffic.reads.kind]).toEqual(['failover', 'latency']);
});

test('those of Google Cloud have regions of Google only', () => {
  for (const name of ['google-two-regions.json', 'google-jurisdictions.json']) {
    for (const region of namesOf(read(name))) expect(region).toMatch(/^[a-z]+-[a-z]+\d$/);
  }
});

test('google-jurisdictions.json keeps writes and reads where the client is', () => {
  const { traffic } = read('google-jurisdictions.json');
  for (const { residency } of [traffic.writes, traffic.reads]) {
    expect(Object.keys(residency?.countries ?? {})).toEqual(['EU', 'US']);
    expect(residency?.countries.EU).toHaveLength(27);
  }
});

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
