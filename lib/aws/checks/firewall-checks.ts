import { MANAGED_RULES } from '../managed-rules';
import { type Breach, breach, type Check } from './check';
import { attributeOf, type EdgeSubject, type FirewallSubject, isIngest } from './edge-subject';
import { at, isTrue, listOf, type Resource } from './resource';

const WAF = 'https://docs.aws.amazon.com/waf/latest/developerguide';

/** What must hold for the firewall before an external load balancer. */
export const FIREWALL_CHECKS: readonly Check<EdgeSubject>[] = [
  {
    id: 'firewall-associated',
    text: 'A firewall stands before the load balancer.',
    docs: `${WAF}/web-acl-associating-aws-resource.html`,
    breaches: (subject) =>
      associationsOf(subject).length === 1 ? [] : [{ resource: subject.loadBalancer, location: 'WebACLAssociation' }],
  },
  {
    id: 'firewall-fail-closed',
    text: 'A request that the firewall cannot look at is refused.',
    docs: 'https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html#waf-fail-open',
    breaches: (subject) =>
      isTrue(attributeOf(subject, 'waf.fail_open.enabled'))
        ? [breach(subject.loadBalancer, 'LoadBalancerAttributes.waf.fail_open.enabled')]
        : [],
  },
  {
    id: 'firewall-rules',
    text: 'The firewall has the rules of EdgeFirewall unchanged and in their order, and no rule lets a request through early.',
    docs: `${WAF}/web-acl-processing.html`,
    breaches: (subject) => aclsOf(subject).flatMap((acl) => rulesKept(acl, subject.firewalls)),
  },
  {
    id: 'events-unread',
    text: 'Before ingest no firewall rule refuses a request for its body: events quote attacks, and AWS WAF reads 8 KB of a body.',
    docs: `${WAF}/waf-oversize-request-components.html`,
    breaches: (subject) => (isIngest(subject) ? aclsOf(subject).flatMap(bodiesRefused) : []),
  },
];

function associationsOf({ templates, loadBalancer }: EdgeSubject): Resource[] {
  return templates
    .naming(loadBalancer, 'AWS::WAFv2::WebACLAssociation', 'ResourceArn')
    .filter((association) => association.property('WebACLArn') !== undefined);
}

/** The web ACLs that are in a template of the app; another one is its owner's. */
function aclsOf(subject: EdgeSubject): Resource[] {
  return associationsOf(subject).flatMap((association) => {
    const acl = subject.templates.referredBy(association.property('WebACLArn'), association);
    return acl === undefined ? [] : [acl];
  });
}

function rulesKept(acl: Resource, firewalls: readonly FirewallSubject[]): Breach[] {
  const rules = byPriority(acl);
  const early = rules.some((rule) => at(rule, 'Action.Allow') !== undefined);
  const expected = firewalls.find(
    ({ webAcl }) => webAcl.logicalId === acl.logicalId && webAcl.templatePath === acl.templatePath,
  );
  const names = (expected?.rules ?? []).map(({ name }) => name);
  const inOrder = rules.map((rule) => String(at(rule, 'Name'))).filter((name) => names.includes(name));
  const changed = (expected?.rules ?? []).filter(({ name, rule }) => {
    const actual = rules.find((each) => at(each, 'Name') === name);
    return parts(actual) !== parts(rule);
  });
  const isOpen =
    at(acl.property('DefaultAction'), 'Allow') === undefined &&
    at(acl.property('DefaultAction'), 'Block') === undefined;
  return [
    ...(early ? [breach(acl, 'Rules')] : []),
    ...(inOrder.join() === names.join() ? [] : [breach(acl, 'Rules.Priority')]),
    ...changed.map(({ name }) => breach(acl, `Rules.${name}`)),
    ...(isOpen ? [breach(acl, 'DefaultAction')] : []),
  ];
}

function byPriority(acl: Resource): unknown[] {
  return [...acl.list('Rules')].sort((one, other) => Number(at(one, 'Priority')) - Number(at(other, 'Priority')));
}

/** What a rule does, in the one case: constructs and templates write members differently. */
function parts(rule: unknown): string {
  const lower = lowerCase(rule);
  return JSON.stringify(['statement', 'action', 'overrideaction'].map((name) => at(lower, name) ?? null));
}

function lowerCase(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(lowerCase);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).map(([name, member]) => [name.toLowerCase(), lowerCase(member)] as const);
  return Object.fromEntries(members.sort(([one], [other]) => (one < other ? -1 : 1)));
}

function bodiesRefused(acl: Resource): Breach[] {
  return acl
    .list('Rules')
    .filter(refusesBodies)
    .map((rule) => breach(acl, `Rules.${at(rule, 'Name')}`));
}

function refusesBodies(rule: unknown): boolean {
  if (at(rule, 'OverrideAction.Count') !== undefined || at(rule, 'Action.Count') !== undefined) return false;
  const group = at(rule, 'Statement.ManagedRuleGroupStatement');
  if (group === undefined) return /"(Json)?Body":/.test(JSON.stringify(at(rule, 'Statement') ?? {}));
  const counted = listOf(at(group, 'RuleActionOverrides'))
    .filter((each) => at(each, 'ActionToUse.Count') !== undefined)
    .map((each) => at(each, 'Name'));
  const rules = MANAGED_RULES[String(at(group, 'Name'))]?.rules ?? [];
  return rules.some((name) => name.endsWith('_BODY') && !counted.includes(name));
}
