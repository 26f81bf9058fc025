import { type Check, wrong } from './check';
import { type Body, blockOf, bodiesOf, type Resource } from './terraform';

const SSL_POLICIES = ['google_compute_ssl_policy', 'google_compute_region_ssl_policy'];

/** What 6.50.0 does not have, by the resource in which it would be. */
const NEWER: readonly (readonly [types: readonly string[], what: string, uses: (body: Body) => boolean])[] = [
  [SSL_POLICIES, 'TLS 1.3 as a minimum', ({ min_tls_version: version }) => version === 'TLS_1_3'],
  [
    ['google_compute_region_backend_service'],
    'a firewall on a regional load balancer',
    ({ security_policy: policy }) => policy !== undefined,
  ],
  [
    ['google_cloud_run_v2_service'],
    'a service without an address of its own',
    ({ default_uri_disabled: disabled }) => disabled !== undefined,
  ],
  [['google_cloud_run_v2_service'], 'a readiness probe', ({ template }) => containersOf(template).some(isProbed)],
];

/** Nothing is used that the version of the provider does not have. */
export const providerChecks: Check = (terraform) => {
  const version = String(terraform.providerVersion('google'));
  if (!/^(=|~>)?\s*6\./.test(version)) return [];
  return NEWER.flatMap(([types, what, uses]) =>
    terraform
      .of(...types)
      .filter(({ body }) => body.provider === undefined && uses(body))
      .flatMap((resource) => tooOld(resource, what, version)),
  );
};

function containersOf(template: unknown): Body[] {
  return bodiesOf(blockOf(template).containers);
}

function isProbed(container: Body): boolean {
  return container.readiness_probe !== undefined;
}

function tooOld(resource: Resource, what: string, version: string) {
  return wrong(resource, 'provider-too-old', {
    problem: `${what} is not in version 6 of the Google provider`,
    given: version,
    fix: "set providerVersion of the deployment to ProviderVersion.atLeast('8.5.0')",
  });
}
