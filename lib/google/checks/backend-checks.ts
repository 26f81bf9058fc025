import { type Check, wrong } from './check';
import { type Body, blockOf, bodiesOf, isKnown, type Resource, type Terraform, textsOf } from './terraform';

const GLOBAL = 'google_compute_backend_service';
const REGIONAL = 'google_compute_region_backend_service';

/** What only machines and addresses have. */
const CAPACITIES = ['max_connections', 'max_rate', 'max_utilization'];

const CHECKED =
  /google_compute_(region_)?instance_group|google_compute_network_endpoint_group\.|\/instanceGroups\/|\/zones\/[^/]+\/networkEndpointGroups\//;

/** Every backend has groups, a health check and a capacity that Google takes together. */
export const backendChecks: Check = (terraform) => [
  ...terraform.of(GLOBAL, REGIONAL).flatMap((backend) => {
    const isServerless = groupsOf(backend).some((each) => isServerlessGroup(terraform, each));
    return [
      ...known(backend),
      ...checkedWhere(backend),
      ...(isServerless ? [...unchecked(backend), ...unmeasured(backend)] : checked(backend)),
    ];
  }),
  ...terraform
    .of(REGIONAL)
    .filter(isManaged)
    .flatMap((backend) => {
      const isServerless = groupsOf(backend).some((each) => isServerlessGroup(terraform, each));
      return [...capable(backend), ...(isServerless ? undetected(backend) : [])];
    }),
];

function groupsOf(backend: Resource): Body[] {
  return bodiesOf(backend.body.backend);
}

function isServerlessGroup(terraform: Terraform, { group }: Body): boolean {
  return terraform.target(group)?.body.network_endpoint_type === 'SERVERLESS';
}

function isManaged({ body }: Resource): boolean {
  return /_MANAGED$/.test(String(body.load_balancing_scheme));
}

function known(backend: Resource) {
  const schemes = ['EXTERNAL', 'EXTERNAL_MANAGED', 'INTERNAL_MANAGED'];
  const allowed = [...schemes, backend.type === GLOBAL ? 'INTERNAL_SELF_MANAGED' : 'INTERNAL'];
  const scheme = backend.text('load_balancing_scheme');
  if (scheme === undefined || allowed.includes(scheme)) return [];
  const problem = 'Google has no such kind of load balancer for a backend';
  return wrong(backend, 'scheme-unknown', { problem, given: scheme, allowed: allowed.join(', '), fix: 'choose one' });
}

function unchecked(backend: Resource) {
  if (textsOf(backend.body.health_checks).length === 0) return [];
  const problem = 'a serverless group has no health check';
  return wrong(backend, 'health-check-unusable', { problem, fix: 'leave it out; outlier detection notices failures' });
}

function checked(backend: Resource) {
  const needs = groupsOf(backend).some(({ group }) => CHECKED.test(String(group)));
  if (!needs || textsOf(backend.body.health_checks).length > 0 || !isKnown(backend.body.health_checks)) return [];
  const problem = 'a backend of machines or addresses has no health check';
  return wrong(backend, 'health-check-missing', { problem, fix: 'give one, for instance of GET /readyz' });
}

/** A backend in one region is checked by a health check of the region (https://cloud.google.com/load-balancing/docs/health-check-concepts). */
function checkedWhere(backend: Resource) {
  if (!isManaged(backend)) return [];
  const other =
    backend.type === GLOBAL
      ? /google_compute_region_health_check\.|\/regions\/[^/]+\/healthChecks\//
      : /google_compute_health_check\.|\/global\/healthChecks\//;
  const given = textsOf(backend.body.health_checks).find((id) => other.test(id));
  if (given === undefined) return [];
  return wrong(backend, 'health-check-unusable', {
    problem: 'a health check is not of the region of its backend, or not global as its backend',
    given,
    allowed: backend.type === GLOBAL ? 'a global health check' : "a health check of the backend's region",
    fix: 'give another',
  });
}

function unmeasured(backend: Resource) {
  const group = groupsOf(backend).find(
    ({ balancing_mode: mode, ...rest }) =>
      mode === 'RATE' ||
      mode === 'CONNECTION' ||
      Object.keys(rest).some((name) => CAPACITIES.some((it) => name.startsWith(it))),
  );
  if (group === undefined) return [];
  const problem = 'a serverless group has no rate, connections or utilization to balance by';
  return wrong(backend, 'balancing-mode-unusable', { problem, given: group.balancing_mode, fix: 'leave them out' });
}

/** The provider refuses such a plan. */
function capable(backend: Resource) {
  const groups = groupsOf(backend);
  const isCapable = groups.some(({ capacity_scaler: scale }) => !isKnown(scale) || Number(scale ?? 0) > 0);
  if (groups.length === 0 || isCapable) return [];
  const problem = 'no group of a regional backend has a capacity';
  return wrong(backend, 'capacity-missing', { problem, fix: 'set capacityScaler, to 1 for all of it' });
}

function undetected(backend: Resource) {
  const detection = blockOf(backend.body.outlier_detection);
  if (Object.keys(detection).length === 0) return [];
  const problem = 'a regional backend detects no outliers among serverless groups';
  return wrong(backend, 'outlier-detection-unusable', { problem, fix: 'leave it out' });
}
