import { CloudRunServiceIamMember } from '@cdktf/provider-google/lib/cloud-run-service-iam-member';
import { CloudRunV2ServiceIamMember } from '@cdktf/provider-google/lib/cloud-run-v2-service-iam-member';
import { Cloudfunctions2Function } from '@cdktf/provider-google/lib/cloudfunctions2-function';
import { Cloudfunctions2FunctionIamMember } from '@cdktf/provider-google/lib/cloudfunctions2-function-iam-member';
import { KmsCryptoKey } from '@cdktf/provider-google/lib/kms-crypto-key';
import { KmsCryptoKeyIamBinding } from '@cdktf/provider-google/lib/kms-crypto-key-iam-binding';
import { KmsCryptoKeyIamMember } from '@cdktf/provider-google/lib/kms-crypto-key-iam-member';
import { KmsKeyRing } from '@cdktf/provider-google/lib/kms-key-ring';
import { KmsKeyRingIamMember } from '@cdktf/provider-google/lib/kms-key-ring-iam-member';
import { ProjectIamBinding } from '@cdktf/provider-google/lib/project-iam-binding';
import { ProjectIamMember } from '@cdktf/provider-google/lib/project-iam-member';
import { GoogleProvider } from '@cdktf/provider-google/lib/provider';
import { ServiceAccount } from '@cdktf/provider-google/lib/service-account';
import { ServiceAccountIamMember } from '@cdktf/provider-google/lib/service-account-iam-member';
import { ServiceAccountKey } from '@cdktf/provider-google/lib/service-account-key';
import { StorageBucket } from '@cdktf/provider-google/lib/storage-bucket';
import { StorageBucketIamMember } from '@cdktf/provider-google/lib/storage-bucket-iam-member';
import { StorageBucketIamPolicy } from '@cdktf/provider-google/lib/storage-bucket-iam-policy';
import { StorageManagedFolderIamMember } from '@cdktf/provider-google/lib/storage-managed-folder-iam-member';
import { TerraformStack, Testing } from 'cdktf';
import type { IConstruct } from 'constructs';
import { AuditLogChecks, Elsewhere, ImmutableAuditLog, ServiceIdentity, WormBucket } from '../../lib/google';
import { expectSilent, type Hatch, type Kept, keptIn, refusedAfter, resourcesOf } from './archives';
import { deployment } from './deployments';
import { refusals, UserStack } from './synthesized';

const ADA = 'user:ada@acme.example';
const [ADMIN, VIEWER, SIGNER, INVOKER] = [
  'roles/storage.objectAdmin',
  'roles/storage.objectViewer',
  'roles/cloudkms.signer',
  'roles/run.invoker',
];
const RECORDS = 'acme-logs-acme-audit-europe-west3';
const RING = 'projects/acme-logs/locations/europe-west3/keyRings/acme-audit';

/** Overrides a value of the log's grants of a type whose member or address says who holds them, or what for. */
function regranted(type: string, of: RegExp, path: string, value: unknown): Hatch {
  return ({ stack }) => {
    const found = resourcesOf(stack, `${type}_iam_member`).filter(({ node }) => of.test(node.path));
    expect(found).not.toHaveLength(0);
    for (const each of found) each.addOverride(path, value);
  };
}

const onBucket =
  (role: string, member: string): Hatch =>
  ({ stack, archive }) =>
    void new StorageBucketIamMember(stack, 'Added', { bucket: archive.bucket.bucketName, role, member });

/** A reference to the resource of a type whose address has an id in it. */
function reference(scope: IConstruct, id: string, type: string, attribute = 'id'): string {
  const [resource] = resourcesOf(scope, type).filter(({ node }) => node.path.includes(id));
  return `\${google_${type}.${resource?.friendlyUniqueId}.${attribute}}`;
}

const onKey =
  (role: string, member: string): Hatch =>
  ({ stack, archive }) => {
    const cryptoKeyId = reference(archive, 'LogKey', 'kms_crypto_key');
    new KmsCryptoKeyIamMember(stack, 'Added', { cryptoKeyId, role, member });
  };

