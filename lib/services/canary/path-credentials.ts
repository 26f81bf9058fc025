import { AuditLogError } from '../../policy/errors';
import type { Clock, Log } from '../ports';
import { type ClientCertificate, type Credentials, parseCredentials, type TokenClient } from './credentials';
import type { SendHttps } from './https';

/** How long a secret counts before it is read again: what is rotated in works by then. */
const SECRET_LIVES_MS = 5 * 60_000;

/** A token is not used in its last minute, nor longer than an hour. */
const TOKEN_MARGIN_MS = 60_000;
const TOKEN_LIVES_AT_MOST_MS = 60 * 60_000;

const TOKEN_TIMEOUT_MS = 5_000;

/** What a request shows, so that the log knows who sends it. */
export interface Proof {
  readonly headers: Readonly<Record<string, string>>;
  /** @default - no certificate is shown */
  readonly certificate?: ClientCertificate;
}

/** What credentials are made from. */
export interface PathCredentialsParts {
  /** The text of the secret. */
  readonly readSecret: () => Promise<string>;
  readonly send: SendHttps;
  readonly clock: Clock;
  readonly report: Log;
}

interface Kept<T> {
  readonly value: T;
  /** Wall clock: a function's process is frozen between rounds. */
  readonly until: number;
}

/** The credentials of canaries on one path: read from a secret, and exchanged for a token if that is what it is for. */
export class PathCredentials {
  private secret?: Kept<Credentials>;
  private token?: Kept<string>;
  private proving?: Promise<Proof>;

  public constructor(private readonly parts: PathCredentialsParts) {}

  /** What to show now. All who ask at the same time wait for the same answer. */
  public prove(): Promise<Proof> {
    this.proving ??= this.renew().finally(() => {
      this.proving = undefined;
    });
    return this.proving;
  }

  /** Called when the log does not believe the proof: it is made anew, from the secret. */
  public refused(): void {
    this.token = undefined;
    if (this.secret !== undefined) this.secret = { ...this.secret, until: 0 };
  }

  private async renew(): Promise<Proof> {
    const credentials = await this.read();
    if ('certificate' in credentials) return { headers: {}, certificate: credentials };
    return { headers: { authorization: `Bearer ${await this.tokenOf(credentials)}` } };
  }

  private async read(): Promise<Credentials> {
    const now = this.parts.clock.now();
    if (this.secret !== undefined && now < this.secret.until) return this.secret.value;
    try {
      const value = parseCredentials(await this.parts.readSecret());
      if (JSON.stringify(value) !== JSON.stringify(this.secret?.value)) this.token = undefined;
      this.secret = { value, until: now + SECRET_LIVES_MS };
      return value;
    } catch (error) {
      if (this.secret === undefined) throw error;
      // What worked until now may go on working.
      this.parts.report('error', 'secret-not-read-again', { error: nameOf(error) });
      return this.secret.value;
    }
  }

  private async tokenOf(client: TokenClient): Promise<string> {
    const { clock, send } = this.parts;
    const now = clock.now();
    if (this.token !== undefined && now < this.token.until) return this.token.value;
    const { status, body } = await send({
      url: client.tokenUrl,
      method: 'POST',
      headers: {
        accept: 'application/json',
        authorization: basic(client),
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: form(client),
      timeoutMs: TOKEN_TIMEOUT_MS,
    });
    const { value, livesMs } = tokenIn(status, body);
    const until = now + Math.min(livesMs, TOKEN_LIVES_AT_MOST_MS) - TOKEN_MARGIN_MS;
    this.token = { value, until };
    return value;
  }
}

/** RFC 6749 section 2.3.1: the one way to authenticate that every token endpoint must know. */
function basic({ clientId, clientSecret }: TokenClient): string {
  const encoded = [clientId, clientSecret].map((text) => new URLSearchParams([['', text]]).toString().slice(1));
  return `Basic ${Buffer.from(encoded.join(':')).toString('base64')}`;
}

function form({ audience, scope }: TokenClient): string {
  return new URLSearchParams({
    grant_type: 'client_credentials',
    ...(audience && { audience }),
    ...(scope && { scope }),
  }).toString();
}

/** RFC 6749 section 5.1; a token that does not say how long it lives is used for one round. */
function tokenIn(status: number, body: Buffer): { value: string; livesMs: number } {
  const { access_token: value, token_type: type, expires_in: seconds } = status === 200 ? membersOf(body) : {};
  if (typeof value === 'string' && /^[\x21-\x7e]{1,16384}$/.test(value) && /^bearer$/i.test(String(type))) {
    return { value, livesMs: Number.isFinite(Number(seconds)) ? Number(seconds) * 1_000 : 0 };
  }
  throw new AuditLogError('token-refused', {
    problem: 'the token endpoint gave no bearer token',
    given: status,
    fix: 'correct the client in the secret, or what the issuer lets it have',
  });
}

function membersOf(body: Buffer): Readonly<Record<string, unknown>> {
  try {
    return { ...JSON.parse(body.toString()) };
  } catch {
    return {};
  }
}

function nameOf(error: unknown): string {
  return error instanceof AuditLogError ? error.code : error instanceof Error ? error.name : typeof error;
}
