import { createHmac, createPublicKey } from 'node:crypto';
import type { IdentitySource } from '../../../lib/services/identity/config';
import { type Identify, identifyBy } from '../../../lib/services/identity/identify';
import { FakeClock } from '../../fake-clock';
import { leafOf } from './leaf';
import { base64, Issuer, TRUST } from './tokens';

const issuer = new Issuer();
const other = new Issuer('k1');
const weak = new Issuer('weak', 1024);

let clock: FakeClock;
let fetched: string[];
let answer: () => Response;

beforeEach(() => {
  clock = new FakeClock();
  fetched = [];
  answer = () => Response.json({ keys: [issuer.jwk, weak.jwk] });
});

function identify(source: IdentitySource): Identify {
  return identifyBy(source, TRUST, clock, async (url) => {
    fetched.push(url);
    return answer();
  });
}

const by = (identifier: Identify, headers: Record<string, string>) => identifier((name) => headers[name]);
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

describe('each source believes its own header and no other', () => {
  const headers = () => ({
    'x-audit-writer': 'mtls:edge',
    'x-amzn-mtls-clientcert-leaf': leaf,
    ...bearer(issuer.token(clock.now())),
  });
  let leaf: string;
  beforeAll(async () => {
    leaf = await leafOf('CN=agent', ['spiffe://acme/agent']);
  });

  it.each([
    ['edge', 'mtls:edge'],
    ['alb-mtls', 'mtls:spiffe://acme/agent'],
    ['alb-jwt', 'jwt:ada'],
    ['anonymous', 'anonymous'],
  ] as const)('%s: %s', async (source, writer) => {
    expect(await by(identify(source), headers())).toBe(writer);
  });

  it.each([
    ['edge', 'x-audit-writer'],
    ['alb-mtls', 'x-amzn-mtls-clientcert-leaf'],
    ['alb-jwt', 'authorization'],
  ] as const)('%s without %s knows nobody, whatever else is there', async (source, name) => {
    expect(await by(identify(source), { ...headers(), [name]: '' })).toBeFalsy();
  });
});

describe('alb-mtls', () => {
  it('takes the first URI SAN', async () => {
    const leaf = await leafOf('CN=agent', ['spiffe://acme/one', 'spiffe://acme/two']);
    expect(await by(identify('alb-mtls'), { 'x-amzn-mtls-clientcert-leaf': leaf })).toBe('mtls:spiffe://acme/one');
  });

  it('takes the CN where there is no URI SAN', async () => {
    const leaf = await leafOf('CN=agent 7, O=acme', []);
    expect(await by(identify('alb-mtls'), { 'x-amzn-mtls-clientcert-leaf': leaf })).toBe('mtls:agent 7');
  });

  it.each([
    'no certificate',
    '%',
    '-----BEGIN%20CERTIFICATE-----%0AAAAA%0A-----END%20CERTIFICATE-----',
    'x'.repeat(40_000),
  ])('knows nobody with the leaf %.40s', async (leaf) => {
    expect(await by(identify('alb-mtls'), { 'x-amzn-mtls-clientcert-leaf': leaf })).toBeUndefined();
  });

  it('knows nobody by a certificate without a name', async () => {
    const leaf = await leafOf('O=acme', []);
    expect(await by(identify('alb-mtls'), { 'x-amzn-mtls-clientcert-leaf': leaf })).toBeUndefined();
  });

  it('knows nobody when the header came twice', async () => {
    const leaf = await leafOf('CN=agent', []);
    const joined = `${leaf}; ${await leafOf('CN=root', [])}`;
    const known = await by(identify('alb-mtls'), { 'x-amzn-mtls-clientcert-leaf': joined });
    expect(known).not.toBe('mtls:root');
  });
});

