import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { NetworkReach, View, type ViewProps } from '../../lib/aws';
import { DISPOSABLE } from './archives';
import { Front, only, policyOf } from './fronts';
import { type Caller, PolicySimulator } from './policy-simulator';

function view(props: Partial<ViewProps> = {}, policy = policyOf({})): Front {
  const front = new Front(NetworkReach.NONE, policy);
  new View(front.stack, 'View', { archive: front.context.archive, ...props });
  return front;
}

const front = view();
const { template } = front;

test('keeps files in a closed bucket without a lock', () => {
  const { Properties } = only(template, 'AWS::S3::Bucket');
  expect(Properties).toMatchObject({
    PublicAccessBlockConfiguration: {
      BlockPublicAcls: true,
      BlockPublicPolicy: true,
      IgnorePublicAcls: true,
      RestrictPublicBuckets: true,
    },
    OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
    BucketEncryption: {
      ServerSideEncryptionConfiguration: [
        {
          ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' },
          BlockedEncryptionTypes: { EncryptionType: ['SSE-C'] },
        },
      ],
    },
  });
  expect(Properties.ObjectLockEnabled).toBeUndefined();
});

test.each([
  ['compliance', template, 'Retain'],
  ['disposable', view({}, policyOf({ retention: DISPOSABLE })).template, 'Delete'],
])('the bucket of a log that is %s', (_, made, policy) => {
  expect(only(made, 'AWS::S3::Bucket').DeletionPolicy).toBe(policy);
  expect(only(made, 'AWS::S3::BucketPolicy').DeletionPolicy).toBe(policy);
});

test('keeps versions only as long as the store needs them to confirm a write', () => {
  expect(only(template, 'AWS::S3::Bucket').Properties).toMatchObject({
    VersioningConfiguration: { Status: 'Enabled' },
    LifecycleConfiguration: { Rules: [{ NoncurrentVersionExpiration: { NoncurrentDays: 1 }, Status: 'Enabled' }] },
  });
});

test('leaves no database behind whose name could not be taken again', () => {
  expect(only(template, 'AWS::Glue::Database').DeletionPolicy).toBe('Delete');
});

test('leaves no workgroup behind that could not be deleted after its first query', () => {
  expect(only(template, 'AWS::Athena::WorkGroup').Properties.RecursiveDeleteOption).toBe(true);
});

test('projects one partition for each region and hour, so that nobody has to add any', () => {
  const { TableInput } = only(template, 'AWS::Glue::Table').Properties;
  expect(TableInput.PartitionKeys).toMatchObject([
    { Name: 'region', Type: 'string' },
    { Name: 'hour', Type: 'string' },
  ]);
  expect(TableInput.Parameters).toMatchObject({
    'projection.enabled': 'true',
    'projection.region.type': 'enum',
    'projection.region.values': 'eu-central-1',
    'projection.hour.type': 'date',
    'projection.hour.format': 'yyyy-MM-dd-HH',
    'projection.hour.interval': '1',
    'projection.hour.interval.unit': 'HOURS',
    'projection.hour.range': '2025-01-01-00,NOW',
  });
  expect(JSON.stringify(TableInput.Parameters['storage.location.template'])).toContain(
    `/acme-audit/$\{region}/events/hour=$\{hour}/`,
  );
});

test('has a column for each field that searches ask for, and the whole line', () => {
  const { StorageDescriptor } = only(template, 'AWS::Glue::Table').Properties.TableInput;
  expect(StorageDescriptor.Columns.map(({ Name, Type }: { Name: string; Type: string }) => `${Name} ${Type}`)).toEqual([
    'received bigint',
    'origin string',
    'index bigint',
    'writer string',
    'id string',
    'actor string',
    'action string',
    'target string',
    'outcome string',
    'line string',
  ]);
  expect(StorageDescriptor.SerdeInfo.SerializationLibrary).toContain('ParquetHiveSerDe');
});

test.each([
  ['by default', {}, 100],
  ['as said', { scanLimitGiB: 5 }, 5],
])(
  'the workgroup decides over its queries, keeps their results itself and bounds what they read: %s',
  (_, props, gib) => {
    expect(only(view(props).template, 'AWS::Athena::WorkGroup').Properties.WorkGroupConfiguration).toEqual({
      EnforceWorkGroupConfiguration: true,
      PublishCloudWatchMetricsEnabled: true,
      BytesScannedCutoffPerQuery: gib * 1024 ** 3,
      EngineVersion: { SelectedEngineVersion: 'Athena engine version 3' },
      ManagedQueryResultsConfiguration: { Enabled: true },
    });
  },
);

test('logs requests to the bucket where it is told to', () => {
  const accessLogs = Bucket.fromBucketName(new Stack(), 'Logs', 'logs');
  expect(only(view({ accessLogs }).template, 'AWS::S3::Bucket').Properties.LoggingConfiguration).toEqual({
    DestinationBucketName: 'logs',
    LogFilePrefix: 'view/',
  });
  expect(only(template, 'AWS::S3::Bucket').Properties.LoggingConfiguration).toBeUndefined();
});

describe('of the roles', () => {
  const simulator = new PolicySimulator([front.archiveStack, front.stack]);
  const bucket = simulator.find('AWS::S3::Bucket', 'ViewBucket').arn;
  const file = `${bucket}/acme-audit/eu-central-1/events/hour=2026-11-22-09/a.parquet`;
  const role = (name: string): Caller => simulator.role(`ArchiveRoles${name}`);

  test.each([
    ['View', 's3:PutObject', file, 'Allowed'],
    ['View', 's3:GetObject', file, 'Allowed'],
    ['View', 's3:ListBucket', bucket, 'Allowed'],
    ['View', 's3:DeleteObject', file, 'ImplicitlyDenied'],
    ['Query', 's3:GetObject', file, 'Allowed'],
    ['Query', 's3:ListBucket', bucket, 'Allowed'],
    ['Query', 's3:PutObject', file, 'ImplicitlyDenied'],
    ['Ingest', 's3:GetObject', file, 'ImplicitlyDenied'],
    ['Ingest', 's3:PutObject', file, 'ImplicitlyDenied'],
    ['Seal', 's3:GetObject', file, 'ImplicitlyDenied'],
    ['Verification', 's3:GetObject', file, 'ImplicitlyDenied'],
  ])('%s: %s is %s', async (name, action, resource, expected) => {
    expect(await simulator.decide({ by: role(name), action, resource })).toBe(expected);
  });
});

test('of the roles, query alone may query one workgroup and look up one table', () => {
  const policies = Object.values(Template.fromStack(front.stack).findResources('AWS::IAM::ManagedPolicy'));
  const [policy] = policies.filter(({ Properties }) => JSON.stringify(Properties).includes('athena:'));
  const statements = policy?.Properties.PolicyDocument.Statement as { Action: string[]; Resource: unknown }[];
  expect(statements.map(({ Action }) => Action)).toEqual([
    ['athena:StartQueryExecution', 'athena:GetQueryExecution', 'athena:GetQueryResults', 'athena:StopQueryExecution'],
    ['glue:GetDatabase', 'glue:GetTable'],
  ]);
  const { Name } = only(template, 'AWS::Athena::WorkGroup').Properties;
  expect(JSON.stringify(statements[0]?.Resource)).toContain(`:workgroup/${Name}`);
  expect(statements[1]?.Resource).toHaveLength(3);
  expect(JSON.stringify(policy?.Properties.Roles)).toContain('RolesQuery');
});
