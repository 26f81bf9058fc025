import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Canary } from '../../../lib/services/canary/canary';
import { toEnv } from '../../../lib/services/canary/config';
import { openCanary } from '../../../lib/services/canary/lambda';
import { issueCertificate } from '../../../lib/services/edge/certificate';
import { ClientAuthority } from '../edge/client-certificates';
import { AwsServer } from './aws-server';
import { answer, HttpsServer, PUBLIC_NAMES } from './https-server';

const NO_SECRETS = { ...process.env };

interface Metric {
  readonly Log: string;
  readonly Region: string;
  readonly Path: string;
  readonly CanarySuccess: number;
  readonly outcome: string;
  readonly _aws: { readonly Timestamp: number; readonly CloudWatchMetrics: unknown };
}

interface SwitchMetric {
  readonly Log: string;
  readonly EvacuationUnclear: number;
  readonly _aws: { readonly Timestamp: number; readonly CloudWatchMetrics: unknown };
}

const AT = Date.parse('2026-11-18T10:12:00Z');

let folder: string;
let aws: AwsServer;
/** By region: what stands behind its names. Writers show certificates, readers tokens. */
let one: { ingest: HttpsServer; query: HttpsServer };
let other: HttpsServer;
let issuer: HttpsServer;
let authority: ClientAuthority;
/** What was found of targets, and of the evacuation switch. */
let written: Metric[];
let switches: SwitchMetric[];
let logged: Record<string, unknown>[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'canary-'));
  authority = await ClientAuthority.create();
  [aws, other, issuer] = await Promise.all([
    AwsServer.start(),
    HttpsServer.start(answer(200)),
    HttpsServer.start(answer(200, '{"access_token":"t0ken","token_type":"Bearer","expires_in":3600}')),
  ]);
  const [ingest, query] = await Promise.all([
    HttpsServer.start(answer(200), authority.pem),
    HttpsServer.start(answer(200)),
  ]);
  one = { ingest, query };
  const { cert: certificate, key: privateKey } = await authority.issue({ subject: 'CN=canary' });
  aws.secrets.ingest = JSON.stringify({ certificate, privateKey });
  aws.secrets.query = JSON.stringify({
    tokenUrl: `${issuer.origin}/token`,
    clientId: 'canary',
    clientSecret: 's3cret',
  });
  await writeFile(join(folder, 'ca.pem'), issuer.ca);
  Object.assign(process.env, aws.environment);
});
afterAll(async () => {
  process.env = NO_SECRETS;
  await Promise.all([aws, other, issuer, one.ingest, one.query].map((server) => server.stop()));
  await rm(folder, { recursive: true });
});
beforeEach(() => {
  aws.parameter = 'none';
  for (const server of [one.ingest, one.query, other]) {
    server.answering = answer(200);
    server.received.length = 0;
  }
  issuer.received.length = 0;
  written = [];
  switches = [];
  logged = [];
  const lines = (into: (line: object) => object[]) => (text: unknown) => {
    for (const line of String(text).trim().split('\n')) {
      const parsed = JSON.parse(line);
      into(parsed).push(parsed);
    }
    return true;
  };
  const metrics = (line: object): object[] => ('EvacuationUnclear' in line ? switches : written);
  jest.spyOn(process.stdout, 'write').mockImplementation(lines(metrics));
  jest.spyOn(process.stderr, 'write').mockImplementation(lines(() => logged));
});
afterEach(() => jest.restoreAllMocks());

/** `one` has a port for each path, as if each were a name; both paths of `two` are one server's. */
function canary(targets: Record<string, string[]> = regions(), caFile = join(folder, 'ca.pem')) {
  const made: Canary = openCanary(environment(targets, caFile));
  return { run: () => made.run(AT) };
}

function environment(targets: Record<string, string[]>, caFile: string): Record<string, string> {
  return toEnv({
    log: 'acme-audit',
    targets,
    publicName: '{path}.audit.localhost',
    evacuationParameter: '/acme-audit/evacuated',
    ingestSecret: 'ingest',
    querySecret: 'query',
    caFile,
  });
}

