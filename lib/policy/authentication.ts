import { type Members, Place } from './place';

const HTTPS =
  "https://[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?(:[0-9]{1,5})?(/[A-Za-z0-9._~!$&'()*+,;=:@%/-]{0,1500})?";

/** RFC 8414 section 2: an issuer is an https URL without query and fragment. */
const ISSUER = new RegExp(`^${HTTPS}$`);
const JWKS_URL = new RegExp(`^${HTTPS}(\\?[A-Za-z0-9._~!$&'()*+,;=:@%/?-]{0,400})?$`);
const AUDIENCE = /^[!-~]{1,256}$/;

/** How clients prove who they are. */
export enum AuthenticationKind {
  /** They do not. */
  NONE = 'none',
  /** By a client certificate in the TLS handshake. */
  MUTUAL_TLS = 'mutualTls',
  /** By a JSON Web Token in the `Authorization` header. */
  JWT = 'jwt',
}

/** Which JSON Web Tokens are believed. */
export interface JwtTrust {
  /** The `iss` that tokens must have: an https URL without query and fragment (RFC 8414 section 2). */
  readonly issuer: string;

  /** Where the issuer's public keys are: an https URL of a JSON Web Key Set (RFC 7517). */
  readonly jwksUrl: string;

  /** The `aud` that tokens must have, so that a token made for another service is refused (RFC 8725 section 3.9): 1 to 256 visible ASCII characters. */
  readonly audience: string;
}

/** How the clients of one path prove who they are. */
export class Authentication {
  /** No proof: every client is `anonymous`. For one machine only; the clouds' constructs refuse it. */
  public static none(): Authentication {
    return new Authentication(AuthenticationKind.NONE);
  }

  /** By a client certificate that the load balancer checks against a trust store. */
  public static mutualTls(): Authentication {
    return new Authentication(AuthenticationKind.MUTUAL_TLS);
  }

  /**
   * By a JSON Web Token of one issuer for one audience.
   *
   * @throws url-malformed, audience-malformed
   */
  public static jwt(trust: JwtTrust): Authentication {
    return Place.valid('jwt', (at) => parseJwt(trust, at));
  }

  /** @internal */
  public static _parse(given: unknown, at: Place): Authentication | undefined {
    const kinds = Object.values(AuthenticationKind);
    const members = at.object(given, kinds);
    if (members === undefined) return undefined;
    const [kind, ...others] = kinds.filter((each) => members[each] !== undefined);
    if (kind === undefined || others.length > 0) {
      const problem = 'clients prove who they are in exactly one way';
      return at.report('authentication-unknown', { problem, allowed: kinds.join(', '), fix: 'give one of those' });
    }
    if (kind === AuthenticationKind.JWT) return parseJwt(members.jwt, at.member(kind));
    return at.member(kind).object(members[kind], []) && new Authentication(kind);
  }

  /** @internal */
  public static _ofJwt(trust: JwtTrust): Authentication {
    return new Authentication(AuthenticationKind.JWT, trust);
  }

  private constructor(
    /** The way of authentication. */
    public readonly kind: AuthenticationKind,
    /**
     * Which tokens are believed.
     *
     * @default - the kind is not JWT
     */
    public readonly jwtTrust?: JwtTrust,
  ) {}

  /** @internal */
  public _render(): Members {
    return { [this.kind]: { ...this.jwtTrust } };
  }
}

function parseJwt(given: unknown, at: Place): Authentication | undefined {
  const members = at.object(given, ['issuer', 'jwksUrl', 'audience']);
  if (members === undefined) return undefined;
  const issuer = at.member('issuer').text(members.issuer, ISSUER, 'url-malformed', 'an https URL without query');
  const jwksUrl = at.member('jwksUrl').text(members.jwksUrl, JWKS_URL, 'url-malformed', 'an https URL');
  const audience = at
    .member('audience')
    .text(members.audience, AUDIENCE, 'audience-malformed', '1 to 256 visible ASCII characters');
  if (issuer === undefined || jwksUrl === undefined || audience === undefined) return undefined;
  return Authentication._ofJwt({ issuer, jwksUrl, audience });
}
