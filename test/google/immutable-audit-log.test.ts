import { DefaultTokenResolver, StringConcat, Tokenization } from 'cdktf';
import {
  Archive,
  Elsewhere,
  FrontDoor,
  ImmutableAuditLog,
  type ImmutableAuditLogProps,
  ProviderVersion,
  ReadTarget,
  WriteTarget,
} from '../../lib/google';
import { codeOf } from '../policy/coded';
import { deployment } from './deployments';
import { evaluate } from './edge-evaluator';
import { all, type Body, document, policyOf, type Synthesized, synthesized, UserStack } from './synthesized';

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

test('each service, schedule and build has its own identity in each region', () => {
  const accounts = all(json, 'google_service_account').map((account) => account.account_id);
  expect(new Set(accounts).size).toBe(16);
  for (const account of accounts) expect(account).toMatch(/^(?=.{6,30}$)[a-z][-a-z0-9]*[a-z0-9]$/);
});

/** What Google tells resources apart by, in a project. */
function names(made: Synthesized): string[] {
  return Object.entries(made.resource).flatMap(([type, resources]) =>
    Object.values(resources).flatMap((each) => {
      const name = each.name ?? each.account_id ?? each.dataset_id ?? each.connection_id ?? each.repository_id;
      // What is in something else, or called after it, is told apart by that.
      if (
        typeof name !== 'string' ||
        name.includes('${') ||
        (each.key_ring ?? each.managed_zone ?? each.bucket) !== undefined
      )
        return [];
      return [`${type} ${each.location ?? each.region ?? ''} ${name}`];
    }),
  );
}

test.each([
  ['short', 'acme-audit', 'other-audit'],
  ['long and alike', `${'a'.repeat(62)}b`, `${'a'.repeat(62)}c`],
])('two logs with names that are %s share no name in a project, at the same place of two stacks', (_, one, other) => {
  const [first, second] = [one, other].map((name) => {
    return names(logWith({ policy: policyOf({ name }), readTarget: ReadTarget.cloudFunction() }));
  }) as [string[], string[]];
  expect(first.length).toBeGreaterThan(50);
  expect(first.filter((name) => second.includes(name))).toEqual([]);
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
  const { resource } = logWith({ deployment: deployment({ zone: undefined, elsewhere }) });
  const places = Object.values(resource).flatMap((each) =>
    Object.values(each).map((body) => body.location ?? body.region),
  );
  expect(new Set(places)).toEqual(new Set([undefined, 'europe-west3', 'global']));
});

test.each([
  ['that the policy does not list', ['us-east1'], 'region-unlisted'],
  ['all', ['europe-west3', 'europe-west1'], 'regions-all-elsewhere'],
])('regions of another cloud, %s, are refused', (_, regions, code) => {
  const place = { zone: undefined, elsewhere: Elsewhere.of({ regions }) };
  expect(codeOf(() => logWith({ deployment: deployment(place) }))).toBe(code);
});

/** What Terraform reads of a value. */
function resolved(stack: UserStack, value: unknown): unknown {
  const resolver = new DefaultTokenResolver(new StringConcat());
  return Tokenization.resolve(value, { scope: stack, resolver, preparing: false });
}

test('alarms and records can be made of what a log has', () => {
  const stack = new UserStack();
  const { archives, seals, frontDoor } = logIn(stack);
  expect(archives.map(({ origin }) => origin)).toEqual(['acme-audit/europe-west3', 'acme-audit/europe-west1']);
  expect(
    resolved(
      stack,
      seals.map(({ functionName }) => functionName),
    ),
  ).toEqual([
    expect.stringMatching(/^\$\{google_cloudfunctions2_function\..*europe-west3_Seal.*\.name\}$/),
    expect.stringMatching(/^\$\{google_cloudfunctions2_function\..*europe-west1_Seal.*\.name\}$/),
  ]);
  const { ingest, query } = resolved(stack, frontDoor) as typeof frontDoor;
  expect([...ingest, ...query]).toEqual(
    ['Writes', 'Reads'].map((path) => ({
      name: path === 'Writes' ? 'acme-audit-ingest' : 'acme-audit-query',
      ipv4Address: expect.stringMatching(new RegExp(`google_compute_global_address.*${path}.*IPV4.*address`)),
      ipv6Address: expect.stringMatching(new RegExp(`google_compute_global_address.*${path}.*IPV6.*address`)),
    })),
  );
  const named = (type: string) => all(synthesized(stack), type).map(({ name }) => name);
  for (const type of ['google_compute_url_map', 'google_compute_security_policy']) {
    expect(named(type)).toEqual(expect.arrayContaining(['acme-audit-ingest', 'acme-audit-query']));
  }
});

test('with residency there is a way in a region, and a shared front door has one for both paths', () => {
  const atHome = { jurisdiction: { EU: ['DE'] } };
  const policy = policyOf({ readers: document.writers, traffic: { writes: atHome, reads: atHome } });
  const stack = new UserStack();
  const providerVersion = ProviderVersion.atLeast('8.5.0');
  const shared = { policy, deployment: deployment({ providerVersion }), frontDoor: FrontDoor.shared() };
  const { frontDoor } = logIn(stack, shared);
  expect(frontDoor.query).toEqual(frontDoor.ingest);
  expect(frontDoor.ingest.map(({ region, ipv6Address }) => [region, ipv6Address])).toEqual([
    ['europe-west3', undefined],
    ['europe-west1', undefined],
  ]);
  const names = all(synthesized(stack), 'google_compute_region_url_map').map(({ name }) => name);
  expect(names.sort()).toEqual(frontDoor.ingest.map(({ name }) => name).sort());
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

test('functions are built by accounts that can push their images and read sources, and nothing else', () => {
  const builder = /Build_Builder_Account/;
  const grants = Object.entries(json.resource)
    .filter(([type]) => type.endsWith('_iam_member'))
    .flatMap(([type, members]) => Object.values(members).map((each): Body => ({ type, ...each })))
    .filter(({ member }) => builder.test(member))
    .map(({ type, role, condition }) => [type, role, condition?.expression].filter(Boolean).join(' '));
  expect([...new Set(grants)].sort()).toEqual([
    'google_artifact_registry_repository_iam_member roles/artifactregistry.writer',
    'google_project_iam_member roles/logging.logWriter',
    'google_project_iam_member roles/storage.objectViewer resource.name.startsWith("projects/_/buckets/gcf-v2-sources-")',
    'google_storage_bucket_iam_member roles/storage.objectViewer',
  ]);
  for (const { build_config: build, depends_on: needed } of all(json, 'google_cloudfunctions2_function')) {
    expect(build.service_account).toMatch(
      /^projects\/acme-logs\/serviceAccounts\/\$\{.*Build_Builder_Account.*\.email\}$/,
    );
    expect(build.docker_repository).toMatch(/^\$\{google_artifact_registry_repository\..*\.id\}$/);
    expect(needed).toHaveLength(4);
  }
});
