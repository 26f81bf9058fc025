import type { Version } from './bucket';

/** What a listing asks for. */
export interface ListingRequest {
  readonly prefix: string;
  readonly delimiter: string;
  /** Only what comes after it. */
  readonly after: string;
  readonly most: number;
}

/** One page of a listing. */
export interface Listing<T> {
  readonly items: readonly T[];
  readonly folders: readonly string[];
  /** Where the next page begins; not there on the last one. */
  readonly next?: string;
}

/** Cuts one page of objects out of all, rolling up what has the delimiter behind the prefix. */
export function listPage<T extends Version>(versions: Iterable<T>, request: ListingRequest): Listing<T> {
  const items: T[] = [];
  const folders: string[] = [];
  let last = '';
  for (const version of versions) {
    const { key } = version;
    if (!key.startsWith(request.prefix) || !isAfter(key, request.after)) continue;
    const end = request.delimiter === '' ? -1 : key.indexOf(request.delimiter, request.prefix.length);
    const folder = end < 0 ? undefined : key.slice(0, end + request.delimiter.length);
    if (folder !== undefined && (folder === folders.at(-1) || request.after.startsWith(folder))) continue;
    if (items.length + folders.length === request.most) return { items, folders, next: last };
    if (folder === undefined) items.push(version);
    else folders.push(folder);
    last = folder ?? key;
  }
  return { items, folders };
}

function isAfter(key: string, after: string): boolean {
  return Buffer.compare(Buffer.from(key), Buffer.from(after)) > 0;
}

/** An XML element of text. */
export function element(name: string, text: string | number | boolean): string {
  const escaped = String(text).replace(/[<>&"\r]/g, (character) => `&#${character.charCodeAt(0)};`);
  return `<${name}>${escaped}</${name}>`;
}

/** A name as a listing with `encoding-type=url` shows it. */
export function urlEncoded(name: string): string {
  return encodeURIComponent(name).replaceAll('%20', '+').replaceAll('%2F', '/');
}

/** The text of the first such element, or `undefined`. */
export function textOf(xml: string, name: string): string | undefined {
  const text = new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];
  return text
    ?.replace(/&#(x?)([0-9a-f]+);/gi, (_, hex, digits) => String.fromCodePoint(Number.parseInt(digits, hex ? 16 : 10)))
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&apos;', "'")
    .replaceAll('&amp;', '&');
}
