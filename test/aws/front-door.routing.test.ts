import { Stack } from 'aws-cdk-lib';
import { SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { FrontDoor } from '../../lib/aws';
import { Deployment } from '../../lib/policy';
import { fromJurisdiction } from '../../lib/services/identity/jurisdiction';
import { parseSearch } from '../../lib/services/query/parameters';
import { codeOf } from '../policy/coded';
import { parsedPolicy } from '../policy/parsed-policy';
import { good } from '../policy/policies';
import { type EdgeRequest, EdgeSimulator, type Identity } from './edge-simulator';
import { ALIKE, ALIKE_BY_CERTIFICATE, MIXED, makeFront } from './front-doors';

const WRITES = 'WriteTargetB2944D10';
const READS = 'ReadTarget3B84E8CE';

const INGEST = 'ingest.audit.example.com';
const QUERY = 'query.audit.example.com';

const WRITER = '203.0.113.7';
const READER = '198.51.100.7';

const certificate: Identity = { kind: 'certificate' };
const token: Identity = { kind: 'token', iss: 'https://idp.example.com', aud: 'audit' };
const none: Identity = { kind: 'none' };

const write = (more: Partial<EdgeRequest> = {}): EdgeRequest => {
  return { host: INGEST, method: 'POST', path: '/v1/events', source: WRITER, identity: certificate, ...more };
};
const read = (more: Partial<EdgeRequest> = {}): EdgeRequest => {
  return { host: QUERY, method: 'GET', path: '/v1/events', source: READER, identity: token, ...more };
};
const LEAF = { 'x-amzn-mtls-clientcert-leaf': '-----BEGIN%20CERTIFICATE' };

describe('split: writers by certificate, readers by token', () => {
  const simulator = new EdgeSimulator(makeFront().stack);

  test.each<[string, EdgeRequest, string | number]>([
    ['an append', write(), WRITES],
    ['an append over IPv6', write({ source: '2001:db8:1::7' }), WRITES],
    ['an append with a query', write({ path: '/v1/events?a=b' }), WRITES],
    ['a search', read(), READS],
    ['a search over IPv6', read({ source: '2001:db8:2::7' }), READS],
    ['a search with parameters', read({ path: '/v1/events?from=2026-01-01&contains=%2e%2e' }), READS],
    ['a HEAD of a search', read({ method: 'HEAD' }), READS],
    ['the key', read({ path: '/v1/log.vkey' }), READS],
    ['a HEAD of the key', read({ method: 'HEAD', path: '/v1/log.vkey' }), READS],
    ["an append by the region's own name", write({ host: `eu-central-1.${INGEST}` }), WRITES],
    ["a search by the region's own name", read({ host: `eu-central-1.${QUERY}` }), READS],
  ])('%s is served', (_, request, target) => {
    expect(simulator.answer(request)).toBe(target);
  });

  test.each<[string, EdgeRequest]>([
    ['an append to the readers', read({ method: 'POST' })],
    ['a search at the writers', write({ method: 'GET' })],
    ['the key at the writers', write({ method: 'GET', path: '/v1/log.vkey' })],
    ['the root', read({ path: '/' })],
    ['health, which is for the load balancer', read({ path: '/healthz' })],
    ['readiness, which is for the load balancer', write({ method: 'GET', path: '/readyz' })],
    ['a longer path', read({ path: '/v1/events/1' })],
    ['a shorter path', write({ path: '/v1' })],
    ['a path in upper case', write({ path: '/V1/EVENTS' })],
    ['a path with a slash at the end', write({ path: '/v1/events/' })],
    ['a path with two slashes', write({ path: '//v1/events' })],
    ['an encoded path', write({ path: '/v1/event%73' })],
    ['PUT', write({ method: 'PUT' })],
    ['DELETE', write({ method: 'DELETE' })],
    ['OPTIONS', read({ method: 'OPTIONS' })],
    ['a method in lower case', write({ method: 'post' })],
    ['what is not served, without a token', read({ path: '/v1/proof', identity: none })],
  ])('%s is answered 404', (_, request) => {
    expect(simulator.answer(request)).toBe(404);
  });

  test.each<[string, Identity]>([
    ['no token', none],
    ['a certificate instead of a token', certificate],
    ['a token of another issuer', { ...token, iss: 'https://idp.example.org' }],
    ['a token for another audience', { ...token, aud: 'billing' }],
  ])('a search with %s is answered 401', (_, identity) => {
    expect(simulator.answer(read({ identity }))).toBe(401);
  });

  test.each<[string, Identity]>([
    ['no certificate', none],
    ['a token instead of a certificate', token],
  ])('an append with %s does not get through the handshake', (_, identity) => {
    expect(simulator.answer(write({ identity }))).toBe('handshake refused');
  });

  test.each<[string, EdgeRequest]>([
    ['a reader at the writers', write({ source: READER })],
    ['a writer at the readers', read({ source: WRITER })],
    ['a stranger at the writers', write({ source: '192.0.2.1' })],
    ['a stranger at the readers over IPv6', read({ source: '2001:db8:3::1' })],
  ])('%s is not let in', (_, request) => {
    expect(simulator.answer(request)).toBe('connection refused');
  });

  test.each<[string, EdgeRequest]>([
    ['a writer that names itself', write({ headers: { 'x-audit-writer': 'mtls:somebody' } })],
    ['a reader that names itself', read({ headers: { 'x-audit-writer': 'jwt:somebody' } })],
    ['a reader with a certificate in a header', read({ headers: LEAF })],
    ['a reader with a subject in a header', read({ headers: { 'x-amzn-mtls-clientcert-subject': 'CN=auditor' } })],
    ['a reader with a chain in a header', read({ headers: { 'x-amzn-mtls-clientcert': 'MII' } })],
  ])('%s is answered 403', (_, request) => {
    expect(simulator.answer(request)).toBe(403);
  });

  test('other names lead nowhere', () => {
    expect(simulator.answer(write({ host: 'audit.example.com' }))).toBe('no such name');
  });
});

describe('shared, by token', () => {
  const simulator = new EdgeSimulator(makeFront(ALIKE, FrontDoor.shared()).stack);
  const append = (more: Partial<EdgeRequest> = {}) => write({ source: READER, identity: token, ...more });

  test.each<[string, EdgeRequest, string | number]>([
    ['an append', append(), WRITES],
    ['a search', read(), READS],
    ['the key', read({ path: '/v1/log.vkey' }), READS],
    ["an append by the region's own name", append({ host: `eu-central-1.${INGEST}` }), WRITES],
    ["a search by the region's own name", read({ host: `eu-central-1.${QUERY}` }), READS],
    ['an append by the name of readers', append({ host: QUERY }), 404],
    ["a search by the region's own name of writers", read({ host: `eu-central-1.${INGEST}` }), 404],
    ['a search by the name of writers', read({ host: INGEST }), 404],
    ['an append without a token', append({ identity: none }), 401],
    ['a search without a token', read({ identity: none }), 401],
    ['an append with a certificate in a header', append({ headers: LEAF }), 403],
    ['a stranger', append({ source: '192.0.2.1' }), 'connection refused'],
  ])('%s', (_, request, answer) => {
    expect(simulator.answer(request)).toBe(answer);
  });
});

describe('shared, by certificate', () => {
  const simulator = new EdgeSimulator(makeFront(ALIKE_BY_CERTIFICATE, FrontDoor.shared()).stack);

  test.each<[string, EdgeRequest, string | number]>([
    ['an append', write(), WRITES],
    ['a search', read({ source: WRITER, identity: certificate }), READS],
    ['a search without a certificate', read({ source: WRITER, identity: none }), 'handshake refused'],
    ['an append to the readers', write({ host: QUERY }), 404],
  ])('%s', (_, request, answer) => {
    expect(simulator.answer(request)).toBe(answer);
  });
});

describe("behind the organisation's own security group", () => {
  const group = SecurityGroup.fromSecurityGroupId(new Stack(), 'Group', 'sg-01234567');
  const simulator = new EdgeSimulator(makeFront(MIXED, FrontDoor.split({ securityGroup: group })).stack);

  test.each<[string, EdgeRequest, string | number]>([
    ['an append', write(), WRITES],
    ['a stranger at the writers', write({ source: '192.0.2.1' }), 403],
    ['a stranger at the readers over IPv6', read({ source: '2001:db8:3::1' }), 403],
    ['a stranger at the readers without a token', read({ source: '192.0.2.1', identity: none }), 403],
  ])('%s', (_, request, answer) => {
    expect(simulator.answer(request)).toBe(answer);
  });
});

test('with an allow-list of the internet, everybody gets as far as authentication', () => {
  const everybody = parsedPolicy({ readers: { ...good.readers, allow: 'internet' } });
  const simulator = new EdgeSimulator(makeFront(everybody).stack);
  const strangers = ['192.0.2.1', '2001:db8:3::1'].map((source) => read({ source, identity: none }));
  expect(strangers.map((request) => simulator.answer(request))).toEqual([401, 401]);
});

describe('a region of a jurisdiction, with canaries', () => {
  const CANARY = '192.0.2.10';
  const MARK = 'x-amzn-waf-audit-jurisdiction';
  const jurisdiction = { EU: ['DE', 'FR'], US: ['US'] };
  const resident = parsedPolicy({
    regions: [
      { name: 'eu-central-1', jurisdiction: 'EU' },
      { name: 'us-east-1', jurisdiction: 'US' },
    ],
    traffic: { writes: { jurisdiction }, reads: { jurisdiction } },
  });
  const simulator = new EdgeSimulator(makeFront(resident).stack);
  const OWN = '/v1/events?action=audit-log.canary&limit=1';
  const canary = (path: string) => read({ source: CANARY, country: 'US', path });

  test.each<[string, EdgeRequest, string | number]>([
    ['an append from Germany', write(), WRITES],
    ['an append from France', write({ country: 'FR' }), WRITES],
    ['an append from the United States', write({ country: 'US' }), 403],
    ['an append from a country of no jurisdiction', write({ country: 'CH' }), 403],
    ['an append from nobody knows where', write({ country: '' }), 403],
    ['a search from France', read({ country: 'FR' }), READS],
    ['a search from the United States', read({ country: 'US' }), 403],
    ['an append of the canary, from the United States', write({ source: CANARY, country: 'US' }), WRITES],
    ['a search of the canary, from the United States', canary(OWN), READS],
    ['one that has conditions besides', canary(`${OWN}&from=2026-01-01&to=2026-01-02`), READS],
    ['one whose action is not the first condition', canary('/v1/events?limit=1&action=audit-log.canary'), 403],
    ['a search for everything, with what the canary has', canary('/v1/events'), 403],
    ['a search for other events', canary('/v1/events?action=login'), 403],
    ['a search for what only begins so', canary('/v1/events?action=audit-log.canary.other&limit=1'), 403],
    ['a search for what only ends so', canary('/v1/events?action=other.audit-log.canary&limit=1'), 403],
    ['a search for what holds the name', canary('/v1/events?contains=action=audit-log.canary&limit=1'), 403],
    ['a search whose action is encoded', canary('/v1/events?action=audit%2dlog.canary&limit=1'), 403],
    ['the key, with what the canary has', canary('/v1/log.vkey'), 403],
    ['the key, with a condition', canary('/v1/log.vkey?action=audit-log.canary&limit=1'), 403],
    ['a search of the canary from a country of the jurisdiction', read({ source: CANARY, path: '/v1/events' }), 403],
    ['a search of a reader for everything', read(), READS],
    ['an append of the canary without a certificate', write({ source: CANARY, identity: none }), 'handshake refused'],
    ['a search of the canary without a token', { ...canary(OWN), identity: none }, 401],
    ['a search of the canary that says who it is', { ...canary(OWN), headers: LEAF }, 403],
    ["the canary's neighbour", write({ source: '192.0.2.11', country: 'DE' }), 'connection refused'],
    ['a writer that marks itself', write({ headers: { [MARK]: 'EU' } }), 403],
    ['a reader from the United States that marks itself', read({ country: 'US', headers: { [MARK]: 'EU' } }), 403],
  ])('%s', (_, request, answer) => {
    expect(simulator.answer(request)).toBe(answer);
  });

  test.each([
    ['the action twice', `${OWN}&action=login`],
    ['the action twice, once in other letters', `${OWN}&ACTION=login`],
    ['the action twice, once encoded', `${OWN}&%61ction=login`],
  ])('what passes the firewall and asks for more, the service refuses: %s', (_, path) => {
    expect(simulator.answer(canary(path))).toBe(READS);
    const [, search = ''] = path.split('?');
    expect(codeOf(() => parseSearch(search, Date.now()))).toMatch(/^parameter-(repeated|unknown)$/);
  });

  test('on a shared load balancer the canary appends, and reads its own events', () => {
    const alike = parsedPolicy({
      writers: good.readers,
      regions: resident._render().regions,
      traffic: { writes: { jurisdiction }, reads: { jurisdiction } },
    });
    const shared = new EdgeSimulator(makeFront(alike, FrontDoor.shared()).stack);
    const append = write({ source: CANARY, country: 'US', identity: token });
    const answers = [append, canary(OWN), canary('/v1/events')].map((request) => shared.answer(request));
    expect(answers).toEqual([WRITES, READS, 403]);
  });

  test('what is let through is marked', () => {
    expect([write(), read()].map((request) => simulator.inserted(MARK, request))).toEqual(['EU', 'EU']);
  });

  test('the service takes what the firewall marked, and nothing else', async () => {
    const identify = fromJurisdiction('EU', async () => 'jwt:ada');
    const mark = simulator.inserted(MARK, read());
    expect(await identify((name) => (name === MARK ? mark : undefined))).toBe('jwt:ada');
    await expect(identify(() => undefined)).rejects.toMatchObject({ code: 'jurisdiction-unproved' });
  });

  test('a region whose clients come from anywhere marks nothing', () => {
    const everywhere = new EdgeSimulator(makeFront().stack);
    expect(everywhere.answer(write({ country: 'US' }))).toBe(WRITES);
    expect(everywhere.inserted(MARK, write())).toBeUndefined();
  });

  test('paths are kept apart: readers may be of one jurisdiction only and writers of any', () => {
    const readers = parsedPolicy({
      regions: resident._render().regions,
      traffic: { writes: 'latency', reads: { jurisdiction } },
    });
    const edge = new EdgeSimulator(makeFront(readers).stack);
    expect([edge.answer(write({ country: 'US' })), edge.answer(read({ country: 'US' }))]).toEqual([WRITES, 403]);
    expect([edge.inserted(MARK, write()), edge.inserted(MARK, read())]).toEqual([undefined, 'EU']);
  });
});

describe('canaries without a jurisdiction', () => {
  const CANARY = '192.0.2.10';

  test.each<[string, EdgeRequest, string | number]>([
    ['an append', write({ source: CANARY }), WRITES],
    ['a search', read({ source: CANARY }), READS],
    ['a neighbour', read({ source: '192.0.2.9' }), 'connection refused'],
  ])('%s', (_, request, answer) => {
    expect(new EdgeSimulator(makeFront().stack).answer(request)).toBe(answer);
  });

  test.each<[string, EdgeRequest, string | number]>([
    ['a search', read({ source: CANARY }), READS],
    ['a neighbour', read({ source: '192.0.2.9' }), 403],
  ])("%s behind the organisation's own security group", (_, request, answer) => {
    const group = SecurityGroup.fromSecurityGroupId(new Stack(), 'Group', 'sg-01234567');
    const { stack } = makeFront(MIXED, FrontDoor.split({ securityGroup: group }));
    expect(new EdgeSimulator(stack).answer(request)).toBe(answer);
  });

  test('nobody else is let in where nothing is watched', () => {
    const deployment = Deployment.of({ ...Deployment.example(MIXED), watch: undefined });
    const simulator = new EdgeSimulator(makeFront(MIXED, FrontDoor.split(), deployment).stack);
    expect(simulator.answer(write({ source: CANARY }))).toBe('connection refused');
  });
});