const onAccount =
  (role: string): Hatch =>
  ({ stack, archive }) => {
    const serviceAccountId = reference(archive, 'Ingest', 'service_account', 'name');
    new ServiceAccountIamMember(stack, 'Added', { serviceAccountId, role, member: ADA });
  };

const onProject =
  (role: string): Hatch =>
  ({ stack, archive }) =>
    void new ProjectIamMember(stack, 'Added', { project: 'acme-logs', role, member: archive.roles.ingest.member });

const HATCHES: [string, Hatch, string][] = [
  ['ingest that may delete', regranted('storage_bucket', /Append.*Ingest/, 'role', ADMIN), 'grant-changed'],
  [
    'ingest that may create everywhere',
    regranted('storage_bucket', /Append.*Ingest/, 'condition', undefined),
    'grant-changed',
  ],
  [
    'ingest that may create what sealers do',
    regranted('storage_bucket', /Append.*Ingest/, 'condition.expression', 'true'),
    'grant-changed',
  ],
  ['records that everybody reads', regranted('storage_bucket', /Read Query/, 'member', 'allUsers'), 'grant-changed'],
  ['keys that readers sign with', regranted('kms_crypto_key', /PublicKey/, 'role', SIGNER), 'grant-changed'],
  ['keys that somebody else signs with', regranted('kms_crypto_key', /Sign Ingest/, 'member', ADA), 'grant-changed'],
  [
    "ingest that signs with the sealer's key",
    (kept) => {
      const key = reference(kept.archive, 'LogKey', 'kms_crypto_key');
      regranted('kms_crypto_key', /Sign Ingest/, 'crypto_key_id', key)(kept);
    },
    'grant-changed',
  ],
  ['a sealer that everybody calls', regranted('cloud_run_service', /Invoke/, 'member', 'allUsers'), 'grant-changed'],
  ['a grant by which others read records', onBucket(VIEWER, ADA), 'grant-foreign'],
  ['a grant by which others delete records', onBucket(ADMIN, ADA), 'grant-foreign'],
  ['a grant by which others create records', onBucket('roles/storage.objectCreator', ADA), 'grant-foreign'],
  ['a grant by a role that nobody knows', onBucket('projects/acme-logs/roles/some', ADA), 'grant-foreign'],
  ['a grant to the public', onBucket('roles/storage.bucketViewer', 'allAuthenticatedUsers'), 'grant-foreign'],
  [
    'a grant on the bucket by its name',
    ({ stack }) =>
      void new StorageBucketIamMember(stack, 'Added', { bucket: `b/${RECORDS}`, role: VIEWER, member: ADA }),
    'grant-foreign',
  ],
  [
    'a grant on a folder of the bucket',
    ({ stack, archive: { bucket } }) => {
      const managedFolder = 'acme-audit/';
      const grant = { bucket: bucket.bucketName, managedFolder, role: VIEWER, member: ADA };
      new StorageManagedFolderIamMember(stack, 'Added', grant);
    },
    'grant-foreign',
  ],
  [
    'a policy that replaces all grants on the bucket',
    ({ stack, archive: { bucket } }) =>
      void new StorageBucketIamPolicy(stack, 'Added', { bucket: bucket.bucketName, policyData: '{}' }),
    'grant-foreign',
  ],
  ['a grant by which others sign', onKey(SIGNER, ADA), 'grant-foreign'],
  ['a grant by which others destroy keys', onKey('roles/cloudkms.admin', ADA), 'grant-foreign'],
  ['a public key for the public', onKey('roles/cloudkms.publicKeyViewer', 'allUsers'), 'grant-foreign'],
  [
    'a grant on a key by its name',
    ({ stack }) => {
      const cryptoKeyId = `${RING}/cryptoKeys/log`;
      new KmsCryptoKeyIamMember(stack, 'Added', { cryptoKeyId, role: SIGNER, member: ADA });
    },
    'grant-foreign',
  ],
  [
    'a binding that takes public keys from services',
    ({ stack, archive }) => {
      const cryptoKeyId = reference(archive, 'LogKey', 'kms_crypto_key');
      const binding = { cryptoKeyId, role: 'roles/cloudkms.publicKeyViewer', members: [ADA] };
      new KmsCryptoKeyIamBinding(stack, 'Added', binding);
    },
    'grant-foreign',
  ],
  [
    'a grant on the ring of the keys',
    ({ stack }) => void new KmsKeyRingIamMember(stack, 'Added', { keyRingId: RING, role: SIGNER, member: ADA }),
    'grant-foreign',
  ],
  [
    'a sealer that others call',
    ({ stack, seal }) =>
      void new CloudRunServiceIamMember(stack, 'Added', { service: seal.functionName, role: INVOKER, member: ADA }),
    'grant-foreign',
  ],
  [
    'a sealer that others call by its service',
    ({ stack, seal }) => {
      const name = reference(seal, 'Seal', 'cloudfunctions2_function', 'service_config[0].service');
      new CloudRunV2ServiceIamMember(stack, 'Added', { name, role: INVOKER, member: ADA });
    },
    'grant-foreign',
  ],
  [
    'a sealer that others deploy',
    ({ stack, seal }) => {
      const grant = { cloudFunction: seal.functionName, role: 'roles/cloudfunctions.developer', member: ADA };
      new Cloudfunctions2FunctionIamMember(stack, 'Added', grant);
    },
    'grant-foreign',
  ],
  ['others who become ingest', onAccount('roles/iam.serviceAccountTokenCreator'), 'grant-foreign'],
  [
    'a key of the account of the sealer',
    ({ stack, archive }) => void new ServiceAccountKey(stack, 'Added', { serviceAccountId: archive.roles.seal.email }),
    'identity-exposed',
  ],
  ['ingest that may delete in all of the project', onProject('roles/storage.admin'), 'grant-too-wide'],
  ['ingest that may edit all of the project', onProject('roles/editor'), 'grant-too-wide'],
  [
    'a binding by which ingest signs with all keys',
    ({ stack, archive }) => {
      const members = [ADA, `serviceAccount:${archive.roles.ingest.email}`];
      new ProjectIamBinding(stack, 'Added', { project: 'acme-logs', role: SIGNER, members });
    },
    'grant-too-wide',
  ],
];

