import { type CfnResource, Stack } from 'aws-cdk-lib';
import { type CfnWebACL, CfnWebACLAssociation } from 'aws-cdk-lib/aws-wafv2';
import { type Breaking, CheckedLog } from '../checked-app';

/** Changes one rule of a web ACL, behind the back of what made it. */
function change(webAcl: CfnResource, name: string, to: Partial<CfnWebACL.RuleProperty>): void {
  const acl = webAcl as CfnWebACL;
  const rules: CfnWebACL.RuleProperty[] = Stack.of(acl).resolve(acl.rules);
  expect(rules.map((rule) => rule.name)).toContain(name);
  acl.rules = rules.map((rule) => (rule.name === name ? { ...rule, ...to } : rule));
}

test.each<Breaking<CheckedLog>>([
  [
    'firewall-associated',
    'there is none',
    ({ log }) => {
      log.frontDoor.ingestFirewall!.node.tryRemoveChild('Association');
    },
  ],
  [
    'firewall-fail-closed',
    'requests pass when it is down',
    ({ ingest }) => ingest.loadBalancer.setAttribute('waf.fail_open.enabled', 'true'),
  ],
  [
    'firewall-rules',
    'a rule lets requests through early',
    ({ ingestAcl }) => change(ingestAcl, 'forged-identity', { action: { allow: {} } }),
  ],
  [
    'firewall-rules',
    'the allow-list only counts',
    ({ queryAcl }) => change(queryAcl, 'outside-allow-list', { action: { count: {} } }),
  ],
  [
    'firewall-rules',
    'the limit is higher',
    ({ ingestAcl }) => ingestAcl.addPropertyOverride('Rules.2.Statement.RateBasedStatement.Limit', 1_000_000),
  ],
  [
    'firewall-rules',
    'managed rules come first',
    ({ ingestAcl }) => change(ingestAcl, 'AmazonIpReputationList', { priority: -1 }),
  ],
  [
    'firewall-rules',
    'managed rules only count',
    ({ queryAcl }) => change(queryAcl, 'AmazonIpReputationList', { overrideAction: { count: {} } }),
  ],
  ['firewall-rules', 'there are no rules', ({ ingestAcl }) => ingestAcl.addPropertyOverride('Rules', [])],
  [
    'events-unread',
    'managed rules refuse bodies',
    ({ ingestAcl }) =>
      ingestAcl.addPropertyDeletionOverride('Rules.6.Statement.ManagedRuleGroupStatement.RuleActionOverrides'),
  ],
  [
    'events-unread',
    'a rule of its own refuses bodies',
    ({ ingestAcl }) =>
      change(ingestAcl, 'forged-identity', {
        statement: {
          sizeConstraintStatement: {
            fieldToMatch: { body: {} },
            comparisonOperator: 'GT',
            size: 8192,
            textTransformations: [{ priority: 0, type: 'NONE' }],
          },
        },
      }),
  ],
  [
    'events-unread',
    "the readers' firewall stands before writers",
    ({ front, ingest, log }) => {
      log.frontDoor.ingestFirewall!.node.tryRemoveChild('Association');
      const webAclArn = log.frontDoor.queryFirewall!.webAclArn;
      new CfnWebACLAssociation(front, 'Other', { resourceArn: ingest.loadBalancer.loadBalancerArn, webAclArn });
    },
  ],
])('%s is broken: %s', (id, _, breaking) => {
  const made = new CheckedLog();
  breaking(made);
  expect(made.violations()).toContain(id);
});

test.each<[string, (made: CheckedLog) => void]>([
  ["the organisation's rules", ({ log }) => log.frontDoor.ingestFirewall!.addFirst('arn:aws:wafv2:rule-group', 10)],
  ['a rule that is counted on purpose', ({ log }) => log.frontDoor.queryFirewall!.countRule('NoUserAgent_HEADER')],
])('%s breaks nothing', (_, change) => {
  const made = new CheckedLog();
  change(made);
  expect(made.violations()).toEqual([]);
});
