import {
  Archive,
  Elsewhere,
  FrontDoor,
  ImmutableAuditLog,
  type ImmutableAuditLogProps,
  ReadTarget,
  WriteTarget,
} from '../../lib/google';
import { codeOf } from '../policy/coded';
import { deployment } from './deployments';
import { evaluate } from './edge-evaluator';
import { all, document, policyOf, synthesized, UserStack } from './synthesized';

function logIn(stack: UserStack, more: Partial<ImmutableAuditLogProps> = {}): ImmutableAuditLog {
  return new ImmutableAuditLog(stack, 'AuditLog', { policy: policyOf(), deployment: deployment(), ...more });
}

function logWith(more: Partial<ImmutableAuditLogProps> = {}) {
  const stack = new UserStack();
  logIn(stack, more);
  return synthesized(stack);
}

const json = logWith();

test('every region has a bucket, keys, a function that appends, containers that search, and a sealer', () => {
  const count = (type: string) => all(json, type).length;
  expect(count('google_kms_crypto_key')).toBe(4);
  expect(all(json, 'google_storage_bucket').filter((bucket) => bucket.retention_policy)).toHaveLength(2);
  expect(count('google_cloudfunctions2_function')).toBe(4);
  expect(count('google_cloud_run_v2_service')).toBe(2);
  expect(count('google_cloud_scheduler_job')).toBe(2);
});

test('all regions are behind one name for writers', () => {
  const request = { host: 'ingest.audit.example.com', method: 'POST', path: '/v1/events', source: '203.0.113.7' };
  expect(evaluate(json, request)).toBe('acme-audit-ingest');
});

test('what must not be lost cannot be destroyed', () => {
  const kept = [...all(json, 'google_kms_crypto_key'), ...all(json, 'google_storage_bucket')];
  const free = kept.filter((resource) => !resource.lifecycle?.prevent_destroy).map(({ name }) => name);
  expect(free.sort()).toEqual([
    'acme-logs-acme-audit-ingest-function-europe-west1',
    'acme-logs-acme-audit-ingest-function-europe-west3',
    'acme-logs-acme-audit-seal-function-europe-west1',
    'acme-logs-acme-audit-seal-function-europe-west3',
  ]);
});

test('each service has its own identity in each region', () => {
  const accounts = all(json, 'google_service_account').map((account) => account.account_id);
  expect(new Set(accounts).size).toBe(12);
});

test('neither provider nor backend is made', () => {
  const both = json as unknown as { provider: { google: unknown[] }; terraform: { backend?: unknown } };
  expect(both.provider.google).toHaveLength(1);
});

test('archives may be made elsewhere', () => {
  const stack = new UserStack();
  const policy = policyOf();
  const archives = policy.regions.map((region) => {
    return new Archive(stack, region.name, { policy, region, project: 'acme-logs' });
  });
  expect(logIn(stack, { policy, archives }).archives).toEqual(archives);
  expect(all(synthesized(stack), 'google_kms_key_ring')).toHaveLength(2);
});

test('archives must be there for every region', () => {
  expect(codeOf(() => logWith({ archives: [] }))).toBe('archive-missing');
});

test('regions of another cloud get nothing here', () => {
  const elsewhere = Elsewhere.of({ regions: ['europe-west1'] });
  const text = JSON.stringify(logWith({ deployment: deployment({ zone: undefined, elsewhere }) }));
  expect(text).not.toContain('europe-west1');
  expect(text).toContain('europe-west3');
});

test.each([
  ['that the policy does not list', ['us-east1'], 'region-unlisted'],
  ['all', ['europe-west3', 'europe-west1'], 'regions-all-elsewhere'],
])('regions of another cloud, %s, are refused', (_, regions, code) => {
  const place = { zone: undefined, elsewhere: Elsewhere.of({ regions }) };
  expect(codeOf(() => logWith({ deployment: deployment(place) }))).toBe(code);
});

test('the front door may be another', () => {
  const policy = policyOf({ readers: document.writers });
  const made = logWith({ policy, frontDoor: FrontDoor.shared() });
  expect(all(made, 'google_compute_url_map').map(({ name }) => name)).toEqual(['acme-audit-shared']);
});

test('targets may be others', () => {
  const made = logWith({ writeTarget: WriteTarget.cloudRun(), readTarget: ReadTarget.cloudRun() });
  expect(all(made, 'google_cloud_run_v2_service')).toHaveLength(4);
});

test('clients who prove nothing are refused', () => {
  const writers = { ...document.writers, authenticate: { none: {} } };
  expect(codeOf(() => logWith({ policy: policyOf({ writers }) }))).toBe('access-open');
});
