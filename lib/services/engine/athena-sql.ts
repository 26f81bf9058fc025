import { AuditLogError } from '../../policy/errors';
import { HOUR_MS } from '../../record';
import type { EventQuery } from '../ports';
import { searchable } from './searchable';
import { hourName } from './view-hours';

/** Equal `(writer, id)` are looked for this long before the search begins: that is how long a producer may keep sending a request again. */
export const REPEATS_MS = 24 * HOUR_MS;

/**
 * A parameter has at most 1,024 characters, of which two are quotes; an apostrophe takes two, and so may a character:
 * https://docs.aws.amazon.com/athena/latest/APIReference/API_StartQueryExecution.html, `ExecutionParameters`
 */
const LONGEST_PIECE = 500;

/** The names of a table and its database: words, since they cannot be bound. */
const WORD = /^[A-Za-z_][A-Za-z0-9_]{0,254}$/;

const FIELDS = ['actor', 'action', 'target', 'outcome', 'writer'] as const;

/** A query with a `?` for each of its parameters. */
export interface AthenaQuery {
  readonly sql: string;
  /** SQL literals, in the order of the question marks. */
  readonly parameters: readonly string[];
}

/**
 * The query that finds one line more than asked for. No text of who searches is part of it: Athena parses each parameter as an expression, so texts are
 * bound as literals, quoted as a whole.
 */
export function searchSql(table: string, query: EventQuery): AthenaQuery {
  const parameters: string[] = [];
  const number = (value: number): string => {
    parameters.push(String(value));
    return '?';
  };
  const text = (value: string): string => {
    const literals = pieces(value).map(literal);
    parameters.push(...literals);
    return literals.length === 1 ? '?' : `(${literals.map(() => '?').join(' || ')})`;
  };
  const from = Math.max(query.from, query.after?.received ?? query.from);
  const repeats = `SELECT origin, "index", row_number() OVER (PARTITION BY writer, id ORDER BY received, origin, "index") AS place
    FROM ${table} WHERE hour >= ${text(hourName(from - REPEATS_MS))} AND hour <= ${text(hourName(query.to))} AND id IS NOT NULL`;
  const conditions = [
    `e.hour >= ${text(hourName(from))} AND e.hour <= ${text(hourName(query.to))}`,
    `e.received >= ${number(from)} AND e.received < ${number(query.to)}`,
  ];
  if (query.after !== undefined) {
    const { received, origin, index } = query.after;
    conditions.push(
      `(e.received > ${number(received)} OR (e.received = ${number(received)} AND (e.origin > ${text(origin)} OR (e.origin = ${text(origin)} AND e."index" > ${number(index)}))))`,
    );
  }
  for (const field of FIELDS) {
    const wanted = query[field];
    if (wanted !== undefined) conditions.push(`e.${field} = ${text(searchable(wanted))}`);
  }
  if (query.contains !== undefined) conditions.push(contains(query.contains, text));
  return {
    sql: `WITH repeats AS (${repeats})
SELECT e.received, e.origin, e."index", e.line FROM ${table} e
WHERE ${conditions.join(' AND ')}
AND NOT EXISTS (SELECT 1 FROM repeats r WHERE r.place > 1 AND r.origin = e.origin AND r."index" = e."index")
ORDER BY e.received, e.origin, e."index" LIMIT ${Math.trunc(query.limit) + 1}`,
    parameters,
  };
}

/**
 * `"database"."table"`
 *
 * @throws setting-invalid
 */
export function quotedTable(database: string, table: string): string {
  const wrong = [database, table].find((name) => !WORD.test(name));
  if (wrong === undefined) return `"${database}"."${table}"`;
  throw new AuditLogError('setting-invalid', {
    problem: 'not the name of a database or table',
    given: wrong,
    allowed: 'letters, digits and underscores',
    fix: 'correct AUDIT_ATHENA_DATABASE or AUDIT_ATHENA_TABLE',
  });
}

/** Half a character is in no line, but as UTF-8 it would become the replacement character, which may be. */
function contains(wanted: string, text: (value: string) => string): string {
  return Buffer.from(wanted).toString() === wanted ? `strpos(e.line, ${text(wanted)}) > 0` : 'false';
}

function literal(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}

/** In pieces whose literals may be bound, whole characters each. */
function pieces(value: string): string[] {
  const characters = [...value];
  const found = [characters.splice(0, LONGEST_PIECE).join('')];
  while (characters.length > 0) found.push(characters.splice(0, LONGEST_PIECE).join(''));
  return found;
}
