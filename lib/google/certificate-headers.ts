/**
 * What a load balancer tells a service about the client's certificate, by headers that it sets on every request and that a client
 * therefore cannot set (https://cloud.google.com/load-balancing/docs/https/mtls-overview#mtls-custom-headers).
 */
export const CERTIFICATE_HEADERS = {
  'X-Client-Cert-Present': '{client_cert_present}',
  'X-Client-Cert-Chain-Verified': '{client_cert_chain_verified}',
  'X-Client-Cert-Error': '{client_cert_error}',
  'X-Client-Cert-Hash': '{client_cert_sha256_fingerprint}',
  'X-Client-Cert-Serial-Number': '{client_cert_serial_number}',
  'X-Client-Cert-Spiffe': '{client_cert_spiffe_id}',
  'X-Client-Cert-URI-SANs': '{client_cert_uri_sans}',
  'X-Client-Cert-DNSName-SANs': '{client_cert_dnsname_sans}',
  'X-Client-Cert-Subject-DN': '{client_cert_subject_dn}',
} as const;
