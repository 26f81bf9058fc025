import { ComputeSecurityPolicy } from '@cdktf/provider-google/lib/compute-security-policy';
import { ComputeSecurityPolicyRuleA } from '@cdktf/provider-google/lib/compute-security-policy-rule';
import { AuditLogChecks } from '../../lib/google';
import { expectFound, refusals, UserStack } from './synthesized';

const ANYBODY = { versionedExpr: 'SRC_IPS_V1', config: { srcIpRanges: ['*'] } };
const LAST = { priority: 2_147_483_647, action: 'deny(403)', match: ANYBODY };
const LIMIT = { conformAction: 'allow', exceedAction: 'deny(429)', rateLimitThreshold: { count: 1, intervalSec: 60 } };
const THROTTLE = { action: 'throttle', rateLimitOptions: LIMIT };
const BAN = { action: 'rate_based_ban', rateLimitOptions: { ...LIMIT, banDurationSec: 60 } };

const ranges = (count: number) => ({
  versionedExpr: 'SRC_IPS_V1',
  config: { srcIpRanges: Array.from({ length: count }, (_, i) => `10.0.${i}.0/24`) },
});

/** A firewall that is right but for one rule beside it. */
function ruled(stack: UserStack, rule: object, type = 'CLOUD_ARMOR'): void {
  const policy = new ComputeSecurityPolicy(stack, 'Policy', { name: 'policy', type });
  new ComputeSecurityPolicyRuleA(stack, 'Last', { securityPolicy: policy.name, ...LAST });
  const defaults = { securityPolicy: policy.name, priority: 1, action: 'allow', match: ranges(1) };
  new ComputeSecurityPolicyRuleA(stack, 'Rule', { ...defaults, ...rule });
}

const limited = (changes: object) => ({ ...THROTTLE, rateLimitOptions: { ...LIMIT, ...changes } });

test.each<[string, object, string?]>([
  ['of more than ten ranges', { match: ranges(11) }],
  ['of an unknown action', { action: 'explode' }],
  ['of an unknown answer', { action: 'deny(418)' }],
  ['of a negative priority', { priority: -5 }],
  ['of a priority beyond the last', { priority: 2_147_483_648 }],
  ['with a long description', { description: 'x'.repeat(65) }],
  ['about nothing', { match: undefined }],
  ['about no ranges and no expression', { match: { versionedExpr: 'SRC_IPS_V1' } }],
  ['by ranges and by an expression', { match: { ...ranges(1), expr: { expression: 'true' } } }],
  ['that throttles without a limit', { action: 'throttle' }],
  ['with a limit that does not throttle', { rateLimitOptions: LIMIT }],
  ['that refuses who is within the limit', limited({ conformAction: 'deny(403)' })],
  ['with an unknown answer above the limit', limited({ exceedAction: 'deny(999)' })],
  ['that limits to nothing', limited({ rateLimitThreshold: { count: 0, intervalSec: 60 } })],
  ['that counts in a window that there is not', limited({ rateLimitThreshold: { count: 1, intervalSec: 7 } })],
  ['that throttles and bans', limited({ banDurationSec: 60 })],
  ['with a threshold for bans that bans nobody', limited({ banThreshold: { count: 1, intervalSec: 60 } })],
  ['by one key and by a list', limited({ enforceOnKey: 'IP', enforceOnKeyConfigs: [{ enforceOnKeyType: 'IP' }] })],
  ['that bans for no time', { ...BAN, rateLimitOptions: LIMIT }],
  ['that redirects nowhere', { action: 'redirect' }],
  ['with a place to redirect to that does not', { redirectOptions: { type: 'GOOGLE_RECAPTCHA' } }],
  ['that throttles before a cache', THROTTLE, 'CLOUD_ARMOR_EDGE'],
  [
    'that is preconfigured before a cache',
    { action: 'deny(403)', match: { expr: { expression: "evaluatePreconfiguredWaf('sqli-v33-stable')" } } },
    'CLOUD_ARMOR_EDGE',
  ],
])('a rule %s synthesizes silently without us, and is refused with us', (_, rule, type = 'CLOUD_ARMOR') => {
  expectFound((stack) => ruled(stack, rule, type), 'firewall-rule-unusable');
});

test('a rule of a firewall that is not in the stack is looked at too', () => {
  const stack = new UserStack();
  const rule = { securityPolicy: 'elsewhere', priority: 1, action: 'allow', match: ranges(11) };
  new ComputeSecurityPolicyRuleA(stack, 'Rule', rule);
  new AuditLogChecks(stack, 'Checks');
  expect(refusals(stack)).toEqual(new Set(['firewall-rule-unusable']));
});

test('two rules of one priority are refused', () => {
  const stack = new UserStack();
  ruled(stack, { priority: LAST.priority });
  new AuditLogChecks(stack, 'Checks');
  expect(refusals(stack)).toEqual(new Set(['firewall-priority-duplicate']));
});

test.each<[string, object]>([
  ['ten ranges', { match: ranges(10) }],
  ['a throttle', THROTTLE],
  ['a ban', BAN],
  ['a redirect', { action: 'redirect', redirectOptions: { type: 'GOOGLE_RECAPTCHA' } }],
])('%s is let through', (_, rule) => {
  const stack = new UserStack();
  ruled(stack, rule);
  AuditLogChecks._hold(stack);
  expect(refusals(stack)).toEqual(new Set());
});

const inside = (stack: UserStack, rule: object) =>
  new ComputeSecurityPolicy(stack, 'Policy', { name: 'policy', rule: [{ ...LAST, ...rule }] });

test.each<[string, (stack: UserStack) => unknown, string]>([
  ['no last rule', (stack) => new ComputeSecurityPolicy(stack, 'Policy', { name: 'policy' }), 'firewall-open'],
  ['a last rule that allows', (stack) => inside(stack, { action: 'allow' }), 'firewall-open'],
  ['a last rule in preview', (stack) => inside(stack, { preview: true }), 'firewall-open'],
  ['a throttle of everybody', (stack) => ruled(stack, { ...THROTTLE, match: ANYBODY }), 'firewall-rule-shadows'],
  ['an allowance of everybody', (stack) => ruled(stack, { match: ANYBODY }), 'firewall-rule-shadows'],
  [
    'an allowance by an expression',
    (stack) => ruled(stack, { match: { expr: { expression: 'true' } } }),
    'firewall-rule-shadows',
  ],
])(
  'with %s, a firewall of a log synthesizes silently without us and is refused with us; one of others is not',
  (_, make, code) => {
    const [without, beside, held] = [new UserStack(), new UserStack(), new UserStack()];
    for (const stack of [without, beside, held]) make(stack);
    new AuditLogChecks(beside, 'Checks');
    AuditLogChecks._hold(held);
    expect(refusals(without)).toEqual(new Set());
    expect(refusals(beside)).toEqual(new Set());
    expect(refusals(held)).toEqual(new Set([code]));
  },
);
