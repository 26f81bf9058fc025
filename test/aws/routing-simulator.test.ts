import { type Answer, type Client, type Failures, type Outcome, RoutingSimulator } from './routing-simulator';

type Json = Record<string, unknown>;

const ZONES = { Z1: 'example.com', Z2: 'eu.example.com' };

const BERLIN: Client = { continent: 'EU', country: 'DE', nearest: ['eu-central-1', 'eu-west-1', 'us-east-1'] };
const OREGON: Client = {
  continent: 'NA',
  country: 'US',
  subdivision: 'OR',
  nearest: ['us-east-1', 'eu-west-1', 'eu-central-1'],
};
const NOWHERE: Client = { nearest: ['us-east-1', 'eu-central-1', 'eu-west-1'] };

const a = (name: string, address: string, more: Json = {}): Json => {
  return { Name: `${name}.`, Type: 'A', TTL: '60', ResourceRecords: [address], ...more };
};
const cname = (name: string, to: string, more: Json = {}): Json => {
  return { Name: `${name}.`, Type: 'CNAME', TTL: '60', ResourceRecords: [to], ...more };
};
const alias = (name: string, to: string, evaluate: boolean, more: Json = {}): Json => {
  const target = { DNSName: `${to}.`, HostedZoneId: 'Z1', EvaluateTargetHealth: evaluate };
  return { Name: `${name}.`, Type: 'A', AliasTarget: target, ...more };
};
const latency = (region: string, more: Json = {}) => ({ SetIdentifier: region, Region: region, ...more });
const country = (code: string, more: Json = {}) => ({
  SetIdentifier: code,
  GeoLocation: { CountryCode: code },
  ...more,
});
const failover = (kind: string, more: Json = {}) => ({ SetIdentifier: kind, Failover: kind, ...more });
const health = (id: string) => ({ HealthCheckId: { 'Fn::GetAtt': [id, 'HealthCheckId'] } });

const ALARM = {
  MetricName: 'CanarySuccess',
  Statistic: 'Minimum',
  Period: 60,
  EvaluationPeriods: 2,
  Threshold: 1,
  ComparisonOperator: 'LessThanThreshold',
};

/** An alarm and a health check for each region, of the path `ingest`. */
function watch(regions: readonly string[], alarm: Json = {}, check: Json = {}): Json {
  return Object.fromEntries(
    regions.flatMap((region) => {
      const id = region.replaceAll('-', '');
      const dimensions = [
        { Name: 'Region', Value: region },
        { Name: 'Path', Value: 'ingest' },
      ];
      const config = {
        Type: 'CLOUDWATCH_METRIC',
        AlarmIdentifier: { Name: { Ref: `${id}Alarm` }, Region: 'us-west-2' },
        InsufficientDataHealthStatus: 'Unhealthy',
        ...check,
      };
      return [
        [`${id}Alarm`, { Type: 'AWS::CloudWatch::Alarm', Properties: { ...ALARM, Dimensions: dimensions, ...alarm } }],
        [id, { Type: 'AWS::Route53::HealthCheck', Properties: { HealthCheckConfig: config } }],
      ];
    }),
  );
}

function simulate(records: readonly Json[], more: Json = {}, zone = 'Z1'): RoutingSimulator {
  const group = { Type: 'AWS::Route53::RecordSetGroup', Properties: { HostedZoneId: zone, RecordSets: records } };
  return new RoutingSimulator([{ region: 'us-west-2', template: { Resources: { Group: group, ...more } } }], ZONES);
}

function endpoint(outcome: Outcome): string {
  return typeof outcome === 'string' ? outcome : outcome.endpoint;
}

const WATCHED = watch(['eu-central-1', 'eu-west-1', 'us-east-1']);
const EU1 = health('eucentral1');
const EU2 = health('euwest1');
const US1 = health('useast1');

