import { type Check, wrong } from './check';
import { type Body, bodiesOf, bodyOf, type Resource, type Terraform, textsOf } from './terraform';

const DEFAULT = 2_147_483_647;
const MOST_RANGES = 10;
const ACTIONS = /^(allow|deny\((403|404|502)\)|throttle|rate_based_ban|redirect)$/;
const LIMITED = ['throttle', 'rate_based_ban'];

interface Rule {
  readonly resource: Resource;
  readonly body: Body;
}

/** Every firewall refuses in the end, and has no rule that Cloud Armor would refuse or that makes others mean nothing. */
export const firewallChecks: Check = (terraform) =>
  terraform.of('google_compute_security_policy', 'google_compute_region_security_policy').flatMap((policy) => {
    const rules = rulesOf(terraform, policy);
    return [...closed(policy, rules), ...ordered(policy, rules), ...rules.flatMap((rule) => sound(policy, rule))];
  });

/** The rules of a policy, inside it and beside it. */
function rulesOf(terraform: Terraform, policy: Resource): Rule[] {
  const inside = bodiesOf(policy.body.rule ?? policy.body.rules).map((body) => ({ resource: policy, body }));
  const beside = terraform
    .of(`${policy.type}_rule`)
    .filter(({ body }) => terraform.target(body.security_policy)?.address === policy.address)
    .map((resource) => ({ resource, body: resource.body }));
  return [...inside, ...beside];
}

function closed(policy: Resource, rules: readonly Rule[]) {
  const last = rules.find(({ body }) => body.priority === DEFAULT);
  if (last !== undefined && String(last.body.action).startsWith('deny')) return [];
  return wrong(policy, 'firewall-open', {
    problem: 'whoever fits no rule of the firewall is let in',
    given: last?.body.action,
    fix: `add a rule of priority ${DEFAULT} that denies *`,
  });
}

function ordered(policy: Resource, rules: readonly Rule[]) {
  const priorities = rules.map(({ body }) => body.priority);
  const twice = priorities.find((each, index) => priorities.indexOf(each) !== index);
  if (twice === undefined) return [];
  const problem = 'two rules of the firewall have one priority';
  return wrong(policy, 'firewall-priority-duplicate', { problem, given: twice, fix: 'give each its own' });
}

function sound(policy: Resource, { resource, body }: Rule) {
  const match = bodyOf(body.match);
  const ranges = textsOf(bodyOf(match.config).src_ip_ranges);
  const action = String(body.action);
  return [
    ...(ACTIONS.test(action) ? [] : unusable(resource, 'Cloud Armor knows no such action', action)),
    ...(ranges.length > MOST_RANGES
      ? unusable(resource, `a rule has ${MOST_RANGES} ranges at most`, ranges.length)
      : []),
    ...(match.expr !== undefined && match.config !== undefined
      ? unusable(resource, 'a rule matches by ranges or by an expression, not by both', action)
      : []),
    ...(LIMITED.includes(action) === (body.rate_limit_options !== undefined)
      ? []
      : unusable(resource, 'a rule has a rate limit if and only if it throttles or bans', action)),
    ...(policy.body.type === 'CLOUD_ARMOR_EDGE' && !/^(allow|deny)/.test(action)
      ? unusable(resource, 'a firewall before a cache can only allow and deny', action)
      : []),
    ...(policy.body.type === 'CLOUD_ARMOR_EDGE' && /evaluatePreconfigured/.test(String(bodyOf(match.expr).expression))
      ? unusable(resource, 'a firewall before a cache has no preconfigured rules', action)
      : []),
    ...(ranges.includes('*') && body.priority !== DEFAULT && !action.startsWith('deny')
      ? wrong(resource, 'firewall-rule-shadows', {
          problem: 'a rule lets everybody in before the rule that denies everybody',
          given: action,
          fix: 'let in the networks of the allow-list only, and throttle them in the same rules',
        })
      : []),
  ];
}

function unusable(resource: Resource, problem: string, given: unknown) {
  return wrong(resource, 'firewall-rule-unusable', { problem, given, fix: 'correct the rule' });
}
