import { Annotations, type Template } from 'aws-cdk-lib/assertions';
import { ApplicationLoadBalancer, ListenerAction } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Construct } from 'constructs';
import { type FargateOptions, type FargateReadOptions, NetworkReach, ReadTarget, WriteTarget } from '../../lib/aws';
import { Authentication, ServiceImage } from '../../lib/policy';
import { codeOf } from '../policy/coded';
import { DIGEST, Front, IMAGE, policyOf } from './fronts';

function write(options?: FargateOptions, front = new Front(NetworkReach.AWS)): Front {
  WriteTarget.fargate(options).bind(new Construct(front.stack, 'Write'), front.context);
  return front;
}

function read(options?: FargateReadOptions, front = new Front(NetworkReach.INTERNET)): Front {
  ReadTarget.fargate(options).bind(new Construct(front.stack, 'Read'), front.context);
  return front;
}

const writing = write();
const reading = read();
const both = [
  ['write', writing.template],
  ['read', reading.template],
] as const;

/** The only resource of a type that is neither the network's nor of the view and its roll-up. */
function only(template: Template, type: string) {
  const found = Object.entries(template.findResources(type)).filter(
    ([id]) => !/^(Network|ReadView|ReadRollUp)/.test(id),
  );
  const [one] = found;
  if (one === undefined || found.length > 1) throw new Error(`${found.length} resources are a ${type}`);
  return one[1];
}

function container(template: Template) {
  return only(template, 'AWS::ECS::TaskDefinition').Properties.ContainerDefinitions[0];
}

function environment(template: Template): Record<string, unknown> {
  const list = container(template).Environment as { Name: string; Value: unknown }[];
  return Object.fromEntries(list.map(({ Name, Value }) => [Name, Value]));
}

/** Which of the archive's roles a template imports. */
function archiveRole(template: Template): string {
  return JSON.stringify(only(template, 'AWS::ECS::TaskDefinition').Properties.TaskRoleArn);
}

describe.each(both)('%s tasks', (_, template) => {
  test('run one image by its digest', () => {
    expect(JSON.stringify(container(template).Image)).toContain(`/audit-log@${DIGEST}`);
  });

  test('cannot write to the disk of the image, are nobody and have no capabilities', () => {
    expect(container(template)).toMatchObject({
      ReadonlyRootFilesystem: true,
      User: '65532:65532',
      LinuxParameters: { Capabilities: { Drop: ['ALL'] } },
    });
    expect(container(template).Privileged).not.toBe(true);
  });

  test('are ARM64 on Linux, with 1 vCPU and 2 GiB', () => {
    expect(only(template, 'AWS::ECS::TaskDefinition').Properties).toMatchObject({
      Cpu: '1024',
      Memory: '2048',
      RuntimePlatform: { CpuArchitecture: 'ARM64', OperatingSystemFamily: 'LINUX' },
    });
  });

  test('have two minutes to end after SIGTERM, and get it only when they are drained', () => {
    expect(container(template).StopTimeout).toBe(120);
    expect(only(template, 'AWS::ElasticLoadBalancingV2::TargetGroup').Properties.TargetGroupAttributes).toContainEqual({
      Key: 'deregistration_delay.timeout_seconds',
      Value: '60',
    });
  });

  test('are two at least, none of which stops before another runs, and a bad deployment is rolled back', () => {
    expect(only(template, 'AWS::ECS::Service').Properties).toMatchObject({
      DesiredCount: 2,
      AvailabilityZoneRebalancing: 'ENABLED',
      EnableExecuteCommand: false,
      DeploymentConfiguration: {
        MinimumHealthyPercent: 100,
        MaximumPercent: 200,
        DeploymentCircuitBreaker: { Enable: true, Rollback: true },
      },
    });
  });

  test('have no public address', () => {
    expect(only(template, 'AWS::ECS::Service').Properties.NetworkConfiguration.AwsvpcConfiguration.AssignPublicIp).toBe(
      'DISABLED',
    );
  });

  test('grow with requests and processor time', () => {
    expect(only(template, 'AWS::ApplicationAutoScaling::ScalableTarget').Properties).toMatchObject({
      MinCapacity: 2,
      MaxCapacity: 10,
    });
    const policies = Object.values(template.findResources('AWS::ApplicationAutoScaling::ScalingPolicy'));
    const trackings = policies.map(({ Properties }) => Properties.TargetTrackingScalingPolicyConfiguration);
    expect(trackings).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          CustomizedMetricSpecification: expect.objectContaining({
            MetricName: 'RequestCountPerTarget',
            Statistic: 'Sum',
            Dimensions: [expect.objectContaining({ Name: 'TargetGroup' })],
          }),
        }),
        expect.objectContaining({
          PredefinedMetricSpecification: { PredefinedMetricType: 'ECSServiceAverageCPUUtilization' },
        }),
      ]),
    );
  });

  test('get requests when they are ready, fewer where there are errors', () => {
    expect(only(template, 'AWS::ElasticLoadBalancingV2::TargetGroup').Properties).toMatchObject({
      TargetType: 'ip',
      Protocol: 'HTTP',
      Port: 8080,
      HealthCheckPath: '/readyz',
      HealthCheckIntervalSeconds: 10,
      Matcher: { HttpCode: '200' },
      TargetGroupAttributes: expect.arrayContaining([
        { Key: 'load_balancing.algorithm.type', Value: 'weighted_random' },
        { Key: 'load_balancing.algorithm.anomaly_mitigation', Value: 'on' },
        { Key: 'stickiness.enabled', Value: 'false' },
      ]),
    });
  });

  test('listen where the target group sends', () => {
    expect(container(template).PortMappings).toMatchObject([{ ContainerPort: 8080 }]);
    expect(environment(template).AUDIT_LISTEN).toBe('0.0.0.0:8080');
  });

  test('log to a group of their own, kept for a year', () => {
    const groups = template.findResources('AWS::Logs::LogGroup', { Properties: { RetentionInDays: 365 } });
    const [id] = Object.keys(groups).filter((each) => !/^(Network|ReadRollUp)/.test(each));
    expect(container(template).LogConfiguration).toMatchObject({
      LogDriver: 'awslogs',
      Options: { 'awslogs-group': { Ref: id } },
    });
  });

  test('are started by a role that may pull one repository and write to one log group', () => {
    const [policy] = Object.entries(template.findResources('AWS::IAM::ManagedPolicy')).filter(
      ([id]) => !/^(Network|ReadView|ReadRollUp)/.test(id),
    );
    const statements = policy?.[1].Properties.PolicyDocument.Statement as { Action: string[]; Resource: unknown }[];
    expect(statements.map(({ Action }) => Action)).toEqual([
      ['ecr:BatchCheckLayerAvailability', 'ecr:GetDownloadUrlForLayer', 'ecr:BatchGetImage'],
      'ecr:GetAuthorizationToken',
      ['logs:CreateLogStream', 'logs:PutLogEvents'],
    ]);
    expect(JSON.stringify(statements[0]?.Resource)).toContain(':repository/audit-log');
    template.resourceCountIs('AWS::IAM::Policy', 0);
  });

  test('know the log, its bucket and its keys', () => {
    expect(environment(template).AUDIT_LOG).toBe('acme-audit/eu-central-1');
    expect(JSON.stringify(environment(template).AUDIT_STORE)).toMatch(
      /"s3:\/\/".*RecordsBucket.*"\?region=eu-central-1"/,
    );
  });
});

