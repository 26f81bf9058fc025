/** An IP address as a number. */
export interface IpAddress {
  readonly version: 4 | 6;
  readonly value: bigint;
}

/** A range of addresses of one version, both ends included. */
export interface IpRange {
  readonly version: 4 | 6;
  readonly first: bigint;
  readonly last: bigint;
}

/** A range of addresses that share a prefix. */
export interface IpNetwork extends IpRange {
  /** Bits that all its addresses share. */
  readonly prefix: number;
}

const BITS = { 4: 32, 6: 128 } as const;

/** `::ffff:0:0/96`, where IPv6 writes IPv4 addresses (RFC 4291 section 2.5.5.2). */
const MAPPED = 0xffffn;

/** Reads an address. IPv4 octets have no leading zeros, which some programs read as octal. No zone (`%eth0`) is accepted. */
export function parseAddress(text: string): IpAddress | undefined {
  if (text.length > 45) return undefined;
  return text.includes(':') ? parseVersion6(text) : parseVersion4(text);
}

/** The IPv4 address that an IPv4-mapped IPv6 address stands for (sockets that serve both versions show these); any other as it is. */
export function unmapped(address: IpAddress): IpAddress {
  if (!isMapped(address)) return address;
  return { version: 4, value: address.value & 0xffff_ffffn };
}

/** Whether the address lies in `::ffff:0:0/96`. */
export function isMapped(address: IpAddress): boolean {
  return address.version === 6 && address.value >> 32n === MAPPED;
}

/** Reads CIDR notation (RFC 4632, RFC 4291). Host bits are cut off: compare `first` with the address that was given. */
export function parseNetwork(text: string): { address: IpAddress; network: IpNetwork } | undefined {
  const [, host, bits] = /^([^/]+)\/(0|[1-9][0-9]{0,2})$/.exec(text) ?? [];
  if (host === undefined || bits === undefined) return undefined;
  const address = parseAddress(host);
  const prefix = Number(bits);
  if (address === undefined || prefix > BITS[address.version]) return undefined;
  const hosts = 1n << BigInt(BITS[address.version] - prefix);
  const first = (address.value / hosts) * hosts;
  return { address, network: { version: address.version, first, last: first + hosts - 1n, prefix } };
}

/** The one text of a network: IPv4 in decimal, IPv6 as RFC 5952 says. */
export function printNetwork(network: IpNetwork): string {
  const host = network.version === 4 ? printVersion4(network.first) : printVersion6(network.first);
  return `${host}/${network.prefix}`;
}

/** The same addresses in the fewest ranges, ascending, IPv4 first. */
export function mergeRanges(ranges: readonly IpRange[]): IpRange[] {
  const sorted = [...ranges].sort(
    (a, b) => a.version - b.version || (a.first < b.first ? -1 : Number(a.first > b.first)),
  );
  const merged: IpRange[] = [];
  for (const range of sorted) {
    const before = merged.at(-1);
    if (before === undefined || before.version !== range.version || range.first > before.last + 1n) merged.push(range);
    else if (range.last > before.last) merged[merged.length - 1] = { ...before, last: range.last };
  }
  return merged;
}

/** Whether the range holds every address of its version. */
export function isWhole(range: IpRange): boolean {
  return range.first === 0n && range.last === (1n << BigInt(BITS[range.version])) - 1n;
}

function parseVersion4(text: string): IpAddress | undefined {
  const octets = text.split('.');
  if (octets.length !== 4 || !octets.every((octet) => /^(0|[1-9][0-9]{0,2})$/.test(octet) && Number(octet) < 256)) {
    return undefined;
  }
  return { version: 4, value: octets.reduce((value, octet) => (value << 8n) | BigInt(octet), 0n) };
}

function parseVersion6(text: string): IpAddress | undefined {
  const halves = text.split('::').map((half) => (half === '' ? [] : half.split(':')));
  const [left = [], right] = halves;
  if (halves.length > 2) return undefined;
  const groups = expandTail([...left, ...(right ?? [])]);
  const missing = 8 - groups.length;
  if (right === undefined ? missing !== 0 : missing < 1) return undefined;
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  const all = [...groups.slice(0, left.length), ...Array<string>(missing).fill('0'), ...groups.slice(left.length)];
  return { version: 6, value: BigInt(`0x${all.map((group) => group.padStart(4, '0')).join('')}`) };
}

/** Turns a dotted tail, as in `::ffff:192.0.2.1`, into two groups. */
function expandTail(groups: string[]): string[] {
  const tail = parseVersion4(groups.at(-1) ?? '');
  if (tail === undefined) return groups;
  return [...groups.slice(0, -1), (tail.value >> 16n).toString(16), (tail.value & 0xffffn).toString(16)];
}

function printVersion4(value: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 0xffn).join('.');
}

function printVersion6(value: bigint): string {
  const hex = value.toString(16).padStart(32, '0');
  const groups = Array.from({ length: 8 }, (_, i) => Number.parseInt(hex.slice(i * 4, i * 4 + 4), 16).toString(16));
  const zeros = groups
    .join(':')
    .match(/\b0(:0)+\b/g)
    ?.reduce((longest, run) => (run.length > longest.length ? run : longest));
  if (zeros === undefined) return groups.join(':');
  return groups.join(':').replace(new RegExp(`(^|:)${zeros}(:|$)`), '::');
}
