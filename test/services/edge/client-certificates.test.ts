import { connect } from 'node:tls';
import { Authentication } from '../../../lib/policy';
import { ClientAuthority } from './client-certificates';
import { access, code, EdgeFixture } from './edge-fixture';

describe('client certificates', () => {
  let authority: ClientAuthority;
  let fixture: EdgeFixture;
  beforeAll(async () => {
    authority = await ClientAuthority.create();
    const writers = access({ authenticate: Authentication.mutualTls() });
    fixture = await EdgeFixture.start({ writers, clientCa: authority.pem });
  });
  beforeEach(() => {
    fixture.writer.seen.length = 0;
  });
  afterAll(() => fixture.stop());

  const writer = (): unknown => fixture.writer.seen[0]?.headers['x-audit-writer'];

  test('the first URI SAN is the writer', async () => {
    const uris = ['spiffe://acme.example/billing', 'spiffe://acme.example/other'];
    const reply = await fixture.post('{}', await authority.issue({ subject: 'CN=ignored', uris }));
    expect(reply.status).toBe(200);
    expect(writer()).toBe('mtls:spiffe://acme.example/billing');
  });

  test('without a URI SAN the CN is the writer', async () => {
    await fixture.post('{}', await authority.issue({ subject: 'CN=billing service, O=acme' }));
    expect(writer()).toBe('mtls:billing service');
  });

  test('the verified name replaces a forged one', async () => {
    const headers = { 'X-Audit-Writer': 'mtls:root' };
    await fixture.post('{}', { ...(await authority.issue({ subject: 'CN=billing' })), headers });
    expect(writer()).toBe('mtls:billing');
  });

  test('every request of a connection has the name', async () => {
    const certificate = await authority.issue({ subject: 'CN=twice' });
    for (let i = 0; i < 2; i += 1) await fixture.post('{}', certificate);
    expect(fixture.writer.seen.map(({ headers }) => headers['x-audit-writer'])).toEqual(['mtls:twice', 'mtls:twice']);
  });

  test('none is 403', async () => {
    const reply = await fixture.post();
    expect(reply.status).toBe(403);
    expect(code(reply)).toBe('certificate-required');
    expect(fixture.writer.seen).toHaveLength(0);
  });

  test.each(['CN=strangers', 'CN=clients'])('one of an untrusted authority named %s is 403', async (name) => {
    const rogue = await ClientAuthority.create(name);
    const reply = await fixture.post('{}', await rogue.issue({ subject: 'CN=billing' }));
    expect(reply.status).toBe(403);
    expect(code(reply)).toBe('certificate-untrusted');
    expect(fixture.writer.seen).toHaveLength(0);
  });

  test('one that has ended is 403', async () => {
    const reply = await fixture.post('{}', await authority.issue({ subject: 'CN=old', endsInMs: -60_000 }));
    expect(code(reply)).toBe('certificate-untrusted');
  });

  test.each([
    ['no CN', { subject: 'O=acme' }],
    ['two CNs', { subject: 'CN=a, CN=b' }],
    ['a CN beyond ASCII', { subject: 'CN=Müller' }],
    ['a CN with a line break', { subject: 'CN=a\\0D\\0Ab' }],
    ['a CN of 257 characters', { subject: `CN=${'a'.repeat(257)}` }],
    ['an empty URI', { subject: 'CN=a', uris: [''] }],
  ])('one with %s is 403', async (_what, options) => {
    const reply = await fixture.post('{}', await authority.issue(options));
    expect(code(reply)).toBe('certificate-unnamed');
    expect(fixture.writer.seen).toHaveLength(0);
  });

  test('a CN of 256 characters is good', async () => {
    await fixture.post('{}', await authority.issue({ subject: `CN=${'a'.repeat(256)}` }));
    expect(writer()).toBe(`mtls:${'a'.repeat(256)}`);
  });

  test('a pool that does not authenticate takes clients without and with any certificate', async () => {
    const rogue = await ClientAuthority.create('CN=strangers');
    expect((await fixture.get()).status).toBe(200);
    expect((await fixture.get('/v1/events', await rogue.issue({ subject: 'CN=x' }))).status).toBe(200);
    expect(fixture.query.seen.map(({ headers }) => headers['x-audit-writer'])).toEqual(['anonymous', 'anonymous']);
  });

  test('a resumed session of a client that never showed a certificate is 403', async () => {
    const session = await new Promise<Buffer>((resolve) => {
      const socket = connect({ host: '127.0.0.1', port: fixture.edge.port, ca: fixture.ca });
      socket.once('session', (ticket) => {
        resolve(ticket);
        socket.destroy();
      });
    });
    const received = await new Promise<string>((resolve, reject) => {
      const socket = connect({ host: '127.0.0.1', port: fixture.edge.port, ca: fixture.ca, session }, () => {
        if (!socket.isSessionReused()) reject(new Error('the session was not resumed'));
        socket.write('POST /v1/events HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}');
      });
      let text = '';
      socket.on('data', (chunk) => {
        text += chunk.toString();
      });
      socket.once('close', () => resolve(text)).once('error', reject);
    });
    expect(received).toContain('HTTP/1.1 403');
    expect(fixture.writer.seen).toHaveLength(0);
  });
});

describe('an authentication that cannot be done stops the start', () => {
  test('client certificates without an authority', async () => {
    const writers = access({ authenticate: Authentication.mutualTls() });
    await expect(EdgeFixture.start({ writers })).rejects.toMatchObject({ code: 'client-ca-missing' });
  });

  test.each(['writers', 'readers'])('JSON Web Tokens of %s', async (who) => {
    const trust = { issuer: 'https://idp.example', jwksUrl: 'https://idp.example/jwks', audience: 'audit' };
    const options = { [who]: access({ authenticate: Authentication.jwt(trust) }) };
    await expect(EdgeFixture.start(options)).rejects.toMatchObject({ code: 'authentication-unavailable' });
  });
});
