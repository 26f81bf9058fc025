process.env.CDK_VALIDATION = 'false';

import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Canary, LogPath } from '../../lib/aws';
import { publicName } from '../../lib/aws/public-names';
import { Deployment } from '../../lib/policy';
import { fromEnv, targetsOf } from '../../lib/services/canary/config';
import { codeOf } from '../policy/coded';
import { only } from './fronts';
import { policyIn } from './multi-region-logs';
import { PolicySimulator } from './policy-simulator';

const ACCOUNT = '111122223333';
/** In a zone of its own, in a zone of the deployment, and in another cloud. */
const policy = policyIn(['eu-central-1', 'EU'], ['us-east-1', 'US'], ['europe-west3', 'EU']);
const deployment = Deployment.example(policy);
const watch = deployment.watch!;

function made(
  more: Partial<Parameters<typeof Deployment.of>[0]> = {},
  env = { region: watch.region, account: ACCOUNT },
) {
  const stack = new Stack(new App(), 'Global', { env });
  const canary = new Canary(stack, 'Canary', { policy, deployment: Deployment.of({ ...deployment, ...more }) });
  return { stack, canary };
}

const { stack, canary } = made();
const template = Template.fromStack(stack);
const lambda = only(template, 'AWS::Lambda::Function').Properties;
const simulator = new PolicySimulator([stack], { account: ACCOUNT, region: watch.region });

const allAlarms = Object.values(template.findResources('AWS::CloudWatch::Alarm')).map(({ Properties }) => Properties);

test('there is an alarm for each path of each region, which Route 53 can evaluate', () => {
  const alarms = allAlarms.filter(({ MetricName }) => MetricName === 'CanarySuccess');
  expect(alarms.map(({ AlarmName }) => AlarmName).sort()).toEqual([
    'acme-audit-eu-central-1-ingest-canary',
    'acme-audit-eu-central-1-query-canary',
    'acme-audit-europe-west3-ingest-canary',
    'acme-audit-europe-west3-query-canary',
    'acme-audit-us-east-1-ingest-canary',
    'acme-audit-us-east-1-query-canary',
  ]);
  for (const alarm of alarms) {
    expect(alarm).toMatchObject({
      Namespace: 'ImmutableAuditLog',
      MetricName: 'CanarySuccess',
      Statistic: 'Minimum',
      Period: 60,
      EvaluationPeriods: 2,
      ComparisonOperator: 'LessThanThreshold',
      Threshold: 1,
      TreatMissingData: 'breaching',
    });
    // Route 53 knows neither some periods of several, nor metric math.
    expect(alarm).not.toHaveProperty('DatapointsToAlarm');
    expect(alarm).not.toHaveProperty('Metrics');
  }
  expect(alarms[0]?.Dimensions).toEqual([
    { Name: 'Log', Value: 'acme-audit' },
    { Name: 'Path', Value: 'ingest' },
    { Name: 'Region', Value: 'eu-central-1' },
  ]);
});

test('there is an alarm for a switch that cannot be read or names what is not there', () => {
  const [alarm, ...others] = allAlarms.filter(({ MetricName }) => MetricName !== 'CanarySuccess');
  expect(others).toEqual([]);
  expect(alarm).toMatchObject({
    AlarmName: 'acme-audit-evacuation-unclear',
    Namespace: 'ImmutableAuditLog',
    MetricName: 'EvacuationUnclear',
    Dimensions: [{ Name: 'Log', Value: 'acme-audit' }],
    Statistic: 'Maximum',
    Period: 60,
    EvaluationPeriods: 2,
    ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    Threshold: 1,
    TreatMissingData: 'ignore',
  });
  const { Ref } = stack.resolve(canary.evacuationAlarm.alarmName);
  expect(template.toJSON().Resources[Ref].Properties.AlarmName).toBe('acme-audit-evacuation-unclear');
});

test('an action is one of all alarms', () => {
  const told = made();
  told.canary.addAlarmAction({ bind: () => ({ alarmActionArn: 'arn:aws:sns:us-west-2:111122223333:page' }) });
  const alarms = Object.values(Template.fromStack(told.stack).findResources('AWS::CloudWatch::Alarm'));
  expect(alarms.map(({ Properties }) => Properties.AlarmActions)).toEqual(
    Array(7).fill(['arn:aws:sns:us-west-2:111122223333:page']),
  );
});

