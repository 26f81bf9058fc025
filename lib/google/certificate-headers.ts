/**
 * What a load balancer tells a service about the client's certificate, by headers that it sets on every request and that a client
 * therefore cannot set (https://cloud.google.com/load-balancing/docs/https/mtls-overview#mtls-custom-headers). The services' identity
 * source `gclb-mtls` reads them.
 */
export const CERTIFICATE_HEADERS = {
  'X-Client-Cert-Present': '{client_cert_present}',
  'X-Client-Cert-Chain-Verified': '{client_cert_chain_verified}',
  'X-Client-Cert-Error': '{client_cert_error}',
  'X-Client-Cert-Leaf': '{client_cert_leaf}',
} as const;
