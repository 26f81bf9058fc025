import type { ClientCertificate } from './credentials';

/** One request, sent once. */
export interface HttpsRequest {
  /** Its host is where to connect to. */
  readonly url: string;
  /**
   * What the request is for, as a client says it in the handshake and in the header `Host`, and what the server must prove to be.
   *
   * @default - the host of the URL
   */
  readonly host?: string;
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  /** @default - none */
  readonly body?: string;
  /** @default - no certificate is shown */
  readonly certificate?: ClientCertificate;
  /** For all of it, from the look-up of the name to the last byte that is read. */
  readonly timeoutMs: number;
}

/** What came back. */
export interface HttpsAnswer {
  readonly status: number;
  /** Its beginning, if it is larger than what is read. */
  readonly body: Buffer;
}

/** Sends a request over TLS to a server that proves its name; throws when there is no whole answer in time. Follows nothing, repeats nothing. */
export type SendHttps = (request: HttpsRequest) => Promise<HttpsAnswer>;
