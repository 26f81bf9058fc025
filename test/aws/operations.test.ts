import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { MultiRegionAuditLog } from '../../lib/aws';
import { AuditLogPolicy, Deployment } from '../../lib/policy';
import { blocks, compile, read, section } from '../documents';
import { CheckedLog } from './checked-app';
import { ALIKE_BY_CERTIFICATE } from './front-doors';

const operations = read('lib/aws/OPERATIONS.md');
const onAws = section(read('README.md'), 'On AWS');

/** What the documents say that a reader has: imports, and variables of these names. */
const GIVEN = `
import { type App, type Stack, Validations } from 'aws-cdk-lib';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import type { ApplicationListener } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { AuditLogChecks, AuditLogStack, FrontDoor, ImmutableAuditLog, MultiRegionAuditLog, Network, OrgConfigRules, OrgGuardrails, WriteTarget } from 'immutable-audit-log/aws';
import { type AuditLogPolicy, type Deployment, RetentionMode } from 'immutable-audit-log/policy';
declare const app: App;
declare const stack: Stack;
declare const policy: AuditLogPolicy;
declare const deployment: Deployment;
declare const listener: ApplicationListener;
declare const topic: ITopic;
`;

test('every snippet of TypeScript compiles, and one that is wrong does not', () => {
  const snippets = [onAws, operations, read('lib/aws/CHECKS.md')].flatMap((text) => blocks(text, 'ts'));
  expect(snippets.length).toBeGreaterThan(4);
  const found = compile([...snippets, 'new AuditLogStack(app, 1, { policy });'], GIVEN);
  expect(found.filter((each) => !each.includes(`snippet-${snippets.length}.ts`))).toEqual([]);
  expect(found).not.toEqual([]);
}, 120_000);

test('the policy and the deployment of the example are deployed as it says', () => {
  const [, file = ''] = /`(examples\/policies\/[\w.-]+)`/.exec(section(operations, 'Deploy')) ?? [];
  const policy = AuditLogPolicy.parse(read(file));
  const deployment = Deployment.parse(blocks(operations, 'json')[0] ?? '');
  const app = new App();
  new MultiRegionAuditLog(app, policy.name, { policy, deployment });
  const { stacks } = app.synth({ skipValidation: true });
  expect(new Set(stacks.map(({ environment }) => environment.name))).toEqual(
    new Set(['aws://111122223333/eu-central-1']),
  );
  expect(section(operations, 'Deploy')).toContain('npx cdk bootstrap aws://111122223333/eu-central-1');
});

describe('costs', () => {
  const section = operations.split('An idle region')[1]!.split('A million events')[0]!;
  const rows = section
    .split('\n')
    .filter((line) => /^\| .+ \| [\d,]+ \|/.test(line))
    .map((line) => line.split('|').map((cell) => cell.trim().replaceAll(',', '')))
    .map(([, what, many, price, hours, month]) => ({
      what,
      many: Number(many),
      price: Number(price),
      hours: Number(hours),
      month: Number(month),
    }));

  test.each(rows)('$what: $many at $price for $hours', ({ many, price, hours, month }) => {
    expect(many * price * hours).toBeCloseTo(month, 1);
  });

  test('the sum', () => {
    const sum = rows.reduce((all, { month }) => all + month, 0);
    expect(section).toContain(`Together ${sum.toFixed(2)}`);
  });

  test('what is counted is what the defaults make', () => {
    const { front, archive } = new CheckedLog({ policy: ALIKE_BY_CERTIFICATE });
    const template = Template.fromStack(front);
    const zones = 2;
    const acls = Object.values(template.findResources('AWS::WAFv2::WebACL'));
    const definitions = Object.values(template.findResources('AWS::ECS::TaskDefinition'));
    const tasks = definitions.find(({ Properties }) => Properties.EphemeralStorage !== undefined);
    const [service] = Object.values(template.findResources('AWS::ECS::Service'));
    const interfaces = template.findResources('AWS::EC2::VPCEndpoint', {
      Properties: { VpcEndpointType: 'Interface' },
    });
    const running = service!.Properties.DesiredCount as number;
    const loadBalancers = Object.keys(template.findResources('AWS::ElasticLoadBalancingV2::LoadBalancer')).length;
    expect(rows.map(({ many }) => many)).toEqual([
      loadBalancers,
      loadBalancers * zones,
      acls.length,
      acls.reduce((all, { Properties }) => all + Properties.Rules.length, 0),
      (running * Number(tasks!.Properties.Cpu)) / 1024,
      (running * Number(tasks!.Properties.Memory)) / 1024,
      running * ((tasks!.Properties.EphemeralStorage.SizeInGiB as number) - 20),
      Object.keys(interfaces).length * zones,
      Object.keys(Template.fromStack(Stack.of(archive)).findResources('AWS::KMS::Key')).length,
      730 * 60,
    ]);
    template.resourceCountIs('AWS::EC2::NatGateway', 0);
  });
});
