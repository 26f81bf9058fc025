import type { EventQuery } from '../ports';
import { searchable } from './searchable';
import { hourName } from './view-hours';

/** Repeats of an event, by writer and id, are recognised this long after the first. Producers give up earlier. */
const REPEATS_WITHIN_MS = 24 * 3_600_000;

const FIELDS = ['actor', 'action', 'target', 'outcome', 'writer'] as const;

/** A value as jobs.query takes it: https://cloud.google.com/bigquery/docs/reference/rest/v2/QueryParameter */
export interface QueryParameter {
  readonly name: string;
  readonly parameterType: { readonly type: 'INT64' | 'STRING' };
  readonly parameterValue: { readonly value: string };
}

/** The statement of one search in GoogleSQL. Values are only ever bound, never part of the text. */
export class BigQueryStatement {
  public readonly parameters: QueryParameter[] = [];
  public readonly sql: string;

  /**
   * @param table `project.dataset.table`, checked by the caller: names cannot be bound. Its columns: `received`, `index` INT64; `origin`, `writer`, `id`, `actor`,
   * `action`, `target`, `outcome` STRING in searchable form but for `origin`; `line` STRING; and the partition `hour` STRING, `yyyy-MM-dd-HH` of `received` in UTC
   */
  public constructor(table: string, query: EventQuery) {
    const { from, to, after, contains, limit } = query;
    const start = Math.max(from, after?.received ?? from);
    const conditions = [
      // The hours of the partitions first: they decide how much is read.
      `event.hour BETWEEN ${this.text('firstHour', hourName(start))} AND ${this.text('lastHour', hourName(to - 1))}`,
      `event.received >= ${this.number('from', start)}`,
      `event.received < ${this.number('to', to)}`,
      this.isFirst(table, start),
    ];
    if (after !== undefined) {
      this.number('afterReceived', after.received);
      this.text('afterOrigin', after.origin);
      this.number('afterIndex', after.index);
      conditions.push(isBefore(['@afterReceived', '@afterOrigin', '@afterIndex'], positionOf('event')));
    }
    for (const field of FIELDS) {
      const wanted = query[field];
      if (wanted !== undefined) conditions.push(`event.${field} = ${this.text(field, searchable(wanted))}`);
    }
    if (contains) conditions.push(`STRPOS(event.line, ${this.text('contains', contains)}) > 0`);
    this.sql =
      `SELECT event.received, event.origin, event.\`index\`, event.line FROM \`${table}\` AS event ` +
      `WHERE ${conditions.join(' AND ')} ` +
      `ORDER BY event.received, event.origin, event.\`index\` LIMIT ${this.number('limit', limit + 1)}`;
  }

  private isFirst(table: string, start: number): string {
    const repeatsFrom = this.text('repeatsFrom', hourName(start - REPEATS_WITHIN_MS));
    return (
      `NOT EXISTS (SELECT 1 FROM \`${table}\` AS earlier WHERE earlier.writer = event.writer AND earlier.id = event.id ` +
      `AND earlier.hour BETWEEN ${repeatsFrom} AND @lastHour AND ${isBefore(positionOf('earlier'), positionOf('event'))})`
    );
  }

  private text(name: string, value: string): string {
    return this.bind(name, 'STRING', value);
  }

  private number(name: string, value: number): string {
    return this.bind(name, 'INT64', String(value));
  }

  private bind(name: string, type: 'INT64' | 'STRING', value: string): string {
    this.parameters.push({ name, parameterType: { type }, parameterValue: { value } });
    return `@${name}`;
  }
}

type Position = readonly [received: string, origin: string, index: string];

function positionOf(row: string): Position {
  return [`${row}.received`, `${row}.origin`, `${row}.\`index\``];
}

/** Written out: GoogleSQL does not order structs. */
function isBefore([received, origin, index]: Position, [thanReceived, thanOrigin, thanIndex]: Position): string {
  return (
    `(${received} < ${thanReceived} OR (${received} = ${thanReceived} ` +
    `AND (${origin} < ${thanOrigin} OR (${origin} = ${thanOrigin} AND ${index} < ${thanIndex}))))`
  );
}
