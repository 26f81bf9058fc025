import { ComputeRegionSecurityPolicyRule } from '@cdktf/provider-google/lib/compute-region-security-policy-rule';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { type Access, Residency } from '../policy';
import { AuditLogChecks } from './audit-log-checks';
import type { FirewallRule } from './firewall-rule';
import { countryRule, DENY_OTHERS, ownRules, throttleRules, watchReadsRules, watchRules } from './firewall-rules';

/** The parts of a regional firewall. */
export interface RegionalFirewallProps {
  /** Name of the firewall, unique in the project and region: `[a-z]([-a-z0-9]*[a-z0-9])?`, up to 63 characters. */
  readonly name: string;

  /** The region's name. */
  readonly region: string;

  /** Who may come in, and how often. */
  readonly access: Access;

  /** ISO 3166-1 alpha-2 codes of the region's jurisdiction, at least one. Clients of all other countries, and of unknown ones, are refused. */
  readonly countries: string[];

  /**
   * Rules of your own, before those of the policy.
   *
   * @default - none
   */
  readonly rules?: FirewallRule[];

  /**
   * An IPv4 address that is let in besides the allow-list and whatever its country, within the rate limit: of who watches. It may append, and read events
   * of canaries and nothing else.
   *
   * @default - none
   */
  readonly watchAddress?: string;
}

/** A Cloud Armor policy of one path of a regional load balancer: as an `EdgeFirewall`, and for the countries of one jurisdiction only. */
export class RegionalFirewall extends Construct {
  /** Link of the policy, for backends. */
  public readonly policyLink: string;

  /** @internal */
  public readonly _rules: ITerraformDependable[];

  /** @throws firewall-priority-duplicate, country-malformed, country-duplicate, list-length-out-of-range */
  public constructor(scope: Construct, id: string, props: RegionalFirewallProps) {
    super(scope, id);
    AuditLogChecks._hold(this);
    const { region, access } = props;
    // In the rule's expression they would be taken as they are.
    const { HERE: countries = [] } = Residency.byCountry({ HERE: props.countries }).countries;
    const { ComputeRegionSecurityPolicy } = regionSecurityPolicy();
    const policy = new ComputeRegionSecurityPolicy(this, 'Policy', { name: props.name, region, type: 'CLOUD_ARMOR' });
    const rules = [
      ...ownRules(props.rules ?? []),
      ...watchReadsRules(props.watchAddress),
      ...watchRules(props.watchAddress, access.rateLimit),
      countryRule(countries),
      ...throttleRules(access.allow, access.rateLimit),
      DENY_OTHERS,
    ];
    this.policyLink = policy.selfLink;
    this._rules = rules.map(({ id, ...rule }) => {
      return new ComputeRegionSecurityPolicyRule(this, id, { region, securityPolicy: policy.name, ...rule });
    });
  }
}

/** Loaded where it is used: it is large, and only logs with residency need it. */
function regionSecurityPolicy(): typeof import('@cdktf/provider-google/lib/compute-region-security-policy') {
  return require('@cdktf/provider-google/lib/compute-region-security-policy');
}
