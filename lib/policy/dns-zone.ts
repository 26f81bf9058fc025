import { parseAccount } from './account';
import { parseDomain } from './domain';
import { type Members, Place } from './place';

/** The parts of a DNS zone. */
export interface DnsZoneProps {
  /** The zone's id, such as `Z0123456789ABCDEFGHIJ`. */
  readonly id: string;

  /** The zone's name, such as `example.com`, without a final dot. */
  readonly name: string;

  /**
   * The account that the zone is in: 12 digits.
   *
   * @default - a region's own zone is in the region's account, the deployment's in that of the regions if they have one only
   */
  readonly account?: string;
}

/** A public DNS zone in which names may be made. */
export class DnsZone {
  /**
   * Makes a zone.
   *
   * @throws zone-malformed, domain-malformed, account-malformed
   */
  public static of(props: DnsZoneProps): DnsZone {
    return Place.valid('zone', (at) => DnsZone._parse(props, at));
  }

  /** @internal */
  public static _parse(given: unknown, at: Place): DnsZone | undefined {
    const members = at.object(given, ['id', 'name', 'account']);
    if (members === undefined) return undefined;
    const id = at.member('id').text(members.id, /^Z[A-Z0-9]{1,31}$/, 'zone-malformed', 'Z and up to 31 of A-Z and 0-9');
    const name = parseDomain(members.name, at.member('name'));
    const account = at.member('account').optional(members.account, parseAccount);
    return id === undefined || name === undefined ? undefined : new DnsZone(id, name, account);
  }

  private constructor(
    /** The zone's id. */
    public readonly id: string,
    /** The zone's name. */
    public readonly name: string,
    /**
     * The account that the zone is in.
     *
     * @default - a region's own zone is in the region's account, the deployment's in that of the regions
     */
    public readonly account?: string,
  ) {}

  /** @internal */
  public _holds(domain: string): boolean {
    return domain === this.name || domain.endsWith(`.${this.name}`);
  }

  /** @internal */
  public _render(): Members {
    return { id: this.id, name: this.name, ...(this.account !== undefined && { account: this.account }) };
  }
}
