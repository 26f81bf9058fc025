import {
  type IpRange,
  isMapped,
  isWhole,
  mergeRanges,
  parseAddress,
  parseNetwork,
  printNetwork,
  unmapped,
} from './ip-network';
import { Place } from './place';

/** AWS WAF's limit of addresses in one IP set. */
const MOST_NETWORKS = 10_000;

const INTERNET = 'internet';

/** The client addresses that may connect. */
export class AllowList {
  /**
   * Networks in CIDR notation, IPv4 and IPv6 in one list.
   *
   * @param networks 1 to 10,000, such as `203.0.113.0/24` or `2001:db8::/32`; no bits behind the prefix. Together they may not cover
   * all of IPv4 or all of IPv6: who means that says `AllowList.internet()`
   * @throws network-malformed, network-host-bits, network-mapped, allow-internet, list-length-out-of-range
   */
  public static of(networks: string[]): AllowList {
    return Place.valid('allow', (at) => AllowList._parse(networks, at));
  }

  /** Every address of the internet. Whoever reaches the load balancer is stopped by authentication and rate limit only. */
  public static internet(): AllowList {
    return new AllowList(true, ['0.0.0.0/0', '::/0']);
  }

  /** @internal */
  public static _parse(given: unknown, at: Place): AllowList | undefined {
    if (given === INTERNET) return AllowList.internet();
    if (!Array.isArray(given)) return at.reportType(given, `a list of networks, or "${INTERNET}"`);
    const bounds = { least: 1, most: MOST_NETWORKS, of: 'networks' };
    const networks = at.list(given, bounds, parseListed);
    if (networks === undefined) return undefined;
    const list = new AllowList(false, [...new Set(networks)]);
    if (!list.ranges.some(isWhole)) return list;
    return at.report('allow-internet', {
      problem: 'together these networks let the whole internet in',
      fix: `name the networks of your clients, or say "${INTERNET}" (in code AllowList.internet()) if that is meant`,
    });
  }

  private readonly ranges: readonly IpRange[];

  private constructor(
    /** Whether the whole internet was let in, which must have been said in this word. */
    public readonly isInternet: boolean,
    /** The networks in their one canonical text (RFC 5952 for IPv6), in the order given, each once. */
    public readonly networks: string[],
  ) {
    this.ranges = mergeRanges(networks.map((text) => parseNetwork(text)!.network));
  }

  /**
   * Whether a client of this address may connect. An IPv4-mapped IPv6 address counts as the IPv4 address.
   *
   * @param address an IP address; whatever is not one may not connect
   */
  public admits(address: string): boolean {
    const parsed = parseAddress(address);
    if (parsed === undefined) return false;
    const { version, value } = unmapped(parsed);
    let [low, high] = [0, this.ranges.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const range = this.ranges[middle]!;
      if (range.version < version || (range.version === version && range.last < value)) low = middle + 1;
      else high = middle;
    }
    const range = this.ranges[low];
    return range !== undefined && range.version === version && range.first <= value;
  }

  /**
   * The networks that hold addresses which another list does not let in.
   *
   * @internal
   */
  public _beyond(other: AllowList): string[] {
    return this.networks.filter((text) => {
      const { version, first, last } = parseNetwork(text)!.network;
      return !other.ranges.some((range) => range.version === version && range.first <= first && last <= range.last);
    });
  }

  /** @internal */
  public _render(): unknown {
    return this.isInternet ? INTERNET : [...this.networks];
  }
}

function parseListed(given: unknown, at: Place): string | undefined {
  const allowed = 'a network in CIDR notation such as 203.0.113.0/24 or 2001:db8::/32';
  if (typeof given !== 'string') return at.reportType(given, allowed);
  const parsed = parseNetwork(given);
  if (parsed === undefined) {
    const fix = 'correct it; a single address is written with /32 or /128';
    return at.report('network-malformed', { problem: 'this is not a network', given, allowed, fix });
  }
  const { address, network } = parsed;
  if (isMapped(address)) {
    const fix = 'write the IPv4 network itself';
    return at.report('network-mapped', { problem: 'this is an IPv4 network written as IPv6', given, fix });
  }
  const canonical = printNetwork(network);
  if (address.value !== network.first) {
    const fix = `write ${canonical} for the network, or a longer prefix for less`;
    return at.report('network-host-bits', { problem: 'bits are set behind the prefix', given, fix });
  }
  return canonical;
}
