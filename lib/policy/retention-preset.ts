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

  /** Books and records of members of FINRA: 6 years where no rule says another period (FINRA Rule 4511(b)), kept as 17 CFR 240.17a-4 asks (4511(c)). */
  public static readonly FINRA_4511 = new RetentionPreset(
    'finra-4511',
    RetentionMode.COMPLIANCE,
    Period.years(6),
    false,
    'FINRA Rule 4511',
  );

  /**
   * Records that the Commodity Exchange Act asks for: 5 years from when they were made. Records of swaps must be kept for 5
   * years after the swap ends: choose a longer period for those by hand. The rule asks for authentic and reliable records and
   * prescribes no lock; this preset asks for the strictest.
   */
  public static readonly CFTC_1_31 = new RetentionPreset(
    'cftc-1.31',
    RetentionMode.COMPLIANCE,
    Period.years(5),
    false,
    '17 CFR 1.31',
  );

  /**
   * Records of actions and activities about protected health information: 6 years from when they were made (45 CFR 164.316(b)(2)(i)). The rule
   * asks for audit controls (164.312(b)) without a period of their own and prescribes no lock; that the 6 years hold for logs is practice.
   */
  public static readonly HIPAA = new RetentionPreset(
    'hipaa',
    RetentionMode.GOVERNANCE,
    Period.years(6),
    false,
    '45 CFR 164.316',
  );

  /** Audit logs of systems with data of payment cards: 12 months (PCI DSS 4.0, requirement 10.5.1), protected from modification (10.3). */
  public static readonly PCI_DSS_4 = new RetentionPreset(
    'pci-dss-4',
    RetentionMode.GOVERNANCE,
    Period.years(1),
    false,
    'PCI DSS 4.0, 10.5.1',
  );

  /**
   * Records of audits and reviews of companies: 7 years after the audit concludes (17 CFR 210.2-06). The rule binds accountants; that a company
   * keeps its own logs as long is a choice, and its audits conclude later than the log is written.
   */
  public static readonly SOX = new RetentionPreset(
    'sox',
    RetentionMode.COMPLIANCE,
    Period.years(7),
    false,
    '17 CFR 210.2-06',
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