test('writing runs as the role that may only append', () => {
  expect(archiveRole(writing.template)).toContain('RolesIngest');
  expect(container(writing.template).Command).toEqual(['node', 'dist/bundles/ingest.js']);
});

test('reading runs as the role that may only read', () => {
  expect(archiveRole(reading.template)).toContain('RolesQuery');
  expect(container(reading.template).Command).toEqual(['node', 'dist/bundles/query.js']);
});

test('writing puts a segment every 250 ms at most, signs with the admission key and uses half its memory for requests', () => {
  const settings = environment(writing.template);
  expect(settings.AUDIT_PACE_MS).toBe('250');
  expect(JSON.stringify(settings.AUDIT_ADMISSION_KEY)).toMatch(/awskms:.*AdmissionKey/);
  expect(settings.AUDIT_MEMORY_BYTES).toBe(`${1024 ** 3}`);
});

test('writing has no folder to write to, reading has two', () => {
  expect(container(writing.template).MountPoints).toBeUndefined();
  expect(container(reading.template).MountPoints).toEqual([
    { ContainerPath: '/cache', ReadOnly: false, SourceVolume: 'cache' },
    { ContainerPath: '/tmp', ReadOnly: false, SourceVolume: 'tmp' },
  ]);
  expect(environment(reading.template).AUDIT_CACHE_FOLDER).toBe('/cache');
});

describe('security groups', () => {
  const front = write();
  const alb = new ApplicationLoadBalancer(front.stack, 'Alb', { vpc: front.context.network.vpc });
  const targetGroup = WriteTarget.fargate().bind(new Construct(front.stack, 'Other'), front.context);
  alb.addListener('Http', { port: 80, open: false, defaultAction: ListenerAction.forward([targetGroup]) });
  const template = front.template;
  const ingress = Object.values(template.findResources('AWS::EC2::SecurityGroupIngress'));

  test('let the load balancer in to tasks, to one port, and nobody else', () => {
    const [rule, ...others] = ingress;
    expect(others).toEqual([]);
    expect(rule?.Properties).toMatchObject({ IpProtocol: 'tcp', FromPort: 8080, ToPort: 8080 });
    expect(JSON.stringify(rule?.Properties.SourceSecurityGroupId)).toContain('Alb');
    const tasks = Object.entries(template.findResources('AWS::EC2::SecurityGroup')).filter(([id]) => /Ingest/.test(id));
    expect(tasks.flatMap(([, { Properties }]) => Properties.SecurityGroupIngress ?? [])).toEqual([]);
  });

  test('let tasks out to HTTPS only', () => {
    const tasks = Object.entries(template.findResources('AWS::EC2::SecurityGroup')).filter(([id]) => /Ingest/.test(id));
    expect(tasks).toHaveLength(2);
    for (const [, { Properties }] of tasks) {
      expect(Properties.SecurityGroupEgress).toMatchObject([
        { CidrIp: '0.0.0.0/0', FromPort: 443, IpProtocol: 'tcp', ToPort: 443 },
      ]);
    }
  });
});

