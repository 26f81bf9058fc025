import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { ApplicationTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Construct } from 'constructs';
import { NetworkReach, ReadTarget, WriteTarget } from '../../lib/aws';
import { Front, only, policyOf } from './fronts';

function write(front = new Front(NetworkReach.NONE)): Front {
  WriteTarget.lambda().bind(new Construct(front.stack, 'Write'), front.context);
  return front;
}

function read(front = new Front(NetworkReach.AWS)): Front {
  ReadTarget.lambda().bind(new Construct(front.stack, 'Read'), front.context);
  return front;
}

const writing = write();
const reading = read();
const both = [
  ['write', writing.template],
  ['read', reading.template],
] as const;

describe.each(both)('the %s function', (_, template) => {
  const lambda = only(template, 'AWS::Lambda::Function');

  test('is ARM64 on Node.js 24, in no VPC', () => {
    expect(lambda.Properties).toMatchObject({ Architectures: ['arm64'], Runtime: 'nodejs24.x', MemorySize: 1024 });
    expect(lambda.Properties.VpcConfig).toBeUndefined();
  });

  test('logs to a group of its own, kept for a year, which its role may write to', () => {
    const groups = Object.keys(template.findResources('AWS::Logs::LogGroup', { Properties: { RetentionInDays: 365 } }));
    const group = lambda.Properties.LoggingConfig.LogGroup.Ref;
    expect(groups).toContain(group);
    const [policy] = Object.values(template.findResources('AWS::IAM::ManagedPolicy')).filter(({ Properties }) =>
      JSON.stringify(Properties).includes(`"${group}"`),
    );
    expect(policy?.Properties.PolicyDocument.Statement).toEqual([
      {
        Effect: 'Allow',
        Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        Resource: { 'Fn::GetAtt': [group, 'Arn'] },
      },
    ]);
    expect(JSON.stringify(policy?.Properties.Roles)).toMatch(/ArchiveRoles(Ingest|Query)/);
  });

  test('is invoked by its own target group and by nothing else', () => {
    const group = only(template, 'AWS::ElasticLoadBalancingV2::TargetGroup');
    const permission = only(template, 'AWS::Lambda::Permission');
    expect(permission.Properties).toMatchObject({
      Action: 'lambda:InvokeFunction',
      Principal: 'elasticloadbalancing.amazonaws.com',
    });
    const source = JSON.stringify(permission.Properties.SourceArn);
    expect(source).toContain(`:targetgroup/${group.Properties.Name}/*`);
    expect(group.Properties.Name).toMatch(/^[A-Za-z0-9]{1,32}$/);
    expect(group.DependsOn).toEqual([expect.stringContaining('InvokeByTargetGroup')]);
  });

  test('gets headers that occur more than once as they are', () => {
    expect(only(template, 'AWS::ElasticLoadBalancingV2::TargetGroup').Properties).toMatchObject({
      TargetType: 'lambda',
      TargetGroupAttributes: [{ Key: 'lambda.multi_value_headers.enabled', Value: 'true' }],
    });
  });

  test('leaves its role as the archive made it', () => {
    template.resourceCountIs('AWS::IAM::Policy', 0);
    expect(JSON.stringify(lambda.Properties.Role)).toContain('Fn::ImportValue');
  });

  test('knows the log and its bucket', () => {
    const { Variables } = lambda.Properties.Environment;
    expect(Variables.AUDIT_LOG).toBe('acme-audit/eu-central-1');
    expect(JSON.stringify(Variables.AUDIT_STORE)).toMatch(/"s3:\/\/".*RecordsBucket.*"\?region=eu-central-1"/);
  });
});

test('writing puts each request at once, in at most 50 copies, and answers 5 s after it gives up', () => {
  const { Properties } = only(writing.template, 'AWS::Lambda::Function');
  expect(Properties.Environment.Variables.AUDIT_PACE_MS).toBe('0');
  expect(Properties).toMatchObject({ ReservedConcurrentExecutions: 50, Timeout: 35 });
  expect(JSON.stringify(Properties.Role)).toContain('RolesIngest');
});

test('reading has a minute, in at most 20 copies', () => {
  const { Properties } = only(reading.template, 'AWS::Lambda::Function');
  expect(Properties).toMatchObject({ ReservedConcurrentExecutions: 20, Timeout: 60 });
  expect(JSON.stringify(Properties.Role)).toContain('RolesQuery');
});

test.each([
  ['49 requests a second', 2_940, false],
  ['50 requests a second', 3_000, false],
  ['51 requests a second', 3_060, true],
])('warns of more than a function takes, and names what does: %s of one writer', (_, requests, expected) => {
  const { stack } = write(new Front(NetworkReach.NONE, policyOf({ requests })));
  const warnings = Annotations.fromStack(stack).findWarning('*', Match.stringLikeRegexp('WriteTarget.fargate\\(\\)'));
  expect(warnings.length > 0).toBe(expected);
});

test('appending needs no network, and searching one for the task that adds to the view', () => {
  const policy = policyOf({});
  expect([WriteTarget.lambda().reach(policy), ReadTarget.lambda().reach(policy)]).toEqual([
    NetworkReach.NONE,
    NetworkReach.AWS,
  ]);
});

test('a target group that is there already is taken as it is', () => {
  const front = new Front(NetworkReach.NONE);
  const targetGroupArn = 'arn:aws:elasticloadbalancing:eu-central-1:111122223333:targetgroup/theirs/0123456789abcdef';
  const theirs = ApplicationTargetGroup.fromTargetGroupAttributes(front.stack, 'Theirs', { targetGroupArn });
  for (const target of [WriteTarget.existing(theirs), ReadTarget.existing(theirs)]) {
    expect(target.reach(policyOf({}))).toBe(NetworkReach.NONE);
    expect(target.bind(front.stack, front.context)).toBe(theirs);
  }
});
