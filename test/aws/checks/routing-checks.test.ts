import { Fn, Stack } from 'aws-cdk-lib';
import { CfnHealthCheck, CfnRecordSet, type CfnRecordSetGroup } from 'aws-cdk-lib/aws-route53';
import { type Archive, GlobalRouting } from '../../../lib/aws';
import { Deployment } from '../../../lib/policy';
import { parsedPolicy } from '../../policy/parsed-policy';
import { CheckedApp } from '../checked-app';
import { alarmsIn } from '../routed-logs';

const INGEST = 'ingest.audit.example.com.';
const US = 'us.ingest.audit.example.com';

const jurisdiction = { EU: ['DE', 'FR'], US: ['US'] };
const resident = parsedPolicy({
  regions: [
    { name: 'eu-central-1', jurisdiction: 'EU' },
    { name: 'eu-west-1', jurisdiction: 'EU' },
    { name: 'us-east-1', jurisdiction: 'US' },
  ],
  traffic: { writes: { jurisdiction }, reads: 'latency' },
});

/** The names of a log, and nothing of the log. */
class CheckedNames extends CheckedApp {
  public readonly stack = new Stack(this.app, 'Global');
  public readonly routing = new GlobalRouting(this.stack, 'Routing', {
    policy: resident,
    deployment: Deployment.example(resident),
    alarms: alarmsIn(this.stack, resident),
  });

  public get archive(): Archive {
    throw new Error('there is none');
  }

  public group(name: string): CfnRecordSetGroup {
    return this.routing.node.findChild(`${name.replace(/\.$/, '')} CNAME`) as CfnRecordSetGroup;
  }

  /** Changes the records of a name, as an escape hatch does. */
  public change(name: string, to: (records: CfnRecordSetGroup.RecordSetProperty[]) => object[]): void {
    const group = this.group(name);
    group.recordSets = to(group.recordSets as CfnRecordSetGroup.RecordSetProperty[]) as never;
  }
}

const hosted = { hostedZoneId: 'Z0123456789EXAMPLE' };

type Breaking = [what: string, breaking: (made: CheckedNames) => void];

test.each<Breaking>([
  [
    'there is a default',
    (made) =>
      made.change(INGEST, (records) => [
        ...records,
        { ...records[0], setIdentifier: '*', geoLocation: { countryCode: '*' } },
      ]),
  ],
  [
    'there is a default, in another resource of the app',
    ({ stack }) =>
      new CfnRecordSet(stack, 'Fallback', {
        ...hosted,
        name: 'Ingest.audit.example.com',
        type: 'CNAME',
        ttl: '60',
        resourceRecords: [US],
        setIdentifier: 'default',
        geoLocation: { countryCode: '*' },
      }),
  ],
  [
    'there is a continent',
    (made) =>
      made.change(INGEST, (records) => [
        ...records,
        { ...records[0], setIdentifier: 'EU', geoLocation: { continentCode: 'EU' } },
      ]),
  ],
  [
    'there is a country that the policy does not list',
    (made) =>
      made.change(INGEST, (records) => [
        ...records,
        { ...records[0], setIdentifier: 'CH', geoLocation: { countryCode: 'CH' } },
      ]),
  ],
  [
    'a country has health',
    (made) => {
      const { attrHealthCheckId } = new CfnHealthCheck(made.stack, 'Health', { healthCheckConfig: { type: 'TCP' } });
      made.change(INGEST, ([first, ...others]) => [{ ...first, healthCheckId: attrHealthCheckId }, ...others]);
    },
  ],
  [
    'a country leads to another jurisdiction',
    (made) => made.change(INGEST, ([first, ...others]) => [{ ...first, resourceRecords: [US] }, ...others]),
  ],
  [
    'a country leads to an alias',
    (made) => {
      const aliasTarget = { hostedZoneId: 'Z0123456789EXAMPLE', dnsName: US, evaluateTargetHealth: true };
      made.change(INGEST, ([first, ...others]) => [
        { ...first, ttl: undefined, resourceRecords: undefined, aliasTarget },
        ...others,
      ]);
    },
  ],
  [
    'a jurisdiction leads to a region of another',
    (made) =>
      made.change(`eu.${INGEST}`, ([first, ...others]) => [
        { ...first, resourceRecords: ['us-east-1.ingest.us-audit.example.com'] },
        ...others,
      ]),
  ],
  [
    'a country leads to what nobody can read',
    (made) =>
      made.change(INGEST, ([first, ...others]) => [{ ...first, resourceRecords: [Fn.ref('AWS::Region')] }, ...others]),
  ],
])('names-within-jurisdiction is broken: %s', (_, breaking) => {
  const made = new CheckedNames();
  breaking(made);
  expect(made.violations()).toEqual(['names-within-jurisdiction']);
});

test('what is as it was planned breaks nothing, and is a log to check', () => {
  expect(new CheckedNames().violations()).toEqual([]);
});

test('where clients may be led anywhere, names may have health and defaults', () => {
  const made = new CheckedNames();
  made.change('query.audit.example.com.', ([first]) => [
    { ...first, region: undefined, geoLocation: { countryCode: '*' } },
  ]);
  expect(made.violations()).toEqual([]);
});
