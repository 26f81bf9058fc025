import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

export const TRUST = {
  issuer: 'https://idp.example.com',
  audience: 'audit',
  jwksUrl: 'https://idp.example.com/jwks',
};

/** An issuer of tokens that makes any token it is asked for. */
export class Issuer {
  public readonly privateKey: KeyObject;
  public readonly jwk: Record<string, unknown>;

  public constructor(
    public readonly keyId = 'k1',
    bits = 2048,
  ) {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: bits });
    this.privateKey = privateKey;
    this.jwk = { ...publicKey.export({ format: 'jwk' }), kid: keyId, use: 'sig', alg: 'RS256' };
  }

  /** A token that is valid at a time (milliseconds), but for what a test changes. */
  public token(now: number, claims: object = {}, header: object = {}): string {
    const seconds = Math.floor(now / 1_000);
    const valid = { iss: TRUST.issuer, aud: TRUST.audience, sub: 'ada', exp: seconds + 300 };
    const signed = [
      { alg: 'RS256', kid: this.keyId, ...header },
      { ...valid, ...claims },
    ]
      .map(base64)
      .join('.');
    return `${signed}.${sign('RSA-SHA256', Buffer.from(signed), this.privateKey).toString('base64url')}`;
  }
}

export function base64(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
