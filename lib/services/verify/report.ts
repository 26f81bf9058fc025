import type { Finding, FindingCode } from '../../record';

/** How many findings of one code are kept; all are counted. Millions of foreign objects neither fill the memory nor hide a fork. */
export const MAX_FINDINGS_PER_CODE = 1_000;

/** How many findings there are of each code. */
export type FindingCounts = Partial<Record<FindingCode, number>>;

/** What has been seen of a log. Numbers of what is whole are of what was checked to the last bit. */
export interface VerifySummary {
  readonly entries: number;
  /** Shards that have entries and no finding. */
  readonly shards: number;
  readonly segments: number;
  /** Root entries that a checkpoint of the log key vouches for. */
  readonly rootSize: number;
  /** Receipts whose entries are there. */
  readonly receipts: number;
  /** Foreign objects that the root acknowledges. */
  readonly acknowledged: number;
  /**
   * Versions whose lock is as long as the log promised, and the earliest end of those locks in milliseconds.
   *
   * @default - the store has no locks
   */
  readonly locks?: { readonly versions: number; readonly until: number };
  /**
   * Of a replica: everything that was in the source at this time is there, in milliseconds; 0 when nothing can be said.
   *
   * @default - it is no replica
   */
  readonly completeUntil?: number;
  /** Younger than the seal delay, otherwise whole, and not sealed yet. */
  readonly pending: { readonly entries: number; readonly rootEntries: number; readonly receipts: number };
}

/** Collects what a verification finds. */
export class Report {
  public readonly counts: FindingCounts = {};
  public readonly findings: Finding[] = [];
  public readonly totals = { entries: 0, shards: 0, segments: 0, rootSize: 0, receipts: 0, acknowledged: 0 };
  public readonly pending = { entries: 0, rootEntries: 0, receipts: 0 };
  private locks: VerifySummary['locks'];
  private absentSince = Number.POSITIVE_INFINITY;
  private completeUntil: number | undefined;

  public constructor(private readonly onProgress: (summary: VerifySummary) => void) {}

  public add(...findings: readonly Finding[]): void {
    for (const finding of findings) {
      const count = (this.counts[finding.code] ?? 0) + 1;
      this.counts[finding.code] = count;
      if (count <= MAX_FINDINGS_PER_CODE) {
        this.findings.push(finding);
      }
    }
  }

  /** Counts a version whose lock is long enough. */
  public lock(until: number): void {
    const { versions, until: earliest } = this.locks ?? { versions: 0, until };
    this.locks = { versions: versions + 1, until: Math.min(earliest, until) };
  }

  /** Notes when the first of what is absent from a shard was sealed, if anything is. */
  public absent(since: number | undefined): void {
    this.absentSince = Math.min(this.absentSince, since ?? Number.POSITIVE_INFINITY);
  }

  /** Says of a replica how far it is complete: up to the newest of the times of sealing before the first absence. */
  public complete(sealTimes: readonly number[]): void {
    this.completeUntil = sealTimes.findLast((time) => time < this.absentSince) ?? 0;
  }

  public get summary(): VerifySummary {
    return {
      ...this.totals,
      ...(this.locks && { locks: this.locks }),
      ...(this.completeUntil !== undefined && { completeUntil: this.completeUntil }),
      pending: { ...this.pending },
    };
  }

  public progress(): void {
    this.onProgress(this.summary);
  }
}
