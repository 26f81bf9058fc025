import { CertificateManagerCertificate } from '@cdktf/provider-google/lib/certificate-manager-certificate';
import { CertificateManagerCertificateMap } from '@cdktf/provider-google/lib/certificate-manager-certificate-map';
import { CloudRunV2Service } from '@cdktf/provider-google/lib/cloud-run-v2-service';
import { CloudSchedulerJob } from '@cdktf/provider-google/lib/cloud-scheduler-job';
import { ComputeBackendService } from '@cdktf/provider-google/lib/compute-backend-service';
import { ComputeGlobalForwardingRule } from '@cdktf/provider-google/lib/compute-global-forwarding-rule';
import { ComputeHealthCheck } from '@cdktf/provider-google/lib/compute-health-check';
import { ComputeRegionBackendService } from '@cdktf/provider-google/lib/compute-region-backend-service';
import { ComputeRegionHealthCheck } from '@cdktf/provider-google/lib/compute-region-health-check';
import { ComputeRegionNetworkEndpointGroup } from '@cdktf/provider-google/lib/compute-region-network-endpoint-group';
import { ComputeRegionTargetHttpsProxy } from '@cdktf/provider-google/lib/compute-region-target-https-proxy';
import { ComputeSslPolicy } from '@cdktf/provider-google/lib/compute-ssl-policy';
import { ComputeTargetHttpsProxy } from '@cdktf/provider-google/lib/compute-target-https-proxy';
import { ComputeUrlMap } from '@cdktf/provider-google/lib/compute-url-map';
import { DnsRecordSet } from '@cdktf/provider-google/lib/dns-record-set';
import { LoggingProjectExclusion } from '@cdktf/provider-google/lib/logging-project-exclusion';
import { NetworkSecurityServerTlsPolicy } from '@cdktf/provider-google/lib/network-security-server-tls-policy';
import { AuditLogChecks } from '../../lib/google';
import { expectFound, refusals, UserStack } from './synthesized';

type Make = (stack: UserStack) => unknown;

const MANAGED = { loadBalancingScheme: 'EXTERNAL_MANAGED' };
const REGION = { region: 'europe-west3' };
const MACHINES = 'projects/p/zones/europe-west3-a/instanceGroups/audit';

const backend = (stack: UserStack, more: object = {}) =>
  new ComputeBackendService(stack, 'Backend', { name: 'backend', ...MANAGED, ...more });

const regional = (stack: UserStack, more: object = {}) =>
  new ComputeRegionBackendService(stack, 'Backend', { name: 'backend', ...REGION, ...MANAGED, ...more });

const serverless = (stack: UserStack, more: object = {}) => {
  const group = { name: 'group', ...REGION, networkEndpointType: 'SERVERLESS' };
  return { group: new ComputeRegionNetworkEndpointGroup(stack, 'Group', group).id, ...more };
};

function routed(stack: UserStack, service: string, matcher: object = {}): ComputeUrlMap {
  const rules = { routeRules: [{ priority: 1, service, matchRules: [{ fullPathMatch: '/' }] }] };
  const pathMatcher = [{ name: 'all', defaultService: service, ...rules, ...matcher }];
  return new ComputeUrlMap(stack, 'Map', { name: 'map', defaultService: service, pathMatcher });
}

function listening(stack: UserStack, service: string, loadBalancingScheme: string, matcher: object = {}): void {
  const urlMap = routed(stack, service, matcher).id;
  const target = new ComputeTargetHttpsProxy(stack, 'Proxy', { name: 'proxy', urlMap }).id;
  new ComputeGlobalForwardingRule(stack, 'Listen', { name: 'listen', target, loadBalancingScheme });
}

const probe = (stack: UserStack, more: object) => {
  const sourceRegions = ['us-east1', 'us-west1', 'europe-west1'];
  const defaults = { name: 'check', sourceRegions, checkIntervalSec: 30, tcpHealthCheck: { port: 443 } };
  return new ComputeHealthCheck(stack, 'Check', { ...defaults, ...more });
};

const run = (stack: UserStack) =>
  new CloudRunV2Service(stack, 'Service', {
    name: 'service',
    location: 'europe-west3',
    template: { containers: [{ image: 'image' }] },
  });

