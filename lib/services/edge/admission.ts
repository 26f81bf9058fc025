import { type Access, AuthenticationKind } from '../../policy';
import type { RateLimiter } from './rate-limiter';
import type { Refusal } from './refusal';
import { type PoolName, poolFor } from './route-table';

/** What a connection proved about its client. */
export type ClientIdentity =
  | { readonly proof: 'none' | 'untrusted' | 'unnamed' }
  | { readonly proof: 'certificate'; readonly writer: string };

/** What stands before one pool. */
export interface Gate {
  readonly access: Access;
  readonly rateLimiter: RateLimiter;
}

/** A request that may pass, and who sends it. */
export interface Admitted {
  readonly pool: PoolName;
  readonly writer: string;
}

/** Decides who may pass, in the order of the clouds' firewalls: path set, allow-list, rate, authentication. */
export class Admission {
  public constructor(private readonly gates: Readonly<Record<PoolName, Gate>>) {}

  /** @param identity asked for only where the pool authenticates */
  public decide(method: string, path: string, address: string, identity: () => ClientIdentity): Admitted | Refusal {
    const pool = poolFor(method, path);
    if (pool === undefined) return { code: this.isStranger(address) ? 'address-not-allowed' : 'not-found' };
    const gate = this.gates[pool];
    if (!gate.access.allow.admits(address)) return { code: 'address-not-allowed' };
    const retryAfterSeconds = gate.rateLimiter.admit(address);
    if (retryAfterSeconds > 0) return { code: 'rate-exceeded', retryAfterSeconds };
    return gate.access.authenticate.kind === AuthenticationKind.NONE
      ? { pool, writer: 'anonymous' }
      : authenticated(pool, identity());
  }

  /** An address in no allow-list does not learn which paths there are. */
  private isStranger(address: string): boolean {
    return !Object.values(this.gates).some((gate) => gate.access.allow.admits(address));
  }
}

function authenticated(pool: PoolName, identity: ClientIdentity): Admitted | Refusal {
  switch (identity.proof) {
    case 'certificate':
      return { pool, writer: identity.writer };
    case 'none':
      return { code: 'certificate-required' };
    case 'untrusted':
      return { code: 'certificate-untrusted' };
    case 'unnamed':
      return { code: 'certificate-unnamed' };
  }
}