const regions = () => ({ [other.origin]: ['eu-west-1'] });

const found = () => Object.fromEntries(written.map((each) => [`${each.Region}/${each.Path}`, each.CanarySuccess]));
const outcomes = () => Object.fromEntries(written.map((each) => [`${each.Region}/${each.Path}`, each.outcome]));

test('appends one small event, with an id that no other has', async () => {
  const canaries = canary();
  await canaries.run();
  await canaries.run();
  const appends = other.received.filter(({ method }) => method === 'POST');
  expect(appends).toHaveLength(2);
  for (const { url, headers, body } of appends) {
    expect([url, headers['content-type']]).toEqual(['/v1/events', 'application/json']);
    expect(JSON.parse(body)).toEqual({
      action: 'audit-log.canary',
      actor: 'canary',
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
  }
  expect(new Set(appends.map(({ body }) => body)).size).toBe(2);
});

test('reads the last minute, one event of a canary at most, with a token', async () => {
  await canary().run();
  const read = other.received.find(({ method }) => method === 'GET');
  const { pathname, searchParams } = new URL(`${read?.url}`, other.origin);
  expect([pathname, searchParams.get('action'), searchParams.get('limit'), read?.headers.authorization]).toEqual([
    '/v1/events',
    'audit-log.canary',
    '1',
    'Bearer t0ken',
  ]);
  const [from, to] = ['from', 'to'].map((name) => Date.parse(`${searchParams.get(name)}`)) as [number, number];
  expect([from, to]).toEqual([AT - 60_000, AT]);
});

test('its search begins with what firewalls look for', async () => {
  await canary().run();
  expect(other.received.find(({ method }) => method === 'GET')?.url).toMatch(
    /^\/v1\/events\?action=audit-log\.canary&/,
  );
});

test('asks the address of the region for the name that clients use', async () => {
  await canary().run();
  expect(other.received.map(({ method, servername, headers }) => [method, servername, headers.host]).sort()).toEqual([
    ['GET', 'query.audit.localhost', 'query.audit.localhost'],
    ['POST', 'ingest.audit.localhost', 'ingest.audit.localhost'],
  ]);
});

describe('the certificate of a region', () => {
  const outcomesWith = async (names: string[]) => {
    const certificate = await issueCertificate(names, ['127.0.0.1'], Date.now());
    const server = await HttpsServer.start(answer(200), undefined, certificate);
    const caFile = join(folder, 'certificate.pem');
    await writeFile(caFile, `${server.ca}\n${issuer.ca}`);
    await canary({ [server.origin]: ['eu-west-1'] }, caFile).run();
    await server.stop();
    return outcomes();
  };
  const MISNAMED = 'ERR_TLS_CERT_ALTNAME_INVALID';

  test('that has the public names is enough', async () => {
    expect(await outcomesWith(PUBLIC_NAMES)).toEqual({ 'eu-west-1/ingest': 'answered', 'eu-west-1/query': 'answered' });
  });

  test.each([
    [['localhost', 'ingest.audit.localhost'], 'answered', MISNAMED],
    [['localhost', 'query.audit.localhost'], MISNAMED, 'answered'],
    [['localhost', 'eu-west-1.ingest.audit.localhost'], MISNAMED, MISNAMED],
  ])('with %j: ingest %s, query %s', async (names, ingest, query) => {
    expect(await outcomesWith(names)).toEqual({ 'eu-west-1/ingest': ingest, 'eu-west-1/query': query });
    expect(found()).toEqual({
      'eu-west-1/ingest': Number(ingest === 'answered'),
      'eu-west-1/query': Number(query === 'answered'),
    });
  });
});

test('shows its certificate to who verifies it', async () => {
  await canary({ [one.ingest.origin]: ['eu-central-1'] }).run();
  expect(one.ingest.received.filter(({ method }) => method === 'POST').map(({ client }) => client)).toEqual(['canary']);
  // Who reads shows a token, which this server does not take for a certificate.
  expect(found()).toEqual({ 'eu-central-1/ingest': 1, 'eu-central-1/query': 0 });
});

test('writes one metric a target, in the format that CloudWatch takes from a log', async () => {
  await canary().run();
  expect(written).toHaveLength(2);
  expect(written.find(({ Path }) => Path === 'ingest')).toEqual({
    _aws: {
      Timestamp: AT,
      CloudWatchMetrics: [
        {
          Namespace: 'ImmutableAuditLog',
          Dimensions: [['Log', 'Region', 'Path']],
          Metrics: [{ Name: 'CanarySuccess', Unit: 'None', StorageResolution: 60 }],
        },
      ],
    },
    Log: 'acme-audit',
    Region: 'eu-west-1',
    Path: 'ingest',
    CanarySuccess: 1,
    outcome: 'answered',
  });
});

test.each([201, 202, 204, 301, 400, 403, 404, 429, 500, 502, 503])('%s is not 200', async (status) => {
  other.answering = answer(status);
  await canary().run();
  expect(outcomes()).toEqual({ 'eu-west-1/ingest': `status-${status}`, 'eu-west-1/query': `status-${status}` });
  expect(found()).toEqual({ 'eu-west-1/ingest': 0, 'eu-west-1/query': 0 });
});

test('sends once, whatever comes of it', async () => {
  other.answering = answer(503);
  await canary().run();
  expect(other.received.map(({ method }) => method).sort()).toEqual(['GET', 'POST']);
});

test('a large answer is as good as a small one', async () => {
  other.answering = answer(200, 'x'.repeat(5_000_000));
  await canary().run();
  expect(found()).toEqual({ 'eu-west-1/ingest': 1, 'eu-west-1/query': 1 });
});

test('after 401 a new token is asked for', async () => {
  const canaries = canary();
  await canaries.run();
  other.answering = answer(401);
  await canaries.run();
  expect(issuer.received).toHaveLength(1);
  await canaries.run();
  expect(issuer.received).toHaveLength(2);
});

test('a region that does not answer keeps nobody waiting', async () => {
  one.query.answering = () => {};
  const running = canary({ ...regions(), [one.query.origin]: ['eu-central-1'] }).run();
  while (written.length < 2) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(found()).toEqual({ 'eu-west-1/ingest': 1, 'eu-west-1/query': 1 });
  one.query.answering = answer(200);
  one.query.disconnect();
  await running;
  expect(outcomes()).toMatchObject({ 'eu-central-1/ingest': 'ECONNRESET', 'eu-central-1/query': 'ECONNRESET' });
});

describe('without credentials', () => {
  test.each([
    ['that there are', undefined, 'ResourceNotFoundException'],
    ['that can be read', '', 'credentials-malformed'],
  ])('%s nothing is sent on their path, and the other path is tried', async (_, secret, outcome) => {
    const before = aws.secrets.ingest;
    if (secret === undefined) delete aws.secrets.ingest;
    else aws.secrets.ingest = secret;
    await canary().run();
    aws.secrets.ingest = before as string;
    expect(outcomes()).toEqual({ 'eu-west-1/ingest': outcome, 'eu-west-1/query': 'answered' });
    expect(other.received.map(({ method }) => method)).toEqual(['GET']);
  });
});

describe('the evacuation switch', () => {
  test('is read in every round', async () => {
    const canaries = canary();
    await canaries.run();
    aws.parameter = 'eu-west-1';
    await canaries.run();
    aws.parameter = 'none';
    await canaries.run();
    expect(written.map(({ CanarySuccess }) => CanarySuccess)).toEqual([1, 1, 0, 0, 1, 1]);
  });

  test('takes a path away without a request to it', async () => {
    aws.parameter = 'eu-west-1/ingest';
    await canary().run();
    expect(outcomes()).toEqual({ 'eu-west-1/ingest': 'evacuated', 'eu-west-1/query': 'answered' });
    expect(other.received.map(({ method }) => method)).toEqual(['GET']);
  });

  test.each([
    ['eu-west-1/query,eu-west-9', '"eu-west-9"'],
    ['eu-west-9, eu-west-1/query', '"eu-west-9"'],
    ['none,eu-west-1/query,eu-west-1/seal', '"none", "eu-west-1/seal"'],
    ['eu-west-1/query,', '""'],
  ])('that is %j evacuates what is there, and says what is not: %s', async (text, unknown) => {
    aws.parameter = text;
    await canary().run();
    expect(outcomes()).toEqual({ 'eu-west-1/ingest': 'answered', 'eu-west-1/query': 'evacuated' });
    expect(logged).toMatchObject([
      { level: 'error', event: 'evacuation-malformed', unknown, counts: 'eu-west-1/query' },
    ]);
    expect(switches.map(({ EvacuationUnclear }) => EvacuationUnclear)).toEqual([1]);
  });

  test.each(['', 'eu-west-9'])('that is %j evacuates nothing, and says so', async (text) => {
    aws.parameter = text;
    await canary().run();
    expect(found()).toEqual({ 'eu-west-1/ingest': 1, 'eu-west-1/query': 1 });
    expect(logged).toMatchObject([{ event: 'evacuation-malformed', unknown: JSON.stringify(text), counts: 'none' }]);
  });

  test('means the same to a function that has just started', async () => {
    const canaries = canary();
    aws.parameter = 'eu-west-1/ingest';
    await canaries.run();
    aws.parameter = 'eu-west-1/query,eu-west-9';
    await canaries.run();
    const before = outcomes();
    await canary().run();
    expect(outcomes()).toEqual(before);
  });

  test('that cannot be read stays as it was', async () => {
    const canaries = canary();
    aws.parameter = 'eu-west-1/query';
    await canaries.run();
    aws.parameter = undefined;
    await canaries.run();
    expect(logged).toMatchObject([{ level: 'error', event: 'evacuation-unreadable', counts: 'eu-west-1/query' }]);
    expect(switches.map(({ EvacuationUnclear }) => EvacuationUnclear)).toEqual([0, 1]);
    expect(other.received.map(({ method }) => method)).toEqual(['POST', 'POST']);
  });

  test('that could never be read evacuates nothing', async () => {
    aws.parameter = undefined;
    await canary().run();
    expect(found()).toEqual({ 'eu-west-1/ingest': 1, 'eu-west-1/query': 1 });
    expect(logged).toMatchObject([{ event: 'evacuation-unreadable', counts: 'none' }]);
  });

  test('has a metric of its own', async () => {
    await canary().run();
    expect(switches).toEqual([
      {
        _aws: {
          Timestamp: AT,
          CloudWatchMetrics: [
            {
              Namespace: 'ImmutableAuditLog',
              Dimensions: [['Log']],
              Metrics: [{ Name: 'EvacuationUnclear', Unit: 'None', StorageResolution: 60 }],
            },
          ],
        },
        Log: 'acme-audit',
        EvacuationUnclear: 0,
      },
    ]);
  });
});

test('the bundle does what its source does, and writes the metric as a line of its own', async () => {
  const env = { ...process.env, ...environment(regions(), join(folder, 'ca.pem')) };
  const bundle = join(__dirname, '../../../dist/bundles/canary-lambda/index.js');
  const due = Math.floor(Date.now() / 60_000) * 60_000;
  const event = JSON.stringify({ time: new Date(due).toISOString().replace('.000', '') });
  const { stdout } = await promisify(execFile)('node', ['-e', `require('${bundle}').handler(${event})`], { env });
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const tried = lines.filter(({ Path }) => Path !== undefined);
  expect(tried.map(({ Path, CanarySuccess }) => `${Path} ${CanarySuccess}`).sort()).toEqual(['ingest 1', 'query 1']);
  expect(lines.map(({ _aws }) => _aws.Timestamp)).toEqual([due, due, due]);
});

test('nothing that is secret is logged', async () => {
  other.answering = answer(401, 'answer-body');
  aws.parameter = 'wrong';
  await canary().run();
  const text = JSON.stringify([written, logged]);
  for (const secret of ['t0ken', 's3cret', 'PRIVATE KEY', 'CERTIFICATE', 'answer-body'])
    expect(text).not.toContain(secret);
});
