import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Aws, Duration, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import {
  Alarm,
  AlarmRule,
  CompositeAlarm,
  type IAlarm,
  MathExpression,
  Metric,
  type MetricOptions,
} from 'aws-cdk-lib/aws-cloudwatch';
import { GlobalRouting } from '../../lib/aws';
import { longestChain } from '../../lib/aws/name-chain';
import { planRecords } from '../../lib/aws/record-plan';
import { ROUTE53_COUNTRIES } from '../../lib/aws/route53-countries';
import { watchedRegions } from '../../lib/aws/watched-regions';
import {
  AuditLogPolicy,
  Deployment,
  type DeploymentProps,
  DnsZone,
  ExternalRegion,
  PathAddresses,
} from '../../lib/policy';
import { codeOf } from '../policy/coded';
import { parsedPolicy } from '../policy/parsed-policy';
import { alarmsIn, PATHS, routingStack, routingTemplates, simulatorOf } from './routed-logs';
import { RoutingWalk } from './routing-promises';
import type { Answer } from './routing-simulator';

const POLICIES = join(__dirname, '../../examples/policies');

const REGIONS = {
  EU: ['eu-central-1', 'eu-west-1', 'eu-north-1', 'eu-west-2'],
  US: ['us-east-1', 'us-east-2'],
  APAC: ['ap-southeast-2'],
};

const COUNTRIES = { EU: ['DE', 'FR'], US: ['US', 'PR'], APAC: ['JP', 'AU'] };

/** A policy with the first regions of jurisdictions, such as `{ EU: 2 }`. */
function policyOf(
  counts: Partial<Record<keyof typeof REGIONS, number>>,
  writes: unknown,
  reads = writes,
): AuditLogPolicy {
  const regions = Object.entries(counts).flatMap(([jurisdiction, count]) =>
    REGIONS[jurisdiction as keyof typeof REGIONS].slice(0, count).map((name) => ({ name, jurisdiction })),
  );
  return parsedPolicy({ regions, traffic: { writes, reads } });
}

const templates = readdirSync(POLICIES).map((file): [string, AuditLogPolicy] => {
  return [file, AuditLogPolicy.parse(readFileSync(join(POLICIES, file), 'utf8'))];
});

const residency = { jurisdiction: { EU: COUNTRIES.EU, US: COUNTRIES.US } };

const policies: [string, AuditLogPolicy][] = [
  ...templates.filter(([, { regions }]) => regions.every(({ name }) => name.includes('-'))),
  ['latency and failover of three', policyOf({ EU: 3 }, 'latency', 'failover')],
  ['failover of four in two jurisdictions', policyOf({ EU: 2, US: 2 }, 'failover')],
  ['writes by jurisdiction, reads by latency', policyOf({ EU: 2, US: 2 }, residency, 'latency')],
];

/** The same deployment with some parts replaced. */
function deploymentOf(policy: AuditLogPolicy, change: Partial<DeploymentProps> = {}): Deployment {
  return Deployment.of({ ...Deployment.example(policy), ...change });
}

describe.each(policies)('%s', (_, policy) => {
  const deployment = Deployment.example(policy);
  const walk = new RoutingWalk(simulatorOf(routingTemplates(policy, deployment), deployment), policy, deployment);

  test('keeps every promise', () => {
    expect([...walk.broken]).toEqual([]);
    expect(walk.answers).toBeGreaterThan(100);
  });

  test('has a health check for each region and path that clients can be led away from, and no other', () => {
    const checks = Template.fromStack(routingStack(policy)).findResources('AWS::Route53::HealthCheck');
    const watching = Object.values(checks).filter(({ Properties }) => Properties.HealthCheckConfig.AlarmIdentifier);
    expect(watching).toHaveLength(PATHS.flatMap((path) => watchedRegions(path, policy)).length);
    for (const { Properties } of watching) {
      expect(Properties.HealthCheckConfig).toMatchObject({
        Type: 'CLOUDWATCH_METRIC',
        AlarmIdentifier: { Name: { Ref: expect.any(String) }, Region: deployment.watch?.region },
        InsufficientDataHealthStatus: 'Unhealthy',
      });
    }
  });
});