test.each(HATCHES)('%s is refused', (_, hatch, code) => {
  expect(refusedAfter(hatch)).toEqual(new Set([code]));
});

test.each(HATCHES)('%s: silent without us', (_, hatch) => {
  expectSilent(hatch);
});

test.each<[string, Hatch]>([
  [
    'an auditor who verifies by the grants of the bucket and the key',
    ({ stack, archive }) => {
      const props = { origin: archive.origin, service: 'auditor', description: 'verifies' };
      const auditor = new ServiceIdentity(stack, 'Auditor', props);
      archive.bucket.grantVerify(auditor);
      archive.logKey.grantPublicKey(auditor);
      new ServiceAccountIamMember(stack, 'Become', {
        serviceAccountId: `projects/acme-logs/serviceAccounts/${auditor.email}`,
        role: 'roles/iam.serviceAccountTokenCreator',
        member: ADA,
      });
    },
  ],
  ['an inventory of the bucket', onBucket('roles/storage.insightsCollectorService', 'serviceAccount:s@acme.example')],
  ['somebody who checks signatures', onKey('roles/cloudkms.verifier', ADA)],
  ['whoever deploys as ingest', onAccount('roles/iam.serviceAccountUser')],
  ['traces of ingest', onProject('roles/cloudtrace.agent')],
  [
    'another bucket and who writes to it',
    ({ stack }) => {
      const bucket = new StorageBucket(stack, 'Site', { name: `${RECORDS}-site`, location: 'EU', forceDestroy: true });
      bucket.addOverride('lifecycle_rule', [{ action: { type: 'Delete' }, condition: { age: 1 } }]);
      new StorageBucketIamMember(stack, 'Write', { bucket: bucket.name, role: ADMIN, member: 'allUsers' });
      new StorageBucketIamMember(stack, 'Elsewhere', { bucket: 'theirs', role: ADMIN, member: ADA });
    },
  ],
  [
    'another key and who signs with it',
    ({ stack }) => {
      const keyRing = new KmsKeyRing(stack, 'Ring', { name: 'site', location: 'europe-west3' }).id;
      const cryptoKeyId = new KmsCryptoKey(stack, 'Key', { name: 'log', keyRing }).id;
      new KmsCryptoKeyIamMember(stack, 'Use', { cryptoKeyId, role: SIGNER, member: ADA });
      const named = 'projects/acme-logs/locations/europe-west3/keyRings/site/cryptoKeys/log';
      new KmsCryptoKeyIamMember(stack, 'UseOfNamed', { cryptoKeyId: named, role: SIGNER, member: ADA });
    },
  ],
  [
    'another function that everybody calls',
    ({ stack }) => {
      const { name } = new Cloudfunctions2Function(stack, 'Site', { name: 'site', location: 'europe-west3' });
      new CloudRunServiceIamMember(stack, 'Call', { service: name, role: INVOKER, member: 'allUsers' });
    },
  ],
  [
    'another account that has a key and may edit the project',
    ({ stack }) => {
      const { name, member } = new ServiceAccount(stack, 'Site', { accountId: 'acme-site' });
      new ServiceAccountKey(stack, 'Key', { serviceAccountId: name });
      new ProjectIamMember(stack, 'Edit', { project: 'acme-logs', role: 'roles/editor', member });
    },
  ],
  [
    'a bucket that is adopted, whose grants are of its owner',
    ({ stack, archive }) => {
      WormBucket.fromBucketName(stack, 'Adopted', 'theirs').grantRead(archive.roles.query);
      new StorageBucketIamMember(stack, 'Theirs', { bucket: 'theirs', role: ADMIN, member: ADA });
    },
  ],
])('%s may be beside a log', (_, hatch) => {
  expect(refusedAfter(hatch)).toEqual(new Set());
});

