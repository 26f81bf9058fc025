import { createPrivateKey, X509Certificate } from 'node:crypto';
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ConnectionOptions, connect, createServer } from 'node:tls';
import { issueCertificate, type ServerCertificate, serverCertificate } from '../../../lib/services/edge/certificate';
import { FakeClock } from '../../fake-clock';
import { EdgeFixture, until } from './edge-fixture';
import { temporaryFolder } from './fake-node';

const DAY_MS = 24 * 3600 * 1000;
const NOW = Date.now();

describe('the server certificate', () => {
  const folder = temporaryFolder();
  const tls = join(folder.path, 'deep', 'tls');
  let made: ServerCertificate;
  beforeAll(async () => {
    made = await serverCertificate(tls, NOW);
  });
  afterAll(() => folder.remove());

  test.each([
    ['server.key', 0o600],
    ['server.pem', 0o644],
    ['ca.pem', 0o644],
  ])('%s has mode %o', (file, mode) => {
    expect(statSync(join(tls, file)).mode & 0o777).toBe(mode);
  });

  test('nothing else is left in the folder: the key of the authority is never written', () => {
    expect(readdirSync(tls).sort()).toEqual(['ca.pem', 'server.key', 'server.pem']);
  });

  test("the key that is written is the server's, not the authority's", () => {
    const key = createPrivateKey(readFileSync(join(tls, 'server.key')));
    expect(new X509Certificate(made.cert).checkPrivateKey(key)).toBe(true);
    expect(new X509Certificate(made.ca).checkPrivateKey(key)).toBe(false);
  });

  test('it is ECDSA on P-256, for servers only, and names this machine', () => {
    const cert = new X509Certificate(made.cert);
    expect(cert.publicKey.asymmetricKeyDetails).toEqual({ namedCurve: 'prime256v1' });
    expect(cert.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
    expect(cert.subjectAltName).toBe('DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1');
    expect(cert.ca).toBe(false);
  });

  test('it lasts for less than the 398 days that browsers take', () => {
    const cert = new X509Certificate(made.cert);
    expect(Date.parse(cert.validTo) - Date.parse(cert.validFrom)).toBeLessThanOrEqual(398 * DAY_MS);
  });

  test('it is kept while it lasts for more than 30 days', async () => {
    expect(await serverCertificate(tls, NOW + 366 * DAY_MS)).toEqual(made);
  });
});

describe('it is made anew, and fits together again', () => {
  let folder: ReturnType<typeof temporaryFolder>;
  let before: ServerCertificate;
  beforeEach(async () => {
    folder = temporaryFolder();
    before = await serverCertificate(folder.path, NOW);
  });
  afterEach(() => folder.remove());

  const file = (name: string): string => join(folder.path, name);

  test.each([
    ['30 days before its end', NOW + 367 * DAY_MS, () => {}],
    ['while it is not valid yet', NOW - DAY_MS, () => {}],
    ['when others may read the key', NOW, () => chmodSync(file('server.key'), 0o640)],
    ['when the certificate is not a certificate', NOW, () => writeFileSync(file('server.pem'), 'x')],
    ['when a file is empty', NOW, () => writeFileSync(file('ca.pem'), '')],
  ])('%s', async (_when, now, damage) => {
    damage();
    const after = await serverCertificate(folder.path, now);
    expect(after.cert).not.toBe(before.cert);
    expect(new X509Certificate(after.cert).verify(new X509Certificate(after.ca).publicKey)).toBe(true);
    expect(readFileSync(file('ca.pem'), 'utf8')).toBe(after.ca);
    expect(statSync(file('server.key')).mode & 0o777).toBe(0o600);
  });

  test.each(['server.key', 'server.pem', 'ca.pem'] as const)('when %s is of another set', async (name) => {
    const other = await issueCertificate(['localhost'], [], NOW);
    const part = { 'server.key': other.key, 'server.pem': other.cert, 'ca.pem': other.ca }[name];
    writeFileSync(file(name), part, { mode: 0o600 });
    expect((await serverCertificate(folder.path, NOW)).cert).not.toBe(before.cert);
  });

  test('a folder that cannot be read is an error, not a new certificate', async () => {
    mkdirSync(file('blocked'));
    writeFileSync(file('blocked/server.key'), '', { mode: 0o600 });
    mkdirSync(file('blocked/ca.pem'));
    writeFileSync(file('blocked/server.pem'), '');
    await expect(serverCertificate(file('blocked'), NOW)).rejects.toMatchObject({ code: 'EISDIR' });
  });
});

describe('the authority', () => {
  /** Resolves when a client that trusts only this authority accepts the server. */
  const handshake = async ({ ca, cert, key }: ServerCertificate, options: ConnectionOptions): Promise<void> => {
    const server = createServer({ cert, key }, (socket) => socket.end());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    try {
      await new Promise<void>((resolve, reject) => {
        const socket = connect({ port, host: '127.0.0.1', ca, ...options }, () => {
          socket.destroy();
          resolve();
        });
        socket.once('error', reject);
      });
    } finally {
      server.close();
    }
  };

  test.each(['localhost', '127.0.0.1'])('vouches for %s', async (host) => {
    const made = await issueCertificate(['localhost'], ['127.0.0.1'], NOW);
    await handshake(made, host === 'localhost' ? { servername: host } : {});
  });

  test.each([
    ['another name', ['example.com'], []],
    ['another address', ['localhost'], ['192.0.2.1']],
  ])('can vouch for nothing beyond this machine: %s', async (_what, names, addresses) => {
    const made = await issueCertificate(names, addresses, NOW);
    await expect(handshake(made, { checkServerIdentity: () => undefined })).rejects.toThrow(
      /permitted subtree violation/,
    );
  });
});

test('a running edge shows its new certificate without a restart', async () => {
  const clock = new FakeClock(NOW);
  const fixture = await EdgeFixture.start({ clock });
  const shown = (): Promise<string> =>
    new Promise((resolve, reject) => {
      const socket = connect({ host: '127.0.0.1', port: fixture.edge.port, rejectUnauthorized: false }, () => {
        resolve(socket.getPeerCertificate().fingerprint256);
        socket.destroy();
      });
      socket.once('error', reject);
    });
  const before = await shown();
  clock.setNow(NOW + 370 * DAY_MS);
  await clock.advance(DAY_MS);
  await until(async () => (await shown()) !== before);
  await fixture.stop();
});
