import { type Check, wrong } from './check';
import { LogGrants } from './log-grants';
import { blockOf, type Resource } from './terraform';

/** Every service of a log runs as an identity that the log granted something, of which nobody has a key. */
export const logIdentityChecks: Check = (terraform) => {
  const grants = new LogGrants(terraform);
  return [
    ...terraform
      .ofLog('google_cloud_run_v2_service', 'google_cloudfunctions2_function', 'google_cloud_run_v2_job')
      .flatMap((service) => running(grants, service)),
    ...terraform.of('google_service_account_key').flatMap((key) => keyless(grants, key)),
  ];
};

function running(grants: LogGrants, service: Resource) {
  const given = accountOf(service);
  if (grants.holder(given) !== undefined) return [];
  return wrong(service, 'identity-lost', {
    problem: 'a service of a log does not run as its identity, but as an account that may do more, or nothing',
    given,
    allowed: 'the email of one of the roles of the archive',
    fix: 'leave the service account as it is made',
  });
}

function accountOf({ type, body }: Resource): unknown {
  if (type === 'google_cloudfunctions2_function') return blockOf(body.service_config).service_account_email;
  const template = blockOf(body.template);
  return (type === 'google_cloud_run_v2_job' ? blockOf(template.template) : template).service_account;
}

function keyless(grants: LogGrants, key: Resource) {
  const { service_account_id: given } = key.body;
  if (grants.holder(given) === undefined) return [];
  return wrong(key, 'identity-exposed', {
    problem: 'an identity of a log gets a key, with which whoever has it can do what only a service may',
    given,
    fix: 'leave it out, and let people become the account for verification by roles/iam.serviceAccountTokenCreator',
  });
}
