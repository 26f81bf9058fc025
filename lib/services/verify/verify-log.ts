import { AuditLogError } from '../../policy/errors';
import { attempt, type Finding, LagWindow, type LogName, Malformed, parseVkey, type VerifierKey } from '../../record';
import type { LockReader, ObjectReader } from '../ports';
import { ForeignObjects } from './foreign';
import { LockWalk } from './lock-walk';
import { type ReceiptsByShard, readReceipts } from './receipts';
import { type FindingCounts, Report, type VerifySummary } from './report';
import { RootWalk } from './root-walk';
import { ShardWalk } from './shard-walk';
import { SignedStates } from './signed-states';

/** What to verify, and against what. */
export interface VerifyOptions {
  /** If it is a `LockReader` too, locks and older versions are checked. */
  readonly store: ObjectReader;
  readonly log: LogName;
  /** The log key's vkey, from a source that does not depend on the store. */
  readonly key: string;
  /**
   * Lines of a receipts file.
   *
   * @default - none
   */
  readonly receipts?: AsyncIterable<string>;
  /** The time by which pending and overdue are told apart, milliseconds. */
  readonly now: number;
  /**
   * The store holds a replica, and this is how long replication may take, in milliseconds: of what was sealed since, an absence is `lag`.
   *
   * @default - the store is the log's own, and every absence is damage
   */
  readonly replicaLagMs?: number;
  /**
   * Called after every object of root entries and every shard.
   *
   * @default - nobody is told
   */
  readonly onProgress?: (summary: VerifySummary) => void;
}

/** What a verification found. */
export interface Verification {
  /** In the order in which they were found; of each code at most `MAX_FINDINGS_PER_CODE`. */
  readonly findings: readonly Finding[];
  /** How many findings of each code there are, those not kept included. */
  readonly counts: FindingCounts;
  readonly summary: VerifySummary;
}

/**
 * Verifies a log from its objects alone: the root log first, then every shard against it, then that nothing else is there, and last, where the store has
 * versions and locks, that every version is locked and none is hidden.
 *
 * A log must have a signed genesis, however young it is: without one nothing in it can be told from a forgery. Memory holds one segment, and what the root says about shards that were not reached yet. An outage of the store throws: it is never a finding.
 *
 * @throws log-key-invalid when the key is not a verifier key of this log
 */
export async function verifyLog({ store, log, key, now, ...options }: VerifyOptions): Promise<Verification> {
  const report = new Report(options.onProgress ?? (() => {}));
  const verifier = logKey(key, log);
  const lag = options.replicaLagMs === undefined ? LagWindow.NONE : new LagWindow(now, options.replicaLagMs);
  const root = new RootWalk(store, log, verifier, lag);
  await root.walk(() => {
    report.totals.rootSize = root.check.vouchedSize;
    report.add(...root.check.takeFindings());
    report.progress();
  });
  report.pending.rootEntries = root.check.finish(now);
  report.totals.rootSize = root.check.vouchedSize;
  report.add(...root.check.takeFindings());
  if (root.check.vouchedSize === 0 && report.findings.length === 0) {
    report.add({
      code: 'missing',
      object: log.rootEntriesKey(0),
      detail: 'no genesis that the log key signed is there',
    });
  }

  const { admissionKeys, acknowledged } = root.check.state;
  const receipts: ReceiptsByShard =
    options.receipts === undefined ? new Map() : await readReceipts(options.receipts, log, admissionKeys, report);

  const foreign = new ForeignObjects(store, log, acknowledged, report);
  await new ShardWalk(store, log, root.check, receipts, { now, lag }, report).walk(foreign);
  if (options.replicaLagMs !== undefined) report.complete(root.check.sealTimes);
  await foreign.checkOutside();
  for (const first of root.misplaced) {
    await foreign.check(log.rootEntriesKey(first));
  }
  if (hasLocks(store) && root.check.state.retentions.length > 0) {
    const signed = new SignedStates(store, log, verifier, admissionKeys);
    await new LockWalk(store, log, root.check.state, signed, report).walk();
  }
  return { findings: report.findings, counts: report.counts, summary: report.summary };
}

function hasLocks(store: ObjectReader): store is ObjectReader & LockReader {
  return 'versions' in store;
}

function logKey(vkey: string, log: LogName): VerifierKey {
  const key = attempt(() => parseVkey(vkey));
  if (!(key instanceof Malformed) && key.name === log.origin) {
    return key;
  }
  throw new AuditLogError('log-key-invalid', {
    problem: key instanceof Malformed ? `the key is ${key.reason}` : 'the key is not the one of this log',
    given: vkey,
    allowed: `${log.origin}+<key id>+<base64>`,
    fix: 'take the log key that the operator published when the log began',
  });
}

/** 0 when the log is whole, 1 when it is not. A replica that lags is whole. */
export function exitCodeOf(counts: FindingCounts): 0 | 1 {
  return Object.keys(counts).some((code) => code !== 'lag') ? 1 : 0;
}
