import { BigqueryDataset } from '@cdktf/provider-google/lib/bigquery-dataset';
import { BigqueryTable } from '@cdktf/provider-google/lib/bigquery-table';
import { CertificateManagerCertificate } from '@cdktf/provider-google/lib/certificate-manager-certificate';
import { CloudRunV2Job } from '@cdktf/provider-google/lib/cloud-run-v2-job';
import { CloudRunV2Service } from '@cdktf/provider-google/lib/cloud-run-v2-service';
import { CloudSchedulerJob } from '@cdktf/provider-google/lib/cloud-scheduler-job';
import { Cloudfunctions2Function } from '@cdktf/provider-google/lib/cloudfunctions2-function';
import { ComputeBackendService } from '@cdktf/provider-google/lib/compute-backend-service';
import { ComputeGlobalForwardingRule } from '@cdktf/provider-google/lib/compute-global-forwarding-rule';
import { ComputeHealthCheck } from '@cdktf/provider-google/lib/compute-health-check';
import { ComputeRegionNetworkEndpointGroup } from '@cdktf/provider-google/lib/compute-region-network-endpoint-group';
import { ComputeRegionTargetHttpsProxy } from '@cdktf/provider-google/lib/compute-region-target-https-proxy';
import { ComputeSecurityPolicy } from '@cdktf/provider-google/lib/compute-security-policy';
import { ComputeSecurityPolicyRuleA } from '@cdktf/provider-google/lib/compute-security-policy-rule';
import { ComputeSslPolicy } from '@cdktf/provider-google/lib/compute-ssl-policy';
import { ComputeTargetHttpsProxy } from '@cdktf/provider-google/lib/compute-target-https-proxy';
import { ComputeUrlMap } from '@cdktf/provider-google/lib/compute-url-map';
import { DnsRecordSet } from '@cdktf/provider-google/lib/dns-record-set';
import { KmsKeyRing } from '@cdktf/provider-google/lib/kms-key-ring';
import { NetworkSecurityServerTlsPolicy } from '@cdktf/provider-google/lib/network-security-server-tls-policy';
import { ServiceAccount } from '@cdktf/provider-google/lib/service-account';
import { StorageBucket } from '@cdktf/provider-google/lib/storage-bucket';
import type { TerraformResource } from 'cdktf';
import { AuditLogChecks, EdgeFirewall, ImmutableAuditLog } from '../../lib/google';
import { deployment } from './deployments';
import { policyOf, synthesized, UserStack } from './synthesized';

const ANYBODY = { versionedExpr: 'SRC_IPS_V1', config: { srcIpRanges: ['*'] } };
const LAST = { priority: 2_147_483_647, action: 'deny(403)', match: ANYBODY };
const LIMIT = { conformAction: 'allow', exceedAction: 'deny(429)', rateLimitThreshold: { count: 1, intervalSec: 60 } };

const ranges = (count: number) => ({
  versionedExpr: 'SRC_IPS_V1',
  config: { srcIpRanges: Array.from({ length: count }, (_, i) => `10.0.${i}.0/24`) },
});

/** A firewall that is right but for one rule beside it. */
function ruled(stack: UserStack, rule: object, type = 'CLOUD_ARMOR'): void {
  const policy = new ComputeSecurityPolicy(stack, 'Policy', { name: 'policy', type });
  new ComputeSecurityPolicyRuleA(stack, 'Last', { securityPolicy: policy.name, ...LAST });
  const defaults = { securityPolicy: policy.name, priority: 1, action: 'allow', match: ranges(1) };
  new ComputeSecurityPolicyRuleA(stack, 'Rule', { ...defaults, ...rule });
}

const bucket = (stack: UserStack, more: object) =>
  new StorageBucket(stack, 'Bucket', { name: 'acme-records', location: 'EU', ...more });

const backend = (stack: UserStack, more: object = {}) =>
  new ComputeBackendService(stack, 'Backend', { name: 'backend', loadBalancingScheme: 'EXTERNAL_MANAGED', ...more });

function routed(stack: UserStack, service: string, method = 'POST', more: object = {}): ComputeUrlMap {
  const matchRules = [{ fullPathMatch: '/', headerMatches: [{ headerName: ':method', exactMatch: method }] }];
  return new ComputeUrlMap(stack, 'Map', {
    name: 'map',
    defaultService: service,
    pathMatcher: [
      { name: 'all', defaultService: service, routeRules: [{ priority: 1, service, matchRules }], ...more },
    ],
  });
}

