import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { AuditLogError } from '../../lib/policy/errors';
import { FINDINGS } from '../../lib/record';
import { exitCodeOf, type Verification, type VerifySummary, verifyLog } from '../../lib/services/verify';
import { linesOf } from './lines';
import { openLog } from './open-log';
import { Progress } from './progress';

/** Options of `verify`. */
export interface VerifyCommandOptions {
  readonly key: string;
  readonly receipts?: string;
  readonly now?: string;
  readonly replica?: boolean;
  readonly lag?: string;
  readonly json?: boolean;
}

/** S3 Replication Time Control promises 15 minutes: https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-time-control.html. Four times that. */
const LAG_MS = 3_600_000;

const UNITS = { m: 60_000, h: 3_600_000 } as const;

/** The leaf hashes of a request with as many entries as ingest takes at most stay below this. */
const MAX_RECEIPT_BYTES = 64 * 1024 * 1024;

/** Recomputes a log from its objects and says what is whole, what is pending and what was found. */
export async function verify(url: string, options: VerifyCommandOptions): Promise<number> {
  const key = options.key.startsWith('@') ? (await readFile(options.key.slice(1), 'utf8')).trim() : options.key;
  const replicaLagMs = lagOf(options);
  const { store, log } = await openLog(url, key.split('+')[0]);
  const progress = new Progress();
  const verification = await verifyLog({
    store,
    log,
    key,
    now: options.now === undefined ? Date.now() : parseTime(options.now),
    ...(replicaLagMs !== undefined && { replicaLagMs }),
    onProgress: (summary) => progress.show(inWords(summary)),
    ...(options.receipts !== undefined && { receipts: receiptLines(options.receipts) }),
  });
  progress.clear();
  const exitCode = exitCodeOf(verification.counts);
  process.stdout.write(
    options.json ? `${JSON.stringify({ log: log.origin, ...verification })}\n` : report(verification),
  );
  return exitCode;
}

async function* receiptLines(file: string): AsyncGenerator<string> {
  for await (const { bytes } of linesOf(createReadStream(file), MAX_RECEIPT_BYTES)) {
    yield bytes.toString();
  }
}

function report({ findings, counts, summary }: Verification): string {
  const lines = findings.map(({ code, object, detail }) => `${code}: ${object}: ${detail}`);
  const advice = Object.entries(counts).map(
    ([code, count]) => `${count} x ${code}. ${FINDINGS[code as keyof typeof FINDINGS]}`,
  );
  const verdict = exitCodeOf(counts) === 0 ? wholeness(summary) : 'The log is NOT whole.';
  return `${[...lines, ...advice, `${verdict} ${inWords(summary)}`].join('\n')}\n`;
}

function wholeness({ completeUntil }: VerifySummary): string {
  return completeUntil === undefined ? 'The log is whole.' : 'The replica is whole as far as it goes.';
}

function inWords({
  entries,
  shards,
  segments,
  receipts,
  rootSize,
  acknowledged,
  locks,
  completeUntil,
  pending,
}: VerifySummary): string {
  const extras = [
    completeUntil !== undefined &&
      `complete until ${completeUntil > 0 ? new Date(completeUntil).toISOString() : 'no time'}`,
    locks && `${locks.versions} versions locked until at least ${new Date(locks.until).toISOString()}`,
    receipts > 0 && `${receipts} receipts kept`,
    acknowledged > 0 && `${acknowledged} foreign objects acknowledged`,
    `pending: ${pending.entries} entries, ${pending.rootEntries} root entries, ${pending.receipts} receipts`,
  ].filter(Boolean);
  return `${entries} entries in ${segments} segments of ${shards} shards whole, sealed by ${rootSize} root entries; ${extras.join('; ')}`;
}

/** How long replication may take; `undefined` when the store is no replica. */
function lagOf({ replica = false, lag }: VerifyCommandOptions): number | undefined {
  if (lag === undefined) return replica ? LAG_MS : undefined;
  const [, amount, unit] = /^([1-9]\d{0,3})([mh])$/.exec(lag) ?? [];
  if (replica && amount !== undefined) return Number(amount) * UNITS[unit as keyof typeof UNITS];
  throw new AuditLogError('setting-invalid', {
    problem: replica ? '--lag is not a length of time' : '--lag is given without --replica',
    given: lag,
    allowed: 'with --replica, minutes or hours such as 15m or 1h',
    fix: 'correct it',
  });
}

function parseTime(text: string): number {
  const time = Date.parse(text);
  if (!Number.isNaN(time)) {
    return time;
  }
  throw new AuditLogError('setting-invalid', {
    problem: '--now is not a time',
    given: text,
    allowed: 'such as 2026-01-31T12:00:00.000Z',
    fix: 'correct it',
  });
}
