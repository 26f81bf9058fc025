import { AuditLogError } from '../../policy/errors';
import type { EventPosition, EventQuery } from '../ports';
import { formatCursor, parseCursor } from './cursor';
import { parseTime } from './time';

/** All parameters of a search. */
export const PARAMETERS = [
  'from',
  'to',
  'actor',
  'action',
  'target',
  'outcome',
  'writer',
  'contains',
  'limit',
  'cursor',
] as const;

export type ParameterName = (typeof PARAMETERS)[number];

const DAY_MS = 24 * 60 * 60_000;
/** The clocks of the nodes may be ahead of ours. */
const AHEAD_MS = 5 * 60_000;
const DEFAULT_LIMIT = 1_000;
const MOST_LINES = 10_000;
const MOST_CHARACTERS = 1_024;
const TEXTS = ['actor', 'action', 'target', 'outcome', 'writer', 'contains'] as const;

/** What a client asks for. */
export interface SearchRequest {
  readonly query: EventQuery;
  /** Which parameters were given, in the order of `PARAMETERS`. */
  readonly names: readonly ParameterName[];
  /** The cursor of the page that begins behind a position. */
  readonly cursorAt: (next: EventPosition) => string;
}

/**
 * Reads the parameters of a search.
 *
 * - `from`, `to`: RFC 3339 or a date; of `received`; from inclusive, to exclusive. Defaults: `to` 5 minutes from now, `from` 24 hours before `to`, or
 *   before now when `to` is not given
 * - `actor`, `action`, `target`, `outcome`, `writer`: equal, up to 1,024 characters
 * - `contains`: 1 to 1,024 characters that the stored line holds
 * - `limit`: 1 to 10,000, default 1,000
 * - `cursor`: the `Audit-Next-Cursor` of a page, with that page's parameters
 *
 * @param search what stands behind the `?` of the URL
 * @param now milliseconds since 1970-01-01 UTC
 * @throws parameter-unknown, parameter-repeated, parameter-invalid, cursor-invalid
 */
export function parseSearch(search: string, now: number): SearchRequest {
  const given = split(search);
  const names = PARAMETERS.filter((name) => given.has(name));
  const conditions = JSON.stringify(
    names.filter((name) => name !== 'cursor' && name !== 'limit').map((name) => [name, given.get(name)]),
  );
  const cursorText = given.get('cursor');
  const cursor = cursorText === undefined ? undefined : parseCursor(cursorText, conditions);
  const to = time(given, 'to') ?? cursor?.to;
  const from = time(given, 'from') ?? cursor?.from ?? (to ?? now) - DAY_MS;
  const window = { from, to: to ?? now + AHEAD_MS };
  if (window.from >= window.to) throw invalid('from', given.get('from'), 'a time before to');
  return {
    query: {
      ...window,
      ...texts(given),
      limit: limit(given.get('limit')),
      ...(cursor !== undefined && { after: cursor.after }),
    },
    names,
    cursorAt: (next) => formatCursor({ ...window, after: next }, conditions),
  };
}

function split(search: string): Map<ParameterName, string> {
  const given = new Map<ParameterName, string>();
  for (const part of search.split('&')) {
    if (part === '') continue;
    const equals = part.indexOf('=');
    const name = decode(equals < 0 ? part : part.slice(0, equals), 'the name of a parameter');
    if (!isParameter(name)) {
      throw new AuditLogError('parameter-unknown', {
        problem: 'a search has no such parameter',
        given: name,
        allowed: PARAMETERS.join(', '),
        fix: 'correct it or leave it out',
      });
    }
    if (given.has(name)) {
      throw new AuditLogError('parameter-repeated', {
        problem: `the parameter ${name} is given more than once`,
        fix: 'give it once; for several values search several times',
      });
    }
    given.set(name, decode(equals < 0 ? '' : part.slice(equals + 1), name));
  }
  return given;
}

function isParameter(name: string): name is ParameterName {
  return (PARAMETERS as readonly string[]).includes(name);
}

/** Strict, unlike URLSearchParams: a search for what the client did not mean would silently find nothing. */
function decode(text: string, name: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw invalid(name, text, 'percent-encoded UTF-8');
  }
}

function texts(given: ReadonlyMap<ParameterName, string>): Partial<Record<(typeof TEXTS)[number], string>> {
  const found: Partial<Record<(typeof TEXTS)[number], string>> = {};
  for (const name of TEXTS) {
    const text = given.get(name);
    if (text === undefined) continue;
    if (text.length > MOST_CHARACTERS || (name === 'contains' && text === '')) {
      throw invalid(name, text, `${name === 'contains' ? '1' : '0'} to ${MOST_CHARACTERS} characters`);
    }
    found[name] = text;
  }
  return found;
}

function time(given: ReadonlyMap<ParameterName, string>, name: 'from' | 'to'): number | undefined {
  const text = given.get(name);
  if (text === undefined) return undefined;
  const value = parseTime(text);
  if (value === undefined) {
    throw invalid(name, text, '2026-01-31, 2026-01-31T23:59:59Z, 2026-01-31T23:59:59.999+01:00 (in a URL + is %2B)');
  }
  return value;
}

function limit(text: string | undefined): number {
  if (text === undefined) return DEFAULT_LIMIT;
  const value = Number(text);
  if (/^\d{1,5}$/.test(text) && value >= 1 && value <= MOST_LINES) return value;
  throw invalid('limit', text, `a whole number from 1 to ${MOST_LINES}`);
}

function invalid(name: string, given: string | undefined, allowed: string): AuditLogError {
  return new AuditLogError('parameter-invalid', {
    problem: `the parameter ${name} is wrong`,
    given,
    allowed,
    fix: 'correct it',
  });
}
