import { type Check, wrong } from './check';
import { bodiesOf, type Resource } from './terraform';

/** 100 years of 365.25 days (https://cloud.google.com/storage/docs/bucket-lock). */
const MOST_SECONDS = 3_155_760_000;

/** Every retention policy is one that Cloud Storage can keep. */
export const bucketChecks: Check = (terraform) =>
  terraform.of('google_storage_bucket').flatMap((bucket) => [...retained(bucket), ...near(bucket)]);

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