const BAD: [string, Make, string][] = [
  [
    'a health check of a serverless group',
    (stack) => backend(stack, { backend: [serverless(stack)], healthChecks: ['check'] }),
    'health-check-unusable',
  ],
  [
    'a rate for a serverless group',
    (stack) => backend(stack, { backend: [serverless(stack, { balancingMode: 'RATE' })] }),
    'balancing-mode-unusable',
  ],
  [
    'a utilization for a serverless group',
    (stack) => backend(stack, { backend: [serverless(stack, { maxUtilization: 0.8 })] }),
    'balancing-mode-unusable',
  ],
  [
    'machines without a health check',
    (stack) => backend(stack, { backend: [{ group: MACHINES }] }),
    'health-check-missing',
  ],
  [
    'machines of the world that a region checks',
    (stack) => {
      const check = new ComputeRegionHealthCheck(stack, 'Check', { name: 'check', ...REGION });
      backend(stack, { backend: [{ group: MACHINES }], healthChecks: [check.id] });
    },
    'health-check-unusable',
  ],
  [
    'machines of a region that the world checks',
    (stack) => {
      const healthChecks = ['projects/p/global/healthChecks/check'];
      regional(stack, { backend: [{ group: MACHINES, capacityScaler: 1 }], healthChecks });
    },
    'health-check-unusable',
  ],
  [
    'a regional backend without capacity',
    (stack) => regional(stack, { backend: [serverless(stack)] }),
    'capacity-missing',
  ],
  [
    'a regional backend of no capacity',
    (stack) => regional(stack, { backend: [serverless(stack, { capacityScaler: 0 })] }),
    'capacity-missing',
  ],
  [
    'outliers among serverless groups of a region',
    (stack) =>
      regional(stack, {
        backend: [serverless(stack, { capacityScaler: 1 })],
        outlierDetection: { consecutiveErrors: 5 },
      }),
    'outlier-detection-unusable',
  ],
  ['an unknown kind of backend', (stack) => backend(stack, { loadBalancingScheme: 'NONSENSE' }), 'scheme-unknown'],
  [
    'an unknown kind of regional backend',
    (stack) => regional(stack, { loadBalancingScheme: 'INTERNAL_SELF_MANAGED' }),
    'scheme-unknown',
  ],
  [
    'an unknown kind of listener',
    (stack) =>
      new ComputeGlobalForwardingRule(stack, 'Listen', { name: 'a', target: 'b', loadBalancingScheme: 'OTHER' }),
    'scheme-unknown',
  ],
  [
    'a listener of another kind than the backend',
    (stack) => listening(stack, backend(stack).id, 'EXTERNAL'),
    'scheme-mismatch',
  ],
  [
    'a listener of another kind than a backend that is weighted',
    (stack) => {
      const weightedBackendServices = [{ backendService: backend(stack).id, weight: 100 }];
      const rule = { priority: 1, matchRules: [{ fullPathMatch: '/' }], routeAction: { weightedBackendServices } };
      listening(stack, 'projects/p/global/backendServices/other', 'EXTERNAL', { routeRules: [rule] });
    },
    'scheme-mismatch',
  ],
  [
    'rules by path and by route',
    (stack) => {
      const service = backend(stack).id;
      routed(stack, service, { pathRule: [{ paths: ['/*'], service }] });
    },
    'routes-mixed',
  ],
  [
    'an unknown version of TLS',
    (stack) => new ComputeSslPolicy(stack, 'Tls', { name: 'tls', minTlsVersion: 'TLS_9_9', profile: 'RESTRICTED' }),
    'tls-outdated',
  ],
  [
    'an unknown profile of TLS',
    (stack) => new ComputeSslPolicy(stack, 'Tls', { name: 'tls', profile: 'SAFE' }),
    'tls-outdated',
  ],
  [
    'unknown early data',
    (stack) => new ComputeTargetHttpsProxy(stack, 'Proxy', { name: 'a', urlMap: 'b', tlsEarlyData: 'SOME' }),
    'early-data-allowed',
  ],
  [
    'a certificate map on a regional proxy',
    (stack) => {
      const props = { name: 'proxy', ...REGION, urlMap: 'map' };
      new ComputeRegionTargetHttpsProxy(stack, 'Proxy', props).addOverride('certificate_map', 'map');
    },
    'certificate-map-unusable',
  ],
  [
    'an unknown way to look at certificates of clients',
    (stack) =>
      new NetworkSecurityServerTlsPolicy(stack, 'Trust', { name: 'a', mtlsPolicy: { clientValidationMode: 'ASK' } }),
    'client-certificates-optional',
  ],
  [
    'a load balancer that also takes what is not TLS',
    (stack) => {
      const trust = new NetworkSecurityServerTlsPolicy(stack, 'Trust', { name: 'a', allowOpen: true });
      new ComputeTargetHttpsProxy(stack, 'Proxy', { name: 'a', urlMap: 'b', serverTlsPolicy: trust.id });
    },
    'client-certificates-optional',
  ],
  [
    'a probe from two regions',
    (stack) => probe(stack, { sourceRegions: ['us-east1', 'us-west1'] }),
    'probe-regions-wrong',
  ],
  ['a probe every five seconds', (stack) => probe(stack, { checkIntervalSec: 5 }), 'probe-unusable'],
  ['a probe as often as by default', (stack) => probe(stack, { checkIntervalSec: undefined }), 'probe-unusable'],
  [
    'a probe by TLS alone',
    (stack) => probe(stack, { tcpHealthCheck: undefined, sslHealthCheck: { port: 443 } }),
    'probe-unusable',
  ],
  [
    'a record with two kinds of answers',
    (stack) => {
      const props = { managedZone: 'zone', name: 'a.example.com.', type: 'A', rrdatas: ['192.0.2.1'] };
      new DnsRecordSet(stack, 'Record', { ...props, routingPolicy: { wrr: [{ weight: 1, rrdatas: ['192.0.2.2'] }] } });
    },
    'record-ambiguous',
  ],
  [
    'a certificate that is proved in two ways',
    (stack) => {
      const managed = { domains: ['a.example.com'], dnsAuthorizations: ['a'], issuanceConfig: 'b' };
      new CertificateManagerCertificate(stack, 'Certificate', { name: 'certificate', managed });
    },
    'certificate-ambiguous',
  ],
  [
    'a certificate map with a long name',
    (stack) => new CertificateManagerCertificateMap(stack, 'Map', { name: 'a'.repeat(65) }),
    'resource-name-malformed',
  ],
  [
    'a TLS policy with a long name',
    (stack) => new NetworkSecurityServerTlsPolicy(stack, 'Trust', { name: 'a'.repeat(64) }),
    'resource-name-malformed',
  ],
  [
    'a schedule with a bad name',
    (stack) => new CloudSchedulerJob(stack, 'Job', { name: 'every minute' }),
    'resource-name-malformed',
  ],
  [
    'an exclusion with a bad name',
    (stack) => new LoggingProjectExclusion(stack, 'Exclusion', { name: 'no logs', filter: 'a' }),
    'resource-name-malformed',
  ],
  [
    'TLS 1.3 with the provider of the bindings',
    (stack) => new ComputeSslPolicy(stack, 'Tls', { name: 'tls', minTlsVersion: 'TLS_1_3', profile: 'RESTRICTED' }),
    'provider-too-old',
  ],
  [
    'a firewall in a region with the provider of the bindings',
    (stack) => regional(stack).addOverride('security_policy', 'firewall'),
    'provider-too-old',
  ],
  [
    'readiness with the provider of the bindings',
    (stack) => run(stack).addOverride('template.containers.0.readiness_probe', { http_get: { path: '/' } }),
    'provider-too-old',
  ],
  [
    'a service without an address with the provider of the bindings',
    (stack) => run(stack).addOverride('default_uri_disabled', true),
    'provider-too-old',
  ],
];

