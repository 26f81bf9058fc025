import { Period } from './period';
import type { Place } from './place';
import { RetentionMode } from './retention-mode';

/**
 * A retention that a regulation asks for, under a name. A technical default, not legal advice: read the source that it cites.
 * To add one: a row below, and its name in `policy.schema.json`.
 */
export class RetentionPreset {
  private static readonly byName = new Map<string, RetentionPreset>();

  /** For trying things out: a lock of 1 day in a log that may be torn down. */
  public static readonly DEV = new RetentionPreset(
    'dev',
    RetentionMode.GOVERNANCE,
    Period.days(1),
    true,
    'for trying things out, no regulation',
  );

  /**
   * Records of brokers and dealers: 6 years, the longest period of 17 CFR 240.17a-4 (paragraph (a)), kept so that nobody can rewrite
   * or erase them (paragraph (f)(2)(i)(B)).
   */
  public static readonly SEC_17A_4 = new RetentionPreset(
    'sec-17a-4',
    RetentionMode.COMPLIANCE,
    Period.years(6),
    false,
    '17 CFR 240.17a-4',
  );

  /** Every preset there is. */
  public static get all(): RetentionPreset[] {
    return [...RetentionPreset.byName.values()];
  }

  /** @internal */
  public static _parse(given: unknown, at: Place): RetentionPreset | undefined {
    const names = [...RetentionPreset.byName.keys()];
    const name = at.oneOf(given, names, 'preset-unknown');
    return name === undefined ? undefined : RetentionPreset.byName.get(name);
  }

  private constructor(
    /** The name in policy documents. */
    public readonly name: string,
    /** The mode it asks for. */
    public readonly mode: RetentionMode,
    /** The shortest period it allows. */
    public readonly period: Period,
    /** Whether the log may be torn down while records are locked. */
    public readonly isDisposable: boolean,
    /** The regulation it comes from, or what it is for. */
    public readonly source: string,
  ) {
    RetentionPreset.byName.set(name, this);
  }
}
