import { type KeyObject, verify } from 'node:crypto';
import type { TokenTrust } from './config';

const LARGEST_TOKEN = 16 * 1024;
/** The clocks of issuer and service may differ by this. */
const LEEWAY_S = 60;

/** A signed token, taken apart but not yet believed. */
export interface Token {
  readonly keyId: string;
  readonly claims: Readonly<Record<string, unknown>>;
  /** What the signature is over. */
  readonly signed: Buffer;
  readonly signature: Buffer;
}

/**
 * Takes a JWT in compact form apart (RFC 7519, RFC 7515). Only RS256 is read, and nothing that a token says changes that: what a load balancer
 * cannot verify is not believed here either. Tokens with critical extensions (`crit`) are none that we understand.
 *
 * @returns `undefined` when it is no such token
 */
export function parseToken(text: string): Token | undefined {
  const [, head, body, signature] = /^([\w-]+)\.([\w-]+)\.([\w-]+)$/.exec(text.slice(0, LARGEST_TOKEN + 1)) ?? [];
  if (text.length > LARGEST_TOKEN || head === undefined || body === undefined || signature === undefined)
    return undefined;
  const header = parseObject(head);
  const claims = parseObject(body);
  if (header?.alg !== 'RS256' || header.crit !== undefined || typeof header.kid !== 'string' || claims === undefined) {
    return undefined;
  }
  return {
    keyId: header.kid,
    claims,
    signed: Buffer.from(`${head}.${body}`),
    signature: Buffer.from(signature, 'base64url'),
  };
}

/**
 * The subject of a token that the key signed, that is from the issuer, for the audience, and valid now.
 *
 * @param now milliseconds
 * @returns `undefined` when any of it is not so
 */
export function subjectOf(token: Token, key: KeyObject, trust: TokenTrust, now: number): string | undefined {
  const { iss, aud, exp, nbf, sub } = token.claims;
  const seconds = now / 1_000;
  const audiences = Array.isArray(aud) ? aud : [aud];
  const isValid =
    verify('RSA-SHA256', token.signed, key, token.signature) &&
    iss === trust.issuer &&
    audiences.includes(trust.audience) &&
    typeof exp === 'number' &&
    seconds < exp + LEEWAY_S &&
    (nbf === undefined || (typeof nbf === 'number' && seconds >= nbf - LEEWAY_S));
  return isValid && typeof sub === 'string' ? sub : undefined;
}

function parseObject(base64: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(base64, 'base64url').toString());
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
