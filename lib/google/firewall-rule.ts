import { Place } from '../policy/place';

/** Below this, priorities are for rules of the organisation. */
const FIRST_OF_OURS = 1_000;

/** Cloud Armor takes up to 2,048 characters (https://cloud.google.com/armor/quotas). */
const EXPRESSION = /^[\s\S]{1,2048}$/;

/** The parts of a rule. */
export interface FirewallRuleProps {
  /** The rule's turn: 0 to 999, lower first. All rules of the library come after it. */
  readonly priority: number;

  /** Which requests it is about, in Cloud Armor's rules language, such as `origin.region_code == 'XX'`: 1 to 2,048 characters. */
  readonly expression: string;

  /** What for: 1 to 64 characters. */
  readonly description: string;
}

/**
 * A rule of your own in a firewall, looked at before those of the policy. It can only refuse: one that allowed would let past the
 * allow-list whoever it fits.
 */
export class FirewallRule {
  /**
   * Answers 403.
   *
   * @throws rule-malformed
   */
  public static deny(props: FirewallRuleProps): FirewallRule {
    return FirewallRule.of(props, false);
  }

  /**
   * Only logs what it would answer 403.
   *
   * @throws rule-malformed
   */
  public static preview(props: FirewallRuleProps): FirewallRule {
    return FirewallRule.of(props, true);
  }

  private static of(props: FirewallRuleProps, isPreview: boolean): FirewallRule {
    return Place.valid('rule', (at) => {
      at.member('priority').integer(props.priority, 0, FIRST_OF_OURS - 1, 'rule-malformed');
      at.member('expression').text(props.expression, EXPRESSION, 'rule-malformed', '1 to 2,048 characters');
      at.member('description').text(props.description, /^[ -~]{1,64}$/, 'rule-malformed', '1 to 64 characters');
      return new FirewallRule(props, isPreview);
    });
  }

  /** The rule's turn, lower first. */
  public readonly priority: number;

  /** Which requests it is about, in Cloud Armor's rules language. */
  public readonly expression: string;

  /** What for. */
  public readonly description: string;

  private constructor(
    props: FirewallRuleProps,
    /** @internal */
    public readonly _isPreview: boolean,
  ) {
    this.priority = props.priority;
    this.expression = props.expression;
    this.description = props.description;
  }
}
