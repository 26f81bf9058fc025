import { ComputeSecurityPolicy } from '@cdktf/provider-google/lib/compute-security-policy';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import type { Access } from '../policy';
import { AuditLogChecks } from './audit-log-checks';
import type { FirewallRule } from './firewall-rule';
import { addRules, DENY_OTHERS, ownRules, throttleRules, watchRules } from './firewall-rules';

/** The parts of a firewall. */
export interface EdgeFirewallProps {
  /** Name of the firewall, unique in the project: `[a-z]([-a-z0-9]*[a-z0-9])?`, up to 63 characters. */
  readonly name: string;

  /** Who may come in, and how often. */
  readonly access: Access;

  /**
   * Rules of your own, before those of the policy.
   *
   * @default - none
   */
  readonly rules?: FirewallRule[];

  /**
   * An IPv4 address that is let in besides the allow-list, within the rate limit: of who watches.
   *
   * @default - none
   */
  readonly watchAddress?: string;
}

/**
 * A Cloud Armor policy of one path of a global load balancer. In this order: your own rules, which can only refuse; who watches, and the allow-list, within
 * the rate limit, above which the answer is 429; 403 for everybody else.
 *
 * Each rule is a resource of its own, so that a change of one does not plan all of them anew.
 */
export class EdgeFirewall extends Construct {
  /** Id of the policy, for backends. */
  public readonly policyId: string;

  /** @internal */
  public readonly _rules: ITerraformDependable[];

  /** @throws firewall-priority-duplicate */
  public constructor(scope: Construct, id: string, props: EdgeFirewallProps) {
    super(scope, id);
    AuditLogChecks._hold(this);
    const { access, watchAddress } = props;
    const { allow, rateLimit } = access;
    const rules = [
      ...ownRules(props.rules ?? []),
      ...watchRules(watchAddress, rateLimit),
      ...throttleRules(allow, rateLimit),
      DENY_OTHERS,
    ];
    const policy = new ComputeSecurityPolicy(this, 'Policy', { name: props.name, type: 'CLOUD_ARMOR' });
    this.policyId = policy.id;
    this._rules = addRules(this, policy.name, rules);
  }
}
