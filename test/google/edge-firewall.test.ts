import { CacheFirewall, EdgeFirewall, FirewallRule, type FirewallRuleProps, RegionalFirewall } from '../../lib/google';
import { Access, AllowList, Authentication, RateLimit } from '../../lib/policy';
import { codeOf } from '../policy/coded';
import { all, only, synthesized, UserStack } from './synthesized';

const RULE: FirewallRuleProps = { priority: 0, expression: "request.path == '/'", description: 'no root' };

function accessOf(allow: AllowList): Access {
  const rateLimit = RateLimit.of({ requests: 600, perSeconds: 120 });
  return Access.of({ allow, authenticate: Authentication.mutualTls(), rateLimit });
}

const networks = (count: number) => AllowList.of(Array.from({ length: count }, (_, i) => `10.0.${i}.0/24`));

function rulesOf(allow: AllowList, rules?: FirewallRule[]) {
  const stack = new UserStack();
  new EdgeFirewall(stack, 'Firewall', { name: 'acme-ingest', access: accessOf(allow), rules });
  const json = synthesized(stack);
  expect(only(json, 'google_compute_security_policy')).toMatchObject({ name: 'acme-ingest', type: 'CLOUD_ARMOR' });
  return all(json, 'google_compute_security_policy_rule').sort((a, b) => a.priority - b.priority);
}

test('the last rule denies everybody', () => {
  expect(rulesOf(networks(1)).at(-1)).toMatchObject({
    priority: 2_147_483_647,
    action: 'deny(403)',
    match: { versioned_expr: 'SRC_IPS_V1', config: { src_ip_ranges: ['*'] } },
  });
});

test('the allow-list is throttled to the rate limit, per address', () => {
  expect(rulesOf(networks(1))[0]).toMatchObject({
    priority: 10_000,
    action: 'throttle',
    match: { versioned_expr: 'SRC_IPS_V1', config: { src_ip_ranges: ['10.0.0.0/24'] } },
    rate_limit_options: {
      conform_action: 'allow',
      exceed_action: 'deny(429)',
      enforce_on_key: 'IP',
      rate_limit_threshold: { count: 600, interval_sec: 120 },
    },
  });
});

test.each([
  [1, [1]],
  [10, [10]],
  [11, [10, 1]],
  [25, [10, 10, 5]],
])('%i networks are in rules of %j', (count, sizes) => {
  const throttles = rulesOf(networks(count)).filter(({ action }) => action === 'throttle');
  expect(throttles.map(({ match }) => match.config.src_ip_ranges.length)).toEqual(sizes);
  expect(throttles.map(({ priority }) => priority)).toEqual(sizes.map((_, index) => 10_000 + index));
});

test('the internet, if it was let in, is throttled too', () => {
  const [throttle] = rulesOf(AllowList.internet());
  expect(throttle?.match.config.src_ip_ranges).toEqual(['0.0.0.0/0', '::/0']);
});

test('rules of ones own come first and can only refuse', () => {
  const own = [FirewallRule.deny({ ...RULE, priority: 7 }), FirewallRule.preview({ ...RULE, priority: 999 })];
  expect(rulesOf(networks(1), own).slice(0, 2)).toMatchObject([
    { priority: 7, action: 'deny(403)', preview: false, match: { expr: { expression: RULE.expression } } },
    { priority: 999, action: 'deny(403)', preview: true, description: 'no root' },
  ]);
});

test('two rules of ones own cannot have one turn', () => {
  const own = [FirewallRule.deny(RULE), FirewallRule.preview(RULE)];
  expect(codeOf(() => rulesOf(networks(1), own))).toBe('firewall-priority-duplicate');
});

test.each([
  { priority: -1 },
  { priority: 1_000 },
  { expression: '' },
  { expression: 'x'.repeat(2_049) },
  { description: '' },
  { description: 'x'.repeat(65) },
])('a rule with %j is refused', (changes) => {
  expect(codeOf(() => FirewallRule.deny({ ...RULE, ...changes }))).toBe('rule-malformed');
});

test('in front of a cache, the allow-list is allowed and everybody else denied', () => {
  const stack = new UserStack();
  new CacheFirewall(stack, 'Firewall', { name: 'acme-cache', allow: networks(1) });
  const json = synthesized(stack);
  expect(only(json, 'google_compute_security_policy')).toMatchObject({ type: 'CLOUD_ARMOR_EDGE' });
  const actions = all(json, 'google_compute_security_policy_rule').map(({ priority, action }) => [priority, action]);
  expect(actions.sort((a, b) => a[0] - b[0])).toEqual([
    [10_000, 'allow'],
    [2_147_483_647, 'deny(403)'],
  ]);
});

test.each([
  ['no countries', [], 'list-length-out-of-range'],
  ['an expression for a country', ['DE|.*'], 'country-malformed'],
  ['a country twice', ['DE', 'DE'], 'country-duplicate'],
])('in a region, %s is refused', (_, countries, code) => {
  const props = { name: 'acme-ingest', region: 'europe-west3', access: accessOf(networks(1)), countries };
  expect(codeOf(() => new RegionalFirewall(new UserStack(), 'Firewall', props))).toBe(code);
});

test('in a region, clients of other countries are refused before anybody is allowed', () => {
  const stack = new UserStack();
  const countries = ['DE', 'FR'];
  const props = { name: 'acme-ingest', region: 'europe-west3', access: accessOf(networks(1)), countries };
  new RegionalFirewall(stack, 'Firewall', props);
  const rules = all(synthesized(stack), 'google_compute_region_security_policy_rule');
  expect(rules.sort((a, b) => a.priority - b.priority)).toMatchObject([
    { region: 'europe-west3', action: 'deny(403)', match: { expr: { expression: expect.stringContaining('DE|FR') } } },
    { region: 'europe-west3', action: 'throttle' },
    { region: 'europe-west3', action: 'deny(403)', priority: 2_147_483_647 },
  ]);
});
