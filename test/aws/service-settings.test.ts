import { Construct } from 'constructs';
import { type IReadTarget, type IWriteTarget, NetworkReach, ReadTarget, WriteTarget } from '../../lib/aws';
import { ingestEnvironment, queryEnvironment } from '../../lib/aws/service-settings';
import { AuditLogPolicy, Authentication, Residency, Routing, Traffic } from '../../lib/policy';
import { quotedTable } from '../../lib/services/engine/athena-sql';
import { fromEnv as ingestSettings } from '../../lib/services/ingest/config';
import { athenaFromEnv, fromEnv as querySettings } from '../../lib/services/query/config';
import { parseS3Url } from '../../lib/services/store/s3-url';
import { codeOf } from '../policy/coded';
import { Front, IMAGE, policyOf } from './fronts';
import { PhysicalResources } from './physical-resources';

const trust = { issuer: 'https://idp.example.com', jwksUrl: 'https://idp.example.com/jwks', audience: 'audit' };
const certificates = Authentication.mutualTls();
const tokens = Authentication.jwt(trust);

type Environment = Record<string, string>;

interface Container {
  readonly Environment: { Name: string; Value: string }[];
}

/** The environment of a function or task once everything is deployed. */
function environmentOf(target: IWriteTarget | IReadTarget, authenticate: Authentication): Environment {
  const front = new Front(NetworkReach.INTERNET, policyOf({ authenticate }), { image: IMAGE });
  target.bind(new Construct(front.stack, 'Target'), front.context);
  const { all } = new PhysicalResources([front.archiveStack, front.stack], '111122223333', 'eu-central-1');
  const lambda = all.find(({ type }) => type === 'AWS::Lambda::Function');
  if (lambda !== undefined) return (lambda.properties.Environment as { Variables: Environment }).Variables;
  const tasks = all.filter(({ type }) => type === 'AWS::ECS::TaskDefinition');
  const containers = tasks.flatMap(({ properties }) => properties.ContainerDefinitions as Container[]);
  const variables = containers.flatMap((container) => container.Environment);
  return Object.fromEntries(variables.map(({ Name, Value }) => [Name, Value]));
}

const writeTargets: [string, IWriteTarget][] = [
  ['functions', WriteTarget.lambda()],
  ['tasks', WriteTarget.fargate()],
];
const readTargets: [string, IReadTarget][] = [
  ['functions', ReadTarget.lambda()],
  ['tasks', ReadTarget.fargate()],
];

describe.each(writeTargets)('%s that append', (_, target) => {
  test('understand their settings', () => {
    const settings = ingestSettings(environmentOf(target, certificates));
    expect(settings.origin).toBe('acme-audit/eu-central-1');
    expect(parseS3Url(settings.store)).toMatchObject({ prefix: '', region: 'eu-central-1' });
    expect(settings.admissionKey).toMatch(/^awskms:arn:aws:kms:eu-central-1:111122223333:key\/[0-9a-f]+$/);
  });

  test('believe the certificate that the load balancer verified', () => {
    const settings = ingestSettings(environmentOf(target, certificates));
    expect([settings.writerSource, settings.tokenTrust]).toEqual(['alb-mtls', undefined]);
  });

  test('believe tokens of the one issuer for the one audience', () => {
    const settings = ingestSettings(environmentOf(target, tokens));
    expect([settings.writerSource, settings.tokenTrust]).toEqual(['alb-jwt', trust]);
  });

  test('are refused where nobody proves anything', () => {
    expect(codeOf(() => environmentOf(target, Authentication.none()))).toBe('access-open');
  });
});

test('functions that search know where Athena searches', () => {
  const { workgroup, database, table, viewStore } = athenaFromEnv(environmentOf(ReadTarget.lambda(), certificates));
  expect(workgroup).toMatch(/^Front-?Target-?View/);
  expect(quotedTable(database, table)).toMatch(/^"front[a-z0-9]+"."events"$/);
  expect(parseS3Url(viewStore)).toMatchObject({ prefix: '', region: 'eu-central-1' });
});

describe.each(readTargets)('%s that search', (_, target) => {
  test('understand their settings', () => {
    const settings = querySettings(environmentOf(target, certificates));
    expect(settings.origin).toBe('acme-audit/eu-central-1');
    expect(settings.logVkey).toMatch(/^awskms:arn:aws:kms:eu-central-1:111122223333:key\/[0-9a-f]+$/);
  });

  test('believe the certificate that the load balancer verified', () => {
    const settings = querySettings(environmentOf(target, certificates));
    expect([settings.readerSource, settings.tokenTrust]).toEqual(['alb-mtls', undefined]);
  });

  test('believe tokens of the one issuer for the one audience', () => {
    const settings = querySettings(environmentOf(target, tokens));
    expect([settings.readerSource, settings.tokenTrust]).toEqual(['alb-jwt', trust]);
  });

  test('are refused where nobody proves anything', () => {
    expect(codeOf(() => environmentOf(target, Authentication.none()))).toBe('access-open');
  });
});

describe('where clients stay in their jurisdiction', () => {
  const { regions } = policyOf({});
  const stay = Routing.jurisdiction(Residency.byCountry({ [regions[0]!.jurisdiction]: ['DE'] }));
  const traffic = { writes: Routing.latency(), reads: stay };
  const settings = (policy: AuditLogPolicy): [string | undefined, string | undefined] => {
    const { archive } = new Front(NetworkReach.NONE, policy).context;
    const writes = ingestEnvironment(archive, { paceMs: 0, memoryMiB: 64 });
    const reads = queryEnvironment(archive, { cacheFolder: '/cache', memoryMiB: 512 });
    return [writes.AUDIT_JURISDICTION, reads.AUDIT_JURISDICTION];
  };

  test('the services of that path demand its proof, and those of the other do not', () => {
    const { name, writers, readers, retention } = policyOf({});
    const parts = { name, writers, readers, regions, retention };
    expect(settings(AuditLogPolicy.of({ ...parts, traffic: Traffic.of(traffic) }))).toEqual([undefined, 'EU']);
    const swapped = Traffic.of({ writes: stay, reads: Routing.latency() });
    expect(settings(AuditLogPolicy.of({ ...parts, traffic: swapped }))).toEqual(['EU', undefined]);
  });

  test('they demand none where clients come from anywhere', () => {
    expect(settings(policyOf({}))).toEqual([undefined, undefined]);
  });
});
