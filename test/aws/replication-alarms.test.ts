import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { ReplicationAlarms } from '../../lib/aws';
import { archiveStack, COMPLIANCE } from './archives';
import { replicatedStack } from './replicated';

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

test('records that are copied later than in 15 minutes raise one too', () => {
  const late = template.findResources('AWS::CloudWatch::Alarm', { Properties: { MetricName: 'ReplicationLatency' } });
  const found = Object.values(late).map(({ Properties }) => [Properties.Threshold, Properties.Statistic]);
  expect(found).toEqual([
    [900, 'Maximum'],
    [900, 'Maximum'],
  ]);
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
  expect(actions.map(({ Properties }) => Properties.AlarmActions)).toEqual(Array(4).fill([{ Ref: 'TopicBFC7AF6E' }]));
});

test('where nothing is copied, there is no alarm', () => {
  const alone = archiveStack(COMPLIANCE).archive;
  const stack = new Stack(new App(), 'Front');
  expect(new ReplicationAlarms(stack, 'Alarms', { archive: alone }).alarms).toEqual([]);
});