describe('the records of', () => {
  const names = (policy: AuditLogPolicy, deployment = Deployment.example(policy)) =>
    planRecords(PATHS[0]!, policy, deployment).map(({ name, type, records }) => {
      return `${name} ${type} ${records.map(({ id, to, healthyWith }) => `${id ?? ''}>${to}[${healthyWith}]`).join(' ')}`;
    });
  const at = (region: string) => `${region}.ingest.audit.example.com`;

  test('one region have no health', () => {
    expect(names(policyOf({ EU: 1 }, 'latency'))).toEqual([
      `ingest.audit.example.com CNAME eu-central-1>${at('eu-central-1')}[]`,
    ]);
  });

  test('latency have the health of each', () => {
    expect(names(policyOf({ EU: 2 }, 'latency'))).toEqual([
      `ingest.audit.example.com CNAME eu-central-1>${at('eu-central-1')}[eu-central-1] eu-west-1>${at('eu-west-1')}[eu-west-1]`,
    ]);
  });

  test('failover nest', () => {
    expect(names(policyOf({ EU: 4 }, 'failover'))).toEqual([
      `after-2.ingest.audit.example.com CNAME primary>${at('eu-north-1')}[eu-north-1] secondary>${at('eu-west-2')}[eu-west-2]`,
      `after-1.ingest.audit.example.com CNAME primary>${at('eu-west-1')}[eu-west-1] secondary>after-2.ingest.audit.example.com[eu-north-1,eu-west-2]`,
      `ingest.audit.example.com CNAME primary>${at('eu-central-1')}[eu-central-1] secondary>after-1.ingest.audit.example.com[eu-west-1,eu-north-1,eu-west-2]`,
    ]);
  });

  test('jurisdictions have no health above them, and regions of other accounts are in zones of their own', () => {
    expect(names(policyOf({ EU: 2, APAC: 1 }, { jurisdiction: { EU: ['DE'], APAC: ['JP'] } }))).toEqual([
      `eu.ingest.audit.example.com CNAME eu-central-1>${at('eu-central-1')}[eu-central-1] eu-west-1>${at('eu-west-1')}[eu-west-1]`,
      'apac.ingest.audit.example.com CNAME ap-southeast-2>ap-southeast-2.ingest.apac-audit.example.com[]',
      'ingest.audit.example.com CNAME DE>eu.ingest.audit.example.com[] JP>apac.ingest.audit.example.com[]',
    ]);
  });

  const mixed = parsedPolicy({
    regions: [
      { name: 'europe-west3', jurisdiction: 'EU' },
      { name: 'eu-central-1', jurisdiction: 'EU' },
    ],
  });
  const google = (near: string, ipv6?: string) => {
    const addresses = PathAddresses.of({ ipv4: '203.0.113.10', ipv6 });
    return deploymentOf(mixed, {
      elsewhere: [ExternalRegion.of({ name: 'europe-west3', near, ingest: addresses, query: addresses })],
    });
  };

  test('another cloud are its addresses', () => {
    expect(names(mixed, google('eu-west-1', '2001:db8::10'))).toEqual([
      `${at('europe-west3')} A >203.0.113.10[]`,
      `${at('europe-west3')} AAAA >2001:db8::10[]`,
      `ingest.audit.example.com CNAME eu-west-1>${at('europe-west3')}[europe-west3] eu-central-1>${at('eu-central-1')}[eu-central-1]`,
    ]);
  });

  test('regions that share an AWS region are in order there', () => {
    expect(names(mixed, google('eu-central-1'))).toEqual([
      `${at('europe-west3')} A >203.0.113.10[]`,
      `near-eu-central-1.ingest.audit.example.com CNAME primary>${at('europe-west3')}[europe-west3] secondary>${at('eu-central-1')}[eu-central-1]`,
      'ingest.audit.example.com CNAME eu-central-1>near-eu-central-1.ingest.audit.example.com[europe-west3,eu-central-1]',
    ]);
  });

  test('a region without IPv6 send nobody elsewhere by IPv6', () => {
    const deployment = google('eu-west-1');
    const simulator = simulatorOf(routingTemplates(mixed, deployment), deployment);
    const client = { country: 'IE', nearest: ['eu-west-1', 'eu-central-1'] };
    expect(simulator.resolve('ingest.audit.example.com', 'AAAA', client)).toBe('no data');
    expect(simulator.resolve('ingest.audit.example.com', 'A', client)).toMatchObject({ endpoint: '203.0.113.10' });
  });
});

test('a region that is added, even in another account, changes nothing of a name but the health of its records', () => {
  const groupsOf = (policy: AuditLogPolicy) =>
    Object.entries(Template.fromStack(routingStack(policy)).findResources('AWS::Route53::RecordSetGroup')).map(
      ([id, { Properties }]) => ({ id, ...Properties }),
    );
  const before = groupsOf(policyOf({ EU: 1 }, 'latency'));
  const after = groupsOf(policyOf({ EU: 1, US: 1 }, 'latency'));
  expect(after.map(({ id }) => id)).toEqual(before.map(({ id }) => id));
  for (const [index, { RecordSets }] of after.entries()) {
    const [{ HealthCheckId, ...first }, ...added] = RecordSets;
    expect([[first], HealthCheckId !== undefined, added.length]).toEqual([before[index]?.RecordSets, true, 1]);
  }
});

