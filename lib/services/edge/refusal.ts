import type { ErrorCode } from '../../policy/errors';

/** What the edge answers by itself, by code: HTTP status and message. */
export const REFUSALS = {
  'address-not-allowed': [403, 'This address is not in the allow-list of the policy.'],
  'body-not-allowed': [400, 'A request to read must not have a body.'],
  'body-too-large': [413, 'The body is larger than the edge takes; send smaller batches.'],
  'certificate-required': [403, 'The policy asks for a client certificate; connect with one.'],
  'certificate-untrusted': [403, 'The client certificate is not from a trusted authority, or not valid now.'],
  'certificate-unnamed': [
    403,
    'The client certificate has no usable name: a URI SAN or a CN of 1 to 256 printable ASCII characters.',
  ],
  'headers-too-large': [431, 'The request line and headers are larger than 16 KiB.'],
  'no-ready-node': [503, 'No node is ready now; try again.'],
  'not-found': [404, 'There is nothing under this method and path.'],
  overloaded: [503, 'Too many requests are in progress; try again.'],
  'rate-exceeded': [429, 'This address sent more requests than the policy allows; try again later.'],
  'request-malformed': [400, 'The request is not well-formed HTTP/1.1.'],
  'request-timeout': [408, 'The request did not arrive in time.'],
  'upstream-lost': [
    502,
    'The node was lost before it answered; the request may have been processed: send it again with the same key.',
  ],
  'upstream-timeout': [
    504,
    'The node did not answer in time; the request may have been processed: send it again with the same key.',
  ],
} as const satisfies Partial<Record<ErrorCode, readonly [status: number, message: string]>>;

/** One of the codes of `REFUSALS`. */
export type RefusalCode = keyof typeof REFUSALS;

/** An answer that the edge gives instead of a node. */
export interface Refusal {
  readonly code: RefusalCode;

  /**
   * Whole seconds for the `Retry-After` header (RFC 9110 section 10.2.3).
   *
   * @default - no such header
   */
  readonly retryAfterSeconds?: number;
}

/** The JSON body of a refusal. */
export function refusalBody(code: RefusalCode): string {
  return JSON.stringify({ error: { code, message: REFUSALS[code][1] } });
}
