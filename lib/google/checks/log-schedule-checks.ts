import { type Check, wrong } from './check';
import { type Body, blockOf, type Promised } from './terraform';

/** The sealer of a log is called by its schedule. How often is up to whoever runs it. */
export const logScheduleChecks: Check = (terraform) => terraform.promised('google_cloud_scheduler_job').flatMap(called);

function called({ resource, made }: Promised) {
  const { paused = false } = resource.body;
  const [given, promised] = [callOf(resource.body), callOf(made)];
  if (String(paused) === 'false' && JSON.stringify(given) === JSON.stringify(promised)) return [];
  return wrong(resource, 'sealer-idle', {
    problem: 'nothing would call the sealer of a log, so that nothing would be sealed any more',
    given: { paused, ...given },
    allowed: JSON.stringify({ paused: false, ...promised }),
    fix: 'leave the job as it is made, in all but its schedule',
  });
}

function callOf({ http_target: target }: Body) {
  const { http_method: method, uri, oidc_token: token } = blockOf(target);
  const { service_account_email: account, audience } = blockOf(token);
  return { method, uri, account, audience };
}
