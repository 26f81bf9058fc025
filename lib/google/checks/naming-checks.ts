import { type Check, wrong } from './check';

/** https://cloud.google.com/compute/docs/naming-resources */
const COMPUTE = /^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/;

/** https://cloud.google.com/storage/docs/buckets#naming, for names without dots */
const BUCKET = /^(?!goog)(?!.*g[o0]{2}gle)[a-z0-9][a-z0-9_-]{1,61}[a-z0-9]$/;

const ACCOUNT = /^(?=.{6,30}$)[a-z][-a-z0-9]*[a-z0-9]$/;

/** https://cloud.google.com/run/quotas; a function has the name of a service. */
const RUN = /^(?=.{1,49}$)[a-z]([-a-z0-9]*[a-z0-9])?$/;

/** https://cloud.google.com/bigquery/docs/datasets#dataset-naming */
const DATASET = /^\w{1,1024}$/;

/** https://cloud.google.com/kms/docs/reference/rest/v1/projects.locations.keyRings/create */
const KEY_RING = /^[\w-]{1,63}$/;

/** https://cloud.google.com/certificate-manager/docs/reference/certificate-manager/rest */
const CERTIFICATE = /^[a-zA-Z][\w-]{0,63}$/;

/** https://cloud.google.com/network-security/docs/reference/network-security/rest/v1/projects.locations.serverTlsPolicies */
const TLS_POLICY = /^[a-zA-Z][\w-]{0,62}$/;

/** https://cloud.google.com/scheduler/docs/reference/rest/v1/projects.locations.jobs */
const SCHEDULE = /^[\w-]{1,500}$/;

/** https://cloud.google.com/logging/docs/reference/v2/rest/v2/projects.sinks */
const ROUTER = /^[a-zA-Z0-9][\w.-]{0,99}$/;

/** Every name is one that Google takes. */
export const namingChecks: Check = (terraform) => [
  ...terraform
    .startingWith('google_compute_')
    .flatMap((each) => named(each, 'name', COMPUTE, 'a letter and up to 62 of a-z, 0-9 and -, not - at the end')),
  ...terraform
    .of('google_storage_bucket')
    .flatMap((each) =>
      named(
        each,
        'name',
        BUCKET,
        '3 to 63 of a-z, 0-9, _ and -, without google or g00gle in it, not beginning with goog',
      ),
    ),
  ...terraform
    .of('google_cloud_run_v2_service', 'google_cloud_run_v2_job', 'google_cloudfunctions2_function')
    .flatMap((each) => named(each, 'name', RUN, 'a letter and up to 48 of a-z, 0-9 and -, not - at the end')),
  ...terraform
    .of('google_bigquery_dataset')
    .flatMap((each) => named(each, 'dataset_id', DATASET, '1 to 1024 of A-Z, a-z, 0-9 and _')),
  ...terraform
    .of('google_kms_key_ring', 'google_kms_crypto_key')
    .flatMap((each) => named(each, 'name', KEY_RING, '1 to 63 of A-Z, a-z, 0-9, _ and -')),
  ...terraform
    .startingWith('google_certificate_manager_')
    .flatMap((each) => named(each, 'name', CERTIFICATE, 'a letter and up to 63 of A-Z, a-z, 0-9, _ and -')),
  ...terraform
    .startingWith('google_network_security_')
    .flatMap((each) => named(each, 'name', TLS_POLICY, 'a letter and up to 62 of A-Z, a-z, 0-9, _ and -')),
  ...terraform
    .of('google_cloud_scheduler_job')
    .flatMap((each) => named(each, 'name', SCHEDULE, '1 to 500 of A-Z, a-z, 0-9, _ and -')),
  ...terraform
    .of('google_logging_project_sink', 'google_logging_project_exclusion')
    .flatMap((each) => named(each, 'name', ROUTER, '1 to 100 of A-Z, a-z, 0-9, _, . and -')),
  ...terraform
    .of('google_service_account')
    .flatMap((each) => named(each, 'account_id', ACCOUNT, 'a letter and 5 to 29 of a-z, 0-9 and -, not - at the end')),
];

function named(resource: Parameters<typeof wrong>[0], member: string, form: RegExp, allowed: string) {
  const given = resource.text(member);
  if (given === undefined || form.test(given)) return [];
  const fix = 'shorten or correct it';
  return wrong(resource, 'resource-name-malformed', { problem: 'Google takes no such name', given, allowed, fix });
}
