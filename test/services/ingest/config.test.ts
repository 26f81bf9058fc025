import type { Environment } from '../../../lib/services/environment';
import { fromEnv, toEnv } from '../../../lib/services/ingest/config';

const MINIMAL = {
  AUDIT_LOG: 'acme/local',
  AUDIT_STORE: 'file:/data/store',
  AUDIT_ADMISSION_KEY: 'file:/data/keys/admission.pem',
  AUDIT_LISTEN: '/run/node.sock',
};

const MAXIMAL = {
  ...MINIMAL,
  AUDIT_WRITER_SOURCE: 'anonymous',
  AUDIT_PACE_MS: '250',
  AUDIT_MEMORY_BYTES: '134217728',
};

test('what is left out has its default', () => {
  expect(fromEnv(MINIMAL)).toEqual({
    origin: 'acme/local',
    store: 'file:/data/store',
    admissionKey: 'file:/data/keys/admission.pem',
    listen: '/run/node.sock',
    writerSource: 'edge',
    paceMs: 50,
    memoryBytes: 67_108_864,
  });
});

test('settings survive the way through the environment', () => {
  expect(toEnv(fromEnv(MAXIMAL))).toEqual(MAXIMAL);
});

test.each(Object.keys(MINIMAL))('%s must be set', (name) => {
  for (const value of [undefined, '']) {
    const env: Environment = { ...MINIMAL, [name]: value };
    expect(() => fromEnv(env)).toThrow(
      expect.objectContaining({ code: 'setting-missing', message: expect.stringContaining(name) }),
    );
  }
});

test.each([
  ['AUDIT_LOG', 'acme'],
  ['AUDIT_LOG', 'Acme/local'],
  ['AUDIT_WRITER_SOURCE', ''],
  ['AUDIT_WRITER_SOURCE', 'header'],
  ['AUDIT_PACE_MS', '-1'],
  ['AUDIT_PACE_MS', '5001'],
  ['AUDIT_PACE_MS', '1e3'],
  ['AUDIT_PACE_MS', ''],
  ['AUDIT_MEMORY_BYTES', '33554431'],
  ['AUDIT_MEMORY_BYTES', '68719476737'],
])('%s cannot be %p', (name, value) => {
  const env: Environment = { ...MINIMAL, [name]: value };
  expect(() => fromEnv(env)).toThrow(
    expect.objectContaining({ code: 'setting-invalid', message: expect.stringContaining(name) }),
  );
});

test.each([
  ['AUDIT_PACE_MS', '0', 'paceMs', 0],
  ['AUDIT_PACE_MS', '5000', 'paceMs', 5_000],
  ['AUDIT_MEMORY_BYTES', '33554432', 'memoryBytes', 33_554_432],
])('%s can be %s', (name, value, setting, read) => {
  expect(fromEnv({ ...MINIMAL, [name]: value })).toMatchObject({ [setting]: read });
});
