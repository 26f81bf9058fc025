import { httpsClient } from '../../../lib/services/canary/https-client';
import { PathCredentials } from '../../../lib/services/canary/path-credentials';
import { FakeClock } from '../../fake-clock';
import { type Answering, answer, HttpsServer } from './https-server';

const MINUTE = 60_000;

const giving = (body: object): Answering => answer(200, JSON.stringify(body), { 'content-type': 'application/json' });
const numbered = (more: object = { expires_in: 3600 }): Answering => {
  let count = 0;
  return (response, request) =>
    giving({ access_token: `token-${++count}`, token_type: 'Bearer', ...more })(response, request);
};

let issuer: HttpsServer;
let clock: FakeClock;
let secret: string | Error;
let reads: number;
const reported: string[] = [];

beforeAll(async () => {
  issuer = await HttpsServer.start(answer(500));
});
afterAll(() => issuer.stop());
beforeEach(() => {
  clock = new FakeClock();
  reads = 0;
  reported.length = 0;
  issuer.received.length = 0;
  issuer.answering = numbered();
  secret = client();
});

const client = (more: object = {}) =>
  JSON.stringify({
    tokenUrl: `${issuer.origin}/oauth2/token`,
    clientId: 'canary',
    clientSecret: 'p4ss word&+',
    ...more,
  });

function credentials(): PathCredentials {
  return new PathCredentials({
    readSecret: async () => {
      reads += 1;
      if (secret instanceof Error) throw secret;
      return secret;
    },
    send: httpsClient(issuer.ca),
    clock,
    report: (...line) => reported.push(JSON.stringify(line)),
  });
}

test('a certificate is shown as it is', async () => {
  secret = '{"certificate":"cert","privateKey":"key"}';
  expect(await credentials().prove()).toEqual({ headers: {}, certificate: { certificate: 'cert', privateKey: 'key' } });
});

test('a client gets a token', async () => {
  expect(await credentials().prove()).toEqual({ headers: { authorization: 'Bearer token-1' } });
  expect(issuer.received).toMatchObject([
    { method: 'POST', url: '/oauth2/token', body: 'grant_type=client_credentials' },
  ]);
});

test('a client shows its secret in the way that RFC 6749 has every issuer know', async () => {
  await credentials().prove();
  const [, encoded = ''] = `${issuer.received[0]?.headers.authorization}`.split('Basic ');
  expect(Buffer.from(encoded, 'base64').toString()).toBe('canary:p4ss+word%26%2B');
});

test.each([
  [{ audience: 'audit' }, 'grant_type=client_credentials&audience=audit'],
  [{ scope: 'a b' }, 'grant_type=client_credentials&scope=a+b'],
  [
    { audience: 'https://audit', scope: 'append' },
    'grant_type=client_credentials&audience=https%3A%2F%2Faudit&scope=append',
  ],
])('%j is asked for', async (more, form) => {
  secret = client(more);
  await credentials().prove();
  expect(issuer.received[0]?.body).toBe(form);
});

const tokens = async (prover: PathCredentials) => (await prover.prove()).headers.authorization;

test.each([
  [3_600, 59 * MINUTE],
  [300, 4 * MINUTE],
  [86_400, 59 * MINUTE],
  ['120', MINUTE],
])('a token for %s seconds is used for %s ms', async (seconds, used) => {
  issuer.answering = numbered({ expires_in: seconds });
  const prover = credentials();
  await prover.prove();
  await clock.advance(used - 1);
  expect(await tokens(prover)).toBe('Bearer token-1');
  await clock.advance(1);
  expect(await tokens(prover)).toBe('Bearer token-2');
});

test.each([{}, { expires_in: 'soon' }, { expires_in: 30 }])('a token with %j is used once', async (more) => {
  issuer.answering = numbered(more);
  const prover = credentials();
  expect([await tokens(prover), await tokens(prover)]).toEqual(['Bearer token-1', 'Bearer token-2']);
});

test('all who ask at once get one token', async () => {
  const prover = credentials();
  const all = await Promise.all(Array.from({ length: 64 }, () => tokens(prover)));
  expect(new Set(all)).toEqual(new Set(['Bearer token-1']));
  expect([reads, issuer.received.length]).toEqual([1, 1]);
});

test('a token that the log refuses is not used again, and the secret is read again', async () => {
  const prover = credentials();
  await prover.prove();
  prover.refused();
  expect([await tokens(prover), reads]).toEqual(['Bearer token-2', 2]);
});

test('a secret is read again after five minutes, and what is new in it counts', async () => {
  const prover = credentials();
  await prover.prove();
  secret = client({ audience: 'new' });
  await clock.advance(5 * MINUTE - 1);
  expect(await tokens(prover)).toBe('Bearer token-1');
  await clock.advance(1);
  expect(await tokens(prover)).toBe('Bearer token-2');
});

test('a secret that stays the same costs no new token', async () => {
  const prover = credentials();
  await prover.prove();
  await clock.advance(6 * MINUTE);
  expect([await tokens(prover), reads]).toEqual(['Bearer token-1', 2]);
});

test.each([new Error('AccessDenied'), 'no longer JSON'])(
  'what worked goes on if the secret becomes %s',
  async (now) => {
    const prover = credentials();
    await prover.prove();
    secret = now;
    await clock.advance(6 * MINUTE);
    expect(await tokens(prover)).toBe('Bearer token-1');
    expect(reported).toEqual([expect.stringContaining('"secret-not-read-again"')]);
  },
);

test.each([
  '',
  'null',
  '[]',
  '{}',
  '{"certificate":"cert"}',
  '{"certificate":"","privateKey":"key"}',
  '{"certificate":"cert","privateKey":"key","tokenUrl":"https://idp.example.com"}',
  '{"tokenUrl":"http://idp.example.com","clientId":"a","clientSecret":"s3cret"}',
  '{"tokenUrl":"https://idp.example.com","clientId":"a"}',
  '{"tokenUrl":"https://idp.example.com","clientId":"a","clientSecret":"s3cret","scope":1}',
])('the secret %j is refused, and not shown', async (text) => {
  secret = text;
  const error = await credentials()
    .prove()
    .catch((reason: Error & { code: string }) => reason);
  expect(error).toMatchObject({ code: 'credentials-malformed', message: expect.not.stringContaining('s3cret') });
});

test.each<[string, Answering]>([
  ['an error', answer(401, '{"error":"invalid_client"}')],
  ['a token with an error', answer(400, '{"access_token":"a","token_type":"bearer"}')],
  ['no JSON', answer(200, 'token')],
  ['null', answer(200, 'null')],
  ['no token', giving({ token_type: 'bearer' })],
  ['a token of another type', giving({ access_token: 'a', token_type: 'mac' })],
  ['a token that breaks out of the header', giving({ access_token: 'a\r\nx: y', token_type: 'bearer' })],
  ['a token without an end', giving({ access_token: 'a'.repeat(20_000), token_type: 'bearer' })],
])('an issuer that answers %s gives nothing', async (_, answering) => {
  issuer.answering = answering;
  await expect(credentials().prove()).rejects.toMatchObject({ code: 'token-refused' });
});

test('after a failure the next one who asks starts anew', async () => {
  const prover = credentials();
  issuer.answering = answer(503);
  await expect(prover.prove()).rejects.toThrow();
  issuer.answering = numbered();
  expect(await tokens(prover)).toBe('Bearer token-1');
});
