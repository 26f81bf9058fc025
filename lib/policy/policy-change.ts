/** What a change asks of people: it must not be made, somebody has to look at it, or nothing. */
export type Severity = 'refused' | 'review' | 'fine';

/** Every kind of change of a policy. Codes never change and are never used for another meaning. */
const SEVERITIES = {
  // what would orphan or weaken what is kept
  'authentication-dropped': 'refused',
  'compliance-dropped': 'refused',
  'disposable-added': 'refused',
  'log-renamed': 'refused',
  'region-lost': 'refused',
  'region-moved': 'refused',
  'residency-dropped': 'refused',
  'retention-shortened': 'refused',

  // what opens, leads elsewhere, or cannot be undone
  'allow-widened': 'review',
  'audience-changed': 'review',
  'authentication-changed': 'review',
  'compliance-added': 'review',
  'country-added': 'review',
  'country-dropped': 'review',
  'country-moved': 'review',
  'failover-order-changed': 'review',
  'issuer-changed': 'review',
  'jurisdiction-added': 'review',
  'jwks-url-changed': 'review',
  'preset-dropped': 'review',
  'rate-limit-changed': 'review',
  'routing-changed': 'review',

  // what only adds or closes
  'allow-narrowed': 'fine',
  'disposable-dropped': 'fine',
  'preset-added': 'fine',
  'region-added': 'fine',
  'regions-reordered': 'fine',
  respelled: 'fine',
  'retention-lengthened': 'fine',
} as const satisfies Record<string, Severity>;

/** The code of one kind of change. */
export type ChangeCode = keyof typeof SEVERITIES;

/** One difference between two versions of a policy. */
export class PolicyChange {
  /** What the change asks of people. */
  public readonly severity: Severity;

  public constructor(
    /** Which kind of change it is. */
    public readonly code: ChangeCode,
    /** JSON path of what changed, such as `$.retention`. */
    public readonly path: string,
    /** What the change means, for people who will answer for it. */
    public readonly sentence: string,
  ) {
    this.severity = SEVERITIES[code];
  }
}
