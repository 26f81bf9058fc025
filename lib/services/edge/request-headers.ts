/** The header in which a node finds the identity that the edge verified. Only the edge ever sets it. */
const WRITER_HEADER = 'x-audit-writer';

/** Headers of one connection only (RFC 9110 section 7.6.1), and what the edge answers itself (`Expect`). */
const HOP_BY_HOP = new Set([
  'connection',
  'expect',
  'http2-settings',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** What a proxy tells a node about the client: never taken from the client. `_` is `-` to some servers, so it is here too. */
const RESERVED = /^(x[-_]audit[-_]|x[-_]forwarded[-_]|x[-_]real[-_]ip$|forwarded$|via$)/;

/** Who sends a request, as the edge has verified it. */
export interface Sender {
  readonly address: string;
  /** `mtls:…` or `anonymous`, as RECORD "writer" says. */
  readonly writer: string;
  /** Port of the edge that took the request. */
  readonly port: number;
}

/**
 * The headers that a node gets: the client's, without those of the connection and those that only a proxy may set, and the edge's own.
 *
 * @param raw names and values in turn, as Node's `rawHeaders`
 */
export function requestHeaders(raw: readonly string[], sender: Sender): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = Object.create(null);
  const dropped = connectionOptions(raw);
  for (const [name, value] of pairs(raw)) {
    const lower = name.toLowerCase();
    if (HOP_BY_HOP.has(lower) || dropped.has(lower) || RESERVED.test(lower)) continue;
    const before = headers[lower];
    headers[lower] = before === undefined ? value : [...(Array.isArray(before) ? before : [before]), value];
  }
  headers['x-forwarded-for'] = sender.address;
  headers['x-forwarded-port'] = String(sender.port);
  headers['x-forwarded-proto'] = 'https';
  headers[WRITER_HEADER] = sender.writer;
  return headers;
}

/** The headers of a node's answer without those of its connection, names and values in turn. */
export function responseHeaders(raw: readonly string[]): string[] {
  const dropped = connectionOptions(raw);
  const kept: string[] = [];
  for (const [name, value] of pairs(raw)) {
    const lower = name.toLowerCase();
    if (!HOP_BY_HOP.has(lower) && !dropped.has(lower)) kept.push(name, value);
  }
  return kept;
}

/** The lower-case names that `Connection` headers list. */
function connectionOptions(raw: readonly string[]): Set<string> {
  const names = new Set<string>();
  for (const [name, value] of pairs(raw)) {
    if (name.toLowerCase() !== 'connection') continue;
    for (const option of value.split(',')) names.add(option.trim().toLowerCase());
  }
  return names;
}

function* pairs(raw: readonly string[]): Generator<readonly [name: string, value: string]> {
  for (let i = 0; i + 1 < raw.length; i += 2) yield [raw[i] as string, raw[i + 1] as string];
}