describe('of an archive in another stack', () => {
  function front(make: (front: TerraformStack, kept: Kept) => unknown): Set<string> {
    const app = Testing.app();
    const kept = keptIn(new UserStack(app));
    const stack = new TerraformStack(app, 'front');
    new GoogleProvider(stack, 'google', { project: 'acme-logs' });
    make(stack, kept);
    AuditLogChecks.ensure(stack);
    for (const each of [kept.stack, stack]) each.prepareStack();
    expect(refusals(kept.stack)).toEqual(new Set());
    return refusals(stack);
  }

  test('a grant that was added is refused', () => {
    const codes = front((stack, { archive }) => {
      const bucket = archive.bucket.bucketName;
      new StorageBucketIamMember(stack, 'Added', { bucket, role: VIEWER, member: 'allUsers' });
    });
    expect(codes).toEqual(new Set(['grant-foreign']));
  });

  test('a grant on the whole project is refused', () => {
    const codes = front((stack, { archive: { roles } }) => {
      const grant = { project: 'acme-logs', role: 'roles/owner', member: roles.ingest.member };
      new ProjectIamMember(stack, 'Added', grant);
    });
    expect(codes).toEqual(new Set(['grant-too-wide']));
  });

  test('services that run as its identities are let through', () => {
    const codes = front((stack, { archive }) => {
      const { policy } = archive;
      const regions = policy.regions.map(({ name }) => name).filter((name) => name !== archive.region.name);
      const place = deployment({ elsewhere: Elsewhere.of({ regions }), zone: undefined });
      new ImmutableAuditLog(stack, 'AuditLog', { policy, deployment: place, archives: [archive] });
    });
    expect(codes).toEqual(new Set());
  });

  test('grants on what is of the stack itself are let through', () => {
    const codes = front((stack, { archive: { roles } }) => {
      const bucket = new StorageBucket(stack, 'Site', { name: 'site', location: 'EU' }).name;
      new StorageBucketIamMember(stack, 'Added', { bucket, role: ADMIN, member: roles.query.member });
    });
    expect(codes).toEqual(new Set());
  });
});
