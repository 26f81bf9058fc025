process.env.CDK_VALIDATION = 'false';

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Canary, GlobalRouting } from '../../lib/aws';
import { AuditLogPolicy, Deployment } from '../../lib/policy';

const ROOT = join(__dirname, '../..');

const operations =
  readFileSync(join(ROOT, 'lib/aws/OPERATIONS.md'), 'utf8')
    .split('\n## ')
    .find((section) => section.startsWith('Names and failover')) ?? '';

const policy = AuditLogPolicy.parse(readFileSync(join(ROOT, 'examples/policies/two-regions.json'), 'utf8'));
const deployment = Deployment.example(policy);
const stack = new Stack(new App(), 'Global', {
  env: { account: deployment._zoneAccount, region: deployment.watch?.region },
});
const { alarms } = new Canary(stack, 'Canary', { policy, deployment });
new GlobalRouting(stack, 'Routing', { policy, deployment, alarms });
const template = Template.fromStack(stack);

function properties(type: string): Record<string, unknown>[] {
  return Object.values(template.findResources(type)).map((resource) => resource.Properties);
}

/** The greatest of numbers that a template has somewhere. */
function most(numbers: readonly unknown[]): number {
  expect(numbers.length).toBeGreaterThan(0);
  return Math.max(...numbers.map(Number));
}

/** Each part of the time after which no client is led to a region that fails. */
function parts(): number[] {
  const rules = properties('AWS::Events::Rule').map(({ ScheduleExpression: rate }) => rate);
  expect(rules).toEqual(['rate(1 minute)']);
  const [canary] = properties('AWS::Lambda::Function');
  const watched = properties('AWS::CloudWatch::Alarm').filter(({ MetricName }) => MetricName === 'CanarySuccess');
  const alarm = most(watched.map(({ Period, EvaluationPeriods }) => Number(Period) * Number(EvaluationPeriods)));
  const groups = properties('AWS::Route53::RecordSetGroup').flatMap(
    ({ RecordSets }) => RecordSets as { TTL: string }[],
  );
  return [60, alarm, Number(canary?.Timeout), most(groups.map(({ TTL }) => TTL))];
}

test('a region is left within the time that the documentation states', () => {
  const stated = [...operations.matchAll(/^\| (\d+) \|/gm)].map(([, seconds]) => Number(seconds));
  expect(stated).toEqual(parts());
  const total = parts().reduce((sum, each) => sum + each, 0);
  const UNKNOWN = 'plus what CloudWatch and Route 53 take, which AWS does not state';
  expect(operations).toContain(`left after at most ${total} seconds, ${UNKNOWN}`);
  expect(operations).toMatch(/^\| not stated \| CloudWatch .+ Route 53 /m);
  expect(readFileSync(join(ROOT, 'README.md'), 'utf8')).toContain(`left within ${total} seconds ${UNKNOWN}`);
});

test('the alarms that the documentation names are made', () => {
  const names = properties('AWS::CloudWatch::Alarm').map(({ AlarmName }) => `${AlarmName}`);
  expect(names).toContain(`${policy.name}-evacuation-unclear`);
  expect(names).toContain(`${policy.name}-${policy.regions[0]?.name}-query-canary`);
  for (const name of ['<log>-evacuation-unclear', '<log>-<region>-<path>-canary']) expect(operations).toContain(name);
});

test('every health check listens to an alarm of the canary, in its region', () => {
  const names = alarms.map(({ alarm }) => stack.getLogicalId(alarm.node.defaultChild as never));
  const listened = properties('AWS::Route53::HealthCheck').map(({ HealthCheckConfig: config }) => {
    const { AlarmIdentifier: identifier } = config as { AlarmIdentifier: { Name: { Ref: string }; Region: string } };
    expect(identifier.Region).toBe(stack.region);
    return identifier.Name.Ref;
  });
  expect(listened.sort()).toEqual(names.sort());
});

test('the switch that the documentation names is the one that the canary reads', () => {
  const [{ Name: name, Value: value } = {}] = properties('AWS::SSM::Parameter');
  expect([name, value]).toEqual([`/immutable-audit-log/${policy.name}/evacuated`, 'none']);
  expect(operations).toContain('--name "/immutable-audit-log/$LOG/evacuated" --value none');
});
