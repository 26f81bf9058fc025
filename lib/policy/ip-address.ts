import { isMapped, parseAddress } from './ip-network';
import type { Place } from './place';

/** Reads one IPv4 address, without leading zeros. */
export function parseIpv4(given: unknown, at: Place): string | undefined {
  return parseOf(4, given, 'one IPv4 address such as 203.0.113.10', at);
}

/** Reads one IPv6 address. */
export function parseIpv6(given: unknown, at: Place): string | undefined {
  return parseOf(6, given, 'one IPv6 address such as 2001:db8::10, not an IPv4 address written as IPv6', at);
}

function parseOf(version: 4 | 6, given: unknown, allowed: string, at: Place): string | undefined {
  if (typeof given !== 'string') return at.reportType(given, allowed);
  const address = parseAddress(given);
  if (address?.version === version && !isMapped(address)) return given;
  return at.report('address-malformed', { problem: 'this is not such an address', given, allowed, fix: 'correct it' });
}