describe('latency', () => {
  const simulator = simulate(
    [
      a('x.example.com', 'us', latency('us-east-1', US1)),
      a('x.example.com', 'eu1', latency('eu-central-1', EU1)),
      a('x.example.com', 'eu2', latency('eu-west-1', EU2)),
    ],
    { ...WATCHED, Switch: { Type: 'AWS::SSM::Parameter', Properties: { Value: 'none' } } },
  );

  test.each<[string, Client, Failures, string]>([
    ['the nearest', BERLIN, {}, 'eu1'],
    ['the nearest of another client', OREGON, {}, 'us'],
    ['the next if the nearest is down', BERLIN, { down: ['eu-central-1'] }, 'eu2'],
    ['the next if its path is down', BERLIN, { down: ['eu-central-1/ingest'] }, 'eu2'],
    ['the nearest if another path is down', BERLIN, { down: ['eu-central-1/query'] }, 'eu1'],
    ['the last that works', BERLIN, { down: ['eu-central-1', 'eu-west-1'] }, 'us'],
    ['the nearest if nothing works', BERLIN, { down: ['eu-central-1', 'eu-west-1', 'us-east-1'] }, 'eu1'],
    ['the nearest if nobody watches', BERLIN, { watcherDown: true }, 'eu1'],
    ['the next if the nearest is evacuated', BERLIN, { evacuated: 'eu-central-1' }, 'eu2'],
    ['the last if both are', BERLIN, { evacuated: 'eu-west-1/ingest, eu-central-1/ingest' }, 'us'],
  ])('answers %s', (_, client, failures, expected) => {
    expect(endpoint(simulator.resolve('x.example.com', 'A', client, failures))).toBe(expected);
  });

  test('a record without a health check is always healthy', () => {
    const unwatched = simulate(
      [a('x.example.com', 'eu1', latency('eu-central-1')), a('x.example.com', 'eu2', latency('eu-west-1', EU2))],
      WATCHED,
    );
    expect(endpoint(unwatched.resolve('x.example.com', 'A', BERLIN, { down: ['eu-central-1'] }))).toBe('eu1');
  });

  test('a metric without data can be healthy', () => {
    const lenient = simulate(
      [a('x.example.com', 'eu1', latency('eu-central-1', EU1)), a('x.example.com', 'us', latency('us-east-1'))],
      watch(['eu-central-1'], {}, { InsufficientDataHealthStatus: 'Healthy' }),
    );
    expect(endpoint(lenient.resolve('x.example.com', 'A', BERLIN, { watcherDown: true }))).toBe('eu1');
  });

  test('the answers are as deployed until the switch is changed', () => {
    const evacuated = { Type: 'AWS::SSM::Parameter', Properties: { Value: 'eu-central-1' } };
    const records = [
      a('x.example.com', 'eu1', latency('eu-central-1', EU1)),
      a('x.example.com', 'us', latency('us-east-1', US1)),
    ];
    const deployed = simulate(records, { ...WATCHED, Switch: evacuated });
    expect(endpoint(deployed.resolve('x.example.com', 'A', BERLIN))).toBe('us');
    expect(endpoint(deployed.resolve('x.example.com', 'A', BERLIN, { evacuated: 'none' }))).toBe('eu1');
  });
});

describe('failover', () => {
  const simulator = simulate(
    [
      a('x.example.com', 'first', failover('PRIMARY', EU1)),
      a('x.example.com', 'second', failover('SECONDARY', health('rest'))),
    ],
    {
      ...WATCHED,
      rest: {
        Type: 'AWS::Route53::HealthCheck',
        Properties: {
          HealthCheckConfig: {
            Type: 'CALCULATED',
            ChildHealthChecks: [{ Ref: 'euwest1' }, { Ref: 'useast1' }],
            HealthThreshold: 1,
          },
        },
      },
    },
  );

  test.each<[string, Failures, string]>([
    ['the primary', {}, 'first'],
    ['the secondary if the primary is down', { down: ['eu-central-1'] }, 'second'],
    ['the secondary if one child of its check is healthy', { down: ['eu-central-1', 'us-east-1'] }, 'second'],
    ['the primary if all are down', { down: ['eu-central-1', 'us-east-1', 'eu-west-1'] }, 'first'],
    ['the primary if nobody watches', { watcherDown: true }, 'first'],
  ])('answers %s', (_, failures, expected) => {
    expect(endpoint(simulator.resolve('x.example.com', 'A', OREGON, failures))).toBe(expected);
  });
});

