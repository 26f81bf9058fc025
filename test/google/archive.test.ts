import { Archive, type ArchiveProps, WormBucket, WormEncryption } from '../../lib/google';
import { AuditLogPolicy, Region } from '../../lib/policy';
import { codeOf } from '../policy/coded';
import { all, document, firstRegion, only, policyOf, synthesized, UserStack } from './synthesized';

function archiveIn(stack: UserStack, more: Partial<ArchiveProps> = {}): Archive {
  const policy = policyOf();
  return new Archive(stack, 'Archive', { policy, region: firstRegion(policy), project: 'acme-logs', ...more });
}

function archived(more: Partial<ArchiveProps> = {}) {
  const stack = new UserStack();
  archiveIn(stack, more);
  return synthesized(stack);
}

/** `<service> -> role [below prefix]` of every grant of a kind. */
function grants(type: string): string[] {
  return all(archived(), type)
    .map(({ member, role, condition, crypto_key_id: key }) => {
      const who = /Roles_(Ingest|Seal|Query|View|Verification)/.exec(member)?.[1];
      const prefix = /objects\/(.*)"\)/.exec(condition?.expression ?? '')?.[1];
      const which = /_(LogKey|AdmissionKey)_/.exec(key ?? '')?.[1];
      return [who, role, prefix, which].filter((part) => part !== undefined).join(' ');
    })
    .sort();
}

test('the bucket is named by project, log and region, and is in the region', () => {
  expect(only(archived(), 'google_storage_bucket')).toMatchObject({
    name: 'acme-logs-acme-audit-europe-west3',
    location: 'europe-west3',
  });
});

test('the bucket says which log it holds, and for which jurisdiction', () => {
  expect(only(archived(), 'google_storage_bucket').labels).toEqual({ log: 'acme-audit', jurisdiction: 'eu' });
});

test('a name that is too long is cut and stays the same in every synthesis', () => {
  const name = `a${'b'.repeat(62)}`;
  const policy = AuditLogPolicy.parse(JSON.stringify({ ...document, name }));
  const named = () => only(archived({ policy }), 'google_storage_bucket').name;
  expect(named()).toMatch(/^acme-logs-ab{43}-[0-9a-f]{8}$/);
  expect(named()).toBe(named());
});

test('the services may do this with objects, and nothing else', () => {
  expect(grants('google_storage_bucket_iam_member')).toEqual([
    'Ingest roles/storage.objectCreator acme-audit/europe-west3/entries/',
    'Ingest roles/storage.objectCreator acme-audit/europe-west3/shards/',
    'Query roles/storage.objectViewer',
    'Seal roles/storage.objectCreator acme-audit/europe-west3/root/',
    'Seal roles/storage.objectViewer',
    'Verification roles/storage.legacyBucketReader',
    'Verification roles/storage.objectViewer',
    'View roles/storage.objectViewer',
  ]);
});

test('the services may do this with keys, and nothing else', () => {
  expect(grants('google_kms_crypto_key_iam_member')).toEqual([
    'Ingest roles/cloudkms.publicKeyViewer AdmissionKey',
    'Ingest roles/cloudkms.signer AdmissionKey',
    'Query roles/cloudkms.publicKeyViewer AdmissionKey',
    'Query roles/cloudkms.publicKeyViewer LogKey',
    'Seal roles/cloudkms.publicKeyViewer AdmissionKey',
    'Seal roles/cloudkms.publicKeyViewer LogKey',
    'Seal roles/cloudkms.signer LogKey',
    'Verification roles/cloudkms.publicKeyViewer AdmissionKey',
    'Verification roles/cloudkms.publicKeyViewer LogKey',
    'View roles/cloudkms.publicKeyViewer AdmissionKey',
    'View roles/cloudkms.publicKeyViewer LogKey',
  ]);
});

test('the keys are in a ring of the region', () => {
  expect(only(archived(), 'google_kms_key_ring')).toMatchObject({ name: 'acme-audit', location: 'europe-west3' });
  expect(all(archived(), 'google_kms_crypto_key').map(({ name }) => name)).toEqual(['admission', 'log']);
});

test('each service has an account that IAM accepts', () => {
  const accounts = all(archived(), 'google_service_account').map((account) => account.account_id as string);
  expect(accounts).toHaveLength(5);
  for (const account of accounts) expect(account).toMatch(/^(?=.{6,30}$)[a-z][-a-z0-9]*[a-z0-9]$/);
  expect(new Set(accounts).size).toBe(5);
});

test('a bucket that is there already is used', () => {
  const stack = new UserStack();
  const archive = archiveIn(stack, { bucket: WormBucket.fromBucketName(stack, 'Theirs', 'theirs') });
  expect(archive.bucket.bucketName).toBe('theirs');
  expect(synthesized(stack).resource.google_storage_bucket).toBeUndefined();
});

test('a bucket and how to make one are refused together', () => {
  const stack = new UserStack();
  const bucket = WormBucket.fromBucketName(stack, 'Theirs', 'theirs');
  const encryption = WormEncryption.googleManaged();
  expect(codeOf(() => archiveIn(stack, { bucket, encryption }))).toBe('bucket-ambiguous');
});

test.each(['us-east-1', 'eu-central-1', 'westeurope', 'local'])(
  'the region %s, which is none of Google, is refused',
  (name) => {
    const region = { name, jurisdiction: 'EU' };
    const policy = AuditLogPolicy.parse(JSON.stringify({ ...document, regions: [region] }));
    expect(codeOf(() => archived({ policy, region: Region.of(region) }))).toBe('region-malformed');
  },
);

test.each(['europe-west10', 'northamerica-northeast1', 'me-central2'])('the region %s of Google is taken', (name) => {
  const region = { name, jurisdiction: 'EU' };
  const policy = AuditLogPolicy.parse(JSON.stringify({ ...document, regions: [region] }));
  expect(only(archived({ policy, region: Region.of(region) }), 'google_storage_bucket').location).toBe(name);
});

test('a region that the policy does not list is refused', () => {
  const region = Region.of({ name: 'us-east1', jurisdiction: 'US' });
  expect(codeOf(() => archived({ region }))).toBe('region-unlisted');
});
