import { parseIpv4, parseIpv6 } from './ip-address';
import { type Members, Place } from './place';

/** The parts of a path's addresses. */
export interface PathAddressesProps {
  /** The IPv4 address that answers for the path, such as `203.0.113.10`. */
  readonly ipv4: string;

  /**
   * The IPv6 address that answers for the path, such as `2001:db8::10`.
   *
   * @default - clients reach the path by IPv4 only
   */
  readonly ipv6?: string;
}

/** The fixed public addresses of one path of a region that another cloud hosts. */
export class PathAddresses {
  /**
   * Makes a path's addresses.
   *
   * @throws address-malformed
   */
  public static of(props: PathAddressesProps): PathAddresses {
    return Place.valid('path', (at) => PathAddresses._parse(props, at));
  }

  /** @internal */
  public static _parse(given: unknown, at: Place): PathAddresses | undefined {
    const members = at.object(given, ['ipv4', 'ipv6']);
    if (members === undefined) return undefined;
    const ipv4 = parseIpv4(members.ipv4, at.member('ipv4'));
    const ipv6 = at.member('ipv6').optional(members.ipv6, parseIpv6);
    return ipv4 === undefined ? undefined : new PathAddresses(ipv4, ipv6);
  }

  private constructor(
    /** The IPv4 address that answers for the path. */
    public readonly ipv4: string,
    /**
     * The IPv6 address that answers for the path.
     *
     * @default - IPv4 only
     */
    public readonly ipv6?: string,
  ) {}

  /** @internal */
  public _render(): Members {
    return { ipv4: this.ipv4, ...(this.ipv6 !== undefined && { ipv6: this.ipv6 }) };
  }
}