test('the alarms are told by region and path', () => {
  expect(canary.alarms.map(({ region, path }) => `${region}/${path}`)).toEqual([
    'eu-central-1/ingest',
    'eu-central-1/query',
    'us-east-1/ingest',
    'us-east-1/query',
    'europe-west3/ingest',
    'europe-west3/query',
  ]);
});

test('the function tries the names of the regions, each in its zone', () => {
  const { Variables } = lambda.Environment;
  const settings = fromEnv({ ...Variables, AUDIT_EVACUATION_PARAMETER: '/immutable-audit-log/acme-audit/evacuated' });
  expect(settings).toMatchObject({
    log: 'acme-audit',
    ingestSecret: watch.ingestSecretArn,
    querySecret: watch.querySecretArn,
  });
  const origins = targetsOf(settings).map(({ origin }) => origin);
  expect(origins.filter((origin) => origin.includes('ingest')).sort()).toEqual([
    'https://eu-central-1.ingest.audit.example.com',
    'https://europe-west3.ingest.audit.example.com',
    'https://us-east-1.ingest.us-audit.example.com',
  ]);
});

test('the function asks every region for the names that clients use', () => {
  const settings = fromEnv({
    ...lambda.Environment.Variables,
    AUDIT_EVACUATION_PARAMETER: '/immutable-audit-log/acme-audit/evacuated',
  });
  expect(new Set(targetsOf(settings).map(({ path, host }) => `${path} ${host}`))).toEqual(
    new Set([`ingest ${publicName(LogPath.INGEST, deployment)}`, `query ${publicName(LogPath.QUERY, deployment)}`]),
  );
});

test('runs every minute, once', () => {
  expect(only(template, 'AWS::Events::Rule').Properties).toMatchObject({
    ScheduleExpression: 'rate(1 minute)',
    State: 'ENABLED',
    Targets: [{ RetryPolicy: { MaximumRetryAttempts: 0 } }],
  });
  expect(lambda).toMatchObject({ ReservedConcurrentExecutions: 1, Timeout: 30 });
  expect(only(template, 'AWS::Lambda::EventInvokeConfig').Properties).toMatchObject({
    MaximumRetryAttempts: 0,
    MaximumEventAgeInSeconds: 60,
  });
});

test('comes from the one address that is let in', () => {
  const gateway = only(template, 'AWS::EC2::NatGateway').Properties;
  expect(gateway.AllocationId).toBe(watch.allocationId);
  template.resourceCountIs('AWS::EC2::EIP', 0);
  const subnets = template.findResources('AWS::EC2::Subnet');
  const places: { Ref: string }[] = lambda.VpcConfig.SubnetIds;
  expect(places).toHaveLength(1);
  const routes = Object.values(template.findResources('AWS::EC2::Route'));
  expect(routes.filter(({ Properties }) => Properties.NatGatewayId !== undefined)).toHaveLength(1);
  expect(Object.values(subnets).map(({ Properties }) => Properties.MapPublicIpOnLaunch)).toEqual([false, false]);
});

test('nothing reaches it, and it reaches only what speaks TLS', () => {
  const group = only(template, 'AWS::EC2::SecurityGroup').Properties;
  expect(group.SecurityGroupIngress).toBeUndefined();
  expect(group.SecurityGroupEgress).toEqual([
    expect.objectContaining({ CidrIp: '0.0.0.0/0', IpProtocol: 'tcp', FromPort: 443, ToPort: 443 }),
  ]);
  template.hasResourceProperties('AWS::EC2::FlowLog', { TrafficType: 'ALL' });
});

describe('the evacuation switch', () => {
  const parameter = only(template, 'AWS::SSM::Parameter').Properties;

  test('is off', () => {
    expect(parameter).toMatchObject({
      Name: '/immutable-audit-log/acme-audit/evacuated',
      Value: 'none',
      Type: 'String',
    });
  });

  test('does not change with the regions, or a deployment would turn it off', () => {
    const stack = new Stack(new App(), 'Global', { env: { region: watch.region, account: ACCOUNT } });
    const fewer = policyIn(['eu-central-1', 'EU'], ['eu-west-1', 'EU']);
    new Canary(stack, 'Canary', { policy: fewer, deployment: Deployment.example(fewer) });
    expect(only(Template.fromStack(stack), 'AWS::SSM::Parameter').Properties).toEqual(parameter);
  });

  test.each([
    ['none', true],
    ['eu-central-1', true],
    ['eu-central-1/ingest', true],
    ['eu-central-1,us-east-1/query', true],
    ['eu-central-1, us-east-1', true],
    ['', false],
    ['eu-central-1,', false],
    ['eu-central-1/seal', false],
    ['EU', false],
    ['eu-central-1 us-east-1', false],
  ])('%j: takes it %s', (text, taken) => {
    expect(new RegExp(parameter.AllowedPattern).test(text)).toBe(taken);
  });
});

