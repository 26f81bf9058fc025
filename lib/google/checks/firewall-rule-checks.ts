import type { AuditLogError } from '../../policy/errors';
import { wrong } from './check';
import { type Body, blockOf, bodiesOf, isKnown, type Resource, textsOf } from './terraform';

const MOST_RANGES = 10;
const MOST_DESCRIPTION = 64;
const LAST = 2_147_483_647;
const ACTIONS = /^(allow|deny\((403|404|502)\)|throttle|rate_based_ban|redirect)$/;
const LIMITED = /^(throttle|rate_based_ban)$/;
const EXCEEDED = /^(deny\((403|404|429|502)\)|redirect)$/;
const INTERVALS = [10, 30, 60, 120, 180, 240, 300, 600, 900, 1_200, 1_800, 2_700, 3_600];

/** What is wrong, and what was given. */
type Flaw = readonly [problem: string, given: unknown];

/** Whether Cloud Armor takes a rule (https://cloud.google.com/armor/docs/rest/v1/securityPolicies). Values that only Terraform knows are not looked at. */
export function firewallRuleChecks(resource: Resource, rule: Body, policyType: unknown): AuditLogError[] {
  const flaws = [
    ...turn(rule),
    ...matched(rule),
    ...limited(rule),
    ...redirected(rule),
    ...beforeCache(rule, policyType),
  ];
  return flaws.flatMap(([problem, given]) =>
    wrong(resource, 'firewall-rule-unusable', { problem, given, fix: 'correct the rule' }),
  );
}

function turn({ action, priority, description }: Body): Flaw[] {
  const flaws: Flaw[] = [];
  if (isKnown(action) && !ACTIONS.test(String(action))) flaws.push(['Cloud Armor knows no such action', action]);
  if (isKnown(priority) && !isWhole(priority, 0, LAST)) flaws.push([`a priority is 0 to ${LAST}`, priority]);
  if (isKnown(description) && String(description ?? '').length > MOST_DESCRIPTION) {
    flaws.push([`a description has ${MOST_DESCRIPTION} characters at most`, description]);
  }
  return flaws;
}

function matched({ action, match, network_match: network }: Body): Flaw[] {
  if (network !== undefined) return [];
  const { expr, config } = blockOf(match);
  const ranges = textsOf(blockOf(config).src_ip_ranges);
  if (has(expr) === has(config)) return [['a rule matches by ranges or by an expression, and by one of them', action]];
  return ranges.length > MOST_RANGES ? [[`a rule has ${MOST_RANGES} ranges at most`, ranges.length]] : [];
}

function limited({ action, rate_limit_options: given }: Body): Flaw[] {
  if (!isKnown(action)) return [];
  if (LIMITED.test(String(action)) !== has(given)) {
    return [['a rule has a rate limit if and only if it throttles or bans', action]];
  }
  return has(given) ? [...withinLimit(blockOf(given)), ...banned(action, blockOf(given))] : [];
}

function withinLimit(limit: Body): Flaw[] {
  const { conform_action: conform, exceed_action: exceed } = limit;
  const threshold = blockOf(limit.rate_limit_threshold);
  const flaws: Flaw[] = [];
  if (isKnown(conform) && conform !== 'allow') flaws.push(['who is within a rate limit is allowed', conform]);
  if (isKnown(exceed) && !EXCEEDED.test(String(exceed))) flaws.push(['a rate limit ends in no such answer', exceed]);
  if (isKnown(threshold.count) && !isWhole(threshold.count, 1, LAST)) {
    flaws.push(['a rate limit allows a number of requests', threshold.count]);
  }
  if (isKnown(threshold.interval_sec) && !INTERVALS.includes(Number(threshold.interval_sec))) {
    flaws.push([`a rate limit counts in ${INTERVALS.join(', ')} seconds`, threshold.interval_sec]);
  }
  return flaws;
}

function banned(action: unknown, limit: Body): Flaw[] {
  const isBan = action === 'rate_based_ban';
  const hasDuration = has(limit.ban_duration_sec);
  const flaws: Flaw[] = [];
  if (isBan !== hasDuration) flaws.push(['a rule has a ban of so many seconds if and only if it bans', action]);
  if (!isBan && has(limit.ban_threshold)) flaws.push(['a rule that bans nobody has a threshold for bans', action]);
  if (has(limit.enforce_on_key) && limit.enforce_on_key !== '' && bodiesOf(limit.enforce_on_key_configs).length > 0) {
    flaws.push(['a rate limit is by one key or by a list of keys', limit.enforce_on_key]);
  }
  return flaws;
}

function redirected({ action, redirect_options: options }: Body): Flaw[] {
  if (!isKnown(action) || (action === 'redirect') === has(options)) return [];
  return [['a rule says where to if and only if it redirects', action]];
}

function beforeCache({ action, match }: Body, type: unknown): Flaw[] {
  if (type !== 'CLOUD_ARMOR_EDGE') return [];
  const { expression } = blockOf(blockOf(match).expr);
  const flaws: Flaw[] = [];
  if (isKnown(action) && !/^(allow|deny)/.test(String(action))) {
    flaws.push(['a firewall before a cache can only allow and deny', action]);
  }
  if (/evaluatePreconfigured/.test(String(expression))) {
    flaws.push(['a firewall before a cache has no preconfigured rules', action]);
  }
  return flaws;
}

function has(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function isWhole(value: unknown, least: number, most: number): boolean {
  return Number.isInteger(Number(value)) && Number(value) >= least && Number(value) <= most;
}