describe('geolocation', () => {
  const places = [
    a('x.example.com', 'oregon', { SetIdentifier: 'OR', GeoLocation: { CountryCode: 'US', SubdivisionCode: 'OR' } }),
    a('x.example.com', 'us', country('US', US1)),
    a('x.example.com', 'eu', { SetIdentifier: 'EU', GeoLocation: { ContinentCode: 'EU' } }),
    a('x.example.com', 'de', country('DE', EU1)),
  ];
  const closed = simulate(places, WATCHED);
  const open = simulate([...places, a('x.example.com', 'anywhere', country('*'))], WATCHED);

  test.each<[string, Client, Failures, string]>([
    ['the state before the country', OREGON, {}, 'oregon'],
    ['the country in other states', { ...OREGON, subdivision: 'WA' }, {}, 'us'],
    ['the country before the continent', BERLIN, {}, 'de'],
    ['the continent in other countries', { ...BERLIN, country: 'FR' }, {}, 'eu'],
    ['the continent if the country is not healthy', BERLIN, { down: ['eu-central-1'] }, 'eu'],
    ['nothing elsewhere', NOWHERE, {}, 'no data'],
  ])('answers %s', (_, client, failures, expected) => {
    expect(endpoint(closed.resolve('x.example.com', 'A', client, failures))).toBe(expected);
  });

  test.each<[string, Client, Failures, string]>([
    ['elsewhere', NOWHERE, {}, 'anywhere'],
    ['if the country is not healthy', { ...OREGON, subdivision: 'WA' }, { down: ['us-east-1'] }, 'anywhere'],
  ])('answers the default %s', (_, client, failures, expected) => {
    expect(endpoint(open.resolve('x.example.com', 'A', client, failures))).toBe(expected);
  });
});

describe('aliases of other records', () => {
  const tree = (evaluate: boolean) =>
    simulate(
      [
        alias('x.example.com', 'europe.example.com', evaluate, latency('eu-central-1')),
        alias('x.example.com', 'us.example.com', evaluate, latency('us-east-1')),
        a('europe.example.com', 'eu1', failover('PRIMARY', EU1)),
        a('europe.example.com', 'eu2', failover('SECONDARY', EU2)),
        a('us.example.com', 'us'),
      ],
      WATCHED,
    );
  const all = { down: ['eu-central-1', 'eu-west-1'] };

  test.each<[string, boolean, Failures, string]>([
    ['a branch is followed', true, {}, 'eu1'],
    ['it is healthy with one healthy record', true, { down: ['eu-central-1'] }, 'eu2'],
    ['without, it is left', true, all, 'us'],
    ['it is never left where its health is not evaluated', false, all, 'eu1'],
  ])('%s', (_, evaluate, failures, expected) => {
    expect(endpoint(tree(evaluate).resolve('x.example.com', 'A', BERLIN, failures))).toBe(expected);
  });
});

describe('CNAMEs', () => {
  const simulator = simulate([
    cname('x.example.com', 'y.example.com'),
    cname('y.example.com', 'z.example.com'),
    a('z.example.com', '192.0.2.1'),
    cname('dead.example.com', 'nobody.example.com'),
    cname('loop.example.com', 'loop.example.com'),
  ]);

  test('are followed', () => {
    const { endpoint: address, names } = simulator.resolve('x.example.com', 'A', BERLIN) as Answer;
    expect([address, ...names]).toEqual(['192.0.2.1', 'x.example.com', 'y.example.com', 'z.example.com']);
  });

  test.each<[string, 'A' | 'AAAA', Outcome]>([
    ['x.example.com', 'AAAA', 'no data'],
    ['nobody.example.com', 'A', 'no such name'],
    ['dead.example.com', 'A', 'no such name'],
  ])('%s of type %s: %s', (name, type, outcome) => {
    expect(simulator.resolve(name, type, BERLIN)).toBe(outcome);
  });

  test('that lead to themselves are noticed', () => {
    expect(() => simulator.resolve('loop.example.com', 'A', BERLIN)).toThrow('leads to itself');
  });
});

test('a load balancer is told by the region of its stack', () => {
  const target = { DNSName: 'dualstack.lb.example', HostedZoneId: 'ZELB', EvaluateTargetHealth: false };
  const simulator = simulate([{ Name: 'x.example.com', Type: 'A', AliasTarget: target }]);
  expect(endpoint(simulator.resolve('x.example.com', 'A', BERLIN))).toBe('us-west-2 dualstack.lb.example');
});

