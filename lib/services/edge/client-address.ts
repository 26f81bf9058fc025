/** An IPv4 address as sockets that serve both versions show it (RFC 4291 section 2.5.5.2). */
const MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;

/**
 * The address of a connection's other end in plain form: IPv4-mapped IPv6 becomes IPv4, a zone (`%eth0`) is dropped.
 *
 * @param remote `socket.remoteAddress`; `undefined`, when the client has gone already, gives `::`, from where nobody connects
 */
export function clientAddress(remote: string | undefined): string {
  const [address = '::'] = (remote ?? '::').split('%', 1);
  return MAPPED.exec(address)?.[1] ?? address;
}

/** What counts as one client: an IPv4 address, or an IPv6 /64, all of which one host may own (RFC 6177). */
export function clientKey(address: string): string {
  if (!address.includes(':')) return address;
  const [left = [], right] = address.split('::').map((half) => (half === '' ? [] : half.split(':')));
  const missing = right === undefined ? 0 : 8 - left.length - right.length;
  return [...left, ...Array<string>(missing).fill('0'), ...(right ?? [])].slice(0, 4).join(':');
}
