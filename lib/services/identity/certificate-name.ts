import { SubjectAlternativeNameExtension, X509Certificate } from '@peculiar/x509';

/**
 * The name that a client certificate gives: its first URI SAN, else its only CN. Read from the DER: Node's text form of names has had ambiguous quoting
 * (CVE-2021-44532).
 *
 * @param certificate DER or PEM
 * @returns `undefined` when it has neither
 * @throws when it is no certificate
 */
export function certificateName(certificate: Uint8Array | string): string | undefined {
  const parsed = new X509Certificate(certificate);
  const uri = parsed
    .getExtension(SubjectAlternativeNameExtension)
    ?.names.items.find(({ type }) => type === 'url')?.value;
  if (uri !== undefined) return uri;
  const names = parsed.subjectName.getField('CN');
  return names.length === 1 ? names[0] : undefined;
}
