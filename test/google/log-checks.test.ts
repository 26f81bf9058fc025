import { ComputeBackendBucket } from '@cdktf/provider-google/lib/compute-backend-bucket';
import { ComputeBackendService } from '@cdktf/provider-google/lib/compute-backend-service';
import { ComputeGlobalForwardingRule } from '@cdktf/provider-google/lib/compute-global-forwarding-rule';
import { ComputeSecurityPolicy } from '@cdktf/provider-google/lib/compute-security-policy';
import { ComputeSecurityPolicyRuleA } from '@cdktf/provider-google/lib/compute-security-policy-rule';
import { ComputeSslPolicy } from '@cdktf/provider-google/lib/compute-ssl-policy';
import { ComputeTargetHttpProxy } from '@cdktf/provider-google/lib/compute-target-http-proxy';
import { ComputeTargetHttpsProxy } from '@cdktf/provider-google/lib/compute-target-https-proxy';
import { ComputeUrlMap } from '@cdktf/provider-google/lib/compute-url-map';
import { NetworkSecurityServerTlsPolicy } from '@cdktf/provider-google/lib/network-security-server-tls-policy';
import { TerraformResource } from 'cdktf';
import { Construct, type IConstruct } from 'constructs';
import {
  Archive,
  CacheFirewall,
  EdgeFirewall,
  FrontDoor,
  ProviderVersion,
  RegionalFirewall,
  WriteTarget,
} from '../../lib/google';
import { deployment } from './deployments';
import { firstRegion, policyOf, refusals, UserStack } from './synthesized';

const EU = { jurisdiction: { EU: ['DE'] } };
const RESIDENT = { traffic: { writes: EU, reads: EU } };

type Hatch = (resources: TerraformResource[], stack: UserStack) => void;

/** A front door and what it leads to, with its escape hatches used, with the checks or without. */
function log(hatch: Hatch, changes: object, isChecked: boolean): UserStack {
  const stack = new UserStack();
  const place = deployment({ providerVersion: ProviderVersion.atLeast('8.5.0') });
  const policy = policyOf({ regions: [{ name: 'europe-west3', jurisdiction: 'EU' }], ...changes });
  const region = firstRegion(policy);
  const context = {
    archive: new Archive(stack, 'Archive', { policy, region, project: 'acme-logs' }),
    deployment: place,
  };
  const group = WriteTarget.cloudRun().bind(stack, context);
  const both = [{ region, group }];
  FrontDoor.split().bind(new Construct(stack, 'FrontDoor'), { policy, deployment: place, writes: both, reads: both });
  hatch(resourcesOf(stack), stack);
  if (!isChecked) stack.node.tryRemoveChild('AuditLogChecks');
  return stack;
}

const resourcesOf = ({ node }: IConstruct) => node.findAll().filter(TerraformResource.isTerraformResource);

/** Overrides a value of all resources of a type. */
const set = (type: string, path: string, value: unknown) => (resources: TerraformResource[]) => {
  const found = resources.filter((each) => each.terraformResourceType === `google_${type}`);
  if (found.length === 0) throw new Error(`the log has no ${type}`);
  for (const each of found) each.addOverride(path, value);
};

/** Overrides a value of the rules of a name. */
const ruled = (id: string, path: string, value: unknown) => (resources: TerraformResource[]) => {
  const found = resources.filter(({ node }) => node.id === id);
  if (found.length === 0) throw new Error(`the log has no rule ${id}`);
  for (const each of found) each.addOverride(path, value);
};

const ANYBODY = { versionedExpr: 'SRC_IPS_V1', config: { srcIpRanges: ['*'] } };
const added = (id: string, securityPolicy: string, match: object) => (_: unknown, stack: UserStack) =>
  void new ComputeSecurityPolicyRuleA(stack, id, { securityPolicy, priority: 5, action: 'allow', match });
const ABORT = 'default_route_action.fault_injection_policy.abort';

