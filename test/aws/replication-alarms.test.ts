import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { ReplicationAlarms } from '../../lib/aws';
import { archiveStack, COMPLIANCE } from './archives';
import { replicaStack, replicatedStack } from './replicated';

const archive = replicatedStack().archive;
const front = new Stack(archive.node.root as App, 'Front');
new ReplicationAlarms(front, 'Alarms', { archive });
const template = Template.fromStack(front);

test.each([
  ['eu-west-1', 'acme-audit-replicas-444455556666-eu-west-1-an'],
  ['eu-north-1', 'acme-audit-replicas-111122223333-eu-north-1-an'],
])('records that are not copied to %s raise an alarm at once', (RuleId, bucket) => {
  template.hasResourceProperties('AWS::CloudWatch::Alarm', {
    Namespace: 'AWS/S3',
    MetricName: 'OperationsFailedReplication',
    Statistic: 'Sum',
    Threshold: 0,
    ComparisonOperator: 'GreaterThanThreshold',
    EvaluationPeriods: 1,
    TreatMissingData: 'ignore',
    Dimensions: [
      { Name: 'DestinationBucket', Value: bucket },
      { Name: 'RuleId', Value: RuleId },
      { Name: 'SourceBucket', Value: { 'Fn::ImportValue': Match.anyValue() } },
    ],
  });
});

test('copies that arrive later than in 15 minutes raise one in the region that they arrive in, where S3 publishes their latency', () => {
  const late = Object.values(template.findResources('AWS::CloudWatch::Alarm')).filter(
    ({ Properties }) => Properties.Metrics,
  );
  expect(
    late.map(({ Properties: { Metrics, Threshold, TreatMissingData } }) => [Metrics, Threshold, TreatMissingData]),
  ).toEqual([
    [
      [
        expect.objectContaining({
          Expression: `SELECT MAX(ReplicationLatency) FROM "AWS/S3" WHERE DestinationBucket = 'acme-audit-replicas-111122223333-eu-central-1-an'`,
          Period: 300,
        }),
      ],
      900,
      'ignore',
    ],
  ]);
});

test('the bucket whose copies are watched is the one of the same region', () => {
  const replicas = replicaStack('eu-central-1').replicas;
  expect(archive.replication?.bucketName).toBe(replicas.replication.bucketName);
});

test('lateness is watched nowhere else: in the region that copies, S3 publishes failures only', () => {
  const watched = Object.values(template.findResources('AWS::CloudWatch::Alarm')).map(
    ({ Properties }) => Properties.MetricName,
  );
  expect(watched).toEqual(['OperationsFailedReplication', 'OperationsFailedReplication', undefined]);
});

test('an alarm says which log and region it is about', () => {
  const [first] = Object.values(template.findResources('AWS::CloudWatch::Alarm'));
  expect(first?.Properties.AlarmDescription).toMatch(/^acme-audit to eu-west-1: records were not copied/);
});

test('whoever has somebody to tell adds an action', () => {
  const told = new Stack(new App(), 'Told');
  const topic = new Topic(told, 'Topic');
  const { alarms } = new ReplicationAlarms(told, 'Alarms', { archive: replicatedStack('eu-west-1', told).archive });
  for (const alarm of alarms) alarm.addAlarmAction(new SnsAction(topic));
  const actions = Object.values(Template.fromStack(told).findResources('AWS::CloudWatch::Alarm'));
  expect(actions.map(({ Properties }) => Properties.AlarmActions)).toEqual(Array(3).fill([{ Ref: 'TopicBFC7AF6E' }]));
});

test('where nothing is copied, there is no alarm', () => {
  const alone = archiveStack(COMPLIANCE).archive;
  const stack = new Stack(new App(), 'Front');
  expect(new ReplicationAlarms(stack, 'Alarms', { archive: alone }).alarms).toEqual([]);
});
