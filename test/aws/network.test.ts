import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Network, NetworkReach, View } from '../../lib/aws';
import { codeOf } from '../policy/coded';
import { Front, only } from './fronts';
import { type Caller, PolicySimulator } from './policy-simulator';

const nothing = new Front(NetworkReach.NONE).template;
const aws = new Front(NetworkReach.AWS).template;
const internet = new Front(NetworkReach.INTERNET).template;

function services(template: Template): string[] {
  return Object.values(template.findResources('AWS::EC2::VPCEndpoint'))
    .map(({ Properties }) => JSON.stringify(Properties.ServiceName))
    .map((name) => /"\.?(?:com\.amazonaws\.[a-z0-9-]*\.)?([a-z0-9.]+)"[\]}]*$/.exec(name)?.[1] ?? name)
    .sort();
}

test.each([
  ['nothing', nothing, 2],
  ['AWS', aws, 4],
  ['the internet', internet, 6],
])('has two subnets for each purpose: reaching %s', (_, template, count) => {
  template.resourceCountIs('AWS::EC2::Subnet', count);
});

test.each([
  ['nothing', nothing, 0],
  ['AWS', aws, 0],
  ['the internet', internet, 2],
])('has NAT gateways only to reach the internet: %s', (_, template, count) => {
  template.resourceCountIs('AWS::EC2::NatGateway', count);
});

test('has IPv6 for load balancers', () => {
  nothing.resourceCountIs('AWS::EC2::VPCCidrBlock', 1);
});

test('gives no public address to what is started in a public subnet', () => {
  nothing.allResourcesProperties('AWS::EC2::Subnet', { MapPublicIpOnLaunch: false });
});

test('logs all flows to a group of its own', () => {
  expect(only(nothing, 'AWS::EC2::FlowLog').Properties).toMatchObject({
    TrafficType: 'ALL',
    LogDestinationType: 'cloud-watch-logs',
  });
  expect(only(nothing, 'AWS::Logs::LogGroup').Properties.RetentionInDays).toBe(365);
});

test('the subnets of tasks have no route out', () => {
  const tables = Object.entries(aws.findResources('AWS::EC2::Route')).filter(([id]) => id.includes('Tasks'));
  expect(tables).toEqual([]);
});

test('needs no custom resource and no lookup', () => {
  expect(JSON.stringify(internet.toJSON())).not.toContain('Custom::');
});

test('has no endpoints where no task runs', () => {
  nothing.resourceCountIs('AWS::EC2::VPCEndpoint', 0);
});

test('has an endpoint for each service that tasks use', () => {
  expect(services(aws)).toEqual(['ecr.api', 'ecr.dkr', 'kms', 'logs', 's3']);
});

test('endpoints take connections from within the VPC only, and begin none', () => {
  const { Properties } = only(aws, 'AWS::EC2::SecurityGroup');
  expect(Properties.SecurityGroupIngress).toMatchObject([
    {
      CidrIp: '10.0.0.0/16',
      FromPort: 443,
      ToPort: 443,
      IpProtocol: 'tcp',
    },
  ]);
  expect(Properties.SecurityGroupEgress).toMatchObject([{ CidrIp: '255.255.255.255/32' }]);
});

