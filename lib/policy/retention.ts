import { Period, PeriodUnit } from './period';
import { type Members, Place } from './place';
import { RetentionMode } from './retention-mode';
import { RetentionPreset } from './retention-preset';

const BY_HAND = ['mode', 'years', 'days', 'irreversible', 'disposable'];
const BY_PRESETS = ['presets', 'irreversible'];
const PRESETS = { least: 1, most: 32, of: 'presets' };

/** For how long nobody can delete or shorten a record, and who could lift the lock. */
export class Retention {
  /**
   * A lock that nobody can lift before its time, not even the account's root user.
   *
   * @param period how long each record is locked
   * @param irreversible the policy's name, to acknowledge that this cannot be undone; `AuditLogPolicy` compares it
   */
  public static compliance(period: Period, irreversible: string): Retention {
    return new Retention(RetentionMode.COMPLIANCE, period, { irreversible });
  }

  /**
   * A lock that principals with the permission to bypass it can lift.
   *
   * @param period how long each record is locked
   */
  public static governance(period: Period): Retention {
    return new Retention(RetentionMode.GOVERNANCE, period, {});
  }

  /**
   * A governance lock on a log that is not meant to stay: it may be torn down while records are locked. Never for evidence.
   *
   * @param period how long each record is locked
   */
  public static disposable(period: Period): Retention {
    return new Retention(RetentionMode.GOVERNANCE, period, { isDisposable: true });
  }

  /**
   * What all of these presets ask for together: the longest period, compliance if one asks for it, disposable only if all are.
   *
   * @param presets at least one
   * @param irreversible the policy's name, where a preset asks for compliance
   * @throws list-length-out-of-range, irreversible-unacknowledged
   */
  public static ofPresets(presets: RetentionPreset[], irreversible?: string): Retention {
    const names = presets.map((preset) => preset.name);
    return Place.valid('retention', (at) => Retention._parse({ presets: names, irreversible }, at));
  }

  /** @internal */
  public static _parse(given: unknown, at: Place): Retention | undefined {
    const byPresets = typeof given === 'object' && given !== null && Object.hasOwn(given, 'presets');
    const members = at.object(given, byPresets ? BY_PRESETS : BY_HAND);
    if (members === undefined) return undefined;
    return byPresets ? Retention.parsePresets(members, at) : Retention.parseByHand(members, at);
  }

  private static parsePresets(members: Members, at: Place): Retention | undefined {
    const presets = at.member('presets').list(members.presets, PRESETS, RetentionPreset._parse);
    if (presets === undefined) return undefined;
    const mode = presets.some((each) => each.mode === RetentionMode.COMPLIANCE)
      ? RetentionMode.COMPLIANCE
      : RetentionMode.GOVERNANCE;
    const irreversible = Retention.parseIrreversible(members, mode, at);
    const period = presets.map((each) => each.period).reduce((a, b) => (b.inDays > a.inDays ? b : a));
    return new Retention(mode, period, {
      irreversible,
      isDisposable: presets.every((each) => each.isDisposable),
      presets: [...new Set(presets)],
    });
  }

  private static parseByHand(members: Members, at: Place): Retention | undefined {
    const modes = Object.values(RetentionMode);
    const mode = at.member('mode').oneOf(members.mode, modes, 'retention-mode-unknown');
    const period = Retention.parsePeriod(members, at);
    const irreversible = mode && Retention.parseIrreversible(members, mode, at);
    const isDisposable = members.disposable !== undefined;
    if (isDisposable && mode === RetentionMode.COMPLIANCE) {
      at.member('disposable').reportUnknown(['mode', 'years', 'days', 'irreversible']);
    } else if (isDisposable && members.disposable !== true) {
      at.member('disposable').reportType(members.disposable, 'true, or no such member');
    }
    if (mode === undefined || period === undefined) return undefined;
    return new Retention(mode, period, { irreversible, isDisposable });
  }

  private static parsePeriod(members: Members, at: Place): Period | undefined {
    if ((members.years === undefined) === (members.days === undefined)) {
      const problem = 'a retention has one period';
      return at.report('period-ambiguous', { problem, allowed: 'either years or days', fix: 'give one of the two' });
    }
    const unit = members.years === undefined ? PeriodUnit.DAYS : PeriodUnit.YEARS;
    return Period._parse(members[unit], unit, at.member(unit));
  }

  private static parseIrreversible(members: Members, mode: RetentionMode, at: Place): string | undefined {
    const given = members.irreversible;
    const place = at.member('irreversible');
    if (mode === RetentionMode.GOVERNANCE) {
      if (given === undefined) return undefined;
      const problem = 'governance can be undone, so there is nothing to acknowledge';
      return place.report('irreversible-not-needed', { problem, fix: 'remove it, or choose compliance' });
    }
    if (typeof given === 'string') return given;
    if (given !== undefined) return place.reportType(given, "the policy's name");
    return place.report('irreversible-unacknowledged', {
      problem: 'a compliance lock cannot be undone by anyone before its time, and nothing says that this is meant',
      fix: "repeat the policy's name here if it is, or choose governance",
    });
  }

  /** How the lock could be lifted before its time. */
  public readonly mode: RetentionMode;

  /** How long each record is locked. */
  public readonly period: Period;

  /**
   * The policy's name, repeated to acknowledge that a compliance lock cannot be undone.
   *
   * @default - the mode is governance
   */
  public readonly irreversible?: string;

  /** Whether the log may be torn down while records are locked; never true of a compliance lock. */
  public readonly isDisposable: boolean;

  /** The presets that it was made from; empty if it was said by hand. */
  public readonly presets: RetentionPreset[];

  private constructor(
    mode: RetentionMode,
    period: Period,
    rest: { irreversible?: string; isDisposable?: boolean; presets?: RetentionPreset[] },
  ) {
    this.mode = mode;
    this.period = period;
    this.irreversible = rest.irreversible;
    this.isDisposable = rest.isDisposable ?? false;
    this.presets = rest.presets ?? [];
  }

  /** @internal */
  public _render(): Members {
    const irreversible = this.irreversible === undefined ? {} : { irreversible: this.irreversible };
    if (this.presets.length > 0) return { presets: this.presets.map((preset) => preset.name), ...irreversible };
    const disposable = this.isDisposable ? { disposable: true } : {};
    return { mode: this.mode, [this.period.unit]: this.period.amount, ...irreversible, ...disposable };
  }
}
