import { RetentionMode, RetentionPreset } from '../../lib/policy';
import { good } from '../policy/policies';
import type { Part } from './outputs';

/** What a value becomes in a cloud: properties of resources, or whole resources, of which each changes; or the code with which it is refused. */
export type Becomes = readonly string[] | { readonly refused: string };

/** A value of the policy's vocabulary. */
export interface Value {
  /** As `vocabulary` names it. */
  readonly term: string;

  /** Which of several variants of it. */
  readonly variant?: string;
  readonly part: Part;

  /** The policy without the value, as changes of `BASE`. */
  readonly from?: object;

  /** The policy with the value, as changes of `BASE`. */
  readonly to: object;
  readonly aws: Becomes;
  readonly google: Becomes;
}

const JWT = { issuer: 'https://idp.example.com', jwksUrl: 'https://idp.example.com/jwks', audience: 'audit' };
const CERTIFIED = {
  allow: ['203.0.113.0/24'],
  authenticate: { mutualTls: {} },
  rateLimit: { requests: 6000, perSeconds: 60 },
};

/** The policy that is changed: one region, and nothing in it that needs many resources. */
export const BASE = {
  ...good,
  retention: { mode: 'governance', days: 30 },
  writers: CERTIFIED,
  readers: CERTIFIED,
  regions: good.regions.slice(0, 1),
};

const LOCK = { aws: ['AWS::S3::Bucket.ObjectLockConfiguration'], google: ['google_storage_bucket.retention_policy'] };

const retained = (term: string, retention: object): Value => ({ term, part: 'archives', to: { retention }, ...LOCK });

const RETENTION: Value[] = [
  retained('retention.mode: compliance', { mode: 'compliance', days: 30, irreversible: 'acme-audit' }),
  {
    ...retained('retention.mode: governance', BASE.retention),
    from: { retention: { mode: 'compliance', days: 30, irreversible: 'acme-audit' } },
  },
  retained('retention.irreversible', { mode: 'compliance', days: 30, irreversible: 'acme-audit' }),
  retained('retention.days', { mode: 'governance', days: 31 }),
  retained('retention.years', { mode: 'governance', years: 1 }),
  {
    term: 'retention.disposable: true',
    part: 'archives',
    to: { retention: { ...BASE.retention, disposable: true } },
    aws: ['AWS::S3::Bucket.DeletionPolicy', 'AWS::KMS::Key.DeletionPolicy'],
    google: ['google_storage_bucket.lifecycle', 'google_kms_crypto_key.lifecycle'],
  },
  ...RetentionPreset.all.map(({ name, mode }): Value => {
    const irreversible = mode === RetentionMode.COMPLIANCE ? { irreversible: 'acme-audit' } : {};
    return retained(`retention.presets: ${name}`, { presets: [name], ...irreversible });
  }),
];

/** What one path can say of its clients. */
function accessOf(path: 'writers' | 'readers'): Value[] {
  const changed = (change: object) => ({ [path]: { ...CERTIFIED, ...change } });
  const allowed = (term: string, variant: string | undefined, allow: unknown, aws: string): Value => ({
    term: `${path}.${term}`,
    variant,
    part: 'access',
    to: changed({ allow }),
    aws: ['AWS::EC2::SecurityGroup.SecurityGroupIngress', aws],
    google: ['google_compute_security_policy_rule.match'],
  });
  const trusting = (member: keyof typeof JWT, value: string): Value => ({
    term: `${path}.authenticate.jwt.${member}`,
    part: 'access',
    from: changed({ authenticate: { jwt: JWT } }),
    to: changed({ authenticate: { jwt: { ...JWT, [member]: value } } }),
    aws: ['AWS::ElasticLoadBalancingV2::ListenerRule.Actions'],
    google: [
      path === 'writers' ? 'google_cloudfunctions2_function.service_config' : 'google_cloud_run_v2_service.template',
    ],
  });
  const limited = (term: string, rateLimit: object, from?: object): Value => ({
    term: `${path}.rateLimit.${term}`,
    part: 'access',
    from,
    to: changed({ rateLimit: { ...CERTIFIED.rateLimit, ...rateLimit } }),
    aws: ['AWS::WAFv2::WebACL.Rules'],
    google: ['google_compute_security_policy_rule.rate_limit_options'],
  });
  return [
    allowed('allow: internet', undefined, 'internet', 'AWS::WAFv2::WebACL.Rules'),
    allowed('allow', 'IPv4', ['192.0.2.0/24'], 'AWS::WAFv2::IPSet.Addresses'),
    allowed('allow', 'IPv6', ['203.0.113.0/24', '2001:db8::/32'], 'AWS::WAFv2::IPSet'),
    {
      term: `${path}.authenticate.none`,
      part: 'access',
      to: changed({ authenticate: { none: {} } }),
      aws: { refused: 'access-open' },
      google: { refused: 'access-open' },
    },
    {
      term: `${path}.authenticate.mutualTls`,
      part: 'access',
      from: changed({ authenticate: { jwt: JWT } }),
      to: {},
      aws: ['AWS::ElasticLoadBalancingV2::Listener.MutualAuthentication', 'AWS::ElasticLoadBalancingV2::TrustStore'],
      google: ['google_network_security_server_tls_policy', 'google_compute_target_https_proxy.server_tls_policy'],
    },
    trusting('issuer', 'https://other.example.com'),
    trusting('jwksUrl', 'https://idp.example.com/keys'),
    trusting('audience', 'other'),
    limited('requests', { requests: 10 }),
    limited('perSeconds: 60', {}, changed({ rateLimit: { requests: 6000, perSeconds: 600 } })),
    ...[120, 300, 600].map((perSeconds) => limited(`perSeconds: ${perSeconds}`, { perSeconds })),
  ];
}

