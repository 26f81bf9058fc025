import { createPrivateKey, randomUUID, webcrypto, X509Certificate } from 'node:crypto';
import { chmod, mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as x509 from '@peculiar/x509';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const DAY_MS = 24 * 3600 * 1000;

/** Below the 398 days that browsers take. */
const LIFETIME_DAYS = 397;
const RENEW_BEFORE_DAYS = 30;

/** Clients' clocks may be behind a little. */
const BACKDATE_MS = 3600 * 1000;

/**
 * Name constraints (RFC 5280 section 4.2.1.10) in DER: permitted are the DNS name `localhost` and the addresses 127.0.0.1 and ::1. Whoever imports the authority
 * trusts it for this machine only.
 */
const THIS_MACHINE_ONLY = Buffer.concat([
  Buffer.from('303fa03d', 'hex'),
  Buffer.from('300b82096c6f63616c686f7374', 'hex'),
  Buffer.from('300a87087f000001ffffffff', 'hex'),
  Buffer.from(`30228720${'00'.repeat(15)}01${'ff'.repeat(16)}`, 'hex'),
]);

/** What a TLS server shows, in PEM. */
export interface ServerCertificate {
  /** The authority that clients trust. */
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

/**
 * The server certificate in a folder, made if there is none, if it ends within 30 days, or if anything about it is wrong. Files: `ca.pem` for clients,
 * `server.pem`, and `server.key` (mode 0600).
 *
 * The authority signs once and its key is never written: nobody can steal it, and a renewal makes a new authority, so clients must read `ca.pem` again
 * after 367 days.
 *
 * @param now milliseconds since 1970-01-01 UTC
 */
export async function serverCertificate(folder: string, now: number): Promise<ServerCertificate> {
  const found = await read(folder);
  if (found !== undefined && isUsable(found, now)) return found;
  const made = await issueCertificate(['localhost'], ['127.0.0.1', '::1'], now);
  await write(folder, made);
  return made;
}

/** Makes an authority limited to this machine, one server certificate from it, and forgets the authority's key. */
export async function issueCertificate(
  dnsNames: readonly string[],
  addresses: readonly string[],
  now: number,
): Promise<ServerCertificate> {
  const [authority, server] = await Promise.all([keyPair(), keyPair()]);
  const validity = { notBefore: new Date(now - BACKDATE_MS), notAfter: new Date(now + LIFETIME_DAYS * DAY_MS) };
  const ca = await x509.X509CertificateGenerator.createSelfSigned({
    ...validity,
    name: `CN=audit-log local authority ${randomUUID().slice(0, 8)}`,
    keys: authority,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
      new x509.Extension('2.5.29.30', true, THIS_MACHINE_ONLY),
      await x509.SubjectKeyIdentifierExtension.create(authority.publicKey),
    ],
  });
  const cert = await x509.X509CertificateGenerator.create({
    ...validity,
    subject: 'CN=audit-log edge',
    issuer: ca.subjectName,
    publicKey: server.publicKey,
    signingKey: authority.privateKey,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension([
        ...dnsNames.map((value) => ({ type: 'dns', value }) as const),
        ...addresses.map((value) => ({ type: 'ip', value }) as const),
      ]),
      await x509.SubjectKeyIdentifierExtension.create(server.publicKey),
      // Strict verifiers (Python 3.13) ask for it.
      await x509.AuthorityKeyIdentifierExtension.create(authority.publicKey),
    ],
  });
  const key = await webcrypto.subtle.exportKey('pkcs8', server.privateKey);
  return { ca: pem(ca), cert: pem(cert), key: `${x509.PemConverter.encode(key, 'PRIVATE KEY')}\n` };
}

function keyPair(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
}

function pem(certificate: x509.X509Certificate): string {
  return `${certificate.toString('pem')}\n`;
}

/** The three files, or `undefined` when one is missing or the key was readable by others. */
async function read(folder: string): Promise<ServerCertificate | undefined> {
  try {
    const keyFile = join(folder, 'server.key');
    if (((await stat(keyFile)).mode & 0o077) !== 0) return undefined;
    const [ca, cert, key] = await Promise.all(
      [join(folder, 'ca.pem'), join(folder, 'server.pem'), keyFile].map((file) => readFile(file, 'utf8')),
    );
    return { ca: ca ?? '', cert: cert ?? '', key: key ?? '' };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function isUsable(files: ServerCertificate, now: number): boolean {
  try {
    const [ca, cert] = [new X509Certificate(files.ca), new X509Certificate(files.cert)];
    return (
      cert.verify(ca.publicKey) &&
      cert.checkPrivateKey(createPrivateKey(files.key)) &&
      Date.parse(cert.validFrom) <= now &&
      Date.parse(cert.validTo) - now > RENEW_BEFORE_DAYS * DAY_MS
    );
  } catch {
    return false;
  }
}

/** Each file appears whole. A crash between two of them leaves a set that does not fit together, which the next start replaces. */
async function write(folder: string, files: ServerCertificate): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o755 });
  await writeWhole(join(folder, 'server.key'), files.key, 0o600);
  await writeWhole(join(folder, 'server.pem'), files.cert, 0o644);
  await writeWhole(join(folder, 'ca.pem'), files.ca, 0o644);
}

async function writeWhole(file: string, text: string, mode: number): Promise<void> {
  const temporary = `${file}.${randomUUID()}`;
  await writeFile(temporary, text, { flag: 'wx', mode });
  await chmod(temporary, mode);
  await rename(temporary, file);
}
