import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AuditLogPolicy, Deployment } from '../../lib/policy';
import { parsedPolicy } from '../policy/parsed-policy';
import { routingTemplates, simulatorOf } from './routed-logs';
import { type Promised, RoutingWalk } from './routing-promises';

// biome-ignore lint/suspicious/noExplicitAny: templates have no type.
type Json = any;

const POLICY = AuditLogPolicy.parse(
  readFileSync(join(__dirname, '../../examples/policies/three-jurisdictions.json'), 'utf8'),
);

const DEPLOYMENT = Deployment.example(POLICY);

const TEMPLATES = JSON.stringify(routingTemplates(POLICY, DEPLOYMENT));

type Change = (group: (name: string) => Json, resources: Json) => void;

const INGEST = 'ingest.audit.example.com.';

/** The promises that do not hold any more once the templates are changed. */
function brokenBy(change: Change, policy = POLICY, deployment = DEPLOYMENT, text = TEMPLATES): Promised[] {
  const templates = JSON.parse(text);
  const [{ template }] = templates;
  const groups: Json[] = Object.values(template.Resources).filter((each: Json) => each.Properties.RecordSets);
  const found = (name: string) => groups.find(({ Properties }) => Properties.RecordSets[0].Name === name)?.Properties;
  change(found, template.Resources);
  return [...new RoutingWalk(simulatorOf(templates, deployment), policy, deployment).broken].sort();
}

const byId = ({ RecordSets }: Json, id: string) => RecordSets.find((each: Json) => each.SetIdentifier === id);

const LEAVES = 'a client gets an answer of its jurisdiction or none';
const STAYS = 'what does not work is left where there is another';
const WATCHER = 'a dead watcher moves nobody';
const OTHER_PATH = 'a failure of one path moves no client of the other';

const europe = { SetIdentifier: 'continent', GeoLocation: { ContinentCode: 'EU' } };
const record = { Name: INGEST, Type: 'CNAME', TTL: '60' };
const toUs = { ...record, ResourceRecords: ['us.ingest.audit.example.com'] };

test('nothing is broken by no change', () => {
  expect(brokenBy(() => {})).toEqual([]);
});

test.each<[string, Change, Promised[]]>([
  [
    'a record loses its health check',
    (group) => {
      delete byId(group(`eu.${INGEST}`), 'eu-central-1').HealthCheckId;
    },
    [WATCHER, 'everything down moves nobody', STAYS],
  ],
  [
    'a record listens to the other path',
    (group) => {
      const other = byId(group('eu.query.audit.example.com.'), 'eu-central-1').HealthCheckId;
      byId(group(`eu.${INGEST}`), 'eu-central-1').HealthCheckId = other;
    },
    [OTHER_PATH, STAYS],
  ],
  [
    'a country leads to another jurisdiction',
    (group) => {
      byId(group(INGEST), 'FR').ResourceRecords = ['us.ingest.audit.example.com'];
    },
    [LEAVES, STAYS],
  ],
  [
    'there is a default',
    (group) => {
      group(INGEST).RecordSets.push({ ...toUs, SetIdentifier: 'default', GeoLocation: { CountryCode: '*' } });
    },
    ['a country that is not listed gets no answer', LEAVES],
  ],
  [
    'a country has the health of its records, and there is somewhere else to go',
    (group) => {
      const target = { DNSName: `eu.${INGEST}`, HostedZoneId: 'Z0123456789EXAMPLE', EvaluateTargetHealth: true };
      const { SetIdentifier, GeoLocation } = byId(group(INGEST), 'DE');
      const alias = { Name: INGEST, Type: 'CNAME', SetIdentifier, GeoLocation, AliasTarget: target };
      group(INGEST).RecordSets = [
        ...group(INGEST).RecordSets.filter((each: Json) => each.SetIdentifier !== 'DE'),
        alias,
        { ...toUs, ...europe },
      ];
    },
    ['a country that is not listed gets no answer', WATCHER, LEAVES, 'everything down moves nobody'],
  ],
  [
    'a subtree reaches into another jurisdiction',
    (group) => {
      const us = byId(group(`us.${INGEST}`), 'us-east-1');
      group(`eu.${INGEST}`).RecordSets.push({ ...us, Name: `eu.${INGEST}` });
    },
    [LEAVES],
  ],
  [
    'a metric that ends is taken for health',
    (group, resources) => {
      const id = byId(group(`eu.${INGEST}`), 'eu-central-1').HealthCheckId.Ref;
      resources[id].Properties.HealthCheckConfig.InsufficientDataHealthStatus = 'Healthy';
    },
    [WATCHER],
  ],
  [
    'a country is forgotten',
    (group) => {
      group(INGEST).RecordSets = group(INGEST).RecordSets.filter((each: Json) => each.SetIdentifier !== 'DE');
    },
    ['a client gets an answer as long as all works'],
  ],
  [
    'a region is forgotten',
    (group) => {
      group(`us.${INGEST}`).RecordSets.pop();
    },
    ['every region has clients when no other works', STAYS],
  ],
])('%s: noticed', (_, change, expected) => {
  expect(brokenBy(change)).toEqual([...expected].sort());
});

test('a way out that only opens when three regions are down is noticed', () => {
  const regions = ['eu-central-1', 'eu-west-1', 'eu-north-1'].map((name) => ({ name, jurisdiction: 'EU' }));
  const traffic = { jurisdiction: { EU: ['DE'], US: ['US'] } };
  const policy = parsedPolicy({
    regions: [...regions, { name: 'us-east-1', jurisdiction: 'US' }],
    traffic: { writes: traffic, reads: traffic },
  });
  const deployment = Deployment.example(policy);
  const text = JSON.stringify(routingTemplates(policy, deployment));
  const change: Change = (group, resources) => {
    const eu = group(`eu.${INGEST}`);
    const checks = regions.map(({ name }) => byId(eu, name).HealthCheckId);
    const config = { Type: 'CALCULATED', ChildHealthChecks: checks, HealthThreshold: 1 };
    resources.Any = { Type: 'AWS::Route53::HealthCheck', Properties: { HealthCheckConfig: config } };
    // Beside the three, a name that leads to the United States once none of them works.
    const root = group(INGEST);
    const own = { Name: `out.${INGEST}`, Type: 'CNAME', TTL: '60' };
    resources.Out = {
      Type: 'AWS::Route53::RecordSetGroup',
      DependsOn: Object.keys(resources).filter((id) => resources[id].Properties.RecordSets),
      Properties: {
        HostedZoneId: root.HostedZoneId,
        RecordSets: [
          {
            ...own,
            SetIdentifier: 'primary',
            Failover: 'PRIMARY',
            HealthCheckId: { 'Fn::GetAtt': ['Any', 'HealthCheckId'] },
            ResourceRecords: [`eu.${INGEST}`],
          },
          { ...own, SetIdentifier: 'secondary', Failover: 'SECONDARY', ResourceRecords: [`us.${INGEST}`] },
        ],
      },
    };
    byId(root, 'DE').ResourceRecords = [`out.${INGEST}`];
    const rootId = Object.keys(resources).find((id) => resources[id].Properties === root)!;
    resources.Out.DependsOn = resources.Out.DependsOn.filter((id: string) => id !== rootId);
    resources[rootId].DependsOn = [resources[rootId].DependsOn, 'Out'].flat();
  };
  expect(brokenBy(() => {}, policy, deployment, text)).toEqual([]);
  expect(brokenBy(change, policy, deployment, text)).toContain(LEAVES);
});