describe('through the endpoints', () => {
  const front = new Front(NetworkReach.AWS);
  const { archive, network } = front.context;
  network.allowBucket(new View(front.stack, 'View', { archive }).bucket);
  const simulator = new PolicySimulator([front.archiveStack, front.stack]);
  const records = simulator.find('AWS::S3::Bucket', 'ArchiveRecordsBucket').arn;
  const files = simulator.find('AWS::S3::Bucket', 'ViewBucket').arn;
  const admissionKey = simulator.find('AWS::KMS::Key', 'ArchiveAdmissionKey').arn;
  const ingest = simulator.role('ArchiveRolesIngest');
  const query = simulator.role('ArchiveRolesQuery');
  const segment = `${records}/acme-audit/eu-central-1/entries/date=2026-11-22/hour=09/0/000000000000.ndjson.gz`;
  const everything = [{ Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }];
  const brought: Caller = { arn: 'arn:aws:iam::999999999999:role/Attacker', policies: everything };
  const operator: Caller = { arn: 'arn:aws:iam::111122223333:role/Operator', policies: everything };
  const once = { 's3:ObjectCreationOperation': 'true', 's3:if-none-match': '*' };
  const ed25519 = { 'kms:SigningAlgorithm': 'ED25519_SHA_512', 'kms:MessageType': 'RAW' };

  test.each([
    ['ingest appends', ingest, 's3:PutObject', segment, 'NetworkEndpointsS3', once, 'Allowed'],
    ['ingest endorses', ingest, 'kms:Sign', admissionKey, 'NetworkEndpointsKms', ed25519, 'Allowed'],
    ['query reads a segment', query, 's3:GetObject', segment, 'NetworkEndpointsS3', {}, 'Allowed'],
    ['query lists', query, 's3:ListBucket', records, 'NetworkEndpointsS3', {}, 'Allowed'],
    ['query reads the view', query, 's3:GetObject', `${files}/a.parquet`, 'NetworkEndpointsS3', {}, 'Allowed'],
    [
      'data goes to a bucket of the attacker',
      operator,
      's3:PutObject',
      'arn:aws:s3:::loot/a',
      'NetworkEndpointsS3',
      once,
      'ImplicitlyDenied',
    ],
    [
      'an object is deleted',
      operator,
      's3:DeleteObject',
      `${files}/a.parquet`,
      'NetworkEndpointsS3',
      {},
      'ImplicitlyDenied',
    ],
    ['a key is looked at', operator, 'kms:DescribeKey', admissionKey, 'NetworkEndpointsKms', {}, 'ImplicitlyDenied'],
  ] as const)('%s', async (_, by, action, resource, through, context, expected) => {
    expect(await simulator.decide({ by, action, resource, through, context })).toBe(expected);
  });

  // As if the bucket's own policy let everyone read.
  test('credentials of another account are of no use', async () => {
    const file = `${files}/a.parquet`;
    const open = { Statement: [{ Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: file }] };
    const request = { by: brought, action: 's3:GetObject', resource: file };
    expect(await simulator.decide(request, open)).toBe('Allowed');
    expect(await simulator.decide({ ...request, through: 'NetworkEndpointsS3' }, open)).toBe('ImplicitlyDenied');
  });
});

describe('a VPC that is there already', () => {
  const vpcWith = (...types: SubnetType[]) =>
    new Vpc(new Stack(new App(), 'Theirs'), 'Vpc', {
      natGateways: 1,
      subnetConfiguration: [SubnetType.PUBLIC, ...types].map((subnetType) => ({
        name: subnetType.replace('_', ''),
        subnetType,
      })),
    });
  const adopt = (vpc: Vpc) => Network.fromVpc(new Stack(), 'Network', vpc);
  const both = vpcWith(SubnetType.PRIVATE_ISOLATED, SubnetType.PRIVATE_WITH_EGRESS);
  const isolated = vpcWith(SubnetType.PRIVATE_ISOLATED);

  test.each([
    ['isolated, if there are such', both, NetworkReach.AWS, SubnetType.PRIVATE_ISOLATED],
    ['with a way out, if that is needed', both, NetworkReach.INTERNET, SubnetType.PRIVATE_WITH_EGRESS],
    [
      'with a way out, if there are no others',
      vpcWith(SubnetType.PRIVATE_WITH_EGRESS),
      NetworkReach.AWS,
      SubnetType.PRIVATE_WITH_EGRESS,
    ],
  ])('tasks are in subnets %s', (_, vpc, reach, subnetType) => {
    expect(adopt(vpc).taskSubnets(reach)).toEqual({ subnetType });
  });

  test.each([
    ['only public subnets', vpcWith(), NetworkReach.AWS],
    ['no way to the internet', isolated, NetworkReach.INTERNET],
  ])('is refused with %s', (_, vpc, reach) => {
    expect(codeOf(() => adopt(vpc).taskSubnets(reach))).toBe('network-unreachable');
  });

  test('gets nothing added', () => {
    const vpc = vpcWith();
    const before = Template.fromStack(Stack.of(vpc)).toJSON();
    const again = vpcWith();
    adopt(again);
    expect(Template.fromStack(Stack.of(again)).toJSON()).toEqual(before);
  });
});
