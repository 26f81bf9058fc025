import { Annotations, Aws, Fn, Lazy, Names, RemovalPolicy } from 'aws-cdk-lib';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { CfnIPSet, CfnLoggingConfiguration, CfnWebACL, CfnWebACLAssociation } from 'aws-cdk-lib/aws-wafv2';
import { Construct } from 'constructs';
import type { Access, AllowList, Watch } from '../policy';
import { AuditLogError } from '../policy/errors';
import { JURISDICTION_HEADER } from '../services/identity/config';
import { acknowledgeLogGroup } from './acknowledge';
import type { EdgeFirewallOptions } from './edge-firewall-options';
import type { ExternalLoadBalancer } from './external-load-balancer';
import { COUNTED } from './firewall-profile';
import {
  canariesReadThemselves,
  type FirewallRule,
  forgedIdentity,
  managedGroup,
  organisationGroup,
  outsideAllowList,
  outsideCountries,
  rateLimit,
  TOO_MANY_REQUESTS,
} from './firewall-rules';
import { groupOf, MANAGED_RULES } from './managed-rules';

/** Above, AWS bills each request more: https://aws.amazon.com/waf/pricing/ */
const CAPACITY_INCLUDED = 1_500;
const MOST_CAPACITY = 5_000;

const REGIONAL = 'REGIONAL';
const AUTHORIZATION = 'authorization';

/** AWS WAF begins the names of all headers that it inserts so: https://docs.aws.amazon.com/waf/latest/developerguide/customizing-the-incoming-request.html */
const INSERTED = /^x-amzn-waf-/;

/** What a firewall is for. */
interface FirewallUse extends EdgeFirewallOptions {
  /** Managed rules that are counted and not enforced. */
  readonly counted: readonly string[];
  /** Whether readers come through it. */
  readonly isRead: boolean;
}

/**
 * The web ACL of one path. Requests pass in this order, and no rule lets one through early: rule groups of your organisation that come
 * first, forged identities, clients of other jurisdictions, canaries that would read more than events of canaries there, the allow-list, the rate limit (429
 * with `Retry-After`), AWS Managed Rules, and your organisation's last groups. What passes all of them, and nothing else, gets the header that proves the jurisdiction.
 *
 * Refused and counted requests are logged to a log group of its own for a year, without the `Authorization` header.
 */
export class EdgeFirewall extends Construct {
  /** For producers of events: rules about bodies are counted and not enforced, and so is the list of hosting providers. */
  public static ingest(scope: Construct, id: string, access: Access, options?: EdgeFirewallOptions): EdgeFirewall {
    return new EdgeFirewall(scope, id, access, { ...options, counted: COUNTED.ingest, isRead: false });
  }

  /** For readers: rules about the text of a search are counted and not enforced. */
  public static query(scope: Construct, id: string, access: Access, options?: EdgeFirewallOptions): EdgeFirewall {
    return new EdgeFirewall(scope, id, access, { ...options, counted: COUNTED.query, isRead: true });
  }

  /** For both on one load balancer: what one of them needs counted is counted. */
  public static shared(scope: Construct, id: string, access: Access, options?: EdgeFirewallOptions): EdgeFirewall {
    return new EdgeFirewall(scope, id, access, { ...options, counted: COUNTED.shared, isRead: true });
  }

  /** ARN of the web ACL. */
  public readonly webAclArn: string;

  private readonly own: FirewallRule[];
  private readonly counted: Set<string>;
  private readonly first: FirewallRule[] = [];
  private readonly last: FirewallRule[] = [];

  private constructor(
    scope: Construct,
    id: string,
    access: Access,
    { watch, residents, counted, isRead }: FirewallUse,
  ) {
    super(scope, id);
    this.counted = new Set(counted);
    const { isInternet } = access.allow;
    const canaries = watch === undefined || (isInternet && residents === undefined) ? [] : [this.makeCanarySet(watch)];
    const clients = isInternet ? [] : this.makeSets(access.allow);
    this.own = [
      forgedIdentity(access.authenticate),
      ...(residents === undefined ? [] : [outsideCountries(residents.countries, canaries)]),
      ...(residents !== undefined && isRead && canaries.length > 0 ? [canariesReadThemselves(canaries)] : []),
      ...(isInternet ? [] : [outsideAllowList([...clients, ...canaries])]),
      rateLimit(access.rateLimit),
    ];
    this.webAclArn = this.makeWebAcl(residents?.jurisdiction).attrArn;
    this.makeLogs();
    this.node.addValidation({ validate: () => this.checkCapacity() });
  }

  /** What the rules cost, in web ACL capacity units. AWS bills more per request above 1,500 and refuses above 5,000. */
  public get capacity(): number {
    return this._rules().reduce((sum, { capacity }) => sum + capacity, 0);
  }

  /**
   * Counts a managed rule that refuses requests wrongly, instead of enforcing it.
   *
   * @param rule such as `NoUserAgent_HEADER`
   * @throws managed-rule-unknown
   */
  public countRule(rule: string): void {
    groupOf(rule);
    this.counted.add(rule);
  }

  /**
   * Has a rule group of your organisation decide before all other rules, after the groups that were added so before.
   *
   * @param ruleGroupArn of a regional rule group, which must not allow: what it allows passes all other rules
   * @param capacity of the rule group, in WCU
   */
  public addFirst(ruleGroupArn: string, capacity: number): void {
    this.first.push(organisationGroup(`first-${this.first.length + 1}`, ruleGroupArn, capacity));
  }