const HATCHES: [string, Hatch, string, object?][] = [
  ['the firewall taken away', set('compute_backend_service', 'security_policy', undefined), 'firewall-missing'],
  ['the firewall emptied', set('compute_backend_service', 'security_policy', ''), 'firewall-missing'],
  [
    'the firewall of the cache taken away',
    set('compute_backend_service', 'edge_security_policy', undefined),
    'firewall-missing',
  ],
  [
    'the firewall of a region taken away',
    set('compute_region_backend_service', 'security_policy', undefined),
    'firewall-missing',
    RESIDENT,
  ],
  [
    'certificates not asked for',
    set('compute_target_https_proxy', 'server_tls_policy', undefined),
    'client-certificates-optional',
  ],
  [
    'certificates not asked for in a region',
    set('compute_region_target_https_proxy', 'server_tls_policy', undefined),
    'client-certificates-optional',
    RESIDENT,
  ],
  [
    'certificates of nobody taken',
    set(
      'network_security_server_tls_policy',
      'mtls_policy.client_validation_mode',
      'ALLOW_INVALID_OR_MISSING_CLIENT_CERT',
    ),
    'client-certificates-optional',
  ],
  ['open text taken', set('network_security_server_tls_policy', 'allow_open', true), 'client-certificates-optional'],
  [
    'headers of certificates taken away',
    set('compute_backend_service', 'custom_request_headers', undefined),
    'certificate-headers-missing',
  ],
  [
    'one header of certificates taken away',
    set('compute_backend_service', 'custom_request_headers.3', 'X-Other:{client_cert_leaf}'),
    'certificate-headers-missing',
  ],
  [
    'headers of certificates in a region added to those of clients',
    set('compute_region_url_map', 'path_matcher.0.route_rules.0.header_action.request_headers_to_add.3.replace', false),
    'certificate-headers-missing',
    RESIDENT,
  ],
  ['404 taken away', set('compute_url_map', 'default_route_action', undefined), 'routes-open'],
  ['404 of a host taken away', set('compute_url_map', 'path_matcher.1.default_route_action', undefined), 'routes-open'],
  ['half of what is unknown let in', set('compute_url_map', `${ABORT}.percentage`, 50), 'routes-open'],
  [
    '404 in a region taken away',
    set('compute_region_url_map', 'default_route_action', undefined),
    'routes-open',
    RESIDENT,
  ],
  ['containers opened to the internet', set('cloud_run_v2_service', 'ingress', 'INGRESS_TRAFFIC_ALL'), 'ingress-open'],
  ['containers opened by default', set('cloud_run_v2_service', 'ingress', undefined), 'ingress-open'],
  ['logs turned off', set('compute_backend_service', 'log_config.enable', false), 'request-log-off'],
  [
    'one request of a hundred logged',
    set('compute_backend_service', 'log_config.sample_rate', 0.01),
    'request-log-off',
  ],
  [
    'everything cached',
    set('compute_backend_service', 'cdn_policy', { cache_mode: 'FORCE_CACHE_ALL' }),
    'cache-forced',
  ],
  ['writes cached', set('compute_backend_service', 'enable_cdn', true), 'cache-on-writes'],
  ['old TLS taken', set('compute_ssl_policy', 'min_tls_version', 'TLS_1_0'), 'tls-outdated'],
  ['the TLS policy taken away', set('compute_target_https_proxy', 'ssl_policy', undefined), 'tls-outdated'],
  ['early data taken', set('compute_target_https_proxy', 'tls_early_data', 'UNRESTRICTED'), 'early-data-allowed'],
  [
    'a TLS policy that cannot be replaced',
    set('network_security_server_tls_policy', 'lifecycle', undefined),
    'tls-policy-stuck',
  ],
  ['the last rule in preview', ruled('Otherwise', 'preview', true), 'firewall-open'],
  ['the last rule reversed', ruled('Otherwise', 'action', 'allow'), 'firewall-open'],
  ['countries in preview', ruled('Countries', 'preview', true), 'firewall-open', RESIDENT],
  [
    'the allow-list widened to everybody',
    ruled('Networks 0', 'match.config.src_ip_ranges', ['*']),
    'firewall-rule-shadows',
  ],
  [
    'an expression instead of the allow-list',
    ruled('Networks 0', 'match', { expr: { expression: 'true' } }),
    'firewall-rule-shadows',
  ],
  ['a rule added that lets everybody in', added('Anybody', 'acme-audit-ingest', ANYBODY), 'firewall-rule-foreign'],
  [
    'a rule added that lets a network in',
    added('Internet', 'acme-audit-ingest', { versionedExpr: 'SRC_IPS_V1', config: { srcIpRanges: ['0.0.0.0/0'] } }),
    'firewall-rule-foreign',
  ],
];

test.each(HATCHES)('%s is refused', (_, hatch, code, changes = {}) => {
  expect(refusals(log(hatch, changes, true))).toContain(code);
});

test.each([{}, RESIDENT])('all of these together synthesize silently without us: %j', (changes) => {
  const hatches = HATCHES.filter(([, , , where]) => (where === RESIDENT) === (changes === RESIDENT));
  expect(hatches).not.toHaveLength(0);
  const use: Hatch = (resources, stack) => {
    for (const [, hatch] of hatches) hatch(resources, stack);
  };
  const stack = log(use, changes, false);
  expect(refusals(stack)).toEqual(new Set());
});

test.each<[string, object]>([
  ['a log', {}],
  ['a log that keeps to its jurisdiction', RESIDENT],
])('%s is let through as it is made', (_, changes) => {
  expect(refusals(log(() => {}, changes, true))).toEqual(new Set());
});

test('a rule that refuses may be added', () => {
  const deny = (_: unknown, stack: UserStack) =>
    void new ComputeSecurityPolicyRuleA(stack, 'Added', {
      securityPolicy: 'acme-audit-ingest',
      priority: 5,
      action: 'deny(403)',
      match: ANYBODY,
    });
  expect(refusals(log(deny, {}, true))).toEqual(new Set());
});

const access = policyOf().writers;
const place = { name: 'acme', region: 'europe-west3', access, countries: ['DE'] };

