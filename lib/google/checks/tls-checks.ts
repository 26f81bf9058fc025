import { type Check, wrong } from './check';
import { blockOf, isKnown, type Resource, type Terraform } from './terraform';

const POLICIES = ['google_compute_ssl_policy', 'google_compute_region_ssl_policy'];
const GLOBAL_PROXY = 'google_compute_target_https_proxy';
const REGIONAL_PROXY = 'google_compute_region_target_https_proxy';
const TRUST = 'google_network_security_server_tls_policy';

const VERSIONS = ['TLS_1_0', 'TLS_1_1', 'TLS_1_2', 'TLS_1_3'];
const PROFILES = ['COMPATIBLE', 'MODERN', 'RESTRICTED', 'CUSTOM', 'FIPS_202205'];
const EARLY_DATA = ['STRICT', 'PERMISSIVE', 'UNRESTRICTED', 'DISABLED'];
const STRICT = 'REJECT_INVALID';
const MODES = ['CLIENT_VALIDATION_MODE_UNSPECIFIED', 'ALLOW_INVALID_OR_MISSING_CLIENT_CERT', STRICT];

/** TLS is as Google knows it; that of a log is secure, and makes clients prove themselves where the policy asks for certificates. */
export const tlsChecks: Check = (terraform) => [
  ...terraform.of(...POLICIES).flatMap((policy) => modern(policy)),
  ...terraform.of(REGIONAL_PROXY).flatMap(unmapped),
  ...terraform.of(GLOBAL_PROXY).flatMap(late),
  ...terraform.of(TRUST).flatMap((policy) => strict(terraform, policy)),
  ...terraform.ofLog(GLOBAL_PROXY, REGIONAL_PROXY).flatMap(guarded),
  ...terraform.ofLog(TRUST).flatMap((policy) => [...replaceable(policy), ...used(terraform, policy)]),
];

function modern(policy: Resource) {
  const { min_tls_version: version = 'TLS_1_0', profile = 'COMPATIBLE' } = policy.body;
  const [versions, profiles] = policy.isOfLog ? [VERSIONS.slice(2), ['RESTRICTED']] : [VERSIONS, PROFILES];
  const isFine = [
    !isKnown(version) || versions.includes(String(version)),
    !isKnown(profile) || profiles.includes(String(profile)),
  ];
  if (isFine.every(Boolean)) return [];
  return wrong(policy, 'tls-outdated', {
    problem: 'clients may speak TLS that is not secure, or Google knows no such version',
    given: [version, profile],
    allowed: `${versions.join(', ')}; ${profiles.join(', ')}`,
    fix: 'raise it',
  });
}

function guarded(proxy: Resource) {
  if (typeof proxy.body.ssl_policy === 'string' && proxy.body.ssl_policy !== '') return [];
  const problem = 'a load balancer of a log has no TLS policy, so that clients may speak TLS 1.0';
  return wrong(proxy, 'tls-outdated', { problem, fix: 'leave the policy that it is made with' });
}

function unmapped(proxy: Resource) {
  if (proxy.body.certificate_map === undefined) return [];
  const problem = 'a regional proxy has no certificate map';
  return wrong(proxy, 'certificate-map-unusable', { problem, fix: 'list its certificates instead' });
}

/** What is sent before the handshake ends can be sent again by whoever sees it. */
function late(proxy: Resource) {
  const given = proxy.body.tls_early_data ?? 'DISABLED';
  const allowed = proxy.isOfLog ? ['DISABLED'] : EARLY_DATA;
  if (!isKnown(given) || allowed.includes(String(given))) return [];
  const problem = proxy.isOfLog ? 'requests to a log could be sent again by others' : 'Google knows no such early data';
  return wrong(proxy, 'early-data-allowed', {
    problem,
    given,
    allowed: allowed.join(', '),
    fix: 'choose one of those',
  });
}

function strict(terraform: Terraform, policy: Resource) {
  const proxies = terraform.of(GLOBAL_PROXY, REGIONAL_PROXY);
  const isUsed = proxies.some(({ body }) => terraform.target(body.server_tls_policy) === policy);
  const { client_validation_mode: mode } = blockOf(policy.body.mtls_policy);
  const allowed = policy.isOfLog ? [STRICT] : MODES;
  const isMode = (mode === undefined && !policy.isOfLog) || !isKnown(mode) || allowed.includes(String(mode));
  const isOpen = policy.body.allow_open === true && (policy.isOfLog || isUsed);
  if (isMode && !isOpen) return [];
  return wrong(policy, 'client-certificates-optional', {
    problem: 'clients are let in whose certificate nobody trusts, or in a way that Google does not know',
    given: { allow_open: policy.body.allow_open, client_validation_mode: mode },
    allowed: `allow_open false; ${allowed.join(', ')}`,
    fix: 'refuse them',
  });
}

function replaceable(policy: Resource) {
  if (blockOf(policy.body.lifecycle).create_before_destroy === true) return [];
  return wrong(policy, 'tls-policy-stuck', {
    problem: 'a TLS policy in use could never be replaced',
    fix: 'set lifecycle.createBeforeDestroy',
  });
}

/** It is made because clients must show certificates, and only a proxy can ask for them. */
function used(terraform: Terraform, policy: Resource) {
  const proxies = terraform.of(GLOBAL_PROXY, REGIONAL_PROXY);
  if (proxies.some(({ body }) => terraform.target(body.server_tls_policy) === policy)) return [];
  return wrong(policy, 'client-certificates-optional', {
    problem: 'no load balancer asks for the client certificates that this policy is about',
    fix: 'leave serverTlsPolicy of the proxy as it is made',
  });
}
