import { ServiceIdentity, WormBucket, type WormBucketProps, WormEncryption } from '../../lib/google';
import { Period, Retention } from '../../lib/policy';
import { codeOf } from '../policy/coded';
import { all, only, synthesized, UserStack } from './synthesized';

const GOVERNANCE = Retention.governance(Period.days(30));
const KEY = 'projects/acme-keys/locations/europe-west3/keyRings/logs/cryptoKeys/records';

function bucketIn(stack: UserStack, props: Partial<WormBucketProps> = {}): WormBucket {
  return new WormBucket(stack, 'Records', {
    bucketName: 'acme-records',
    location: 'europe-west3',
    retention: GOVERNANCE,
    ...props,
  });
}

function bucketWith(props: Partial<WormBucketProps> = {}) {
  const stack = new UserStack();
  bucketIn(stack, props);
  return only(synthesized(stack), 'google_storage_bucket');
}

function grantsOf(act: (bucket: WormBucket, identity: ServiceIdentity) => void) {
  const stack = new UserStack();
  const identity = new ServiceIdentity(stack, 'Ingest', {
    origin: 'acme-audit/europe-west3',
    service: 'ingest',
    description: 'appends',
  });
  act(bucketIn(stack), identity);
  return all(synthesized(stack), 'google_storage_bucket_iam_member');
}

test('the bucket has its name and place', () => {
  expect(bucketWith()).toMatchObject({ name: 'acme-records', location: 'europe-west3' });
});

test('access is by IAM alone and never public', () => {
  expect(bucketWith()).toMatchObject({ uniform_bucket_level_access: true, public_access_prevention: 'enforced' });
});

test('objects are not versioned and not deleted with the bucket', () => {
  expect(bucketWith().versioning).toBeUndefined();
  expect(bucketWith().force_destroy).toBe(false);
});

test.each([
  ['compliance', Retention.compliance(Period.years(7), 'acme-audit'), 7 * 365 + 2, true],
  ['governance', GOVERNANCE, 30, false],
  ['disposable', Retention.disposable(Period.days(1)), 1, false],
])('under %s, the retention policy is locked only if nobody may lift it', (_, retention, days, isLocked) => {
  expect(bucketWith({ retention }).retention_policy).toEqual({
    retention_period: days * 86_400,
    is_locked: isLocked,
  });
});

test.each([
  ['compliance', Retention.compliance(Period.years(7), 'acme-audit'), true],
  ['governance', GOVERNANCE, true],
  ['disposable', Retention.disposable(Period.days(1)), false],
])('under %s, Terraform refuses to destroy the bucket unless it is disposable', (_, retention, prevented) => {
  expect(bucketWith({ retention }).lifecycle).toEqual({ prevent_destroy: prevented });
});

test('objects are encrypted with keys of Google by default', () => {
  expect(bucketWith().encryption).toBeUndefined();
});

test('what is deleted after its time can be restored for a week', () => {
  expect(bucketWith().soft_delete_policy).toEqual({ retention_duration_seconds: 604_800 });
});

test('a key of ones own is used only after Cloud Storage may use it', () => {
  const stack = new UserStack();
  bucketIn(stack, { encryption: WormEncryption.ownKey(KEY) });
  const json = synthesized(stack);
  const bucket = only(json, 'google_storage_bucket');
  expect(bucket.encryption).toEqual({ default_kms_key_name: KEY });
  expect(bucket.depends_on).toEqual([expect.stringMatching(/^google_kms_crypto_key_iam_member\./)]);
  expect(only(json, 'google_kms_crypto_key_iam_member')).toMatchObject({
    crypto_key_id: KEY,
    role: 'roles/cloudkms.cryptoKeyEncrypterDecrypter',
    member: expect.stringMatching(/^\$\{data\.google_storage_project_service_account\..*\.member\}$/),
  });
});

test('who appends may create below its prefix and nothing else', () => {
  const grants = grantsOf((bucket, identity) => bucket.grantAppend(identity, 'acme-audit/europe-west3/entries/'));
  expect(grants).toEqual([
    {
      bucket: expect.stringMatching(/^\$\{google_storage_bucket\./),
      member: expect.stringMatching(/^\$\{google_service_account\..*\.member\}$/),
      role: 'roles/storage.objectCreator',
      condition: {
        title: 'one folder',
        expression: expect.stringMatching(
          /^resource\.name\.startsWith\("projects\/_\/buckets\/\$\{google_storage_bucket\..*\.name\}\/objects\/acme-audit\/europe-west3\/entries\/"\)$/,
        ),
      },
    },
  ]);
});

test('who reads may read and list', () => {
  expect(grantsOf((bucket, identity) => bucket.grantRead(identity)).map(({ role }) => role)).toEqual([
    'roles/storage.objectViewer',
  ]);
});

test('who verifies may see the retention policy too', () => {
  expect(grantsOf((bucket, identity) => bucket.grantVerify(identity)).map(({ role }) => role)).toEqual([
    'roles/storage.objectViewer',
    'roles/storage.legacyBucketReader',
  ]);
});

test.each(['entries', '/entries/', 'entries/"', 'a//b/', '', 'entries/*/'])('a prefix like %j is refused', (prefix) => {
  expect(codeOf(() => grantsOf((bucket, identity) => bucket.grantAppend(identity, prefix)))).toBe('prefix-malformed');
});

test('an adopted bucket is granted, not made', () => {
  const stack = new UserStack();
  const identity = new ServiceIdentity(stack, 'Query', {
    origin: 'acme-audit/europe-west3',
    service: 'query',
    description: 'reads',
  });
  WormBucket.fromBucketName(stack, 'Records', 'theirs').grantRead(identity);
  const json = synthesized(stack);
  expect(json.resource.google_storage_bucket).toBeUndefined();
  expect(only(json, 'google_storage_bucket_iam_member')).toMatchObject({ bucket: 'theirs' });
});