describe('Route 53 refuses', () => {
  const x = 'x.example.com';
  test.each<[string, Json[], string]>([
    ['a name outside of the zone', [a('example.org', '1')], 'not in the zone'],
    ['a CNAME at the apex', [cname('example.com', 'y')], 'cannot be a CNAME'],
    ['a CNAME beside others', [cname(x, 'y'), a(x, '1')], 'has other records'],
    ['a CNAME with two values', [{ ...cname(x, 'y'), ResourceRecords: ['y', 'z'] }], 'must have one value'],
    ['two simple records', [a(x, '1'), a(x, '2')], 'several simple records'],
    ['two routing policies', [a(x, '1', { ...latency('eu-west-1'), ...country('DE') })], 'two routing policies'],
    ['a mixture', [a(x, '1', latency('eu-west-1')), a(x, '2', country('DE'))], 'mixes'],
    ['simple beside latency', [a(x, '1', latency('eu-west-1')), a(x, '2')], 'mixes'],
    ['no identifier', [a(x, '1', { Region: 'eu-west-1' })], 'identifiers'],
    ['a long identifier', [a(x, '1', { Region: 'eu-west-1', SetIdentifier: 'x'.repeat(129) })], 'identifiers'],
    [
      'an identifier twice',
      [a(x, '1', latency('eu-west-1')), a(x, '2', { Region: 'eu-west-2', SetIdentifier: 'eu-west-1' })],
      'identifier twice',
    ],
    [
      'a region twice',
      [a(x, '1', latency('eu-west-1')), a(x, '2', { Region: 'eu-west-1', SetIdentifier: 'other' })],
      'two records for one Region',
    ],
    ['a primary alone', [a(x, '1', failover('PRIMARY', EU1))], 'a primary and a secondary'],
    [
      'a primary without health',
      [a(x, '1', failover('PRIMARY')), a(x, '2', failover('SECONDARY'))],
      'cannot fail over',
    ],
    ['a country that it cannot tell', [a(x, '1', country('EH'))], 'cannot tell'],
    ['101 countries', Array.from({ length: 101 }, (_, i) => a(x, '1', country(`C${i}`))), 'more than 100'],
    ['an alias of nothing', [alias(x, 'y.example.com', false)], 'no record of type A'],
    [
      'an alias of another type',
      [alias(x, 'y.example.com', false), cname('y.example.com', 'z')],
      'no record of type A',
    ],
    ['neither target nor values', [{ Name: x, Type: 'A', TTL: '60' }], 'or values'],
    ['an alias with a time to live', [alias(x, 'y.example.com', false, { TTL: '60' })], 'time to live'],
    ['a health check that is not there', [a(x, '1', latency('eu-west-1', health('nothing')))], 'no AWS::Route53'],
  ])('%s', (_, records, message) => {
    expect(() => simulate(records, WATCHED)).toThrow(message);
  });

  test('a name in a zone that is not there', () => {
    expect(() => simulate([a(x, '1')], {}, 'Z9')).toThrow('not known');
  });

  test('an alias of another zone', () => {
    const target = { DNSName: 'y.eu.example.com', HostedZoneId: 'Z2', EvaluateTargetHealth: false };
    expect(() => simulate([{ Name: x, Type: 'A', AliasTarget: target }])).toThrow('another zone');
  });

  test('an alias that is made before its target', () => {
    const records = (record: Json) => {
      return { Type: 'AWS::Route53::RecordSetGroup', Properties: { HostedZoneId: 'Z1', RecordSets: [record] } };
    };
    const target = records(a('y.example.com', '1'));
    const first = records(alias(x, 'y.example.com', false));
    expect(() => simulate([], { Target: target, First: first })).toThrow('does not wait');
    expect(() => simulate([], { Target: target, First: { ...first, DependsOn: ['Target'] } })).not.toThrow();
  });

  test('a CNAME that is made before what it leads to, in any type', () => {
    const records = (record: Json) => {
      return { Type: 'AWS::Route53::RecordSetGroup', Properties: { HostedZoneId: 'Z1', RecordSets: [record] } };
    };
    const [v4, v6] = [a('y.example.com', '1'), { ...a('y.example.com', '::1'), Type: 'AAAA' }];
    const first = records(cname(x, 'y.example.com'));
    const made = (waits: string[]) => () =>
      simulate([], { V4: records(v4), V6: records(v6), First: { ...first, DependsOn: waits } });
    expect(made([])).toThrow('does not wait');
    expect(made(['V4'])).toThrow('does not wait');
    expect(made(['V4', 'V6'])).not.toThrow();
  });

  test.each<[string, Json, string]>([
    ['metric math', { Metrics: [], MetricName: undefined }, 'metric math'],
    ['a percentile', { Statistic: undefined, ExtendedStatistic: 'p99' }, 'statistic'],
    ['a metric of high resolution', { Period: 10 }, 'high resolution'],
    ['one of two periods', { DatapointsToAlarm: 1 }, 'some of several periods'],
  ])('an alarm with %s', (_, alarm, message) => {
    const records = [a(x, '1', latency('eu-central-1', EU1))];
    expect(() => simulate(records, watch(['eu-central-1'], alarm))).toThrow(message);
  });

  test('an alarm of another region', () => {
    const elsewhere = { AlarmIdentifier: { Name: 'canary', Region: 'us-east-1' } };
    const records = [a(x, '1', latency('eu-central-1', EU1))];
    expect(() => simulate(records, watch(['eu-central-1'], {}, elsewhere))).toThrow('no alarm canary');
  });
});
