import { type Check, wrong } from './check';
import { blockOf, type Promised } from './terraform';

const BUCKET = 'google_storage_bucket';
const KEY = 'google_kms_crypto_key';
const VERSION = 'google_kms_crypto_key_version';

/** What Cloud KMS takes where nothing is said (https://cloud.google.com/kms/docs/destroy-restore). */
const DEFAULT_DELAY = '2592000s';

/** What a log must outlive cannot be destroyed by Terraform, and a key not quickly by anybody, unless the log is disposable. */
export const logKeepingChecks: Check = (terraform) => [
  ...terraform
    .promised(BUCKET, KEY, VERSION)
    .filter(({ isKept }) => isKept)
    .flatMap((each) => [...prevented(each), ...unforced(each)]),
  ...terraform.promised(KEY).flatMap(delayed),
];

function prevented({ resource }: Promised) {
  const { prevent_destroy: given } = blockOf(resource.body.lifecycle);
  if (String(given) === 'true') return [];
  return wrong(resource, 'destruction-allowed', {
    problem: 'Terraform could destroy the records or a signing key of a log',
    given,
    allowed: 'lifecycle.prevent_destroy true',
    fix: 'leave it as it is made, or say in the policy that the log is disposable',
  });
}

function unforced({ resource }: Promised) {
  if (resource.type !== BUCKET || String(resource.body.force_destroy ?? false) === 'false') return [];
  return wrong(resource, 'destruction-allowed', {
    problem: 'Terraform would delete the records of a log with their bucket',
    given: resource.body.force_destroy,
    allowed: 'force_destroy false',
    fix: 'leave it as it is made, or say in the policy that the log is disposable',
  });
}

function delayed({ resource, made }: Promised) {
  const given = resource.body.destroy_scheduled_duration ?? DEFAULT_DELAY;
  if (Number.parseFloat(String(given)) >= Number.parseFloat(String(made.destroy_scheduled_duration))) return [];
  return wrong(resource, 'destruction-allowed', {
    problem: 'a signing key that somebody destroys could not be restored for as long as it takes to notice',
    given,
    allowed: `destroy_scheduled_duration ${made.destroy_scheduled_duration} or longer`,
    fix: 'leave it as it is made',
  });
}
