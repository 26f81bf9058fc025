import { ShardKey } from '../../../lib/record';
import { athenaToEnv, fromEnv, toEnv } from '../../../lib/services/query/config';

const vkey = ShardKey.generate('acme/local').vkey;
const minimal = {
  AUDIT_LOG: 'acme/local',
  AUDIT_STORE: 'file:/data/store',
  AUDIT_CACHE_FOLDER: '/data/query',
  AUDIT_LISTEN: '/data/query.sock',
  AUDIT_LOG_VKEY: vkey,
};

describe('the settings of query', () => {
  it('have defaults', () => {
    expect(fromEnv(minimal)).toEqual({
      origin: 'acme/local',
      store: 'file:/data/store',
      cacheFolder: '/data/query',
      listen: '/data/query.sock',
      logVkey: vkey,
      readerSource: 'edge',
      memoryBytes: 512 * 1024 ** 2,
    });
  });

  it('go to the environment and back', () => {
    const settings = fromEnv({ ...minimal, AUDIT_READER_SOURCE: 'anonymous', AUDIT_MEMORY_BYTES: '134217728' });
    expect(settings).toMatchObject({ readerSource: 'anonymous', memoryBytes: 134_217_728 });
    expect(fromEnv(toEnv(settings))).toEqual(settings);
  });

  it('say where Athena searches, when they do', () => {
    const athena = { workgroup: 'w', database: 'd', table: 't', viewStore: 's3://view' };
    const env = { ...minimal, ...athenaToEnv(athena) };
    const settings = fromEnv(env);
    expect(settings.athena).toEqual(athena);
    expect(fromEnv(toEnv(settings))).toEqual(settings);
    expect(() => fromEnv({ ...env, AUDIT_VIEW_STORE: '' })).toThrow(/AUDIT_VIEW_STORE/);
  });

  it('name replicas of the same log in other regions, when there are any', () => {
    const replicas = [
      { origin: 'acme/eu-1', store: 's3://replicas-1?region=eu-1' },
      { origin: 'acme/eu-2', store: 'file:/data/replicas' },
    ];
    const text = 'acme/eu-1=s3://replicas-1?region=eu-1 acme/eu-2=file:/data/replicas';
    const settings = fromEnv({ ...minimal, AUDIT_REPLICAS: text });
    expect(settings.replicas).toEqual(replicas);
    expect(toEnv(settings).AUDIT_REPLICAS).toBe(text);
    expect(fromEnv(toEnv(settings))).toEqual(settings);
  });

  it('name regions that are not searched, when there are any', () => {
    const settings = fromEnv({ ...minimal, AUDIT_UNSEARCHED_REGIONS: 'europe-west3 eu-2' });
    expect(settings.unsearchedRegions).toEqual(['europe-west3', 'eu-2']);
    expect(fromEnv(toEnv(settings))).toEqual(settings);
    expect(toEnv(fromEnv(minimal))).not.toHaveProperty('AUDIT_UNSEARCHED_REGIONS');
    expect(() => fromEnv({ ...minimal, AUDIT_UNSEARCHED_REGIONS: 'a, b' })).toThrow(/AUDIT_UNSEARCHED_REGIONS/);
  });

  it('say nothing of replicas when there are none', () => {
    expect(toEnv(fromEnv(minimal))).not.toHaveProperty('AUDIT_REPLICAS');
    expect(fromEnv({ ...minimal, AUDIT_REPLICAS: '' })).not.toHaveProperty('replicas');
  });

  it.each([
    ['no store', 'acme/eu-1'],
    ['an empty store', 'acme/eu-1='],
    ['no kind of store', 'acme/eu-1=replicas'],
    ['no log', 'acme=s3://replicas'],
    ['its own log', 'acme/local=s3://replicas'],
    ['another log', 'other/eu-1=s3://replicas'],
    ['a log twice', 'acme/eu-1=s3://a acme/eu-1=s3://b'],
    ['two spaces', 'acme/eu-1=s3://a  acme/eu-2=s3://b'],
  ])('refuse replicas with %s', (_, text) => {
    expect(() => fromEnv({ ...minimal, AUDIT_REPLICAS: text })).toThrow(
      expect.objectContaining({ code: 'setting-invalid', message: expect.stringContaining('AUDIT_REPLICAS') }),
    );
  });

  it.each([
    'awskms:arn:aws:kms:eu-central-1:111122223333:key/11111111-2222-3333-4444-555555555555',
    'gcpkms:projects/acme/locations/europe-west3/keyRings/audit/cryptoKeys/log/cryptoKeyVersions/1',
  ])('may name the log key where KMS has it: %s', (url) => {
    expect(fromEnv({ ...minimal, AUDIT_LOG_VKEY: url }).logVkey).toBe(url);
  });

  it.each(Object.keys(minimal))('need %s', (name) => {
    for (const value of [undefined, '']) {
      expect(() => fromEnv({ ...minimal, [name]: value })).toThrow(
        expect.objectContaining({ code: 'setting-missing', message: expect.stringContaining(name) }),
      );
    }
  });

  it.each([
    ['AUDIT_LOG', 'acme'],
    ['AUDIT_CACHE_FOLDER', 'query'],
    ['AUDIT_LOG_VKEY', 'acme/local'],
    ['AUDIT_LOG_VKEY', ShardKey.generate('other/local').vkey],
    ['AUDIT_READER_SOURCE', 'nobody'],
    ['AUDIT_MEMORY_BYTES', '134217727'],
    ['AUDIT_MEMORY_BYTES', '1e9'],
    ['AUDIT_MEMORY_BYTES', ''],
  ])('refuse %s=%s', (name, value) => {
    expect(() => fromEnv({ ...minimal, [name]: value })).toThrow(
      expect.objectContaining({ code: 'setting-invalid', message: expect.stringContaining(name) }),
    );
  });
});
