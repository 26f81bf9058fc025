import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { OrgConfigRules, type OrgConfigRulesProps } from '../../lib/aws/org-config-rules';
import { RetentionMode } from '../../lib/policy';

interface Rule {
  readonly OrganizationConfigRuleName: string;
  readonly ExcludedAccounts?: string[];
  readonly OrganizationManagedRuleMetadata: {
    readonly RuleIdentifier: string;
    readonly TagKeyScope?: string;
    readonly InputParameters?: string;
    readonly MaximumExecutionFrequency?: string;
  };
}

function rules(props?: OrgConfigRulesProps): Rule[] {
  const stack = new Stack(new App(), 'Rules');
  new OrgConfigRules(stack, 'Rules', props);
  const found = Template.fromStack(stack).findResources('AWS::Config::OrganizationConfigRule');
  return Object.values(found).map(({ Properties }) => Properties as Rule);
}

const made = rules();

test.each([
  ['immutable-audit-log-object-lock', 'S3_BUCKET_DEFAULT_LOCK_ENABLED', 'immutable-audit-log:locked', undefined],
  ['immutable-audit-log-object-versions', 'S3_BUCKET_VERSIONING_ENABLED', 'immutable-audit-log', undefined],
  ['immutable-audit-log-replication', 'S3_BUCKET_REPLICATION_ENABLED', 'immutable-audit-log:replicated', undefined],
  ['immutable-audit-log-access-logs', 'S3_BUCKET_LOGGING_ENABLED', 'immutable-audit-log:locked', undefined],
  ['immutable-audit-log-tls-only', 'S3_BUCKET_SSL_REQUESTS_ONLY', 'immutable-audit-log', undefined],
  ['immutable-audit-log-public-access', 'S3_BUCKET_LEVEL_PUBLIC_ACCESS_PROHIBITED', 'immutable-audit-log', undefined],
  ['immutable-audit-log-key-deletion', 'KMS_CMK_NOT_SCHEDULED_FOR_DELETION', undefined, undefined],
  ['immutable-audit-log-firewall', 'ALB_WAF_ENABLED', 'immutable-audit-log', undefined],
  [
    'immutable-audit-log-desync-mitigation',
    'ALB_DESYNC_MODE_CHECK',
    'immutable-audit-log',
    '{"desyncMode":"strictest"}',
  ],
  ['immutable-audit-log-invalid-headers', 'ALB_HTTP_DROP_INVALID_HEADER_ENABLED', 'immutable-audit-log', undefined],
  ['immutable-audit-log-deletion-protection', 'ELB_DELETION_PROTECTION_ENABLED', 'immutable-audit-log', undefined],
  ['immutable-audit-log-load-balancer-logs', 'ELB_LOGGING_ENABLED', 'immutable-audit-log', undefined],
])('%s is %s, about what has the tag %s', (name, identifier, tag, parameters) => {
  const rule = made.find(({ OrganizationConfigRuleName }) => OrganizationConfigRuleName === name);
  expect(rule?.OrganizationManagedRuleMetadata.RuleIdentifier).toBe(identifier);
  expect(rule?.OrganizationManagedRuleMetadata.TagKeyScope).toBe(tag);
  expect(rule?.OrganizationManagedRuleMetadata.InputParameters).toBe(parameters);
});

test('there is no other', () => {
  expect(made).toHaveLength(12);
});

test('only the rule without a tag runs by the clock', () => {
  const timed = made.filter((rule) => rule.OrganizationManagedRuleMetadata.MaximumExecutionFrequency !== undefined);
  expect(timed.map((rule) => rule.OrganizationConfigRuleName)).toEqual(['immutable-audit-log-key-deletion']);
});

test.each([
  [RetentionMode.COMPLIANCE, '{"mode":"COMPLIANCE"}'],
  [RetentionMode.GOVERNANCE, '{"mode":"GOVERNANCE"}'],
])('asks for a lock in mode %s', (lockMode, expected) => {
  const [lock] = rules({ lockMode });
  expect(lock?.OrganizationManagedRuleMetadata.InputParameters).toBe(expected);
});

test('leaves accounts out', () => {
  for (const rule of made) expect(rule.ExcludedAccounts).toBeUndefined();
  for (const rule of rules({ excludedAccounts: ['999999999999'] })) {
    expect(rule.ExcludedAccounts).toEqual(['999999999999']);
  }
});
