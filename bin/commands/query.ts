import { AuditLogError } from '../../lib/policy/errors';
import { parseEntry } from '../../lib/record';
import { type ConnectionOptions, connect } from './connection';
import { Progress } from './progress';

/** Options of `query`; those that are conditions have the names of the query parameters. */
export interface QueryOptions extends ConnectionOptions {
  readonly from?: string;
  readonly to?: string;
  readonly actor?: string;
  readonly action?: string;
  readonly target?: string;
  readonly outcome?: string;
  readonly writer?: string;
  readonly contains?: string;
  readonly limit?: string;
  readonly events?: boolean;
}

const CONDITIONS = ['from', 'to', 'actor', 'action', 'target', 'outcome', 'writer', 'contains'] as const;
const PAGE = 1_000;

/** Prints the stored lines that meet all conditions, or only the events as they were sent, oldest first. */
export async function query(options: QueryOptions): Promise<number> {
  const client = connect(options);
  const progress = new Progress();
  let left = options.limit === undefined ? Number.POSITIVE_INFINITY : Number(options.limit);
  if (!(left >= 1)) {
    throw new AuditLogError('limit-out-of-range', {
      problem: '--limit is not a number of events',
      given: options.limit,
      allowed: 'a whole number from 1 on',
      fix: 'correct it, or leave it out to get all',
    });
  }
  let printed = 0;
  let cursor: string | undefined;
  let completeUntil: unknown;
  let regions: unknown;
  try {
    do {
      const parameters = new URLSearchParams({ limit: String(Math.min(PAGE, left)) });
      for (const name of CONDITIONS) {
        const value = options[name];
        if (value !== undefined) {
          parameters.set(name, value);
        }
      }
      if (cursor !== undefined) {
        parameters.set('cursor', cursor);
      }
      const { status, headers, body } = await client.ask({ method: 'GET', path: `/v1/events?${parameters}` });
      if (status !== 200) {
        throw new AuditLogError('query-refused', {
          problem: `the log refused the query with status ${status}`,
          given: body.toString('utf8', 0, 300),
          fix: 'correct what it names',
        });
      }
      const lines = body.toString().split('\n').slice(0, -1);
      await print(options.events ? lines.map(asSent) : lines);
      printed += lines.length;
      left -= lines.length;
      progress.show(`${printed} events`);
      cursor = headers['audit-next-cursor'] as string | undefined;
      completeUntil = headers['audit-complete-until'];
      regions = headers['audit-complete-until-regions'];
    } while (cursor !== undefined && left > 0);
  } finally {
    client.close();
  }
  const each = regions === undefined ? '' : ` (${String(regions).replaceAll(/="([^"]*)"/g, ' $1')})`;
  progress.end(`${printed} events; complete for what was received before ${completeUntil}${each}`);
  return 0;
}

function asSent(line: string): string {
  const { kind, json } = parseEntry(line);
  return kind === 'text' ? String(JSON.parse(json)) : json;
}

async function print(lines: readonly string[]): Promise<void> {
  if (lines.length > 0 && !process.stdout.write(`${lines.join('\n')}\n`)) {
    await new Promise((resolve) => process.stdout.once('drain', resolve));
  }
}
