import { type Check, wrong } from './check';
import { bodiesOf, type Resource, type Terraform, textsOf } from './terraform';

/** 100 years of 365.25 days (https://cloud.google.com/storage/docs/bucket-lock). */
const MOST_SECONDS = 3_155_760_000;

/** Every retention policy is one that Cloud Storage can keep, and buckets are where they are needed. */
export const bucketChecks: Check = (terraform) => [
  ...terraform.of('google_storage_bucket').flatMap((bucket) => [...retained(bucket), ...near(bucket)]),
  ...terraform.of('google_bigquery_table').flatMap((table) => readable(terraform, table)),
];

function retained(bucket: Resource) {
  const [policy] = bodiesOf(bucket.body.retention_policy);
  if (policy === undefined) return [];
  const seconds = Number(policy.retention_period);
  const isBad = !Number.isInteger(seconds) || seconds < 1 || seconds >= MOST_SECONDS;
  const [versioning] = bodiesOf(bucket.body.versioning);
  return [
    ...(isBad
      ? wrong(bucket, 'retention-out-of-range', {
          problem: 'Cloud Storage cannot keep objects for this long',
          given: policy.retention_period,
          allowed: `1 to ${MOST_SECONDS - 1} seconds`,
          fix: 'choose a period in the range',
        })
      : []),
    ...(versioning?.enabled === true
      ? wrong(bucket, 'retention-versioned', {
          problem: 'a bucket has a retention policy and versions',
          fix: 'leave out the versions: an object under retention cannot be replaced',
        })
      : []),
  ];
}

/** A key elsewhere cannot encrypt the bucket. */
function near(bucket: Resource) {
  const [encryption] = bodiesOf(bucket.body.encryption);
  const [, place] = /^projects\/[^/]+\/locations\/([^/]+)\//.exec(String(encryption?.default_kms_key_name)) ?? [];
  const location = bucket.text('location')?.toLowerCase();
  if (place === undefined || location === undefined || place === location) return [];
  return wrong(bucket, 'location-mismatch', {
    problem: 'the key is in another location than the bucket that it is for',
    given: place,
    allowed: location,
    fix: "use a key of the bucket's location",
  });
}

/** BigQuery reads only what is where its dataset is (https://cloud.google.com/bigquery/docs/external-data-cloud-storage). */
function readable(terraform: Terraform, table: Resource) {
  const [source] = bodiesOf(table.body.external_data_configuration);
  const buckets = textsOf(source?.source_uris).map((uri) => /^gs:\/\/(\$\{[^}]*\})/.exec(uri)?.[1]);
  const dataset = terraform.target(table.body.dataset_id)?.text('location')?.toLowerCase();
  const other = buckets
    .map((reference) => terraform.target(reference)?.text('location')?.toLowerCase())
    .find((location) => location !== undefined && location !== dataset);
  if (other === undefined || dataset === undefined) return [];
  return wrong(table, 'location-mismatch', {
    problem: 'the files of a table are in another location than its dataset',
    given: other,
    allowed: dataset,
    fix: 'put both into one location',
  });
}
