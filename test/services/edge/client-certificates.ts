import { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const DAY_MS = 24 * 3600 * 1000;

export interface ClientCertificateOptions {
  /** A distinguished name such as `CN=billing`. */
  readonly subject: string;
  readonly uris?: readonly string[];
  /** Milliseconds from now to the end. */
  readonly endsInMs?: number;
}

/** An authority that signs client certificates. */
export class ClientAuthority {
  public static async create(name = 'CN=clients'): Promise<ClientAuthority> {
    const keys = await keyPair();
    const certificate = await x509.X509CertificateGenerator.createSelfSigned({
      ...validity(DAY_MS),
      name,
      keys,
      signingAlgorithm: ALGORITHM,
      extensions: [
        new x509.BasicConstraintsExtension(true, 0, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
      ],
    });
    return new ClientAuthority(certificate, keys);
  }

  private constructor(
    private readonly certificate: x509.X509Certificate,
    private readonly keys: webcrypto.CryptoKeyPair,
  ) {}

  public get pem(): string {
    return this.certificate.toString('pem');
  }

  public async issue(options: ClientCertificateOptions): Promise<{ cert: string; key: string }> {
    const keys = await keyPair();
    const certificate = await x509.X509CertificateGenerator.create({
      ...validity(options.endsInMs ?? DAY_MS),
      subject: options.subject,
      issuer: this.certificate.subjectName,
      publicKey: keys.publicKey,
      signingKey: this.keys.privateKey,
      signingAlgorithm: ALGORITHM,
      extensions: [
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.clientAuth]),
        ...(options.uris === undefined
          ? []
          : [new x509.SubjectAlternativeNameExtension(options.uris.map((value) => ({ type: 'url', value }) as const))]),
      ],
    });
    const key = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
    return { cert: certificate.toString('pem'), key: x509.PemConverter.encode(key, 'PRIVATE KEY') };
  }
}

function keyPair(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
}

function validity(endsInMs: number): { notBefore: Date; notAfter: Date } {
  return { notBefore: new Date(Date.now() - DAY_MS), notAfter: new Date(Date.now() + endsInMs) };
}