describe('alb-jwt', () => {
  const subject = (token: string) => by(identify('alb-jwt'), bearer(token));

  it('takes a token for several audiences', async () => {
    expect(await subject(issuer.token(clock.now(), { aud: ['other', 'audit'] }))).toBe('jwt:ada');
  });

  it.each([
    ['another issuer', { iss: 'https://evil.example.com' }],
    ['another audience', { aud: 'other' }],
    ['no audience', { aud: undefined }],
    ['other audiences', { aud: ['other', 'audit2'] }],
    ['no end', { exp: undefined }],
    ['an end that is text', { exp: '9999999999' }],
    ['no subject', { sub: undefined }],
    ['an empty subject', { sub: '' }],
    ['a subject that is no text', { sub: { $ne: null } }],
    ['a begin that is text', { nbf: '0' }],
  ])('knows nobody by a token with %s', async (_, claims) => {
    expect(await subject(issuer.token(clock.now(), claims))).toBeUndefined();
  });

  it.each([
    [59, 'jwt:ada'],
    [61, undefined],
  ])('%i s after its end a token names %s', async (seconds, writer) => {
    const end = Math.floor(clock.now() / 1_000) - seconds;
    expect(await subject(issuer.token(clock.now(), { exp: end }))).toBe(writer);
  });

  it.each([
    [59, 'jwt:ada'],
    [62, undefined],
  ])('%i s before its begin a token names %s', async (seconds, writer) => {
    const begin = Math.floor(clock.now() / 1_000) + seconds;
    expect(await subject(issuer.token(clock.now(), { nbf: begin }))).toBe(writer);
  });

  it('knows nobody by a token that somebody else signed under the same key id', async () => {
    expect(await subject(other.token(clock.now()))).toBeUndefined();
  });

  it.each([
    ['none', { alg: 'none' }],
    ['None', { alg: 'None' }],
    ['RS512', { alg: 'RS512' }],
    ['PS256', { alg: 'PS256' }],
    ['HS256', { alg: 'HS256' }],
    ['a critical extension', { crit: ['b64'], b64: false }],
    ['no key id', { kid: undefined }],
  ])('knows nobody by a token with the header %s', async (_, header) => {
    expect(await subject(issuer.token(clock.now(), {}, header))).toBeUndefined();
  });

  it("knows nobody by a token that is authenticated with the issuer's public key as a secret", async () => {
    const [, claims] = issuer.token(clock.now()).split('.');
    const signed = `${base64({ alg: 'HS256', kid: 'k1' })}.${claims}`;
    const pem = createPublicKey(issuer.privateKey).export({ format: 'pem', type: 'spki' });
    const mac = createHmac('sha256', pem).update(signed).digest('base64url');
    expect(await subject(`${signed}.${mac}`)).toBeUndefined();
  });

  it('knows nobody by a key that is too weak', async () => {
    expect(await subject(weak.token(clock.now()))).toBeUndefined();
  });

  it('knows nobody by changed claims', async () => {
    const [header, , signature] = issuer.token(clock.now()).split('.');
    const claims = base64({ iss: TRUST.issuer, aud: TRUST.audience, sub: 'root', exp: 9_999_999_999 });
    expect(await subject(`${header}.${claims}.${signature}`)).toBeUndefined();
  });

  it.each(['', 'x', 'a.b', 'a.b.c.d', 'bnVsbA.bnVsbA.x', `${'a'.repeat(20_000)}.b.c`])(
    'knows nobody by %.20s, and asks nobody for keys',
    async (token) => {
      expect(await subject(token)).toBeUndefined();
      expect(fetched).toEqual([]);
    },
  );

  it('fetches the keys once in 10 minutes', async () => {
    const identifier = identify('alb-jwt');
    for (let i = 0; i < 3; i++) await by(identifier, bearer(issuer.token(clock.now())));
    expect(fetched).toEqual([TRUST.jwksUrl]);
    await clock.advance(10 * 60_000);
    await by(identifier, bearer(issuer.token(clock.now())));
    expect(fetched).toHaveLength(2);
  });

  it('looks for a key that it does not know, at most every 30 s', async () => {
    const next = new Issuer('k2');
    const identifier = identify('alb-jwt');
    for (let i = 0; i < 5; i++) expect(await by(identifier, bearer(next.token(clock.now())))).toBeUndefined();
    expect(fetched).toHaveLength(1);
    answer = () => Response.json({ keys: [issuer.jwk, next.jwk] });
    await clock.advance(30_000);
    expect(await by(identifier, bearer(next.token(clock.now())))).toBe('jwt:ada');
  });

  it('no longer believes a key that the issuer withdrew', async () => {
    const identifier = identify('alb-jwt');
    await by(identifier, bearer(issuer.token(clock.now())));
    answer = () => Response.json({ keys: [] });
    await clock.advance(10 * 60_000);
    expect(await by(identifier, bearer(issuer.token(clock.now())))).toBeUndefined();
  });

  it.each([
    ['an error', () => new Response('', { status: 500 })],
    ['no JSON', () => new Response('<html>')],
    ['no set', () => Response.json({})],
    ['too many keys', () => Response.json({ keys: Array.from({ length: 11 }, () => issuer.jwk) })],
    ['too many bytes', () => Response.json({ keys: [], pad: 'x'.repeat(150 * 1024) })],
  ])('says that the issuer is away when it answers %s', async (_, response) => {
    answer = response;
    await expect(subject(issuer.token(clock.now()))).rejects.toMatchObject({ code: 'issuer-unavailable' });
  });

  it('goes on with keys that are fresh while the issuer is away', async () => {
    const identifier = identify('alb-jwt');
    await by(identifier, bearer(issuer.token(clock.now())));
    answer = () => new Response('', { status: 500 });
    await clock.advance(60_000);
    expect(await by(identifier, bearer(new Issuer('k3').token(clock.now())))).toBeUndefined();
    expect(await by(identifier, bearer(issuer.token(clock.now())))).toBe('jwt:ada');
  });
});

it('tokens without anybody to believe are refused at the start', () => {
  expect(() => identifyBy('alb-jwt', undefined, clock)).toThrow(expect.objectContaining({ code: 'setting-missing' }));
});
