import { ComputeSecurityPolicyRuleA } from '@cdktf/provider-google/lib/compute-security-policy-rule';
import type { ITerraformDependable } from 'cdktf';
import type { Construct } from 'constructs';
import type { AllowList, RateLimit } from '../policy';
import { AuditLogError } from '../policy/errors';
import { CANARY_ACTION } from '../services/canary/config';
import type { FirewallRule } from './firewall-rule';

/** A rule as Cloud Armor takes it, global or regional. */
export interface ArmorRule {
  readonly id: string;
  readonly priority: number;
  readonly action: string;
  readonly description: string;
  readonly preview?: boolean;
  readonly match: {
    readonly versionedExpr?: string;
    readonly config?: { readonly srcIpRanges: string[] };
    readonly expr?: { readonly expression: string };
  };
  readonly rateLimitOptions?: {
    readonly conformAction: string;
    readonly exceedAction: string;
    readonly enforceOnKey: string;
    readonly rateLimitThreshold: { readonly count: number; readonly intervalSec: number };
  };
}

/** Most ranges of one rule (https://cloud.google.com/armor/quotas). */
const RANGES = 10;

const PRIORITY = { watchReads: 1_000, watch: 1_001, countries: 1_002, networks: 10_000, otherwise: 2_147_483_647 };

/**
 * Rules of your own, as they are.
 *
 * @throws firewall-priority-duplicate
 */
export function ownRules(rules: readonly FirewallRule[]): ArmorRule[] {
  const priorities = rules.map((rule) => rule.priority);
  const twice = priorities.find((each, index) => priorities.indexOf(each) !== index);
  if (twice !== undefined) {
    throw new AuditLogError('firewall-priority-duplicate', {
      problem: 'two rules of your own have one priority',
      given: twice,
      allowed: '0 to 999, each once',
      fix: 'give each its own',
    });
  }
  return rules.map(({ priority, expression, description, _isPreview: preview }) => ({
    id: `Own ${priority}`,
    priority,
    action: 'deny(403)',
    description,
    preview,
    match: { expr: { expression } },
  }));
}

/** Lets in who watches from elsewhere, before countries and networks are looked at, and no more often than others. */
export function watchRules(address: string | undefined, limit: RateLimit): ArmorRule[] {
  if (address === undefined) return [];
  const config = { srcIpRanges: [`${address}/32`] };
  const match = { versionedExpr: 'SRC_IPS_V1', config };
  return [{ id: 'Watch', priority: PRIORITY.watch, ...throttled(limit), description: 'who watches', match }];
}

/**
 * Refuses who watches whatever would let them read more than events of canaries, where others must be of one jurisdiction: so would whoever stole what
 * canaries show. Appends are left alone. The service refuses a parameter that is given twice, so that the one at the beginning counts.
 */
export function watchReadsRules(address: string | undefined): ArmorRule[] {
  if (address === undefined) return [];
  const own = `!request.path.matches('^/v1/events$') || !request.query.startsWith('action=${CANARY_ACTION}&')`;
  const expression = `inIpRange(origin.ip, '${address}/32') && !request.method.matches('^POST$') && (${own})`;
  return [
    {
      id: 'Watch reads',
      priority: PRIORITY.watchReads,
      action: 'deny(403)',
      description: 'who watches reads events of canaries only',
      match: { expr: { expression } },
    },
  ];
}

/** Refuses whoever is not in one of these countries. An address of no known country is in none. */
export function countryRule(countries: readonly string[]): ArmorRule {
  return {
    id: 'Countries',
    priority: PRIORITY.countries,
    action: 'deny(403)',
    description: 'other jurisdictions',
    match: { expr: { expression: `!origin.region_code.matches('^(${countries.join('|')})$')` } },
  };
}

/**
 * Lets the allow-list in, up to the rate limit. Each rule throttles the networks that it allows: a throttle on everything would end the
 * evaluation for whoever is within the limit, and the default rule would never refuse anybody.
 */
export function throttleRules({ networks }: AllowList, limit: RateLimit): ArmorRule[] {
  const description = `allow-list, ${limit.requests} requests in ${limit.perSeconds} s`;
  return networkRules(networks, { ...throttled(limit), description });
}

function throttled({ requests, perSeconds }: RateLimit): Pick<ArmorRule, 'action' | 'rateLimitOptions'> {
  return {
    action: 'throttle',
    rateLimitOptions: {
      conformAction: 'allow',
      exceedAction: 'deny(429)',
      enforceOnKey: 'IP',
      rateLimitThreshold: { count: requests, intervalSec: perSeconds },
    },
  };
}

/** Lets the allow-list in. A policy at the edge of the cache can do no more. */
export function allowRules({ networks }: AllowList): ArmorRule[] {
  return networkRules(networks, { action: 'allow', description: 'allow-list' });
}

/** What no other rule was about. Without it, Cloud Armor allows. */
export const DENY_OTHERS: ArmorRule = {
  id: 'Otherwise',
  priority: PRIORITY.otherwise,
  action: 'deny(403)',
  description: 'everybody else',
  match: { versionedExpr: 'SRC_IPS_V1', config: { srcIpRanges: ['*'] } },
};

function networkRules(
  networks: readonly string[],
  rule: Pick<ArmorRule, 'action' | 'description' | 'rateLimitOptions'>,
): ArmorRule[] {
  return Array.from({ length: Math.ceil(networks.length / RANGES) }, (_, index) => ({
    ...rule,
    id: `Networks ${index}`,
    priority: PRIORITY.networks + index,
    match: {
      versionedExpr: 'SRC_IPS_V1',
      config: { srcIpRanges: networks.slice(index * RANGES, (index + 1) * RANGES) },
    },
  }));
}

/** Adds rules to a global policy of this name. What uses the policy must wait for them: until then it allows everything. */
export function addRules(
  scope: Construct,
  securityPolicy: string,
  rules: readonly ArmorRule[],
): ITerraformDependable[] {
  return rules.map(({ id, ...rule }) => new ComputeSecurityPolicyRuleA(scope, id, { securityPolicy, ...rule }));
}