test.each(BAD)('%s synthesizes silently without us, and is refused with us', (_, make, code) => {
  expectFound(make, code);
});

test.each<[string, Make]>([
  [
    'a regional backend with capacity',
    (stack) => regional(stack, { backend: [serverless(stack, { capacityScaler: 1 })] }),
  ],
  [
    'outliers among serverless groups of the world',
    (stack) => backend(stack, { backend: [serverless(stack)], outlierDetection: { consecutiveErrors: 5 } }),
  ],
  [
    'machines with a health check',
    (stack) =>
      backend(stack, { backend: [{ group: MACHINES }], healthChecks: ['projects/p/global/healthChecks/check'] }),
  ],
  ['a probe of HTTPS', (stack) => probe(stack, { tcpHealthCheck: undefined, httpsHealthCheck: { port: 443 } })],
  [
    'a health check that is no probe of names',
    (stack) =>
      new ComputeHealthCheck(stack, 'Check', { name: 'check', checkIntervalSec: 5, sslHealthCheck: { port: 443 } }),
  ],
  [
    'TLS 1.3 with a newer provider',
    (stack) => {
      new ComputeSslPolicy(stack, 'Tls', { name: 'tls', minTlsVersion: 'TLS_1_3', profile: 'RESTRICTED' });
      stack.addOverride('terraform.required_providers.google.version', '>= 8.5.0');
    },
  ],
])('%s is let through', (_, make) => {
  const stack = new UserStack();
  make(stack);
  new AuditLogChecks(stack, 'Checks');
  expect(refusals(stack)).toEqual(new Set());
});