test('reading has a view that another task rolls up, and searches it with Athena', () => {
  reading.template.resourceCountIs('AWS::Athena::WorkGroup', 1);
  reading.template.resourceCountIs('AWS::Events::Rule', 1);
  const { AUDIT_ATHENA_WORKGROUP, AUDIT_ATHENA_TABLE, AUDIT_VIEW_STORE } = environment(reading.template);
  const workgroup = Object.values(reading.template.findResources('AWS::Athena::WorkGroup'))[0]?.Properties.Name;
  expect([AUDIT_ATHENA_WORKGROUP, AUDIT_ATHENA_TABLE]).toEqual([workgroup, 'events']);
  expect(JSON.stringify(AUDIT_VIEW_STORE)).toContain('ReadViewBucket');
});

test('reading reaches Athena through an endpoint, for one workgroup; writing does not', () => {
  const athena = (template: Template) =>
    Object.values(template.findResources('AWS::EC2::VPCEndpoint')).filter(({ Properties }) =>
      JSON.stringify(Properties.ServiceName).includes('athena'),
    );
  const [endpoint, ...others] = athena(reading.template);
  expect([others, athena(writing.template)]).toEqual([[], []]);
  const [statement] = endpoint!.Properties.PolicyDocument.Statement;
  expect(statement.Action).toHaveLength(4);
  expect(JSON.stringify(statement.Resource)).toContain(':workgroup/');
  expect(JSON.stringify(statement.Condition)).toContain('aws:PrincipalAccount');
});

test('takes other sizes', () => {
  const { template } = write({ cpu: 2048, memoryMiB: 8192, minTasks: 3, maxTasks: 50 });
  expect(only(template, 'AWS::ECS::TaskDefinition').Properties).toMatchObject({ Cpu: '2048', Memory: '8192' });
  expect(only(template, 'AWS::ECS::Service').Properties.DesiredCount).toBe(3);
  expect(only(template, 'AWS::ApplicationAutoScaling::ScalableTarget').Properties).toMatchObject({
    MinCapacity: 3,
    MaxCapacity: 50,
  });
  expect(environment(template).AUDIT_MEMORY_BYTES).toBe(`${4096 * 1024 ** 2}`);
});

test.each([
  ['by default', {}, 50],
  ['the least', { diskGiB: 21 }, 21],
  ['the most', { diskGiB: 200 }, 200],
])('reading has a disk: %s', (_, options, expected) => {
  const { EphemeralStorage } = only(read(options).template, 'AWS::ECS::TaskDefinition').Properties;
  expect(EphemeralStorage).toEqual({ SizeInGiB: expected });
});

test.each([20, 201, 50.5])('reading is refused with a disk of %d GiB', (diskGiB) => {
  expect(codeOf(() => ReadTarget.fargate({ diskGiB }))).toBe('disk-out-of-range');
});

test('takes another image than the deployment has', () => {
  const image = ServiceImage.of({ repository: 'fork/audit-log', digest: DIGEST });
  expect(JSON.stringify(container(write({ image }).template).Image)).toContain(`/fork/audit-log@${DIGEST}`);
});

test.each([
  ['no image', {}, new Front(NetworkReach.AWS, undefined, {}), 'image-missing'],
  ['one task', { minTasks: 1 }, undefined, 'task-count-out-of-range'],
  ['a part of a task', { minTasks: 2.5 }, undefined, 'task-count-out-of-range'],
  ['fewer at most than at least', { minTasks: 11 }, undefined, 'task-count-out-of-range'],
  ['no network for tasks', {}, new Front(NetworkReach.NONE), 'network-unreachable'],
])('is refused with %s', (_, options, front, code) => {
  expect(codeOf(() => write(options, front))).toBe(code);
});

test('an image of its own needs none in the deployment', () => {
  expect(() => write({ image: IMAGE }, new Front(NetworkReach.AWS, undefined, {}))).not.toThrow();
});

test.each([
  ['certificates', Authentication.mutualTls(), NetworkReach.AWS],
  [
    'tokens',
    Authentication.jwt({ issuer: 'https://a.example', jwksUrl: 'https://a.example/jwks', audience: 'audit' }),
    NetworkReach.INTERNET,
  ],
])('must reach what checking %s takes', (_, authenticate, expected) => {
  const policy = policyOf({ authenticate });
  expect([WriteTarget.fargate().reach(policy), ReadTarget.fargate().reach(policy)]).toEqual([expected, expected]);
});

test('warns of nothing', () => {
  Annotations.fromStack(writing.stack).hasNoWarning('*', '*');
});
