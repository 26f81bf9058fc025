import { type LogName, type ParsedKey, type RootState, SEAL_DELAY_MS } from '../../record';
import type { LockReader, ObjectReader, ObjectVersion } from '../ports';
import type { Report } from './report';
import type { SignedStates } from './signed-states';

const DAY_MS = 86_400_000;

/** How long a version must be locked at least, when it was written at a time. */
interface RequiredLock {
  readonly mode: 'compliance' | 'governance';
  /** Milliseconds. */
  readonly until: number;
}

/** Checks what a store with versions and locks itself says about every version of a log's objects. */
export class LockWalk {
  public constructor(
    private readonly store: ObjectReader & LockReader,
    private readonly log: LogName,
    private readonly root: RootState,
    private readonly signed: SignedStates,
    private readonly report: Report,
  ) {}

  public async walk(): Promise<void> {
    for await (const version of this.store.versions(this.log.prefix)) {
      const parsed = this.log.parseKey(version.key);
      if (version.isDeleteMarker) {
        this.checkMarker(version, parsed);
        continue;
      }
      // What is foreign needs no lock: it is a finding by itself, as long as it can be read.
      if (parsed !== undefined) this.checkLock(version, this.required(version, parsed));
      if (!version.isLatest) await this.checkOlder(version, parsed);
    }
  }

  /** When a lifecycle lets an object expire whose time is over, it places a marker too. */
  private checkMarker({ key, modified }: ObjectVersion, parsed: ParsedKey | undefined): void {
    const isExpiry =
      parsed !== undefined && 'hour' in parsed && modified >= this.requiredAt(parsed.hour, parsed.hour).until;
    if (!isExpiry) this.hidden(key, `a delete marker was placed at ${timeText(modified)}`);
  }

  private checkLock({ key, versionId, lock }: ObjectVersion, required: RequiredLock): void {
    const which = `version ${versionId}`;
    if (lock === undefined) {
      this.report.add({ code: 'unlocked', object: key, detail: `${which} has no lock` });
    } else if (lock.until < required.until) {
      const detail = `${which} is locked until ${timeText(lock.until)} only, not until ${timeText(required.until)}`;
      this.report.add({ code: 'unlocked', object: key, detail });
    } else if (required.mode === 'compliance' && lock.mode !== 'compliance') {
      const detail = `${which} is locked in governance mode, which can be lifted, not in compliance mode`;
      this.report.add({ code: 'unlocked', object: key, detail });
    } else {
      this.report.lock(lock.until);
    }
  }

  /** The key shows something else than this version. If it shows the same bytes, a PUT was repeated and nothing is lost. */
  private async checkOlder({ key, versionId }: ObjectVersion, parsed: ParsedKey | undefined): Promise<void> {
    const [shown, older] = await Promise.all([this.store.get(key), this.store.getVersion(key, versionId)]);
    // Behind a delete marker, which is a finding already; or expired meanwhile.
    if (shown === undefined || older === undefined || shown.equals(older)) return;
    if (parsed !== undefined && (await this.signed.differ(parsed, shown, older))) {
      const detail = `version ${versionId} and the newest one are both signed, and tell two histories`;
      this.report.add({ code: 'forked', object: key, detail });
    } else {
      this.hidden(key, `version ${versionId} stands behind a newer one with other bytes`);
    }
  }

  private hidden(object: string, detail: string): void {
    this.report.add({ code: 'hidden', object, detail });
  }

  private required({ modified }: ObjectVersion, parsed: ParsedKey): RequiredLock {
    // The endorsement of a shard is written in the quarter of an hour before.
    return this.requiredAt('hour' in parsed ? Math.min(parsed.hour, modified) : modified, modified);
  }

  /**
   * The weakest lock that the root promised between two times: the sealer states a change only in its next round. A lock counts from when the
   * store got the object, by the store's clock, which may be behind the node's.
   */
  private requiredAt(from: number, to: number): RequiredLock {
    const statements = this.root.retentions;
    const before = Math.max(
      0,
      statements.findLastIndex(({ time }) => time <= from),
    );
    const inForce = statements.filter(
      ({ time }, index) => index >= before && (index === before || time <= to + SEAL_DELAY_MS),
    );
    const days = Math.min(...inForce.map(({ retention }) => retention.days));
    const isCompliance = inForce.every(({ retention }) => retention.mode === 'compliance');
    return { mode: isCompliance ? 'compliance' : 'governance', until: from + days * DAY_MS - SEAL_DELAY_MS };
  }
}

function timeText(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
