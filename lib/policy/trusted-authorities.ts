import type { Members, Place } from './place';
import { StoredObject } from './stored-object';

/** The parts of trusted authorities. */
export interface TrustedAuthoritiesProps {
  /** The authorities' certificates in PEM. */
  readonly certificates: StoredObject;

  /**
   * The authorities' certificate revocation list in PEM.
   *
   * @default - certificates are good until they end
   */
  readonly revocations?: StoredObject;
}

/** Who may issue client certificates. */
export class TrustedAuthorities {
  /** Makes trusted authorities. */
  public static of(props: TrustedAuthoritiesProps): TrustedAuthorities {
    return new TrustedAuthorities(props.certificates, props.revocations);
  }

  /** @internal */
  public static _parse(given: unknown, at: Place): TrustedAuthorities | undefined {
    const members = at.object(given, ['certificates', 'revocations']);
    if (members === undefined) return undefined;
    const certificates = StoredObject._parse(members.certificates, at.member('certificates'));
    const revocations = at.member('revocations').optional(members.revocations, StoredObject._parse);
    return certificates && new TrustedAuthorities(certificates, revocations);
  }

  private constructor(
    /** The authorities' certificates in PEM. */
    public readonly certificates: StoredObject,
    /**
     * The authorities' certificate revocation list in PEM.
     *
     * @default - certificates are good until they end
     */
    public readonly revocations?: StoredObject,
  ) {}

  /** @internal */
  public _render(): Members {
    return {
      certificates: this.certificates._render(),
      ...(this.revocations && { revocations: this.revocations._render() }),
    };
  }
}