  /**
   * Has a rule group of your organisation decide after all other rules, after the groups that were added so before.
   *
   * @param ruleGroupArn of a regional rule group
   * @param capacity of the rule group, in WCU
   */
  public addLast(ruleGroupArn: string, capacity: number): void {
    this.last.push(organisationGroup(`last-${this.last.length + 1}`, ruleGroupArn, capacity));
  }

  /**
   * Puts the firewall in front of a load balancer, before its listener opens. A load balancer has one firewall: never rename this
   * construct, or CloudFormation removes the new association together with the old one.
   */
  public protect({ loadBalancer, listener }: ExternalLoadBalancer): void {
    const association = new CfnWebACLAssociation(this, 'Association', {
      resourceArn: loadBalancer.loadBalancerArn,
      webAclArn: this.webAclArn,
    });
    listener.node.addDependency(association);
  }

  private makeCanarySet({ address }: Watch): string {
    const addresses = [`${address}/32`];
    return new CfnIPSet(this, 'Canaries', { scope: REGIONAL, ipAddressVersion: 'IPV4', addresses }).attrArn;
  }

  private makeSets({ networks }: AllowList): string[] {
    const version6 = networks.filter((network) => network.includes(':'));
    const version4 = networks.filter((network) => !network.includes(':'));
    const set = (ipAddressVersion: string, addresses: string[]) =>
      new CfnIPSet(this, ipAddressVersion, { scope: REGIONAL, ipAddressVersion, addresses }).attrArn;
    return [
      ...(version4.length > 0 ? [set('IPV4', version4)] : []),
      ...(version6.length > 0 ? [set('IPV6', version6)] : []),
    ];
  }

  private makeWebAcl(jurisdiction: string | undefined): CfnWebACL {
    return new CfnWebACL(this, 'WebAcl', {
      scope: REGIONAL,
      defaultAction: { allow: jurisdiction === undefined ? {} : marked(jurisdiction) },
      rules: Lazy.any({ produce: () => this.renderRules() }),
      visibilityConfig: visibility(this.node.id),
      customResponseBodies: {
        [TOO_MANY_REQUESTS]: {
          contentType: 'APPLICATION_JSON',
          content: JSON.stringify({ error: { code: 'rate-exceeded', message: 'too many requests' } }),
        },
      },
      // Samples of requests, which the console shows, would have tokens in them.
      dataProtectionConfig: {
        dataProtections: [
          { action: 'SUBSTITUTION', field: { fieldType: 'SINGLE_HEADER', fieldKeys: [AUTHORIZATION] } },
        ],
      },
    });
  }

  /**
   * All rules in their order.
   *
   * @internal
   */
  public _rules(): FirewallRule[] {
    const managed = Object.keys(MANAGED_RULES).map((name) => managedGroup(name, [...this.counted]));
    return [...this.first, ...this.own, ...managed, ...this.last];
  }

  private renderRules(): CfnWebACL.RuleProperty[] {
    return this._rules().map(({ name, rule }, priority) => ({
      ...rule,
      name,
      priority,
      visibilityConfig: visibility(name),
    }));
  }

  private makeLogs(): void {
    // WAF asks for this prefix. The last part lets a stack that is made again have a new group beside the one that is kept.
    const stackOnce = Fn.select(0, Fn.split('-', Fn.select(2, Fn.split('/', Aws.STACK_ID))));
    const name = Names.uniqueResourceName(this, { maxLength: 200, separator: '-' });
    const logs = new LogGroup(this, 'Logs', {
      logGroupName: `aws-waf-logs-${name}-${stackOnce}`,
      retention: RetentionDays.ONE_YEAR,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    acknowledgeLogGroup(logs);
    const configuration = new CfnLoggingConfiguration(this, 'Logging', {
      resourceArn: this.webAclArn,
      logDestinationConfigs: [logs.logGroupArn],
      redactedFields: [{ singleHeader: { Name: AUTHORIZATION } }],
    });
    // By hand: the L1's typed filter is rendered in a case that CloudFormation refuses.
    configuration.addPropertyOverride('LoggingFilter', {
      DefaultBehavior: 'DROP',
      Filters: [
        {
          Behavior: 'KEEP',
          Requirement: 'MEETS_ANY',
          Conditions: ['BLOCK', 'COUNT', 'EXCLUDED_AS_COUNT'].map((Action) => ({ ActionCondition: { Action } })),
        },
      ],
    });
  }

  private checkCapacity(): string[] {
    const { capacity } = this;
    if (capacity > CAPACITY_INCLUDED) {
      Annotations.of(this).addWarningV2(
        'immutable-audit-log:firewall-capacity',
        `The rules cost ${capacity} WCU; above ${CAPACITY_INCLUDED}, AWS bills each request more.`,
      );
    }
    if (capacity <= MOST_CAPACITY) return [];
    const error = new AuditLogError('firewall-too-large', {
      problem: 'the rules of a firewall cost more than a web ACL has',
      given: capacity,
      allowed: `up to ${MOST_CAPACITY} WCU`,
      fix: "add fewer or smaller rule groups of your organisation's",
    });
    return [error.message];
  }
}

/** Not by a rule that counts: every request would be logged as counted. */
function marked(jurisdiction: string): CfnWebACL.AllowActionProperty {
  const insertHeaders = [{ name: JURISDICTION_HEADER.replace(INSERTED, ''), value: jurisdiction }];
  return { customRequestHandling: { insertHeaders } };
}

function visibility(metricName: string): CfnWebACL.VisibilityConfigProperty {
  return { metricName, cloudWatchMetricsEnabled: true, sampledRequestsEnabled: true };
}
