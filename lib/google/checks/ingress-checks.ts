import { type Check, wrong } from './check';
import { blockOf, type Resource } from './terraform';

const SERVICE = ['INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER', 'INGRESS_TRAFFIC_INTERNAL_ONLY'];
const FUNCTION = ['ALLOW_INTERNAL_AND_GCLB', 'ALLOW_INTERNAL_ONLY'];

/** No service of a log is reached from the internet but through a load balancer. */
export const ingressChecks: Check = (terraform) => [
  ...terraform
    .ofLog('google_cloud_run_v2_service')
    .flatMap((service) => inside(service, service.body.ingress, SERVICE)),
  ...terraform
    .ofLog('google_cloudfunctions2_function')
    .flatMap((each) => inside(each, blockOf(each.body.service_config).ingress_settings, FUNCTION)),
];

function inside(service: Resource, given: unknown, allowed: readonly string[]) {
  if (allowed.includes(String(given))) return [];
  return wrong(service, 'ingress-open', {
    problem: 'a service of a log can be reached past its load balancer, and takes from a header who the client is',
    given,
    allowed: allowed.join(', '),
    fix: 'leave it as it is made',
  });
}
