import { BigqueryDataset } from '@cdktf/provider-google/lib/bigquery-dataset';
import { BigqueryTable } from '@cdktf/provider-google/lib/bigquery-table';
import { CloudRunV2Job } from '@cdktf/provider-google/lib/cloud-run-v2-job';
import { CloudRunV2Service } from '@cdktf/provider-google/lib/cloud-run-v2-service';
import { CloudSchedulerJob } from '@cdktf/provider-google/lib/cloud-scheduler-job';
import { Cloudfunctions2Function } from '@cdktf/provider-google/lib/cloudfunctions2-function';
import { ComputeBackendService } from '@cdktf/provider-google/lib/compute-backend-service';
import { KmsKeyRing } from '@cdktf/provider-google/lib/kms-key-ring';
import { ServiceAccount } from '@cdktf/provider-google/lib/service-account';
import { StorageBucket } from '@cdktf/provider-google/lib/storage-bucket';
import type { TerraformResource } from 'cdktf';
import { AuditLogChecks, EdgeFirewall, ImmutableAuditLog } from '../../lib/google';
import { deployment } from './deployments';
import { expectFound, policyOf, synthesized, UserStack } from './synthesized';

const bucket = (stack: UserStack, more: object) =>
  new StorageBucket(stack, 'Bucket', { name: 'acme-records', location: 'EU', ...more });

const backend = (stack: UserStack, more: object) =>
  new ComputeBackendService(stack, 'Backend', { name: 'backend', loadBalancingScheme: 'EXTERNAL_MANAGED', ...more });

function job(stack: UserStack, more: object, cpu = '1', memory = '1Gi'): void {
  const template = { template: { containers: [{ image: 'image', resources: { limits: { cpu, memory } } }] } };
  new CloudRunV2Job(stack, 'Job', { name: 'job', location: 'EU', template, ...more });
}

const scheduled = (stack: UserStack, schedule: string) =>
  new CloudSchedulerJob(stack, 'Schedule', { name: 'schedule', schedule });

const BAD: [string, (stack: UserStack) => unknown, string][] = [
  ['a bucket with a bad name', (stack) => bucket(stack, { name: 'Acme_Records!' }), 'resource-name-malformed'],
  ['a bucket called after Google', (stack) => bucket(stack, { name: 'acme-g00gle-audit' }), 'resource-name-malformed'],
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
  expectFound(make, code);
});

test.each<[string, (stack: UserStack) => unknown]>([
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
