import { type CanarySettings, fromEnv, targetsOf, toEnv } from '../../../lib/services/canary/config';
import { codeOf } from '../../policy/coded';

const settings: CanarySettings = {
  log: 'acme-audit',
  targets: {
    'https://{region}.{path}.audit.example.com': ['eu-central-1', 'europe-west3'],
    'https://{region}.{path}.us-audit.example.com': ['us-east-1'],
  },
  publicName: '{path}.audit.example.com',
  evacuationParameter: '/acme-audit/evacuated',
  ingestSecret: 'arn:aws:secretsmanager:us-west-2:111122223333:secret:ingest-a1B2c3',
  querySecret: 'arn:aws:secretsmanager:us-west-2:111122223333:secret:query-d4E5f6',
};

test('what is written is read again', () => {
  expect(fromEnv(toEnv(settings))).toEqual(settings);
  expect(fromEnv(toEnv({ ...settings, caFile: '/ca.pem' }))).toEqual({ ...settings, caFile: '/ca.pem' });
});

test('each region is tried on both paths, by its own name', () => {
  expect(targetsOf(settings).map(({ origin }) => origin)).toEqual([
    'https://eu-central-1.ingest.audit.example.com',
    'https://eu-central-1.query.audit.example.com',
    'https://europe-west3.ingest.audit.example.com',
    'https://europe-west3.query.audit.example.com',
    'https://us-east-1.ingest.us-audit.example.com',
    'https://us-east-1.query.us-audit.example.com',
  ]);
  expect(targetsOf(settings)[5]).toMatchObject({ region: 'us-east-1', path: 'query' });
});

test('each is asked for what clients ask for', () => {
  expect(targetsOf(settings).map(({ host }) => host)).toEqual(
    Array(3).fill(['ingest.audit.example.com', 'query.audit.example.com']).flat(),
  );
});

test.each(Object.keys(toEnv(settings)))('%s must be there', (name) => {
  const { [name]: _, ...others } = toEnv(settings);
  expect(codeOf(() => fromEnv(others))).toBe('setting-missing');
});

test.each([
  ['AUDIT_LOG_NAME', 'Acme'],
  ['AUDIT_LOG_NAME', 'acme/eu'],
  ['AUDIT_PUBLIC_NAME', 'https://{path}.example.com'],
  ['AUDIT_PUBLIC_NAME', '{path}.example.com/'],
  ['AUDIT_PUBLIC_NAME', '{path}.example.com:8443'],
  ['AUDIT_PUBLIC_NAME', '{region}.example.com'],
  ['AUDIT_PUBLIC_NAME', 'user@{path}.example.com'],
  ['AUDIT_PUBLIC_NAME', '{path}.Example.com'],
  ['AUDIT_CANARY_TARGETS', 'eu-central-1'],
  ['AUDIT_CANARY_TARGETS', 'null'],
  ['AUDIT_CANARY_TARGETS', '{"http://{region}.example.com":["eu-central-1"]}'],
  ['AUDIT_CANARY_TARGETS', '{"https://{region}.example.com/path":["eu-central-1"]}'],
  ['AUDIT_CANARY_TARGETS', '{"https://user@example.com":["eu-central-1"]}'],
  ['AUDIT_CANARY_TARGETS', '{"https://{region}.example.com":"eu-central-1"}'],
  ['AUDIT_CANARY_TARGETS', '{"https://{region}.example.com":["EU"]}'],
  ['AUDIT_CANARY_TARGETS', '{"https://{region}.example.com":["a/b"]}'],
])('%s is refused if it is %s', (name, text) => {
  expect(codeOf(() => fromEnv({ ...toEnv(settings), [name]: text }))).toBe('setting-invalid');
});
