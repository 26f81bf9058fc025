import { type Environment, invalidSetting, required } from '../environment';

/**
 * Who says who sent a request. Exactly one is believed; what the others would say is ignored.
 *
 * - `edge`: the local edge, in a header that only it may set
 * - `alb-mtls`: an Application Load Balancer that verified the client's certificate (mTLS mode *verify*), in the header with the certificate
 * - `gclb-mtls`: an Application Load Balancer of Google Cloud that refuses clients without a valid certificate, in headers that it sets on
 *   every request (https://cloud.google.com/load-balancing/docs/https/mtls-overview#mtls-custom-headers)
 * - `alb-jwt`: the token in `Authorization`, which a load balancer has verified and the service verifies again
 * - `anonymous`: nobody; everyone is `anonymous`
 */
export type IdentitySource = 'edge' | 'alb-mtls' | 'gclb-mtls' | 'alb-jwt' | 'anonymous';

/** Whose tokens are believed. */
export interface TokenTrust {
  /** The `iss` of its tokens. */
  readonly issuer: string;
  /** The `aud` that a token must name. */
  readonly audience: string;
  /** Where the issuer publishes its keys (JWKS); https. */
  readonly jwksUrl: string;
}

/**
 * What the firewall inserts into every request that it let through, where a path's clients stay in their jurisdiction: the name of the region's
 * jurisdiction. AWS WAF begins the names of headers that it inserts with `x-amzn-waf-` and overwrites what clients sent under such a name.
 * https://docs.aws.amazon.com/waf/latest/developerguide/customizing-the-incoming-request.html
 */
export const JURISDICTION_HEADER = 'x-amzn-waf-audit-jurisdiction';

const JURISDICTION = 'AUDIT_JURISDICTION';

const SOURCES: readonly IdentitySource[] = ['edge', 'alb-mtls', 'gclb-mtls', 'alb-jwt', 'anonymous'];

const ISSUER = 'AUDIT_JWT_ISSUER';
const AUDIENCE = 'AUDIT_JWT_AUDIENCE';
const JWKS_URL = 'AUDIT_JWKS_URL';

/**
 * Reads a source from the variable of a role.
 *
 * @throws setting-invalid
 */
export function identitySource(env: Environment, name: string): IdentitySource {
  const text = env[name] ?? 'edge';
  const source = SOURCES.find((each) => each === text);
  if (source !== undefined) return source;
  throw invalidSetting(name, text, SOURCES.join(', '));
}

/**
 * Reads whose tokens are believed, where the source is tokens.
 *
 * @throws setting-missing, setting-invalid
 */
export function tokenTrust(env: Environment, source: IdentitySource): TokenTrust | undefined {
  if (source !== 'alb-jwt') return undefined;
  const jwksUrl = required(env, JWKS_URL);
  if (!URL.canParse(jwksUrl) || new URL(jwksUrl).protocol !== 'https:')
    throw invalidSetting(JWKS_URL, jwksUrl, 'an https URL');
  return { issuer: required(env, ISSUER), audience: required(env, AUDIENCE), jwksUrl };
}

/** The variables that `tokenTrust` reads. */
export function tokenTrustToEnv(trust: TokenTrust | undefined): Record<string, string> {
  return trust === undefined ? {} : { [ISSUER]: trust.issuer, [AUDIENCE]: trust.audience, [JWKS_URL]: trust.jwksUrl };
}

/**
 * Reads the jurisdiction that requests must be proved to come from.
 *
 * @returns `undefined` where they may come from anywhere
 * @throws setting-invalid
 */
export function jurisdictionOf(env: Environment): string | undefined {
  const text = env[JURISDICTION];
  if (text === undefined || /^[A-Z][A-Z0-9-]{0,31}$/.test(text)) return text;
  throw invalidSetting(JURISDICTION, text, 'a capital letter and up to 31 of A-Z, 0-9 and -');
}

/** The variable that `jurisdictionOf` reads. */
export function jurisdictionToEnv(jurisdiction: string | undefined): Record<string, string> {
  return jurisdiction === undefined ? {} : { [JURISDICTION]: jurisdiction };
}
