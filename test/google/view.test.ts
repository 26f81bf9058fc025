import { Archive, View } from '../../lib/google';
import { deployment } from './deployments';
import { all, firstRegion, only, policyOf, synthesized, UserStack } from './synthesized';

const json = (() => {
  const stack = new UserStack();
  const policy = policyOf();
  const archive = new Archive(stack, 'Archive', { policy, region: firstRegion(policy), project: 'acme-logs' });
  new View(stack, 'View', { archive, deployment: deployment() });
  return synthesized(stack);
})();

const { external_data_configuration: source } = only(json, 'google_bigquery_table');
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
  expect(JSON.parse(source.schema)).toEqual([
    { name: 'received', type: 'INT64' },
    { name: 'origin', type: 'STRING' },
    { name: 'index', type: 'INT64' },
    ...['writer', 'id', 'actor', 'action', 'target', 'outcome', 'line'].map((name) => ({ name, type: 'STRING' })),
  ]);
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

test('the table is made when its connection may read the files', () => {
  expect(only(json, 'google_bigquery_table').depends_on).toEqual([
    expect.stringMatching(/^google_storage_bucket_iam_member\.View_ReadThroughConnection_/),
  ]);
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