function job(stack: UserStack, more: object, cpu = '1', memory = '1Gi'): void {
  const template = { template: { containers: [{ image: 'image', resources: { limits: { cpu, memory } } }] } };
  new CloudRunV2Job(stack, 'Job', { name: 'job', location: 'EU', template, ...more });
}

const scheduled = (stack: UserStack, schedule: string) =>
  new CloudSchedulerJob(stack, 'Schedule', { name: 'schedule', schedule });

const BAD: [string, (stack: UserStack) => unknown, string][] = [
  ['a bucket with a bad name', (stack) => bucket(stack, { name: 'Acme_Records!' }), 'resource-name-malformed'],
  ['a load balancer with a bad name', (stack) => backend(stack, { name: 'Back-End-' }), 'resource-name-malformed'],
  [
    'an account with a long name',
    (stack) => new ServiceAccount(stack, 'Account', { accountId: 'a'.repeat(31) }),
    'resource-name-malformed',
  ],
  [
    'a retention of a century',
    (stack) => bucket(stack, { retentionPolicy: { retentionPeriod: 3_155_760_000 } }),
    'retention-out-of-range',
  ],
  [
    'a negative retention',
    (stack) => bucket(stack, { retentionPolicy: { retentionPeriod: -1 } }),
    'retention-out-of-range',
  ],
  [
    'a retention and versions',
    (stack) => bucket(stack, { retentionPolicy: { retentionPeriod: 1 }, versioning: { enabled: true } }),
    'retention-versioned',
  ],
  [
    'a key elsewhere',
    (stack) =>
      bucket(stack, { encryption: { defaultKmsKeyName: 'projects/p/locations/us-east1/keyRings/r/cryptoKeys/k' } }),
    'location-mismatch',
  ],
  [
    'a firewall without a last rule',
    (stack) => new ComputeSecurityPolicy(stack, 'Policy', { name: 'policy' }),
    'firewall-open',
  ],
  [
    'a firewall whose last rule allows',
    (stack) => new ComputeSecurityPolicy(stack, 'Policy', { name: 'policy', rule: [{ ...LAST, action: 'allow' }] }),
    'firewall-open',
  ],
  ['two rules of one priority', (stack) => ruled(stack, { priority: LAST.priority }), 'firewall-priority-duplicate'],
  ['eleven ranges', (stack) => ruled(stack, { match: ranges(11) }), 'firewall-rule-unusable'],
  ['an unknown action', (stack) => ruled(stack, { action: 'explode' }), 'firewall-rule-unusable'],
  ['an unknown answer', (stack) => ruled(stack, { action: 'deny(418)' }), 'firewall-rule-unusable'],
  ['a throttle without a limit', (stack) => ruled(stack, { action: 'throttle' }), 'firewall-rule-unusable'],
  ['a limit without a throttle', (stack) => ruled(stack, { rateLimitOptions: LIMIT }), 'firewall-rule-unusable'],
  [
    'a rule by ranges and by an expression',
    (stack) => ruled(stack, { match: { ...ranges(1), expr: { expression: 'true' } } }),
    'firewall-rule-unusable',
  ],
  [
    'a throttle before a cache',
    (stack) => ruled(stack, { action: 'throttle', rateLimitOptions: LIMIT }, 'CLOUD_ARMOR_EDGE'),
    'firewall-rule-unusable',
  ],
  [
    'preconfigured rules before a cache',
    (stack) =>
      ruled(
        stack,
        { action: 'deny(403)', match: { expr: { expression: "evaluatePreconfiguredWaf('sqli-v33-stable')" } } },
        'CLOUD_ARMOR_EDGE',
      ),
    'firewall-rule-unusable',
  ],
  [
    'a throttle for everybody before the last rule',
    (stack) => ruled(stack, { action: 'throttle', rateLimitOptions: LIMIT, match: ANYBODY }),
    'firewall-rule-shadows',
  ],
  [
    'an allowance for everybody before the last rule',
    (stack) => ruled(stack, { match: ANYBODY }),
    'firewall-rule-shadows',
  ],
  [
    'a health check of a serverless group',
    (stack) => {
      const props = { name: 'group', region: 'europe-west3', networkEndpointType: 'SERVERLESS' };
      const group = new ComputeRegionNetworkEndpointGroup(stack, 'Group', props);
      backend(stack, { backend: [{ group: group.id }], healthChecks: ['check'] });
    },
    'health-check-unusable',
  ],
  [
    'a cache that caches all',
    (stack) => backend(stack, { enableCdn: true, cdnPolicy: { cacheMode: 'FORCE_CACHE_ALL' } }),
    'cache-forced',
  ],
  ['a cache before writes', (stack) => routed(stack, backend(stack, { enableCdn: true }).id), 'cache-on-writes'],
  [
    'rules by path and by route',
    (stack) => {
      const service = backend(stack).id;
      routed(stack, service, 'POST', { pathRule: [{ paths: ['/*'], service }] });
    },
    'routes-mixed',
  ],
  [
    'a listener of another kind than the backend',
    (stack) => {
      const urlMap = routed(stack, backend(stack).id).id;
      const target = new ComputeTargetHttpsProxy(stack, 'Proxy', { name: 'proxy', urlMap }).id;
      new ComputeGlobalForwardingRule(stack, 'Listen', { name: 'listen', target, loadBalancingScheme: 'EXTERNAL' });
    },
    'scheme-mismatch',
  ],
  [
    'an unknown version of TLS',
    (stack) => new ComputeSslPolicy(stack, 'Tls', { name: 'tls', minTlsVersion: 'TLS_9_9', profile: 'RESTRICTED' }),
    'tls-outdated',
  ],
  [
    'the TLS of the bindings by default',
    (stack) => new ComputeSslPolicy(stack, 'Tls', { name: 'tls' }),
    'tls-outdated',
  ],
  [
    'a certificate map on a regional proxy',
    (stack) => {
      const props = { name: 'proxy', region: 'europe-west3', urlMap: 'map' };
      new ComputeRegionTargetHttpsProxy(stack, 'Proxy', props).addOverride('certificate_map', 'map');
    },
    'certificate-map-unusable',
  ],
  [
    'a TLS policy that is destroyed before it is replaced',
    (stack) => new NetworkSecurityServerTlsPolicy(stack, 'Policy', { name: 'policy' }),
    'tls-policy-stuck',
  ],
  [
    'a probe from two regions',
    (stack) => new ComputeHealthCheck(stack, 'Check', { name: 'check', sourceRegions: ['us-east1', 'us-west1'] }),
    'probe-regions-wrong',
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
  ['a job with a long name', (stack) => job(stack, { name: 'a'.repeat(50) }), 'resource-name-malformed'],
  [
    'a dataset with a bad name',
    (stack) => new BigqueryDataset(stack, 'Dataset', { datasetId: 'acme-audit' }),
    'resource-name-malformed',
  ],
  [
    'a key ring with a bad name',
    (stack) => new KmsKeyRing(stack, 'Ring', { name: 'acme.audit', location: 'EU' }),
    'resource-name-malformed',
  ],
  [
    'a table of files elsewhere',
    (stack) => {
      const { datasetId } = new BigqueryDataset(stack, 'Dataset', { datasetId: 'audit', location: 'US' });
      const externalDataConfiguration = { autodetect: false, sourceUris: [`gs://${bucket(stack, {}).name}/*`] };
      new BigqueryTable(stack, 'Table', { datasetId, tableId: 'events', externalDataConfiguration });
    },
    'location-mismatch',
  ],
  [
    'a table with its columns among the data that a connection reads',
    (stack) => {
      const externalDataConfiguration = { autodetect: false, connectionId: 'p.eu.view', schema: '[]', sourceUris: [] };
      new BigqueryTable(stack, 'Table', { datasetId: 'audit', tableId: 'events', externalDataConfiguration });
    },
    'schema-misplaced',
  ],
  ['a job of too much memory for its processor', (stack) => job(stack, {}, '1', '4097Mi'), 'instance-size-unusable'],
  ['a job of too little memory', (stack) => job(stack, {}, '1', '256Mi'), 'instance-size-unusable'],
  ['a job of more memory than there is', (stack) => job(stack, {}, '8', '33Gi'), 'instance-size-unusable'],
  [
    'a job of too little memory for four processors',
    (stack) => job(stack, {}, '4', '2047Mi'),
    'instance-size-unusable',
  ],
  ['a job of too little memory for six processors', (stack) => job(stack, {}, '6', '4095Mi'), 'instance-size-unusable'],
  ['a job of three processors', (stack) => job(stack, {}, '3', '1Gi'), 'instance-size-unusable'],
  ['a job of memory in an unknown unit', (stack) => job(stack, {}, '1', '1024MB'), 'instance-size-unusable'],
  [
    'a service of too much memory for its processors',
    (stack) => {
      const containers = [{ image: 'image', resources: { limits: { cpu: '4', memory: '17Gi' } } }];
      new CloudRunV2Service(stack, 'Service', { name: 'service', location: 'EU', template: { containers } });
    },
    'instance-size-unusable',
  ],
  [
    'a function of too much memory for its processors',
    (stack) => {
      const serviceConfig = { availableCpu: '2', availableMemory: '9Gi' };
      new Cloudfunctions2Function(stack, 'Function', { name: 'function', location: 'EU', serviceConfig });
    },
    'instance-size-unusable',
  ],
  ...['every minute', '60 * * * *', '* * * *', '* * 0 * *', '5-1 * * * *', '*/0 * * * *', '* * * * * *'].map(
    (schedule): [string, (stack: UserStack) => unknown, string] => [
      `the schedule ${schedule}`,
      (stack) => scheduled(stack, schedule),
      'schedule-malformed',
    ],
  ),
];

test.each(BAD)('%s synthesizes silently without us, and is refused with us', (_, make, code) => {
  const without = new UserStack();
  make(without);
  expect(() => synthesized(without)).not.toThrow();

  const checked = new UserStack();
  make(checked);
  new AuditLogChecks(checked, 'Checks');
  const codes = () => {
    try {
      synthesized(checked);
    } catch (error) {
      return [...(error as Error).message.matchAll(/\[([a-z-]+)\]$/gm)].map(([, each]) => each);
    }
    return [];
  };
  expect(new Set(codes())).toEqual(new Set([code]));
});

test.each<[string, (stack: UserStack) => unknown]>([
  ['a cache before reads', (stack) => routed(stack, backend(stack, { enableCdn: true }).id, 'GET')],
  ['the longest retention', (stack) => bucket(stack, { retentionPolicy: { retentionPeriod: 3_155_759_999 } })],
  ['a job of as much memory as a processor may have', (stack) => job(stack, {}, '1', '4Gi')],
  ['a job of six processors', (stack) => job(stack, {}, '6', '4Gi')],
  ['the largest job', (stack) => job(stack, {}, '8', '32Gi')],
  ...['* * * * *', '20 * * * *', '*/15 0-23/2 1,15 1-12 0-7'].map(
    (schedule): [string, (stack: UserStack) => unknown] => [
      `the schedule ${schedule}`,
      (stack) => scheduled(stack, schedule),
    ],
  ),
  ['ten ranges', (stack) => ruled(stack, { match: ranges(10) })],
  ['a denial of everybody before the last rule', (stack) => ruled(stack, { action: 'deny(403)', match: ANYBODY })],
])('%s is let through', (_, make) => {
  const stack = new UserStack();
  make(stack);
  new AuditLogChecks(stack, 'Checks');
  expect(() => synthesized(stack)).not.toThrow();
});

test('a log is checked without being told, after every escape hatch', () => {
  const stack = new UserStack();
  const log = new ImmutableAuditLog(stack, 'AuditLog', { policy: policyOf(), deployment: deployment() });
  const firewalls = log.node.findAll().filter((each) => each instanceof EdgeFirewall);
  const rules = firewalls.flatMap((each) => each.node.children.filter(({ node }) => node.id === 'Otherwise'));
  (rules[0] as TerraformResource).addOverride('action', 'allow');
  expect(() => synthesized(stack)).toThrow('[firewall-open]');
});

test('two logs of one stack are checked once', () => {
  const stack = new UserStack();
  AuditLogChecks.ensure(stack);
  AuditLogChecks.ensure(stack);
  expect(stack.node.children.filter((each) => each instanceof AuditLogChecks)).toHaveLength(1);
});
