import type { StorageBucket } from '@cdktf/provider-google/lib/storage-bucket';
import { expectSilent, type Hatch, refusedAfter, resourcesOf } from './archives';

/** Overrides a value of all resources of a type. */
function set(type: string, path: string, value: unknown): Hatch {
  return ({ stack }) => {
    for (const each of resourcesOf(stack, type)) each.addOverride(path, value);
  };
}

/** Overrides a value of the bucket of the records. */
function records(path: string, value: unknown): Hatch {
  return ({ archive }) => {
    for (const each of resourcesOf(archive, 'storage_bucket')) each.addOverride(path, value);
  };
}

const DELETE = { action: { type: 'Delete' }, condition: { age: 4_000 } };
const target = 'projects/acme-logs/locations/europe-west3/keyRings/acme-audit/cryptoKeys/other';

const HATCHES: [string, Hatch, string][] = [
  ['the retention policy taken away', records('retention_policy', undefined), 'retention-weakened'],
  ['a retention of one second', records('retention_policy.retention_period', 1), 'retention-weakened'],
  ['a retention that is not locked', records('retention_policy.is_locked', false), 'retention-weakened'],
  [
    'a shorter retention by the property of CDKTF',
    ({ archive }) => {
      for (const each of resourcesOf(archive, 'storage_bucket')) {
        (each as StorageBucket).retentionPolicy.retentionPeriod = 86_400;
      }
    },
    'retention-weakened',
  ],
  ['public access not prevented', records('public_access_prevention', 'inherited'), 'records-open'],
  ['access lists of single objects', records('uniform_bucket_level_access', false), 'records-open'],
  ['a lifecycle that deletes', records('lifecycle_rule', [DELETE]), 'records-expiring'],
  [
    'a lifecycle that deletes, from a dynamic block',
    records('dynamic', { lifecycle_rule: { for_each: [1], content: DELETE } }),
    'records-expiring',
  ],
  ['another place', records('location', 'us-east1'), 'records-elsewhere'],
  ['versions', records('versioning', { enabled: true }), 'retention-versioned'],
  ['a bucket that Terraform may destroy', records('lifecycle', undefined), 'destruction-allowed'],
  ['a bucket that is emptied first', records('force_destroy', true), 'destruction-allowed'],
  ['keys that Terraform may destroy', set('kms_crypto_key', 'lifecycle.prevent_destroy', false), 'destruction-allowed'],
  [
    'versions of keys that Terraform may destroy',
    set('kms_crypto_key_version', 'lifecycle', undefined),
    'destruction-allowed',
  ],
  [
    'keys that are destroyed within a day',
    set('kms_crypto_key', 'destroy_scheduled_duration', '86400s'),
    'destruction-allowed',
  ],
  [
    'keys that are destroyed as Google does by default',
    set('kms_crypto_key', 'destroy_scheduled_duration', undefined),
    'destruction-allowed',
  ],
  ['keys of RSA', set('kms_crypto_key', 'version_template.algorithm', 'RSA_SIGN_PSS_2048_SHA256'), 'signing-key-unfit'],
  ['keys that encrypt', set('kms_crypto_key', 'purpose', 'ENCRYPT_DECRYPT'), 'signing-key-unfit'],
  ['keys that somebody brings', set('kms_crypto_key', 'import_only', true), 'signing-key-unfit'],
  [
    'keys outside of Google',
    set('kms_crypto_key', 'version_template.protection_level', 'EXTERNAL'),
    'signing-key-unfit',
  ],
  ['keys that are off', set('kms_crypto_key_version', 'state', 'DISABLED'), 'signing-key-unfit'],
  ['one key instead of two', set('kms_crypto_key_version', 'crypto_key', target), 'signing-key-unfit'],
  [
    'a sealer that runs as the default account',
    set('cloudfunctions2_function', 'service_config.service_account_email', undefined),
    'identity-lost',
  ],
  [
    'a sealer that runs as an account of somebody else',
    set('cloudfunctions2_function', 'service_config.service_account_email', 'admin@acme-logs.iam.gserviceaccount.com'),
    'identity-lost',
  ],
  ['a schedule that is paused', set('cloud_scheduler_job', 'paused', true), 'sealer-idle'],
  [
    'a schedule that calls something else',
    set('cloud_scheduler_job', 'http_target.uri', 'https://acme.example'),
    'sealer-idle',
  ],
  ['a schedule that is nobody', set('cloud_scheduler_job', 'http_target.oidc_token', undefined), 'sealer-idle'],
];

test.each(HATCHES)('%s is refused', (_, hatch, code) => {
  expect(refusedAfter(hatch)).toEqual(new Set([code]));
});

test.each(HATCHES)('%s synthesizes silently without us', (_, hatch) => {
  expectSilent(hatch);
});

test.each<[string, object | undefined]>([
  ['under compliance', undefined],
  ['under governance', { mode: 'governance', days: 30 }],
  ['that is disposable', { mode: 'governance', days: 1, disposable: true }],
])('an archive %s is let through as it is made', (_, retention) => {
  expect(refusedAfter(() => {}, retention)).toEqual(new Set());
});

test.each<[string, Hatch]>([
  ['a longer retention', records('retention_policy.retention_period', 10 * 366 * 86_400)],
  ['colder storage', records('lifecycle_rule', [{ action: { type: 'SetStorageClass' }, condition: { age: 90 } }])],
  ['a place in capitals', records('location', 'EUROPE-WEST3')],
  ['a label', records('labels.owner', 'audit')],
  ['keys in hardware', set('kms_crypto_key', 'version_template.protection_level', 'HSM')],
  ['a schedule of every five minutes', set('cloud_scheduler_job', 'schedule', '*/5 * * * *')],
])('%s is let through', (_, hatch) => {
  expect(refusedAfter(hatch)).toEqual(new Set());
});

test.each<[string, Hatch]>([
  ['a bucket that is emptied first', records('force_destroy', true)],
  ['a bucket that Terraform may destroy', records('lifecycle', undefined)],
  ['keys that are destroyed as Google does by default', set('kms_crypto_key', 'destroy_scheduled_duration', undefined)],
])('%s is let through where the log is disposable', (_, hatch) => {
  expect(refusedAfter(hatch, { mode: 'governance', days: 1, disposable: true })).toEqual(new Set());
});

test('a lock that governance did not ask for is let through', () => {
  const governance = { mode: 'governance', days: 30 };
  expect(refusedAfter(records('retention_policy.is_locked', true), governance)).toEqual(new Set());
});

test('the logical id of what is checked may still be overridden', () => {
  const moved: Hatch = ({ archive }) => {
    const [grant] = resourcesOf(archive.bucket, 'storage_bucket_iam_member');
    grant?.overrideLogicalId('imported');
    expect(grant?.friendlyUniqueId).toBe('imported');
  };
  expect(refusedAfter(moved)).toEqual(new Set());
});
