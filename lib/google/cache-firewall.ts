import { ComputeSecurityPolicy } from '@cdktf/provider-google/lib/compute-security-policy';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import type { AllowList } from '../policy';
import { AuditLogChecks } from './audit-log-checks';
import { addRules, allowRules, DENY_OTHERS } from './firewall-rules';

/** The parts of a cache's firewall. */
export interface CacheFirewallProps {
  /** Name of the firewall, unique in the project: `[a-z]([-a-z0-9]*[a-z0-9])?`, up to 63 characters. */
  readonly name: string;

  /** Who may come in. */
  readonly allow: AllowList;
}

/**
 * A Cloud Armor policy in front of a cache. An `EdgeFirewall` is asked only about what is not in the cache, so the allow-list must be here
 * as well; nothing but allowing and denying works here.
 */
export class CacheFirewall extends Construct {
  /** Id of the policy, for backends. */
  public readonly policyId: string;

  /** @internal */
  public readonly _rules: ITerraformDependable[];

  public constructor(scope: Construct, id: string, props: CacheFirewallProps) {
    super(scope, id);
    AuditLogChecks._hold(this);
    const policy = new ComputeSecurityPolicy(this, 'Policy', { name: props.name, type: 'CLOUD_ARMOR_EDGE' });
    this.policyId = policy.id;
    this._rules = addRules(this, policy.name, [...allowRules(props.allow), DENY_OTHERS]);
  }
}