const TWO = { regions: good.regions };
const IN_THE_EU = { jurisdiction: { EU: ['DE', 'FR'] } };

/** How the clients of one path are led. */
function routesOf(path: 'writes' | 'reads'): Value[] {
  const routed = (routing: unknown) => ({ ...TWO, traffic: { ...good.traffic, [path]: routing } });
  const term = `traffic.${path}`;
  const records = ['AWS::Route53::RecordSetGroup.RecordSets'];
  const resident = [...records, 'AWS::WAFv2::WebACL.Rules'];
  return [
    {
      term: `${term}: latency`,
      part: 'routing',
      from: routed(IN_THE_EU),
      to: routed('latency'),
      aws: resident,
      google: ['google_compute_global_forwarding_rule', 'google_compute_url_map'],
    },
    {
      term: `${term}: failover`,
      part: 'routing',
      from: TWO,
      to: routed('failover'),
      aws: records,
      google: { refused: 'routing-unavailable' },
    },
    {
      term: `${term}.jurisdiction`,
      part: 'routing',
      from: TWO,
      to: routed(IN_THE_EU),
      aws: resident,
      google: [
        'google_compute_forwarding_rule',
        'google_compute_region_url_map',
        'google_compute_region_security_policy_rule',
        'google_dns_record_set',
      ],
    },
    {
      term: `${term}.jurisdiction`,
      variant: 'other countries',
      part: 'routing',
      from: routed(IN_THE_EU),
      to: routed({ jurisdiction: { EU: ['DE'] } }),
      aws: resident,
      google: ['google_compute_region_security_policy_rule.match'],
    },
  ];
}

const REGIONS: Value[] = [
  {
    term: 'regions.name',
    variant: 'one more, its archive',
    part: 'archives',
    to: TWO,
    aws: ['AWS::S3::Bucket', 'AWS::KMS::Key', 'AWS::S3::Bucket.ReplicationConfiguration'],
    google: ['google_storage_bucket', 'google_kms_crypto_key'],
  },
  {
    term: 'regions.name',
    variant: 'one more, its routes',
    part: 'routing',
    to: TWO,
    aws: ['AWS::Route53::HealthCheck', 'AWS::Route53::RecordSetGroup.RecordSets'],
    google: ['google_compute_backend_service', 'google_compute_url_map.host_rule'],
  },
  {
    term: 'regions.jurisdiction',
    part: 'archives',
    from: TWO,
    to: { regions: [good.regions[0], { ...good.regions[1], jurisdiction: 'DE' }] },
    aws: ['AWS::S3::Bucket.ReplicationConfiguration'],
    google: ['google_storage_bucket.labels'],
  },
];

/** Every value that a policy can have, with what it becomes. */
export const VALUES: readonly Value[] = [
  {
    term: 'name',
    part: 'archives',
    to: { name: 'other-audit' },
    aws: ['AWS::S3::BucketPolicy.PolicyDocument', 'AWS::KMS::Key.Description'],
    google: ['google_storage_bucket.name', 'google_storage_bucket_iam_member'],
  },
  ...RETENTION,
  ...accessOf('writers'),
  ...accessOf('readers'),
  ...REGIONS,
  ...routesOf('writes'),
  ...routesOf('reads'),
];
