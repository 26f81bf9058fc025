import { CfnSecurityGroupIngress, type ISecurityGroup, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { CfnRule } from 'aws-cdk-lib/aws-events';
import { CfnPermission, CfnUrl } from 'aws-cdk-lib/aws-lambda';
import { ReadTarget } from '../../../lib/aws';
import { Access, AllowList, AuditLogPolicy } from '../../../lib/policy';
import { type Breaking as BreakingOf, CheckedLog } from '../checked-app';
import { MIXED } from '../front-doors';

type Breaking = BreakingOf<CheckedLog>;

const FUNCTION = 'AWS::Lambda::Function';
const SERVICE = 'AWS::ECS::Service';
const TASK_NETWORK = 'NetworkConfiguration.AwsvpcConfiguration';

function open({ front, ingest }: CheckedLog, ...networks: string[]): void {
  const groupId = (ingest.node.findChild('SecurityGroup') as ISecurityGroup).securityGroupId;
  for (const [index, network] of networks.entries()) {
    const range = network.includes(':') ? { cidrIpv6: network } : { cidrIp: network };
    new CfnSecurityGroupIngress(front, `Open${index}`, { groupId, ipProtocol: 'tcp', ...range });
  }
}

function permit(made: CheckedLog, principal: string, sourceArn?: string): void {
  const functionName = made.resource(FUNCTION).ref;
  new CfnPermission(made.front, 'Permission', { action: 'lambda:InvokeFunction', functionName, principal, sourceArn });
}

test.each<Breaking>([
  ...[['0.0.0.0/0'], ['::/0'], ['0.0.0.0/1', '128.0.0.0/1'], ['203.0.113.7/0']].map(
    (networks): Breaking => ['no-internet-ingress', `${networks} may connect`, (made) => open(made, ...networks)],
  ),
  [
    'functions-private',
    'one has a URL',
    (made) => {
      const targetFunctionArn = made.resource(FUNCTION).ref;
      new CfnUrl(made.front, 'Url', { authType: 'NONE', targetFunctionArn });
    },
  ],
  ['functions-private', 'everyone may invoke one', (made) => permit(made, '*', 'arn:aws:s3:::any')],
  [
    'functions-private',
    'any load balancer may invoke one',
    (made) => permit(made, 'elasticloadbalancing.amazonaws.com'),
  ],
  [
    'tasks-private',
    'tasks have public addresses',
    (made) => made.resource(SERVICE).addPropertyOverride(`${TASK_NETWORK}.AssignPublicIp`, 'ENABLED'),
  ],
  [
    'tasks-private',
    'there is a shell',
    (made) => made.resource(SERVICE).addPropertyOverride('EnableExecuteCommand', true),
  ],
  [
    'tasks-private',
    'tasks are open to the internet',
    (made) => {
      const group = new SecurityGroup(made.front, 'Open', { vpc: made.log.network.vpc });
      const groups = [{ 'Fn::GetAtt': [made.front.getLogicalId(group.node.defaultChild as never), 'GroupId'] }];
      new CfnSecurityGroupIngress(made.front, 'Rule', {
        groupId: group.securityGroupId,
        ipProtocol: 'tcp',
        cidrIp: '0.0.0.0/0',
      });
      made.resource(SERVICE).addPropertyOverride(`${TASK_NETWORK}.SecurityGroups`, groups);
    },
  ],
])('%s is broken: %s', (id, _, breaking) => {
  const made = new CheckedLog();
  breaking(made);
  expect(made.violations()).toEqual([id]);
});

test('tasks-private is broken: tasks that a schedule starts have public addresses', () => {
  const made = new CheckedLog({ readTarget: ReadTarget.lambda() });
  const rules = made.log.node.findAll().filter((each) => each instanceof CfnRule);
  const rollUp = rules.find((each) => JSON.stringify(made.front.resolve(each.targets)).includes('ecsParameters'));
  rollUp?.addPropertyOverride(
    'Targets.0.EcsParameters.NetworkConfiguration.AwsVpcConfiguration.AssignPublicIp',
    'ENABLED',
  );
  expect(made.violations()).toEqual(['tasks-private']);
});

test('a security group of your own may let in more than the allow-list, but not the internet', () => {
  const made = new CheckedLog();
  open(made, '8.0.0.0/8');
  expect(made.violations()).toEqual([]);
});

test('whoever says that the internet may connect is let have it', () => {
  const { name, retention, regions, traffic, readers, writers } = MIXED;
  const everyone = Access.of({ ...writers, allow: AllowList.internet() });
  const policy = AuditLogPolicy.of({ name, retention, regions, traffic, readers, writers: everyone });
  expect(new CheckedLog({ policy }).violations()).toEqual([]);
});
