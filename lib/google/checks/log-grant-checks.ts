import type { AuditLogError } from '../../policy/errors';
import { type Check, wrong } from './check';
import { attributeOf, type ForeignGrant, LogGrants } from './log-grants';
import { blockOf, type Promised, type Resource, type Terraform, textsOf } from './terraform';

/** What others may be granted on what only the log grants: to see that it is there, to check signatures, and to run as an account what is deployed. */
const HARMLESS: Readonly<Record<string, readonly string[]>> = {
  google_storage_bucket: ['roles/storage.bucketViewer', 'roles/storage.insightsCollectorService'],
  google_kms_crypto_key: ['roles/cloudkms.publicKeyViewer', 'roles/cloudkms.verifier', 'roles/cloudkms.viewer'],
  google_kms_key_ring: ['roles/cloudkms.publicKeyViewer', 'roles/cloudkms.verifier', 'roles/cloudkms.viewer'],
  google_cloudfunctions2_function: ['roles/run.viewer', 'roles/cloudfunctions.viewer'],
  google_service_account: ['roles/iam.serviceAccountUser', 'roles/iam.workloadIdentityUser'],
};

const FIXES: Readonly<Record<string, string>> = {
  google_storage_bucket: 'grant by grantRead or grantVerify of the bucket, to a ServiceIdentity',
  google_kms_crypto_key: 'grant by grantPublicKey of the key',
};

const EVERYBODY = ['allUsers', 'allAuthenticatedUsers'];

/** Where a grant reaches all buckets and keys that there are. */
const WIDE = ['project', 'folder', 'organization'].flatMap((where) => {
  return ['member', 'binding'].map((kind) => `google_${where}_iam_${kind}`);
});

const TOO_WIDE = /^roles\/(owner|editor|viewer|storage\.[A-Za-z]+|cloudkms\.[A-Za-z]+|iam\.[A-Za-z]+)$/;

/** Nobody may do more with the bucket, the keys, the accounts and the sealer of a log than the log itself said. */
export const logGrantChecks: Check = (terraform) => {
  const grants = new LogGrants(terraform);
  return [...grants.own.flatMap(unchanged), ...grants.foreign.flatMap(harmless), ...narrow(terraform, grants)];
};

function unchanged({ resource, made }: Promised): AuditLogError[] {
  const names = [attributeOf(resource.type), 'role', 'member'];
  const given = { ...pick(resource.body, names), condition: blockOf(resource.body.condition).expression };
  const allowed = { ...pick(made, names), condition: blockOf(made.condition).expression };
  if (JSON.stringify(given) === JSON.stringify(allowed)) return [];
  return wrong(resource, 'grant-changed', {
    problem: 'a grant of a log is not as the log made it',
    given,
    allowed: JSON.stringify(allowed),
    fix: 'leave it as it is made',
  });
}

function pick(body: Promised['made'], names: readonly string[]) {
  return Object.fromEntries(names.map((name) => [name, body[name]]));
}

/** Bindings and policies take away what the log granted, whatever their role. */
function harmless({ grant, on }: ForeignGrant): AuditLogError[] {
  const allowed = HARMLESS[on.type] ?? [];
  const { role, member } = grant.body;
  const isPublic = EVERYBODY.includes(String(member));
  if (grant.type.endsWith('_iam_member') && allowed.includes(String(role)) && !isPublic) return [];
  return wrong(grant, 'grant-foreign', {
    problem: `a grant on ${on.address} was added that the log did not make, and that could break it`,
    given: { role, member: member ?? grant.body.members },
    allowed: `a single member, not ${EVERYBODY.join(' or ')}, of ${allowed.join(', ')}`,
    fix: FIXES[on.type] ?? 'leave it out',
  });
}

function narrow(terraform: Terraform, grants: LogGrants): AuditLogError[] {
  return terraform.of(...WIDE).flatMap((grant) => {
    const { role, member } = grant.body;
    const holder = [member, ...textsOf(grant.body.members)].find((each) => grants.holder(each) !== undefined);
    return holder === undefined || !TOO_WIDE.test(String(role)) ? [] : wide(grant, holder);
  });
}

function wide(grant: Resource, member: unknown): AuditLogError[] {
  return wrong(grant, 'grant-too-wide', {
    problem: 'a service of a log is granted something on all buckets, keys or accounts of a project or more',
    given: { role: grant.body.role, member },
    fix: 'leave it out, or grant it on the single resource that is not the log',
  });
}
