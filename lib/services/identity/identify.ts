import { AuditLogError } from '../../policy/errors';
import type { Clock } from '../ports';
import { certificateName } from './certificate-name';
import type { IdentitySource, TokenTrust } from './config';
import { type Fetch, IssuerKeys } from './issuer-keys';
import { parseToken, subjectOf } from './token';

/** The local edge's header. Only the edge may ever set it. */
const EDGE_HEADER = 'x-audit-writer';

/** What a load balancer in mTLS mode *verify* sets, whatever the client sent: the certificate that it verified, as URL-encoded PEM. */
const LEAF_HEADER = 'x-amzn-mtls-clientcert-leaf';

/** What a load balancer of Google Cloud sets on every request, whatever the client sent: the certificate as RFC 9440 writes it. */
const GOOGLE = {
  present: 'x-client-cert-present',
  verified: 'x-client-cert-chain-verified',
  leaf: 'x-client-cert-leaf',
} as const;

const LARGEST_LEAF = 32 * 1024;

/** The value of a header by its lower-case name. */
export type Header = (name: string) => string | undefined;

/**
 * Who sent a request, such as `mtls:<name>`, `jwt:<subject>` or `anonymous`; `undefined` when nobody proves it.
 *
 * @throws issuer-unavailable
 */
export type Identify = (header: Header) => Promise<string | undefined>;

/**
 * Makes what identifies the senders of requests.
 *
 * @param trust whose tokens are believed, where the source is tokens
 * @throws setting-missing
 */
export function identifyBy(
  source: IdentitySource,
  trust: TokenTrust | undefined,
  clock: Clock,
  fetch?: Fetch,
): Identify {
  switch (source) {
    case 'edge':
      return async (header) => header(EDGE_HEADER);
    case 'anonymous':
      return async () => 'anonymous';
    case 'alb-mtls':
      return async (header) => prefixed('mtls', leafName(header(LEAF_HEADER)));
    case 'gclb-mtls':
      return async (header) => prefixed('mtls', googleName(header));
    case 'alb-jwt':
      return identifyByToken(trust, clock, fetch);
  }
}

function identifyByToken(trust: TokenTrust | undefined, clock: Clock, fetch: Fetch | undefined): Identify {
  if (trust === undefined) {
    throw new AuditLogError('setting-missing', {
      problem: 'nothing says whose tokens to believe',
      fix: 'set AUDIT_JWT_ISSUER, AUDIT_JWT_AUDIENCE and AUDIT_JWKS_URL in the environment',
    });
  }
  const keys = new IssuerKeys(trust.jwksUrl, clock, fetch);
  return async (header) => {
    const [, text = ''] = /^Bearer ([^ ]+)$/i.exec(header('authorization') ?? '') ?? [];
    const token = parseToken(text);
    const key = token && (await keys.find(token.keyId));
    return key && prefixed('jwt', subjectOf(token, key, trust, clock.now()));
  };
}

function leafName(leaf: string | undefined): string | undefined {
  if (leaf === undefined || leaf.length > LARGEST_LEAF) return undefined;
  try {
    return certificateName(decodeURIComponent(leaf));
  } catch {
    return undefined;
  }
}

/** A certificate that is there but did not verify says nothing: the load balancer could have been told to let it through. */
function googleName(header: Header): string | undefined {
  const leaf = header(GOOGLE.leaf);
  if (header(GOOGLE.present) !== 'true' || header(GOOGLE.verified) !== 'true') return undefined;
  if (leaf === undefined || leaf.length > LARGEST_LEAF) return undefined;
  const [, der] = /^:([A-Za-z0-9+/]+={0,2}):$/.exec(leaf) ?? [];
  try {
    return der && certificateName(Buffer.from(der, 'base64'));
  } catch {
    return undefined;
  }
}

function prefixed(kind: 'mtls' | 'jwt', name: string | undefined): string | undefined {
  return name ? `${kind}:${name}` : undefined;
}