test.each<[string, (stack: UserStack) => IConstruct, string, string, unknown, string]>([
  [
    'a firewall',
    (stack) => new EdgeFirewall(stack, 'Firewall', place),
    'security_policy_rule',
    'action',
    'allow',
    'firewall-open',
  ],
  [
    'a regional firewall',
    (stack) => new RegionalFirewall(stack, 'Firewall', place),
    'region_security_policy_rule',
    'action',
    'allow',
    'firewall-open',
  ],
  [
    'a firewall of a cache',
    (stack) => new CacheFirewall(stack, 'Firewall', { ...place, allow: access.allow }),
    'security_policy_rule',
    'action',
    'allow',
    'firewall-open',
  ],
  [
    'an archive',
    (stack) =>
      new Archive(stack, 'Archive', { policy: policyOf(), region: firstRegion(policyOf()), project: 'acme-logs' }),
    'storage_bucket',
    'retention_policy.retention_period',
    -1,
    'retention-out-of-range',
  ],
  [
    'a function',
    (stack) => {
      const policy = policyOf();
      const archive = new Archive(stack, 'Archive', { policy, region: firstRegion(policy), project: 'acme-logs' });
      WriteTarget.cloudFunction().bind(stack, { archive, deployment: deployment() });
      return stack;
    },
    'cloudfunctions2_function',
    'service_config.ingress_settings',
    'ALLOW_ALL',
    'ingress-open',
  ],
  [
    'a service in containers',
    (stack) => {
      const policy = policyOf();
      const archive = new Archive(stack, 'Archive', { policy, region: firstRegion(policy), project: 'acme-logs' });
      WriteTarget.cloudRun().bind(stack, { archive, deployment: deployment() });
      return stack;
    },
    'cloud_run_v2_service',
    'ingress',
    'INGRESS_TRAFFIC_ALL',
    'ingress-open',
  ],
])('%s alone in a stack is checked without being told', (_, make, type, path, value, code) => {
  const stack = new UserStack();
  const resources = resourcesOf(make(stack));
  const found = resources.filter((each) => each.terraformResourceType.endsWith(type));
  expect(found).not.toHaveLength(0);
  for (const each of found) each.addOverride(path, value);
  expect(refusals(stack)).toContain(code);
});

const MANAGED = { loadBalancingScheme: 'EXTERNAL_MANAGED' };

function listening(stack: UserStack, map: object): void {
  const urlMap = new ComputeUrlMap(stack, 'Map', { name: 'site', ...map }).id;
  const target = new ComputeTargetHttpsProxy(stack, 'Proxy', { name: 'site', urlMap }).id;
  new ComputeGlobalForwardingRule(stack, 'Listen', { name: 'site', target, portRange: '443', ...MANAGED });
}

const site = (stack: UserStack, more: object = {}) =>
  new ComputeBackendService(stack, 'Site', { name: 'site', ...MANAGED, ...more }).id;

test.each<[string, (stack: UserStack) => unknown]>([
  [
    'a redirect to HTTPS',
    (stack) => {
      const defaultUrlRedirect = { httpsRedirect: true, stripQuery: false };
      const urlMap = new ComputeUrlMap(stack, 'Map', { name: 'redirect', defaultUrlRedirect }).id;
      const target = new ComputeTargetHttpProxy(stack, 'Proxy', { name: 'redirect', urlMap }).id;
      new ComputeGlobalForwardingRule(stack, 'Listen', { name: 'redirect', target, portRange: '80', ...MANAGED });
    },
  ],
  [
    'files of a bucket',
    (stack) => {
      const { id } = new ComputeBackendBucket(stack, 'Files', { name: 'files', bucketName: 'acme-site' });
      listening(stack, { defaultService: id });
    },
  ],
  [
    'a backend of another stack',
    (stack) => listening(stack, { defaultService: 'projects/p/global/backendServices/other' }),
  ],
  [
    'a firewall that refuses some',
    (stack) => {
      const rule = [{ priority: 2_147_483_647, action: 'allow', match: ANYBODY }];
      new ComputeSecurityPolicy(stack, 'Policy', { name: 'site', rule });
    },
  ],
  [
    'a cached site',
    (stack) => {
      const service = site(stack, { enableCdn: true, cdnPolicy: { cacheMode: 'FORCE_CACHE_ALL' } });
      const routeRules = [{ priority: 1, service, matchRules: [{ prefixMatch: '/' }] }];
      listening(stack, {
        defaultService: service,
        pathMatcher: [{ name: 'all', defaultService: service, routeRules }],
      });
    },
  ],
  ['TLS for old clients', (stack) => new ComputeSslPolicy(stack, 'Tls', { name: 'old', profile: 'COMPATIBLE' })],
  [
    'optional certificates of clients',
    (stack) => {
      const mtlsPolicy = { clientValidationMode: 'ALLOW_INVALID_OR_MISSING_CLIENT_CERT' };
      new NetworkSecurityServerTlsPolicy(stack, 'Trust', { name: 'any', mtlsPolicy });
    },
  ],
])('beside a log, %s may be what it is', (_, make) => {
  const stack = log((_, each) => void make(each), {}, true);
  expect(refusals(stack)).toEqual(new Set());
});
