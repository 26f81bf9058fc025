import { type App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { FrontDoor, type ImmutableAuditLogProps, ReadTarget, WriteTarget } from '../../lib/aws';
import { CheckedArchive, CheckedLog } from './checked-app';
import { policyIn, SynthesizedLog } from './multi-region-logs';
import { replicaStack, replicatedStack } from './replicated';

/** With another logical id, CloudFormation makes one of these anew: empty, under another name, or after protection was gone for a while. */
const STATEFUL = [
  'AWS::S3::Bucket',
  'AWS::S3::BucketPolicy',
  'AWS::KMS::Key',
  'AWS::Logs::LogGroup',
  'AWS::ElasticLoadBalancingV2::LoadBalancer',
  'AWS::WAFv2::WebACLAssociation',
];

/** The logical ids of version 0.1.0. One may be added; none may change or go. */
const ARCHIVE = [
  'AWS::IAM::Role ArchiveRolesIngestEAE36247',
  'AWS::IAM::Role ArchiveRolesQueryE0CF5332',
  'AWS::IAM::Role ArchiveRolesSeal01A83098',
  'AWS::IAM::Role ArchiveRolesVerification2BFB6D89',
  'AWS::IAM::Role ArchiveRolesViewD107104B',
  'AWS::KMS::Key ArchiveAdmissionKey00720E65',
  'AWS::KMS::Key ArchiveLogKeyCA5A38C1',
  'AWS::S3::Bucket ArchiveRecordsAccessLogsCA063204',
  'AWS::S3::Bucket ArchiveRecordsBucket1C93DD29',
  'AWS::S3::BucketPolicy ArchiveRecordsAccessLogsPolicyFB456C5A',
  'AWS::S3::BucketPolicy ArchiveRecordsBucketPolicy5196CA25',
];

/** What an archive exports: the ARN (or `Ref`) of these. A front of an earlier version imports it, so none may go. */
const EXPORTS = ['FnGetAtt', 'Ref'].flatMap((attribute) => [
  `${attribute} ArchiveAdmissionKey00720E65`,
  `${attribute} ArchiveLogKeyCA5A38C1`,
  `${attribute} ArchiveRecordsBucket1C93DD29`,
  `${attribute} ArchiveRolesIngestEAE36247`,
  `${attribute} ArchiveRolesQueryE0CF5332`,
  `${attribute} ArchiveRolesSeal01A83098`,
  `${attribute} ArchiveRolesVerification2BFB6D89`,
  `${attribute} ArchiveRolesViewD107104B`,
]);

/** What replication adds to an archive. */
const REPLICATION = ['AWS::IAM::Role ArchiveReplicationRoleB6F36BB2'];

const REPLICAS = [
  'AWS::S3::Bucket ReplicasAccessLogs84CC852C',
  'AWS::S3::Bucket ReplicasBucket767C3A90',
  'AWS::S3::BucketPolicy ReplicasAccessLogsPolicy71B3C526',
  'AWS::S3::BucketPolicy ReplicasBucketPolicy133E3C8D',
];

/** Of `new ImmutableAuditLog(stack, 'AuditLog', …)` with its defaults. */
const FRONT = [
  'AWS::ElasticLoadBalancingV2::LoadBalancer AuditLogFrontDoorIngestLoadBalancer64BF24A0',
  'AWS::ElasticLoadBalancingV2::LoadBalancer AuditLogFrontDoorQueryLoadBalancerC2720B9D',
  'AWS::Logs::LogGroup AuditLogFrontDoorIngestFirewallLogs1C9FF949',
  'AWS::Logs::LogGroup AuditLogFrontDoorQueryFirewallLogsD0FFD7CF',
  'AWS::Logs::LogGroup AuditLogNetworkFlowLogs6B03E60C',
  'AWS::Logs::LogGroup AuditLogReadsQueryTaskLogsA147899F',
  'AWS::Logs::LogGroup AuditLogReadsRollUpTaskLogs4668AB3E',
  'AWS::Logs::LogGroup AuditLogSealServiceLogsB50A8BCB',
  'AWS::Logs::LogGroup AuditLogWritesIngestLogs051ECE99',
  'AWS::S3::Bucket AuditLogFrontDoorLogsBucket60FFB71C',
  'AWS::S3::Bucket AuditLogReadsViewBucket0F0E9A51',
  'AWS::S3::BucketPolicy AuditLogFrontDoorLogsBucketPolicy984C8754',
  'AWS::S3::BucketPolicy AuditLogReadsViewBucketPolicy3862BBBD',
  'AWS::WAFv2::WebACLAssociation AuditLogFrontDoorIngestFirewallAssociation7B230639',
  'AWS::WAFv2::WebACLAssociation AuditLogFrontDoorQueryFirewallAssociation99F23A40',
];

/** Of a log in eu-central-1 and eu-west-1. Names are taken: with another logical id, CloudFormation makes the new one before the old one is gone. */
const GLOBAL = [
  'AWS::CloudWatch::Alarm CanaryUnclear38AA2A04',
  'AWS::CloudWatch::Alarm Canaryeucentral1ingest05503032',
  'AWS::CloudWatch::Alarm Canaryeucentral1query7C8BC071',
  'AWS::CloudWatch::Alarm Canaryeuwest1ingestFD899FF0',
  'AWS::CloudWatch::Alarm Canaryeuwest1queryB50B2C8F',
  'AWS::Logs::LogGroup CanaryNetworkFlowLogs86CC2694',
  'AWS::Logs::LogGroup CanaryServiceLogsC4F7C77A',
  'AWS::Route53::RecordSetGroup RoutingeuingestauditexamplecomCNAMEDBD5E0F8',
  'AWS::Route53::RecordSetGroup RoutingeuqueryauditexamplecomCNAME2B946B5F',
  'AWS::Route53::RecordSetGroup RoutingingestauditexamplecomCNAME9CA341AF',
  'AWS::Route53::RecordSetGroup RoutingqueryauditexamplecomCNAMEFE7501F5',
  'AWS::SSM::Parameter CanaryEvacuated68232C14',
];

const NAMED = ['AWS::CloudWatch::Alarm', 'AWS::Route53::RecordSetGroup', 'AWS::SSM::Parameter'];

const made = new CheckedLog();
const everywhere = new SynthesizedLog(policyIn(['eu-central-1', 'EU'], ['eu-west-1', 'EU']));
const archive = Stack.of(made.archive);
const replicated = replicatedStack();
const replicas = replicaStack();

function idsIn(stack: Stack, types: readonly string[]): string[] {
  const resources: Record<string, { Type: string }> = Template.fromStack(stack).toJSON().Resources;
  return Object.entries(resources)
    .filter(([, { Type }]) => types.includes(Type))
    .map(([id, { Type }]) => `${Type} ${id}`)
    .sort();
}

test('the archive has these stateful resources, its roles included, and no other', () => {
  expect(idsIn(archive, [...STATEFUL, 'AWS::IAM::Role'])).toEqual(ARCHIVE);
});

function exportsOf(stack: Stack): string[] {
  const outputs: Record<
    string,
    { Value: { Ref?: string; 'Fn::GetAtt'?: [string, string] }; Export: { Name: string } }
  > = Template.fromStack(stack).toJSON().Outputs;
  return Object.entries(outputs).map(([id, { Value, Export }]) => {
    const attribute = Value.Ref === undefined ? 'FnGetAtt' : 'Ref';
    expect([Export.Name, Value['Fn::GetAtt']?.[1] ?? 'Arn']).toEqual([`${stack.stackName}:${id}`, 'Arn']);
    return `${attribute} ${Value.Ref ?? Value['Fn::GetAtt']?.[0]}`;
  });
}

// CloudFormation deletes no export that is in use, so that a front that takes less could not be deployed.
test.each<[string, Partial<ImmutableAuditLogProps>]>([
  ['the defaults', {}],
  ['tasks that append', { writeTarget: WriteTarget.fargate() }],
  ['functions that search', { readTarget: ReadTarget.lambda() }],
  [
    'tasks that append and functions that search',
    { writeTarget: WriteTarget.fargate(), readTarget: ReadTarget.lambda() },
  ],
  ['no names of its own', { frontDoor: FrontDoor.regional() }],
])('the archive exports the same whatever the front takes: %s', (_, props) => {
  expect(exportsOf(Stack.of(new CheckedLog(props).archive)).sort()).toEqual(EXPORTS);
});

test('the archive exports the same beside no front, and with replication', () => {
  expect(exportsOf(Stack.of(new CheckedArchive().archive)).sort()).toEqual(EXPORTS);
  expect(exportsOf(replicated).sort()).toEqual(EXPORTS);
});

test('an archive whose records are copied has one role more', () => {
  expect(idsIn(replicated, [...STATEFUL, 'AWS::IAM::Role'])).toEqual([...ARCHIVE, ...REPLICATION].sort());
});

test('the replicas have these stateful resources and no other', () => {
  expect(idsIn(replicas, STATEFUL)).toEqual(REPLICAS);
});

test('the front has these stateful resources and no other', () => {
  expect(idsIn(made.front, STATEFUL)).toEqual(FRONT);
});

test.each([
  ['eu-west-1/replicas', STATEFUL, REPLICAS],
  ['eu-west-1/archive', [...STATEFUL, 'AWS::IAM::Role'], [...ARCHIVE, ...REPLICATION].sort()],
  ['eu-west-1/front', STATEFUL, FRONT],
  ['global', [...STATEFUL, ...NAMED], GLOBAL],
])('%s of a log in several regions has these and no other', (path, types, table) => {
  const { resources } = everywhere.stack(`acme-audit/${path}`);
  const found = Object.entries(resources).filter(([, { Type }]) => types.includes(Type));
  expect(found.map(([id, { Type }]) => `${Type} ${id}`).sort()).toEqual(table);
});

test('the evacuation switch is as it was: CloudFormation turns it off when it changes', () => {
  const { resources } = everywhere.stack('acme-audit/global');
  expect(resources.CanaryEvacuated68232C14).toEqual({
    Type: 'AWS::SSM::Parameter',
    Properties: {
      AllowedPattern: '^(none|[a-z0-9-]+(/(ingest|query))?(, ?[a-z0-9-]+(/(ingest|query))?)*)$',
      Description: 'regions of the audit log from which clients are led away, or none',
      Name: '/immutable-audit-log/acme-audit/evacuated',
      Tags: { 'immutable-audit-log': 'acme-audit' },
      Type: 'String',
      Value: 'none',
    },
  });
});

test.each([
  ['archive', archive, ARCHIVE],
  ['archive with replication', replicated, ARCHIVE],
  ['replicas', replicas, REPLICAS],
  ['front', made.front, FRONT],
])('whatever outlives the %s is in its table', (_, stack, table) => {
  const resources: Record<string, { Type: string; DeletionPolicy?: string }> =
    Template.fromStack(stack).toJSON().Resources;
  const kept = Object.entries(resources).filter(([, { DeletionPolicy = 'Delete' }]) => DeletionPolicy !== 'Delete');
  expect(kept.length).toBeGreaterThan(0);
  for (const [id, { Type }] of kept) expect(table).toContain(`${Type} ${id}`);
});

test('the same policy gives the same templates again', () => {
  const templates = (app: App) => app.synth().stacks.map(({ template }) => template);
  expect(templates(new CheckedLog().app)).toEqual(templates(new CheckedLog().app));
});