describe('the role', () => {
  const role = () => simulator.role('CanaryRole');
  const functionArn = () => simulator.find('AWS::Lambda::Function', 'CanaryService').arn;
  const parameterArn = `arn:aws:ssm:${watch.region}:${ACCOUNT}:parameter/immutable-audit-log/acme-audit/evacuated`;
  const decide = (action: string, resource: string) =>
    simulator.decide({ by: role(), action, resource, context: { 'lambda:SourceFunctionArn': functionArn() } });

  test.each([
    ['secretsmanager:GetSecretValue', watch.ingestSecretArn],
    ['secretsmanager:GetSecretValue', watch.querySecretArn],
    ['ssm:GetParameter', parameterArn],
  ])('may %s of %s', async (action, resource) => {
    expect(await decide(action, resource)).toBe('Allowed');
  });

  test('may write its log', () => {
    template.hasResourceProperties('AWS::IAM::ManagedPolicy', {
      PolicyDocument: {
        Statement: [
          {
            Effect: 'Allow',
            Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
            Resource: { 'Fn::GetAtt': [Match.stringLikeRegexp('^CanaryServiceLogs'), 'Arn'] },
          },
        ],
      },
    });
  });

  test.each([
    ['secretsmanager:GetSecretValue', `${watch.ingestSecretArn.slice(0, -13)}other-a1B2c3`],
    ['secretsmanager:PutSecretValue', watch.ingestSecretArn],
    ['secretsmanager:DescribeSecret', watch.ingestSecretArn],
    ['ssm:PutParameter', parameterArn],
    ['ssm:GetParameter', parameterArn.replace('evacuated', 'other')],
    ['ssm:GetParametersByPath', parameterArn],
    [
      'cloudwatch:SetAlarmState',
      `arn:aws:cloudwatch:${watch.region}:${ACCOUNT}:alarm:acme-audit-eu-central-1-ingest-canary`,
    ],
    ['lambda:InvokeFunction', 'arn:aws:lambda:us-west-2:111122223333:function:any'],
    ['s3:PutObject', 'arn:aws:s3:::acme-audit/key'],
    ['s3:GetObject', 'arn:aws:s3:::acme-audit/key'],
    ['sts:AssumeRole', `arn:aws:iam::${ACCOUNT}:role/any`],
  ])('may not %s of %s', async (action, resource) => {
    expect(await decide(action, resource)).toBe('ImplicitlyDenied');
  });

  test.each(['ec2:CreateNetworkInterface', 'ec2:DeleteNetworkInterface', 'ec2:AssignPrivateIpAddresses'])(
    'may %s for Lambda, and not for what runs in the function',
    async (action) => {
      const resource = `arn:aws:ec2:${watch.region}:${ACCOUNT}:network-interface/any`;
      expect(await decide(action, resource)).toBe('ExplicitlyDenied');
      expect(await simulator.decide({ by: role(), action, resource })).toBe('Allowed');
    },
  );
});

test('the function is not made before its role may attach it to the network', () => {
  const { DependsOn } = only(template, 'AWS::Lambda::Function');
  expect(DependsOn).toEqual(expect.arrayContaining([expect.stringContaining('AttachPolicy')]));
});

test('one secret for both paths is one resource', () => {
  const secret = watch.ingestSecretArn;
  const same = made({ watch: Object.assign(Object.create(watch), { querySecretArn: secret }) });
  Template.fromStack(same.stack).hasResourceProperties('AWS::IAM::ManagedPolicy', {
    PolicyDocument: {
      Statement: Match.arrayWith([Match.objectLike({ Action: 'secretsmanager:GetSecretValue', Resource: secret })]),
    },
  });
});

test.each<[string, () => unknown]>([
  ['watch-missing', () => made({ watch: undefined })],
  ['region-mismatch', () => made({}, { region: 'us-east-1', account: ACCOUNT })],
  ['account-mismatch', () => made({}, { region: watch.region, account: '444455556666' })],
])('%s', (code, make) => {
  expect(codeOf(make)).toBe(code);
});
