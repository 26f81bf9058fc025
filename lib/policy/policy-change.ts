/** What a change asks of people: it must not be made, somebody has to look at it, or nothing. */
export type Severity = 'refused' | 'review' | 'fine';

/** Every kind of change of a policy or a deployment. Codes never change and are never used for another meaning. */
const SEVERITIES = {
  // what would orphan or weaken what is kept
  'account-changed': 'refused',
  'authentication-dropped': 'refused',
  'compliance-dropped': 'refused',
  'disposable-added': 'refused',
  'host-changed': 'refused',
  'log-renamed': 'refused',
  'region-lost': 'refused',
  'region-moved': 'refused',
  'residency-dropped': 'refused',
  'retention-shortened': 'refused',
  'writers-moved': 'refused',

  // what opens, leads elsewhere, or cannot be undone
  'allow-widened': 'review',
  'audience-changed': 'review',
  'authentication-changed': 'review',
  'boundary-changed': 'review',
  'break-glass-changed': 'review',
  'certificate-changed': 'review',
  'compliance-added': 'review',
  'country-added': 'review',
  'country-dropped': 'review',
  'country-moved': 'review',
  'domain-changed': 'review',
  'elsewhere-changed': 'review',
  'failover-order-changed': 'review',
  'image-changed': 'review',
  'issuer-changed': 'review',
  'jurisdiction-added': 'review',
  'jwks-url-changed': 'review',
  'names-moved': 'review',
  'organization-changed': 'review',
  'prefix-lists-changed': 'review',
  'preset-dropped': 'review',
  'rate-limit-changed': 'review',
  'replica-missing': 'review',
  'replication-added': 'review',
  'routing-changed': 'review',
  'trust-changed': 'review',
  'watch-changed': 'review',
  'zone-changed': 'review',

  // what only adds or closes
  'allow-narrowed': 'fine',
  'disposable-dropped': 'fine',
  'preset-added': 'fine',
  'region-added': 'fine',
  'regions-reordered': 'fine',
  respelled: 'fine',
  'retention-lengthened': 'fine',
  'tags-changed': 'fine',
} as const satisfies Record<string, Severity>;

/** The code of one kind of change. */
export type ChangeCode = keyof typeof SEVERITIES;

/** Gravest first. */
const ORDER: readonly Severity[] = ['refused', 'review', 'fine'];

/**
 * Changes in the order in which people should read them, or one that says that two documents mean the same.
 *
 * @param changes all that was found
 * @param documents the text of what is deployed, and of what is to take its place
 */
export function inOrder(changes: readonly PolicyChange[], documents: readonly [string, string]): PolicyChange[] {
  if (changes.length === 0 && documents[0] !== documents[1]) {
    return [new PolicyChange('respelled', '$', 'The documents say the same in different words.')];
  }
  return ORDER.flatMap((severity) => changes.filter((change) => change.severity === severity));
}

/** One difference between two versions of a policy or a deployment. */
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
