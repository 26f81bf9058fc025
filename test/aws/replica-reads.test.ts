import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Construct } from 'constructs';
import { type IReadTarget, Network, NetworkReach, ReadTarget } from '../../lib/aws';
import { fromEnv as querySettings } from '../../lib/services/query/config';
import { parseS3Url } from '../../lib/services/store/s3-url';
import { fromEnv as viewSettings } from '../../lib/services/view/config';
import { IMAGE } from './fronts';
import { PhysicalResources } from './physical-resources';
import { administrator, PolicySimulator } from './policy-simulator';
import { replicatedStack } from './replicated';

type Environment = Record<string, string>;
type Variables = { Name: string; Value: string }[];

/** What searches in eu-central-1, where the logs of two other regions of the EU are replicated to. */
class ReplicaReads {
  public readonly archive = replicatedStack('eu-central-1', new App());
  public readonly stack = new Stack(this.archive.node.root as App, 'Front');

  public constructor(target: IReadTarget) {
    const { archive } = this.archive;
    const network = new Network(this.stack, 'Network', { archive, reach: NetworkReach.INTERNET });
    target.bind(new Construct(this.stack, 'Read'), { archive, network, image: IMAGE });
  }

  public get resources(): PhysicalResources['all'] {
    return new PhysicalResources([this.archive, this.stack], '111122223333', 'eu-central-1').all;
  }
}

const tasks = new ReplicaReads(ReadTarget.fargate());
const functions = new ReplicaReads(ReadTarget.lambda());
const resources = tasks.resources;

function fromVariables(variables: Variables): Environment {
  return Object.fromEntries(variables.map(({ Name, Value }) => [Name, Value]));
}

function taskEnvironment(bundle: string): Environment {
  const containers = resources.flatMap(({ properties }) => (properties.ContainerDefinitions ?? []) as object[]);
  const found = (containers as { Command: string[]; Environment: Variables }[]).find(({ Command }) =>
    Command.includes(`dist/bundles/${bundle}.js`),
  );
  return fromVariables(found?.Environment ?? []);
}

function functionEnvironment(): Environment {
  const [query] = functions.resources.filter(({ type }) => type === 'AWS::Lambda::Function');
  return (query as unknown as { properties: { Environment: { Variables: Environment } } }).properties.Environment
    .Variables;
}

test.each([
  ['tasks', () => taskEnvironment('query')],
  ['functions', () => functionEnvironment()],
])('%s search the log of the region and those of the others of its jurisdiction', (_, environment) => {
  const { origin, replicas = [], unsearchedRegions } = querySettings(environment());
  expect(origin).toBe('acme-audit/eu-central-1');
  expect(replicas.map((replica) => replica.origin)).toEqual(['acme-audit/eu-west-1', 'acme-audit/eu-north-1']);
  expect(unsearchedRegions).toEqual(['europe-west3']);
  for (const { store } of replicas) {
    expect(parseS3Url(store)).toMatchObject({
      bucket: 'acme-audit-replicas-111122223333-eu-central-1-an',
      prefix: '',
      region: 'eu-central-1',
    });
  }
});

test('the table has the logs of all of them, and of no other', () => {
  const [table] = resources.filter(({ type }) => type === 'AWS::Glue::Table');
  const { TableInput } = (table as unknown as { properties: { TableInput: { Parameters: Environment } } }).properties;
  expect(TableInput.Parameters['projection.region.values']).toBe('eu-central-1,eu-west-1,eu-north-1');
});

describe('the roll-up', () => {
  const rules = Object.values(Template.fromStack(tasks.stack).findResources('AWS::Events::Rule'));
  const targets = rules.map(({ Properties }) => [Properties.ScheduleExpression, Properties.Targets[0]]);

  test('runs once an hour for each log, and waits for replication', () => {
    expect(targets.map(([schedule]) => schedule).sort()).toEqual([
      'cron(20 * * * ? *)',
      'cron(40 * * * ? *)',
      'cron(40 * * * ? *)',
    ]);
  });

  test('is the same task in the same network for all, and starts as nobody else', () => {
    const [[, first]] = targets as [[string, { Arn: unknown; RoleArn: unknown; EcsParameters: unknown }]];
    for (const [, { Arn, RoleArn, EcsParameters }] of targets) {
      expect({ Arn, RoleArn, EcsParameters }).toEqual({
        Arn: first.Arn,
        RoleArn: first.RoleArn,
        EcsParameters: first.EcsParameters,
      });
    }
  });

  test('makes files of the replica of each log when its root says so', () => {
    const base = taskEnvironment('view');
    const rolledUp = resources
      .filter(({ type }) => type === 'AWS::Events::Rule')
      .flatMap(({ properties }) => properties.Targets as { Input?: string }[])
      .map(({ Input }) => {
        const [override] = JSON.parse(Input ?? '{}').containerOverrides ?? [];
        const changed = (override?.environment ?? []) as { name: string; value: string }[];
        return viewSettings({ ...base, ...Object.fromEntries(changed.map(({ name, value }) => [name, value])) });
      });
    expect(rolledUp.map(({ origin, storeHolds }) => [origin, storeHolds])).toEqual([
      ['acme-audit/eu-central-1', undefined],
      ['acme-audit/eu-west-1', 'replica'],
      ['acme-audit/eu-north-1', 'replica'],
    ]);
    expect(new Set(rolledUp.map(({ view }) => view)).size).toBe(1);
    expect(rolledUp.map(({ store }) => parseS3Url(store).bucket.includes('replicas'))).toEqual([false, true, true]);
  });
});

describe('through the endpoint of S3', () => {
  const simulator = new PolicySimulator([tasks.archive, tasks.stack]);
  const replicas = 'arn:aws:s3:::acme-audit-replicas-111122223333-eu-central-1-an';

  test.each([
    ['what searches', 'ArchiveRolesQuery'],
    ['what rolls up', 'ArchiveRolesView'],
  ])('%s reads and lists replicas, and changes none', async (_, name) => {
    const by = simulator.role(name);
    const through = 'NetworkEndpointsS3';
    const object = `${replicas}/acme-audit/eu-west-1/entries/a`;
    expect(await simulator.decide({ by, action: 's3:GetObject', resource: object, through })).toBe('Allowed');
    expect(await simulator.decide({ by, action: 's3:ListBucket', resource: replicas, through })).toBe('Allowed');
    expect(await simulator.decide({ by, action: 's3:PutObject', resource: object, through })).not.toBe('Allowed');
  });

  test('whoever may write everything writes records, and no replicas', async () => {
    const by = administrator('arn:aws:iam::111122223333:role/Operator');
    const records = simulator.find('AWS::S3::Bucket', 'ArchiveRecordsBucket').arn;
    const open = { Statement: [{ Effect: 'Allow', Principal: '*', Action: 's3:*', Resource: '*' }] };
    const put = (resource: string) =>
      simulator.decide({ by, action: 's3:PutObject', resource, through: 'NetworkEndpointsS3' }, open);
    expect(await put(`${records}/acme-audit/eu-central-1/entries/a`)).toBe('Allowed');
    expect(await put(`${replicas}/acme-audit/eu-west-1/entries/a`)).not.toBe('Allowed');
  });
});