describe('is refused', () => {
  const two = policyOf({ EU: 2 }, 'latency');
  const byCountry = (...codes: string[]) => policyOf({ EU: 1 }, { jurisdiction: { EU: codes } });
  const known = [...ROUTE53_COUNTRIES];
  const make =
    (policy: AuditLogPolicy, change: Partial<DeploymentProps> = {}) =>
    () =>
      routingStack(policy, deploymentOf(policy, change));

  test.each<[string, string, () => unknown]>([
    ['without a zone', 'zone-missing', make(two, { zone: undefined })],
    ['without a watch, where there is a choice', 'watch-missing', make(two, { watch: undefined })],
    ['for a country that Route 53 cannot tell', 'country-unroutable', make(byCountry('DE', 'EH'))],
    ['for what is no country', 'country-unroutable', make(byCountry('ZZ'))],
    [
      'for a jurisdiction that is called like a region',
      'record-name-taken',
      make(
        parsedPolicy({
          regions: [{ name: 'eu-west-1', jurisdiction: 'EU-WEST-1' }],
          traffic: { writes: { jurisdiction: { 'EU-WEST-1': ['IE'] } }, reads: 'latency' },
        }),
      ),
    ],
    [
      'for a domain that leaves no room',
      'record-name-too-long',
      make(policyOf({ EU: 1 }, 'latency'), {
        domain: `${`${'d'.repeat(60)}.`.repeat(3)}${'d'.repeat(46)}.example.com`,
      }),
    ],
  ])('%s', (_, code, call) => {
    expect(codeOf(call)).toBe(code);
  });

  test('for more countries than Route 53 takes for a name', () => {
    expect(codeOf(make(byCountry(...known.slice(0, 101))))).toBe('list-length-out-of-range');
    expect(make(byCountry(...known.slice(0, 100)))).not.toThrow();
  });

  test('in another account than that of the zone', () => {
    const zone = DnsZone.of({ id: 'Z0123456789EXAMPLE', name: 'example.com', account: '111122223333' });
    const deployment = deploymentOf(two, { zone });
    const stack = new Stack(undefined, 'Other', { env: { account: '999999999999', region: 'us-west-2' } });
    const alarms = alarmsIn(stack, two);
    expect(codeOf(() => new GlobalRouting(stack, 'Routing', { policy: two, deployment, alarms }))).toBe(
      'zone-in-other-account',
    );
  });

  test('without an alarm for each choice', () => {
    const stack = new Stack();
    const alarms = alarmsIn(stack, two).slice(1);
    const deployment = Deployment.example(two);
    expect(codeOf(() => new GlobalRouting(stack, 'Routing', { policy: two, deployment, alarms }))).toBe(
      'alarm-missing',
    );
  });
});

describe('an alarm of another making', () => {
  const two = policyOf({ EU: 2 }, 'latency');
  const deployment = Deployment.example(two);
  const here = { account: deployment._zoneAccount, region: deployment.watch!.region };
  const metric = (more: MetricOptions = {}) =>
    new Metric({ namespace: 'Ours', metricName: 'Works', statistic: 'Minimum', period: Duration.minutes(1), ...more });
  const alarm = (scope: Stack, more: object = {}) =>
    new Alarm(scope, 'Alarm', { metric: metric(), threshold: 1, evaluationPeriods: 2, ...more });

  /** Global routing in which the first of the alarms is another one. */
  const routing = (make: (stack: Stack) => IAlarm, env: { account?: string; region?: string } = here) => {
    const stack = new Stack(undefined, 'Global', { env });
    const [first, ...others] = alarmsIn(stack, two);
    const alarms = [{ ...first!, alarm: make(stack) }, ...others];
    return new GlobalRouting(stack, 'Routing', { policy: two, deployment, alarms });
  };
  const arn = (region: string, account: string) => `arn:aws:cloudwatch:${region}:${account}:alarm:ours`;
  const imported = (text: string) => (stack: Stack) => Alarm.fromAlarmArn(stack, 'Imported', text);

  test.each<[string, (stack: Stack) => IAlarm]>([
    ['on one metric', alarm],
    ['that counts all of its periods', (stack) => alarm(stack, { datapointsToAlarm: 2 })],
    ['that is imported', imported(arn(here.region, here.account))],
    ['that is imported from wherever the stack will be', imported(arn(Aws.REGION, Aws.ACCOUNT_ID))],
    ['on a sum', (stack) => alarm(stack, { metric: metric({ statistic: 'Sum' }) })],
  ])('%s is taken', (_, make) => {
    expect(() => routing(make)).not.toThrow();
  });

  test('in a stack that may be anywhere is taken', () => {
    expect(() => routing(alarm, {})).not.toThrow();
  });

  test.each<[string, string, (stack: Stack) => IAlarm]>([
    ['in another region', 'region-mismatch', imported(arn('eu-central-1', here.account))],
    ['in another account', 'account-mismatch', imported(arn(here.region, '999999999999'))],
    [
      'with a percentile',
      'alarm-unroutable',
      (stack) => alarm(stack, { metric: metric({ statistic: 'p99', period: Duration.minutes(1) }) }),
    ],
    [
      'with metric math',
      'alarm-unroutable',
      (stack) => alarm(stack, { metric: new MathExpression({ expression: 'm / 2', usingMetrics: { m: metric() } }) }),
    ],
    [
      'on a metric of another account',
      'alarm-unroutable',
      (stack) => alarm(stack, { metric: metric({ account: '999999999999' }) }),
    ],
    [
      'of high resolution',
      'alarm-unroutable',
      (stack) => alarm(stack, { metric: metric({ period: Duration.seconds(10) }) }),
    ],
    ['of one of two periods', 'alarm-unroutable', (stack) => alarm(stack, { datapointsToAlarm: 1 })],
    [
      'of other alarms',
      'alarm-unroutable',
      (stack) =>
        new CompositeAlarm(stack, 'All', {
          alarmRule: AlarmRule.anyOf(alarm(stack)),
        }),
    ],
  ])('%s is refused: %s', (_, code, make) => {
    expect(codeOf(() => routing(make))).toBe(code);
  });
});

