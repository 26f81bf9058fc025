import { Authentication, AuthenticationKind } from '../../lib/policy';
import { codeOf, errorOf } from './coded';

const trust = { issuer: 'https://idp.example.com', jwksUrl: 'https://idp.example.com/jwks', audience: 'audit' };

test('none is told apart, so that the clouds can refuse it', () => {
  expect(Authentication.none().kind).toBe(AuthenticationKind.NONE);
});

test('mutual TLS has no tokens to trust', () => {
  expect(Authentication.mutualTls().kind).toBe(AuthenticationKind.MUTUAL_TLS);
  expect(Authentication.mutualTls().jwtTrust).toBeUndefined();
});

test('jwt carries issuer, keys and audience', () => {
  const authentication = Authentication.jwt(trust);
  expect(authentication.kind).toBe(AuthenticationKind.JWT);
  expect(authentication.jwtTrust).toEqual(trust);
});

test.each([
  'https://idp.example.com',
  'https://idp.example.com:8443',
  'https://idp.example.com/tenants/a%20b/',
  'https://localhost',
])('%s is an issuer', (issuer) => {
  expect(Authentication.jwt({ ...trust, issuer }).jwtTrust?.issuer).toBe(issuer);
});

test.each([
  'http://idp.example.com',
  'https://',
  'https://user:secret@idp.example.com',
  'https://idp.example.com?tenant=1',
  'https://idp.example.com/#a',
  'https://idp.example.com/\n',
  'https://idp.example.com:123456',
  'https://-idp.example.com',
  'https://idp.example.com\\@evil.example',
  'ftp://idp.example.com',
])('%j is no issuer', (issuer) => {
  expect(errorOf(() => Authentication.jwt({ ...trust, issuer }))).toMatchObject({
    code: 'url-malformed',
    details: { path: 'jwt.issuer' },
  });
});

test('the address of the keys may have a query', () => {
  const jwksUrl = 'https://idp.example.com/keys?p=policy&v=2.0';
  expect(Authentication.jwt({ ...trust, jwksUrl }).jwtTrust?.jwksUrl).toBe(jwksUrl);
});

test.each(['http://idp.example.com/jwks', 'file:///etc/passwd', 'https://idp.example.com/jwks#a'])(
  '%s is no address of keys',
  (jwksUrl) => {
    expect(codeOf(() => Authentication.jwt({ ...trust, jwksUrl }))).toBe('url-malformed');
  },
);

test.each(['a', 'https://audit.example.com', 'a'.repeat(256)])('%s is an audience', (audience) => {
  expect(Authentication.jwt({ ...trust, audience }).jwtTrust?.audience).toBe(audience);
});

test.each(['', 'two words', 'line\n', 'a'.repeat(257), 'ü'])('%j is no audience', (audience) => {
  expect(codeOf(() => Authentication.jwt({ ...trust, audience }))).toBe('audience-malformed');
});
