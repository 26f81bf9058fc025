import { fromEnv, type SealSettings, toEnv } from '../../../lib/services/seal/config';

const SETTINGS: SealSettings = {
  origin: 'acme-audit/local',
  store: 'file:/var/audit/store',
  logKey: 'file:/var/audit/log.pem',
  admission: 'acme-audit/local/admission+00000000+AQ==',
  retention: { mode: 'compliance', days: 2_557 },
  intervalMs: 5_000,
};

describe('the settings of a sealer', () => {
  it('survive the environment', () => {
    expect(fromEnv(toEnv(SETTINGS))).toEqual(SETTINGS);
  });

  it('say one minute where no interval is given', () => {
    expect(fromEnv({ ...toEnv(SETTINGS), AUDIT_SEAL_INTERVAL_MS: undefined }).intervalMs).toBe(60_000);
  });

  it.each(Object.keys(toEnv(SETTINGS)).filter((name) => name !== 'AUDIT_SEAL_INTERVAL_MS'))('need %s', (name) => {
    expect(() => fromEnv({ ...toEnv(SETTINGS), [name]: undefined })).toThrow(
      expect.objectContaining({ code: 'setting-missing', message: expect.stringContaining(name) }),
    );
  });

  it.each([
    ['AUDIT_LOG', 'acme-audit'],
    ['AUDIT_RETENTION_MODE', 'forever'],
    ['AUDIT_RETENTION_DAYS', '0'],
    ['AUDIT_RETENTION_DAYS', '36501'],
    ['AUDIT_SEAL_INTERVAL_MS', '99'],
    ['AUDIT_SEAL_INTERVAL_MS', '600001'],
    ['AUDIT_SEAL_INTERVAL_MS', '1e3'],
  ])('refuse %s=%s', (name, value) => {
    expect(() => fromEnv({ ...toEnv(SETTINGS), [name]: value })).toThrow(
      expect.objectContaining({ code: 'setting-invalid', message: expect.stringContaining(name) }),
    );
  });

  it.each([
    ['AUDIT_RETENTION_DAYS', '1'],
    ['AUDIT_RETENTION_DAYS', '36500'],
    ['AUDIT_SEAL_INTERVAL_MS', '100'],
    ['AUDIT_SEAL_INTERVAL_MS', '600000'],
  ])('take %s=%s', (name, value) => {
    expect(toEnv(fromEnv({ ...toEnv(SETTINGS), [name]: value }))[name]).toBe(value);
  });
});
