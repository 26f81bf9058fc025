import { Elsewhere, GoogleDeployment } from '../../lib/google';
import { codeOf, problemsOf } from '../policy/coded';
import { AUTHORITY, deployment, deploymentProps } from './deployments';
import { policyOf } from './synthesized';

test('a minimal deployment has a project and a domain', () => {
  const minimal = GoogleDeployment.of({ project: 'acme-logs', domain: 'audit.example.com' });
  expect({ ...minimal }).toEqual({ project: 'acme-logs', domain: 'audit.example.com' });
});

test('a document says the same as code', () => {
  const text = JSON.stringify({ version: 1, ...deploymentProps, providerVersion: '8.5.0' });
  const { providerVersion, ...rest } = GoogleDeployment.parse(text);
  expect(rest).toEqual(deploymentProps);
  expect(providerVersion?.constraint).toBe('>= 8.5.0, < 9.0.0');
});

test.each([
  ['project', 'Acme', 'project-malformed'],
  ['project', 'acme-', 'project-malformed'],
  ['project', 'example.com:acme-logs', 'project-malformed'],
  ['domain', 'Audit.example.com', 'domain-malformed'],
  ['zone', 'example.com.', 'dns-zone-malformed'],
  ['image', 'europe-docker.pkg.dev/acme-logs/services/audit-log:latest', 'image-malformed'],
  ['writerAuthorities', [`${AUTHORITY}${AUTHORITY}`], 'authority-malformed'],
  ['writerAuthorities', ['-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n'], 'authority-malformed'],
  ['readerAuthorities', [], 'list-length-out-of-range'],
])('%s %j is refused', (member, value, code) => {
  expect(codeOf(() => deployment({ [member]: value }))).toBe(code);
});

test('a document gets every problem at once', () => {
  const text = JSON.stringify({ version: 2, project: 'A', zone: '.', providerVersion: '6.50.0', region: 'x' });
  expect(problemsOf(() => GoogleDeployment.parse(text)).sort()).toEqual([
    '$.domain member-missing',
    '$.project project-malformed',
    '$.providerVersion provider-version-unusable',
    '$.region member-unknown',
    '$.version version-unsupported',
    '$.zone dns-zone-malformed',
  ]);
});

test('the example names authorities and a newer provider only where the policy needs them', () => {
  const jurisdiction = { jurisdiction: { EU: ['DE'] } };
  const example = (changes: object) => GoogleDeployment.example(policyOf(changes));
  expect(example({}).writerAuthorities).toHaveLength(1);
  expect(example({}).providerVersion).toBeUndefined();
  expect(example({ traffic: { writes: jurisdiction, reads: 'latency' } }).providerVersion).toBeDefined();
});

test('a zone that would lead here only is refused beside another cloud', () => {
  expect(codeOf(() => deployment({ elsewhere: Elsewhere.of({ regions: ['eu-central-1'] }) }))).toBe('dns-zone-shared');
});

const regionsNamed = (...names: string[]) => ({ regions: names.map((name) => ({ name, jurisdiction: 'EU' })) });

test.each([
  ['Google', ['europe-west3', 'us-east1'], undefined],
  ['another cloud', ['eu-central-1', 'us-east-1'], undefined],
  ['no cloud', ['local'], undefined],
  ['both clouds', ['eu-central-1', 'europe-west3'], ['eu-central-1']],
])('of regions whose names are of %s, the example has elsewhere what is not', (_, names, elsewhere) => {
  const example = GoogleDeployment.example(policyOf(regionsNamed(...names)));
  expect(example.elsewhere?.regions).toEqual(elsewhere);
  expect(example.zone === undefined).toBe(elsewhere !== undefined);
});
