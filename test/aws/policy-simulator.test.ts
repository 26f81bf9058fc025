process.env.CDK_VALIDATION = 'false';

import { App, CfnResource, Stack } from 'aws-cdk-lib';
import { InterfaceVpcEndpointAwsService, Vpc } from 'aws-cdk-lib/aws-ec2';
import { ManagedPolicy, PolicyStatement, Role, ServicePrincipal, StarPrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { administrator, type PolicyDocument, PolicySimulator, type Surroundings } from './policy-simulator';

/** A role in one stack that may read a bucket in another, and use a key through an endpoint. */
function stacks(): Stack[] {
  const app = new App();
  const data = new Stack(app, 'Data');
  const front = new Stack(app, 'Front');
  const bucket = new Bucket(data, 'Bucket');
  const key = new Key(data, 'Key');
  const role = new Role(front, 'Reader', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
  const statements = [
    new PolicyStatement({ actions: ['s3:GetObject'], resources: [bucket.arnForObjects('*')] }),
    new PolicyStatement({ actions: ['kms:*'], resources: [key.keyArn] }),
  ];
  new ManagedPolicy(front, 'Read', { roles: [role], statements });
  const endpoint = new Vpc(front, 'Vpc').addInterfaceEndpoint('Kms', { service: InterfaceVpcEndpointAwsService.KMS });
  endpoint.addToPolicy(
    new PolicyStatement({ principals: [new StarPrincipal()], actions: ['kms:Decrypt'], resources: [key.keyArn] }),
  );
  return [front, data];
}

const deny = (action: string): PolicyDocument => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Deny', Principal: '*', Action: action, Resource: '*' }],
});
const allowAll: PolicyDocument = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
};

function simulate(surroundings?: Surroundings) {
  const simulator = new PolicySimulator(stacks(), surroundings);
  return {
    simulator,
    reader: simulator.role('Reader'),
    object: `${simulator.find('AWS::S3::Bucket', 'Bucket').arn}/x`,
    key: simulator.find('AWS::KMS::Key', 'Key').arn,
  };
}

test('follows references between stacks', async () => {
  const { simulator, reader, object } = simulate();
  expect(await simulator.decide({ by: reader, action: 's3:GetObject', resource: object })).toBe('Allowed');
});

test('allows nothing that no policy allows', async () => {
  const { simulator, reader, object } = simulate();
  expect(await simulator.decide({ by: reader, action: 's3:PutObject', resource: object })).toBe('ImplicitlyDenied');
});

test.each([
  ['kms:Decrypt', 'Allowed'],
  ['kms:Encrypt', 'ImplicitlyDenied'],
])('asks the policy of the endpoint that %s goes through', async (action, expected) => {
  const { simulator, reader, key } = simulate();
  expect(await simulator.decide({ by: reader, action, resource: key })).toBe('Allowed');
  expect(await simulator.decide({ by: reader, action, resource: key, through: 'VpcKms' })).toBe(expected);
});

test('asks resource control policies', async () => {
  const { simulator, reader, object } = simulate({ resourceControlPolicies: [deny('s3:GetObject')] });
  expect(await simulator.decide({ by: reader, action: 's3:GetObject', resource: object })).toBe('ExplicitlyDenied');
});

test('asks service control policies', async () => {
  const { Principal: _, ...statement } = deny('s3:GetObject').Statement[0] ?? {};
  const serviceControlPolicies = [{ ...allowAll, Statement: [...allowAll.Statement, statement] }];
  const { simulator, object } = simulate({ serviceControlPolicies });
  const by = administrator('arn:aws:iam::111122223333:role/Operator');
  expect(await simulator.decide({ by, action: 's3:GetObject', resource: object })).toBe('ExplicitlyDenied');
  expect(await simulator.decide({ by, action: 's3:PutObject', resource: object })).toBe('Allowed');
});

test('refuses a request that would test nothing', async () => {
  const { simulator, reader, object } = simulate();
  const context = { 's3:if-non-match': '*' };
  await expect(simulator.decide({ by: reader, action: 's3:PutObject', resource: object, context })).rejects.toThrow(
    's3:PutObject has no condition keys s3:if-non-match',
  );
});

test('refuses a policy that is malformed', async () => {
  const { simulator, reader, object } = simulate();
  const malformed = { Statement: [{ Effect: 'Refuse' }] };
  await expect(simulator.decide({ by: reader, action: 's3:GetObject', resource: object }, malformed)).rejects.toThrow(
    's3:GetObject',
  );
});

test('refuses functions of a template that it does not know', () => {
  const stack = new Stack(new App(), 'Stack');
  new CfnResource(stack, 'Role', { type: 'AWS::IAM::Role', properties: { RoleName: { 'Fn::Transform': 'x' } } });
  expect(() => new PolicySimulator([stack])).toThrow('Fn::Transform');
});

test.each(['AWS::S3::Nothing', 'AWS::EC2::Subnet'])('refuses a name that is not of one %s', (type) => {
  expect(() => simulate().simulator.find(type, '')).toThrow(`resources are a ${type}`);
});
