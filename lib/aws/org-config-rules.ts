import { CfnOrganizationConfigRule, ManagedRuleIdentifiers } from 'aws-cdk-lib/aws-config';
import { Construct } from 'constructs';
import type { RetentionMode } from '../policy';
import { LOCKED_TAG, ORG_TAG, REPLICATED_TAG } from './org-tag';

/** A managed rule: https://docs.aws.amazon.com/config/latest/developerguide/managed-rules-by-aws-config.html */
interface Rule {
  readonly identifier: string;
  readonly description: string;

  /** Only what has this tag is looked at. A rule that runs by the clock knows no tags, and looks at everything. */
  readonly tag?: string;
  readonly parameters?: Readonly<Record<string, string>>;
}

/** How an organisation's rules are set up. */
export interface OrgConfigRulesProps {
  /**
   * In which mode the buckets of records must lock.
   *
   * @default - either
   */
  readonly lockMode?: RetentionMode;

  /**
   * Accounts that are not looked at: 12 digits each, at most 1,000. Accounts whose recorder of AWS Config is off must be among them.
   *
   * @default - none
   */
  readonly excludedAccounts?: string[];
}

/**
 * Rules of AWS Config that show where something of a log is no longer as it was deployed, in all accounts of an organisation; for a stack in
 * the management account or the delegated administrator for AWS Config, once in each region that has a log. They prevent nothing.
 *
 * They look at what has the tag `immutable-audit-log` and at nothing else, except for one that looks for keys which wait for deletion: it runs
 * once a day and knows no tags.
 */
export class OrgConfigRules extends Construct {
  public constructor(scope: Construct, id: string, props: OrgConfigRulesProps = {}) {
    super(scope, id);
    for (const [name, rule] of Object.entries(rulesFor(props.lockMode))) this.makeRule(name, rule, props);
  }

  private makeRule(name: string, rule: Rule, { excludedAccounts }: OrgConfigRulesProps): void {
    const { identifier, description, tag, parameters } = rule;
    new CfnOrganizationConfigRule(this, name, {
      organizationConfigRuleName: `${ORG_TAG}-${name}`,
      excludedAccounts,
      organizationManagedRuleMetadata: {
        ruleIdentifier: identifier,
        description,
        tagKeyScope: tag,
        inputParameters: parameters && JSON.stringify(parameters),
        maximumExecutionFrequency: tag === undefined ? 'TwentyFour_Hours' : undefined,
      },
    });
  }
}

function rulesFor(lockMode: RetentionMode | undefined): Readonly<Record<string, Rule>> {
  const of = ManagedRuleIdentifiers;
  return {
    'object-lock': {
      identifier: of.S3_BUCKET_DEFAULT_LOCK_ENABLED,
      description: 'Records are locked when they are written.',
      tag: LOCKED_TAG,
      parameters: lockMode && { mode: lockMode.toUpperCase() },
    },
    'object-versions': {
      identifier: of.S3_BUCKET_VERSIONING_ENABLED,
      description: 'Buckets keep versions, without which there is no lock.',
      tag: ORG_TAG,
    },
    replication: {
      identifier: of.S3_BUCKET_REPLICATION_ENABLED,
      description: 'Records are replicated where their jurisdiction has another region.',
      tag: REPLICATED_TAG,
    },
    'access-logs': {
      identifier: of.S3_BUCKET_LOGGING_ENABLED,
      description: 'Requests to buckets of records are logged.',
      tag: LOCKED_TAG,
    },
    'tls-only': {
      identifier: of.S3_BUCKET_SSL_REQUESTS_ONLY,
      description: 'Buckets refuse requests without TLS.',
      tag: ORG_TAG,
    },
    'public-access': {
      identifier: of.S3_BUCKET_LEVEL_PUBLIC_ACCESS_PROHIBITED,
      description: 'Buckets block public access.',
      tag: ORG_TAG,
    },
    'key-deletion': {
      identifier: of.KMS_CMK_NOT_SCHEDULED_FOR_DELETION,
      description: 'No key waits for its deletion.',
    },
    firewall: {
      identifier: of.ALB_WAF_ENABLED,
      description: 'Load balancers have a firewall.',
      tag: ORG_TAG,
    },
    'desync-mitigation': {
      identifier: of.ALB_DESYNC_MODE_CHECK,
      description: 'Load balancers refuse ambiguous requests.',
      tag: ORG_TAG,
      parameters: { desyncMode: 'strictest' },
    },
    'invalid-headers': {
      identifier: of.ALB_HTTP_DROP_INVALID_HEADER_ENABLED,
      description: 'Load balancers drop invalid headers.',
      tag: ORG_TAG,
    },
    'deletion-protection': {
      identifier: of.ELB_DELETION_PROTECTION_ENABLED,
      description: 'Load balancers are protected from deletion.',
      tag: ORG_TAG,
    },
    'load-balancer-logs': {
      identifier: of.ELB_LOGGING_ENABLED,
      description: 'Load balancers log requests.',
      tag: ORG_TAG,
    },
  };
}
