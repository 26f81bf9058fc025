import { AuditLogError } from '../policy/errors';

/**
 * The groups of AWS Managed Rules that the firewalls use: their capacity in WCU and all their rules. AWS ignores an override of a rule
 * that the group does not have, so names are looked up here. As of 2026-11:
 * https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-list.html
 */
export const MANAGED_RULES: Readonly<Record<string, { readonly capacity: number; readonly rules: readonly string[] }>> =
  {
    AWSManagedRulesAmazonIpReputationList: {
      capacity: 25,
      rules: ['AWSManagedIPReputationList', 'AWSManagedReconnaissanceList', 'AWSManagedIPDDoSList'],
    },
    AWSManagedRulesAnonymousIpList: { capacity: 50, rules: ['AnonymousIPList', 'HostingProviderIPList'] },
    AWSManagedRulesKnownBadInputsRuleSet: {
      capacity: 200,
      rules: [
        'JavaDeserializationRCE_HEADER',
        'JavaDeserializationRCE_BODY',
        'JavaDeserializationRCE_URIPATH',
        'JavaDeserializationRCE_QUERYSTRING',
        'Host_localhost_HEADER',
        'PROPFIND_METHOD',
        'ExploitablePaths_URIPATH',
        'Log4JRCE_HEADER',
        'Log4JRCE_QUERYSTRING',
        'Log4JRCE_BODY',
        'Log4JRCE_URIPATH',
        'ReactJSRCE_BODY',
      ],
    },
    AWSManagedRulesCommonRuleSet: {
      capacity: 700,
      rules: [
        'NoUserAgent_HEADER',
        'UserAgent_BadBots_HEADER',
        'SizeRestrictions_QUERYSTRING',
        'SizeRestrictions_Cookie_HEADER',
        'SizeRestrictions_BODY',
        'SizeRestrictions_URIPATH',
        'EC2MetaDataSSRF_BODY',
        'EC2MetaDataSSRF_COOKIE',
        'EC2MetaDataSSRF_URIPATH',
        'EC2MetaDataSSRF_QUERYARGUMENTS',
        'GenericLFI_QUERYARGUMENTS',
        'GenericLFI_URIPATH',
        'GenericLFI_BODY',
        'RestrictedExtensions_URIPATH',
        'RestrictedExtensions_QUERYARGUMENTS',
        'GenericRFI_QUERYARGUMENTS',
        'GenericRFI_BODY',
        'GenericRFI_URIPATH',
        'CrossSiteScripting_COOKIE',
        'CrossSiteScripting_QUERYARGUMENTS',
        'CrossSiteScripting_BODY',
        'CrossSiteScripting_URIPATH',
      ],
    },
  };

/**
 * The name of the group that a rule is in.
 *
 * @throws managed-rule-unknown
 */
export function groupOf(rule: string): string {
  const found = Object.entries(MANAGED_RULES).find(([, { rules }]) => rules.includes(rule));
  if (found !== undefined) return found[0];
  throw new AuditLogError('managed-rule-unknown', {
    problem: 'no managed rule group of the firewall has this rule',
    given: rule,
    allowed: Object.values(MANAGED_RULES)
      .flatMap(({ rules }) => rules)
      .join(', '),
    fix: 'correct the name; case matters',
  });
}
