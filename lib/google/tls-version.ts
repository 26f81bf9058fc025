/** The oldest TLS that a load balancer takes. */
export enum TlsVersion {
  /** TLS 1.2 with forward secrecy and authenticated encryption, or newer. */
  TLS_1_2 = 'TLS_1_2',
  /** TLS 1.3 or newer. */
  TLS_1_3 = 'TLS_1_3',
}
