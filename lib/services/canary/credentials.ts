import { AuditLogError } from '../../policy/errors';

/** A certificate for mutual TLS. */
export interface ClientCertificate {
  /** PEM, with the certificates between it and the authority if there are any. */
  readonly certificate: string;
  /** PEM. */
  readonly privateKey: string;
}

/** What a token endpoint wants to see: the client credentials grant, RFC 6749 section 4.4. */
export interface TokenClient {
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** @default - not said */
  readonly audience?: string;
  /** @default - not said */
  readonly scope?: string;
}

export type Credentials = ClientCertificate | TokenClient;

/**
 * Reads the text of a secret.
 *
 * @throws credentials-malformed, which never shows what was given
 */
export function parseCredentials(text: string): Credentials {
  const members = parseObject(text);
  const { certificate, privateKey, tokenUrl, clientId, clientSecret, audience, scope } = members;
  if (isText(certificate) && isText(privateKey) && tokenUrl === undefined) return { certificate, privateKey };
  if (
    isHttps(tokenUrl) &&
    isText(clientId) &&
    isText(clientSecret) &&
    isOptional(audience) &&
    isOptional(scope) &&
    certificate === undefined
  ) {
    return { tokenUrl, clientId, clientSecret, ...(audience && { audience }), ...(scope && { scope }) };
  }
  throw new AuditLogError('credentials-malformed', {
    problem: 'the secret does not hold the credentials of a canary',
    allowed:
      'JSON with certificate and privateKey, or with tokenUrl (https), clientId, clientSecret and perhaps audience and scope',
    fix: 'write the secret again',
  });
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function isOptional(value: unknown): value is string | undefined {
  return value === undefined || isText(value);
}

function isHttps(value: unknown): value is string {
  return isText(value) && URL.canParse(value) && new URL(value).protocol === 'https:';
}
