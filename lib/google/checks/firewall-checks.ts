import { type Check, wrong } from './check';
import { firewallRuleChecks } from './firewall-rule-checks';
import { type Body, blockOf, bodiesOf, type Resource, type Terraform, textsOf } from './terraform';

const POLICIES = ['google_compute_security_policy', 'google_compute_region_security_policy'];
const RULES = POLICIES.map((policy) => `${policy}_rule`);
const LAST = 2_147_483_647;
const LETS_IN = /^(allow|throttle|rate_based_ban)$/;

/** Up to here, rules are of the user and may be only a preview. */
const LAST_OWN = 999;

/** A rule, inside of a policy or beside it. */
interface Rule {
  readonly resource: Resource;
  readonly body: Body;
  /** The policy, if it is in this stack. */
  readonly policy: Resource | undefined;
}

/** No firewall has a rule that Cloud Armor would refuse, and that of a log refuses in the end and lets in nobody but the allow-list. */
export const firewallChecks: Check = (terraform) => {
  const rules = rulesOf(terraform);
  return [
    ...rules.flatMap(({ resource, body, policy }) => firewallRuleChecks(resource, body, policy?.body.type)),
    ...terraform.of(...POLICIES).flatMap((policy) => ordered(policy, rulesIn(policy, rules))),
    ...terraform.ofLog(...POLICIES).flatMap((policy) => closed(policy, rulesIn(policy, rules))),
    ...rules.filter(({ policy }) => policy?.isOfLog).flatMap(lettingIn),
  ];
};

function rulesOf(terraform: Terraform): Rule[] {
  const policies = terraform.of(...POLICIES);
  const inside = policies.flatMap((policy) =>
    bodiesOf(policy.body.rule ?? policy.body.rules).map((body) => ({ resource: policy, body, policy })),
  );
  const beside = terraform.of(...RULES).map((resource) => {
    const name = resource.text('security_policy');
    const named = policies.find((each) => `${each.type}_rule` === resource.type && each.text('name') === name);
    return { resource, body: resource.body, policy: name === undefined ? target(terraform, resource) : named };
  });
  return [...inside, ...beside];
}

function target(terraform: Terraform, rule: Resource): Resource | undefined {
  return terraform.target(rule.body.security_policy);
}

function rulesIn(policy: Resource, rules: readonly Rule[]): Rule[] {
  return rules.filter((rule) => rule.policy === policy);
}

function ordered(policy: Resource, rules: readonly Rule[]) {
  const priorities = rules.map(({ body }) => body.priority);
  const twice = priorities.find((each, index) => priorities.indexOf(each) !== index);
  if (twice === undefined) return [];
  const problem = 'two rules of the firewall have one priority';
  return wrong(policy, 'firewall-priority-duplicate', { problem, given: twice, fix: 'give each its own' });
}

function closed(policy: Resource, rules: readonly Rule[]) {
  const last = rules.find(({ body }) => body.priority === LAST);
  const preview = rules.find(({ body }) => body.preview === true && Number(body.priority) > LAST_OWN);
  if (preview === undefined && String(last?.body.action).startsWith('deny')) return [];
  return wrong(policy, 'firewall-open', {
    problem: 'whoever fits no rule of the firewall is let in, or a rule of the log only says what it would do',
    given: preview?.body.priority ?? last?.body.action,
    fix: `have a rule of priority ${LAST} that denies *, and none in preview above priority ${LAST_OWN}`,
  });
}

/** What lets in must be of the log itself, and name networks: an expression fits whom nobody listed. */
function lettingIn({ resource, body }: Rule) {
  const action = String(body.action);
  if (!LETS_IN.test(action) || body.priority === LAST) return [];
  if (!resource.isOfLog) {
    return wrong(resource, 'firewall-rule-foreign', {
      problem: 'a rule that lets in was added to the firewall of a log',
      given: action,
      allowed: 'deny',
      fix: "add networks to the policy's allow-list",
    });
  }
  const match = blockOf(body.match);
  const hasExpression = match.expr !== undefined && match.expr !== null;
  if (!hasExpression && !textsOf(blockOf(match.config).src_ip_ranges).includes('*')) return [];
  return wrong(resource, 'firewall-rule-shadows', {
    problem: 'a rule lets in whom no allow-list names, before the rule that denies everybody',
    given: action,
    fix: 'let in the networks of the allow-list only, and throttle them in the same rules',
  });
}