const manyRegions = (count: number) =>
  Array.from({ length: count }, (_, index) => {
    return { name: `${['eu', 'us', 'ap', 'ca'][index % 4]}-central-${index + 1}`, jurisdiction: 'EU' };
  });

describe('the CNAMEs that a resolver may have to follow', () => {
  const chain = (policy: AuditLogPolicy) => longestChain(planRecords(PATHS[0]!, policy, Deployment.example(policy)));
  const failover = (count: number) =>
    parsedPolicy({ regions: manyRegions(count), traffic: { writes: 'failover', reads: 'latency' } });

  test.each<[string, number, AuditLogPolicy]>([
    ['one region', 1, policyOf({ EU: 1 }, 'latency')],
    ['latency', 1, policyOf({ EU: 4 }, 'latency')],
    ['failover of two', 1, policyOf({ EU: 2 }, 'failover')],
    ['failover of four', 3, policyOf({ EU: 4 }, 'failover')],
    ['jurisdictions', 2, policyOf({ EU: 2, US: 1 }, residency)],
  ])('%s: %s', (_, length, policy) => {
    expect(chain(policy)).toBe(length);
  });

  test('are as many as the simulator follows', () => {
    const policy = failover(5);
    const deployment = Deployment.example(policy);
    const down = manyRegions(4).map(({ name }) => name);
    const answer = simulatorOf(routingTemplates(policy, deployment), deployment).resolve(
      'ingest.audit.example.com',
      'A',
      { nearest: [] },
      { down },
    );
    expect((answer as Answer).names.length - 1).toBe(chain(policy));
  });

  test.each([
    [9, 0],
    [10, 1],
  ])('failover of %s regions: %s warnings, of the path that has it', (count, warnings) => {
    const stack = routingStack(failover(count));
    const found = Annotations.fromStack(stack).findWarning('*', Match.stringLikeRegexp('ingest are behind 9 CNAMEs'));
    expect(found).toHaveLength(warnings);
    expect(Annotations.fromStack(stack).findWarning('*', Match.stringLikeRegexp('CNAMEs'))).toHaveLength(warnings);
  });
});

describe('of 32 regions', () => {
  const regions = manyRegions(32);
  const most = { jurisdiction: { EU: [...ROUTE53_COUNTRIES].slice(0, 100) } };

  test.each<[string, unknown]>([
    ['latency', 'latency'],
    ['failover', 'failover'],
    ['100 countries', most],
  ])('%s: the stack is within the limits of CloudFormation, and the health checks within the quota', (_, routing) => {
    const policy = parsedPolicy({ regions, traffic: { writes: routing, reads: routing } });
    const text = JSON.stringify(Template.fromStack(routingStack(policy)).toJSON());
    const { Resources } = JSON.parse(text) as { Resources: Record<string, { Type: string }> };
    expect(Object.keys(Resources).length).toBeLessThan(0.8 * 500);
    expect(text.length).toBeLessThan(0.8 * 1024 * 1024);
    const checks = Object.values(Resources).filter(({ Type }) => Type === 'AWS::Route53::HealthCheck');
    expect(checks.length).toBeLessThan(200);
  });
});
