import { GoogleProvider } from '@cdktf/provider-google/lib/provider';
import { type App, TerraformStack } from 'cdktf';
import { Archive, type ArchiveProps, View, WormEncryption } from '../../lib/google';
import { deployment } from './deployments';
import { all, firstRegion, only, policyOf, synthesized, UserStack } from './synthesized';

const KEY = 'projects/acme-keys/locations/europe-west3/keyRings/logs/cryptoKeys/records';

function viewOf(more: Partial<ArchiveProps> = {}, of: (stack: UserStack) => TerraformStack = (stack) => stack) {
  const stack = new UserStack();
  const policy = policyOf();
  const archive = new Archive(of(stack), 'Archive', {
    policy,
    region: firstRegion(policy),
    project: 'acme-logs',
    ...more,
  });
  new View(stack, 'View', { archive, deployment: deployment() });
  return synthesized(stack);
}

const json = viewOf();

const table = only(json, 'google_bigquery_table');
const { external_data_configuration: source } = table;
const view = all(json, 'google_storage_bucket').find(({ name }) => name === 'acme-logs-acme-audit-view-europe-west3');

test('the files are where the records are, in a bucket without a lock', () => {
  expect(view).toMatchObject({ location: 'europe-west3', public_access_prevention: 'enforced', force_destroy: true });
  expect(view?.retention_policy).toBeUndefined();
});

test('dataset and connection are where the files are', () => {
  for (const type of ['google_bigquery_dataset', 'google_bigquery_connection']) {
    expect(only(json, type).location).toBe('europe-west3');
  }
  expect(only(json, 'google_bigquery_dataset').dataset_id).toBe('acme_audit_europe_west3');
});

test('the table has the columns that searches filter by, and the line as text', () => {
  expect(JSON.parse(table.schema)).toEqual([
    { name: 'received', type: 'INT64' },
    { name: 'origin', type: 'STRING' },
    { name: 'index', type: 'INT64' },
    ...['writer', 'id', 'actor', 'action', 'target', 'outcome', 'line'].map((name) => ({ name, type: 'STRING' })),
  ]);
});

test('the columns are where BigQuery takes them, and the one that it adds is no change', () => {
  expect(source.connection_id).toBeDefined();
  expect(source.schema).toBeUndefined();
  expect(table.ignore_auto_generated_schema).toBe(true);
});

test('the table is read by the hours that a search names, and never as a whole', () => {
  expect(source).toMatchObject({
    source_format: 'PARQUET',
    autodetect: false,
    hive_partitioning_options: {
      mode: 'CUSTOM',
      source_uri_prefix: expect.stringMatching(/^gs:\/\/.*\/acme-audit\/europe-west3\/events\/\{hour:STRING\}$/),
      require_partition_filter: true,
    },
  });
  expect(source.source_uris).toEqual([expect.stringMatching(/\/acme-audit\/europe-west3\/events\/\*$/)]);
});

test('the files are made by the view, read through the connection only, and replaced or deleted by nobody', () => {
  const grants = all(json, 'google_storage_bucket_iam_member').filter(({ bucket }) => /View_Bucket/.test(bucket));
  expect(
    grants.map(({ role, member }) => [role, /(Roles_View|Roles_Query|View_Connection)/.exec(member)?.[1]]).sort(),
  ).toEqual([
    ['roles/storage.legacyBucketReader', 'Roles_Query'],
    ['roles/storage.objectCreator', 'Roles_View'],
    ['roles/storage.objectViewer', 'Roles_View'],
    ['roles/storage.objectViewer', 'View_Connection'],
  ]);
});

test('the table is made when its connection may read the files, and one is there', () => {
  expect(table.depends_on).toEqual([
    expect.stringMatching(/^google_storage_bucket_iam_member\.View_ReadThroughConnection_/),
    expect.stringMatching(/^google_storage_bucket_object\.View_FirstFile_/),
  ]);
});

test('the key that encrypts the records encrypts their copies, once Cloud Storage may use it', () => {
  const encrypted = viewOf({ encryption: WormEncryption.ownKey(KEY) });
  const buckets = all(encrypted, 'google_storage_bucket');
  expect(buckets.map(({ encryption }) => encryption)).toEqual([
    { default_kms_key_name: KEY },
    { default_kms_key_name: KEY },
  ]);
  const [grant] = Object.keys(encrypted.resource.google_kms_crypto_key_iam_member ?? {}).filter((id) =>
    /UseOfKey/.test(id),
  );
  for (const { depends_on: needed } of buckets) expect(needed).toEqual([`google_kms_crypto_key_iam_member.${grant}`]);
});

test('a view waits for nothing in another stack', () => {
  const encryption = WormEncryption.ownKey(KEY);
  const apart = viewOf({ encryption }, (stack) => {
    const kept = new TerraformStack(stack.node.root as App, 'archive');
    new GoogleProvider(kept, 'google', { project: 'acme-logs' });
    return kept;
  });
  expect(only(apart, 'google_storage_bucket')).toMatchObject({ encryption: { default_kms_key_name: KEY } });
  expect(only(apart, 'google_storage_bucket').depends_on).toBeUndefined();
});

test('who searches may run jobs in the project, and read this dataset', () => {
  expect(only(json, 'google_project_iam_member')).toMatchObject({
    project: 'acme-logs',
    role: 'roles/bigquery.jobUser',
    member: expect.stringMatching(/Roles_Query/),
  });
  expect(only(json, 'google_bigquery_dataset_iam_member')).toMatchObject({
    role: 'roles/bigquery.dataViewer',
    member: expect.stringMatching(/Roles_Query/),
  });
});
