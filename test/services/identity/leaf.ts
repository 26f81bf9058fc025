import { webcrypto } from 'node:crypto';
import { SubjectAlternativeNameExtension, X509CertificateGenerator } from '@peculiar/x509';

/** A self-signed certificate as a load balancer hands it over: URL-encoded PEM, with `+`, `=` and `/` left as they are. */
export async function leafOf(name: string, uris: readonly string[]): Promise<string> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const keys = (await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as webcrypto.CryptoKeyPair;
  const certificate = await X509CertificateGenerator.createSelfSigned(
    {
      name,
      keys,
      signingAlgorithm: algorithm,
      ...(uris.length > 0 && {
        extensions: [new SubjectAlternativeNameExtension(uris.map((value) => ({ type: 'url', value })))],
      }),
    },
    webcrypto as Parameters<typeof X509CertificateGenerator.createSelfSigned>[1],
  );
  return encodeURIComponent(certificate.toString('pem')).replace(/%2B|%3D|%2F/g, decodeURIComponent);
}
