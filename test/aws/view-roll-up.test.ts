import { Construct } from 'constructs';
import { NetworkReach, ReadTarget } from '../../lib/aws';
import { fromEnv } from '../../lib/services/view/config';
import { codeOf } from '../policy/coded';
import { Front, IMAGE, only } from './fronts';
import { PolicySimulator } from './policy-simulator';

function read(front = new Front(NetworkReach.AWS)): Front {
  ReadTarget.lambda().bind(new Construct(front.stack, 'Read'), front.context);
  return front;
}

const front = read();
const { template } = front;
const simulator = new PolicySimulator([front.archiveStack, front.stack]);
const task = simulator.find('AWS::ECS::TaskDefinition', 'ReadRollUp');
const [container] = task.properties.ContainerDefinitions as Record<string, unknown>[];

test('starts once an hour, when the hour before has closed', () => {
  expect(only(template, 'AWS::Events::Rule').Properties.ScheduleExpression).toBe('cron(20 * * * ? *)');
});

test('is one task in subnets without a way out and without a public address', () => {
  const [target] = only(template, 'AWS::Events::Rule').Properties.Targets;
  const { AwsVpcConfiguration } = target.EcsParameters.NetworkConfiguration;
  expect(target.EcsParameters).toMatchObject({ TaskCount: 1, LaunchType: 'FARGATE' });
  expect(AwsVpcConfiguration.AssignPublicIp).toBe('DISABLED');
  expect(JSON.stringify(AwsVpcConfiguration.Subnets)).toMatch(/TasksSubnet1.*TasksSubnet2/);
});

test('is hardened as every task', () => {
  expect(container).toMatchObject({
    Command: ['node', 'dist/bundles/view.js'],
    ReadonlyRootFilesystem: true,
    User: '65532:65532',
    LinuxParameters: { Capabilities: { Drop: ['ALL'] } },
    MountPoints: [{ ContainerPath: '/tmp', ReadOnly: false, SourceVolume: 'tmp' }],
  });
});

test('understands its settings', () => {
  const variables = container?.Environment as { Name: string; Value: string }[];
  expect(fromEnv(Object.fromEntries(variables.map(({ Name, Value }) => [Name, Value])))).toEqual({
    origin: 'acme-audit/eu-central-1',
    store: expect.stringMatching(/^s3:\/\/.*recordsbucket.*\?region=eu-central-1$/),
    view: expect.stringMatching(/^s3:\/\/.*viewbucket.*\?region=eu-central-1$/),
  });
});

test('runs as the role that reads records and writes the view', () => {
  expect(task.properties.TaskRoleArn).toBe(simulator.role('ArchiveRolesView').arn);
});

describe('through the endpoint of S3', () => {
  const view = simulator.role('ArchiveRolesView');
  const records = simulator.find('AWS::S3::Bucket', 'ArchiveRecordsBucket').arn;
  const files = simulator.find('AWS::S3::Bucket', 'ReadViewBucket').arn;

  test.each([
    ['reads records', 's3:GetObject', `${records}/acme-audit/eu-central-1/entries/a`, 'Allowed'],
    ['lists records', 's3:ListBucket', records, 'Allowed'],
    ['writes the view', 's3:PutObject', `${files}/a.parquet`, 'Allowed'],
    ['lists the view', 's3:ListBucket', files, 'Allowed'],
    ['writes no record', 's3:PutObject', `${records}/acme-audit/eu-central-1/entries/a`, 'ImplicitlyDenied'],
  ])('%s', async (_, action, resource, expected) => {
    expect(await simulator.decide({ by: view, action, resource, through: 'NetworkEndpointsS3' })).toBe(expected);
  });
});

describe('what starts it', () => {
  const starter = simulator.role('ReadRollUpStarter');
  const passing = { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' };

  test.each([
    ['the role of the view', 'ArchiveRolesView', passing, 'Allowed'],
    [
      'the role of the view to another service',
      'ArchiveRolesView',
      { 'iam:PassedToService': 'ec2.amazonaws.com' },
      'ImplicitlyDenied',
    ],
    ['the role of ingest', 'ArchiveRolesIngest', passing, 'ImplicitlyDenied'],
    ['the role of the sealer', 'ArchiveRolesSeal', passing, 'ImplicitlyDenied'],
  ])('passes %s: %s', async (_, role, context, expected) => {
    const { arn } = simulator.find('AWS::IAM::Role', role);
    expect(await simulator.decide({ by: starter, action: 'iam:PassRole', resource: arn, context })).toBe(expected);
  });

  test('is bounded to one task definition in one cluster', () => {
    const [statement] = starter.policies[0]?.Statement ?? [];
    expect(statement).toMatchObject({
      Action: 'ecs:RunTask',
      Resource: task.ref,
      Condition: { ArnEquals: { 'ecs:cluster': expect.stringContaining('RollUpCluster') } },
    });
    template.resourceCountIs('AWS::IAM::Policy', 0);
  });
});

test('needs an image', () => {
  expect(codeOf(() => read(new Front(NetworkReach.AWS, undefined, {})))).toBe('image-missing');
  expect(() => read(new Front(NetworkReach.AWS, undefined, { image: IMAGE }))).not.toThrow();
});
