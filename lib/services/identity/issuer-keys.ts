import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { AuditLogError } from '../../policy/errors';
import type { Clock } from '../ports';

/** What an Application Load Balancer takes at most; a larger set is not the one that it verified with. */
const LARGEST_SET_BYTES = 150 * 1024;
const MOST_KEYS = 10;
const LEAST_RSA_BITS = 2048;
const FETCH_WITHIN_MS = 5_000;
/** A key that the issuer withdrew is believed for so long at most. */
const FRESH_FOR_MS = 10 * 60_000;
/** A token with an unknown key id makes us look for new keys, but not more often: anybody can invent one. */
const LOOK_AGAIN_MS = 30_000;

/** Gets the answer to a GET. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** The keys that an issuer of tokens publishes, fetched when needed. */
export class IssuerKeys {
  private keys: ReadonlyMap<string, KeyObject> = new Map();
  private fetchedAt = Number.NEGATIVE_INFINITY;
  private lookedAt = Number.NEGATIVE_INFINITY;
  private running: Promise<void> | undefined;

  public constructor(
    private readonly jwksUrl: string,
    private readonly clock: Clock,
    private readonly fetch: Fetch = globalThis.fetch,
  ) {}

  /**
   * The RSA key with an id, or `undefined` when the issuer has none.
   *
   * @throws issuer-unavailable when the keys that are known are too old, and no newer ones can be had
   */
  public async find(id: string): Promise<KeyObject | undefined> {
    if (!this.isFresh || (!this.keys.has(id) && this.clock.monotonic() - this.lookedAt >= LOOK_AGAIN_MS)) {
      this.running ??= this.refresh().finally(() => {
        this.running = undefined;
      });
      await this.running;
    }
    return this.keys.get(id);
  }

  private get isFresh(): boolean {
    return this.clock.monotonic() - this.fetchedAt < FRESH_FOR_MS;
  }

  private async refresh(): Promise<void> {
    this.lookedAt = this.clock.monotonic();
    try {
      this.keys = readKeys(await this.download());
      this.fetchedAt = this.clock.monotonic();
    } catch {
      if (this.isFresh) return;
      throw new AuditLogError('issuer-unavailable', {
        problem: "the keys of the tokens' issuer cannot be had now",
        fix: 'send the request again, after the time in Retry-After',
      });
    }
  }

  /** Not over a redirect, which could lead anywhere. */
  private async download(): Promise<string> {
    const signal = AbortSignal.timeout(FETCH_WITHIN_MS);
    const response = await this.fetch(this.jwksUrl, { redirect: 'error', signal });
    if (response.status !== 200 || response.body === null) throw new Error(`status ${response.status}`);
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of response.body) {
      size += chunk.length;
      if (size > LARGEST_SET_BYTES) throw new Error('too large');
      chunks.push(chunk);
    }
    return Buffer.concat(chunks).toString();
  }
}

function readKeys(text: string): Map<string, KeyObject> {
  const { keys } = JSON.parse(text) as { keys?: unknown };
  if (!Array.isArray(keys) || keys.length > MOST_KEYS) throw new Error('not a set of keys');
  const found = new Map<string, KeyObject>();
  for (const jwk of keys as (JsonWebKey & Record<string, unknown>)[]) {
    if (typeof jwk.kid !== 'string' || jwk.kty !== 'RSA' || (jwk.use !== undefined && jwk.use !== 'sig')) continue;
    const key = createPublicKey({ key: jwk, format: 'jwk' });
    if ((key.asymmetricKeyDetails?.modulusLength ?? 0) >= LEAST_RSA_BITS) found.set(jwk.kid, key);
  }
  return found;
}
