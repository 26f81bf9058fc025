process.env.CDK_VALIDATION = 'false';

import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { ApplicationLoadBalancer } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import type { ReadCacheProps } from '../../lib/aws/read-cache';
import { Deployment } from '../../lib/policy';
import { codeOf } from '../policy/coded';
import { parsedPolicy } from '../policy/parsed-policy';
import { good } from '../policy/policies';
import { importedLoadBalancer, makeCache, OF_ONE_REGION } from './caches';

const policy = parsedPolicy(OF_ONE_REGION);
const make = (more?: Partial<ReadCacheProps>, stack?: Stack) => Template.fromStack(makeCache(more, stack));

interface Behavior {
  readonly PathPattern?: string;
  readonly AllowedMethods: string[];
  readonly CachedMethods?: string[];
  readonly CachePolicyId: unknown;
  readonly OriginRequestPolicyId?: string;
  readonly ViewerProtocolPolicy: string;
  readonly Compress: boolean;
}

const template = make();
const [distribution] = Object.values(template.findResources('AWS::CloudFront::Distribution'));
const config = distribution?.Properties.DistributionConfig;
const [stored] = Object.keys(template.findResources('AWS::CloudFront::CachePolicy'));
const behaviors: Behavior[] = [...config.CacheBehaviors, config.DefaultCacheBehavior];

/** The managed policies CachingDisabled and AllViewer: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html */
const CACHING_DISABLED = '4135ea2d-6df8-44a3-9df3-4b5a84be39ad';
const ALL_VIEWER = '216adef6-5c7f-47e4-b989-5492eafa07d3';

/** What becomes of a request, as CloudFront decides: by the first behaviour whose pattern fits, the default one last. */
function outcome(method: string, path: string): string {
  const fits = ({ PathPattern = '*' }: Behavior) =>
    new RegExp(
      `^${PathPattern.replace(/[.+^$()|[\]\\]/g, '\\$&')
        .replaceAll('*', '.*')
        .replaceAll('?', '.')}$`,
    ).test(path);
  const behavior = behaviors.find(fits);
  if (behavior === undefined || !behavior.AllowedMethods.includes(method)) return 'refused';
  const { CachePolicyId: id } = behavior;
  if (id === CACHING_DISABLED) return 'passed';
  return JSON.stringify(id) === JSON.stringify({ Ref: stored }) ? 'cached' : 'unknown';
}

test.each([
  ['GET', '/v1/log.vkey', 'cached'],
  ['HEAD', '/v1/log.vkey', 'cached'],
  ['GET', '/v1/log.vkey/', 'passed'],
  ['GET', '/v1/log-vkey', 'passed'],
  ['GET', '/V1/LOG.VKEY', 'passed'],
  ['GET', '/v1/events', 'passed'],
  ['HEAD', '/v1/events', 'passed'],
  ['GET', '/v1/events/log.vkey', 'passed'],
  ['GET', '/healthz', 'passed'],
  ['GET', '/', 'passed'],
  ['POST', '/v1/events', 'refused'],
  ['POST', '/v1/log.vkey', 'refused'],
  ['PUT', '/v1/events', 'refused'],
  ['DELETE', '/v1/events', 'refused'],
  ['OPTIONS', '/v1/events', 'refused'],
])('%s %s is %s', (method, path, expected) => {
  expect(outcome(method, path)).toBe(expected);
});

test('nothing is stored that the service does not call storable, or calls private', () => {
  template.hasResourceProperties('AWS::CloudFront::CachePolicy', {
    CachePolicyConfig: { MinTTL: 0, DefaultTTL: 0, MaxTTL: 31_536_000 },
  });
});

test('answers are stored by token, and by nothing else that clients choose', () => {
  template.hasResourceProperties('AWS::CloudFront::CachePolicy', {
    CachePolicyConfig: {
      ParametersInCacheKeyAndForwardedToOrigin: {
        HeadersConfig: { HeaderBehavior: 'whitelist', Headers: ['Authorization', 'Host'] },
        CookiesConfig: { CookieBehavior: 'none' },
        QueryStringsConfig: { QueryStringBehavior: 'none' },
        EnableAcceptEncodingGzip: false,
        EnableAcceptEncodingBrotli: false,
      },
    },
  });
});

test('what is cached is asked for with nothing that the key does not have', () => {
  const cached = behaviors.filter(({ PathPattern }) => PathPattern !== undefined);
  expect(cached.map(({ OriginRequestPolicyId }) => OriginRequestPolicyId)).toEqual([undefined]);
});

test('what passes keeps its token and all other headers', () => {
  expect(config.DefaultCacheBehavior.OriginRequestPolicyId).toBe(ALL_VIEWER);
});

test('errors are not kept', () => {
  expect(config.CustomErrorResponses).toHaveLength(11);
  for (const { ErrorCachingMinTTL } of config.CustomErrorResponses) expect(ErrorCachingMinTTL).toBe(0);
});

test('TLS only, 1.2 at least, on both sides', () => {
  expect(config.ViewerCertificate.MinimumProtocolVersion).toBe('TLSv1.2_2025');
  for (const { ViewerProtocolPolicy } of behaviors) expect(ViewerProtocolPolicy).toBe('https-only');
  template.hasResourceProperties('AWS::CloudFront::VpcOrigin', {
    VpcOriginEndpointConfig: { OriginProtocolPolicy: 'https-only' },
  });
});

test('it has the name of readers, over IPv4 and IPv6', () => {
  expect(config.Aliases).toEqual(['query.audit.example.com']);
  for (const Type of ['A', 'AAAA']) {
    template.hasResourceProperties('AWS::Route53::RecordSet', { Type, Name: 'query.audit.example.com.' });
  }
});

test('it publishes no name without a zone', () => {
  const { domain, breakGlassRoleArn, regions } = Deployment.example(policy);
  make({ deployment: Deployment.of({ domain, breakGlassRoleArn, regions }) }).resourceCountIs(
    'AWS::Route53::RecordSet',
    0,
  );
});

test("the readers' allow-list and rate limit are enforced at the edge", () => {
  template.resourceCountIs('AWS::WAFv2::WebACLAssociation', 0);
  const [[id, acl]] = Object.entries(template.findResources('AWS::WAFv2::WebACL')) as [
    [string, { Properties: { Scope: string; Rules: { Name: string }[] } }],
  ];
  expect(config.WebACLId).toEqual({ 'Fn::GetAtt': [id, 'Arn'] });
  expect(acl.Properties.Scope).toBe('CLOUDFRONT');
  expect(acl.Properties.Rules.map(({ Name }) => Name)).toEqual(
    expect.arrayContaining(['forged-identity', 'outside-allow-list', 'rate']),
  );
  for (const { Properties } of Object.values(template.findResources('AWS::WAFv2::IPSet'))) {
    expect(Properties.Scope).toBe('CLOUDFRONT');
  }
});

test('requests are logged to a bucket', () => {
  template.hasResourceProperties('AWS::Logs::DeliverySource', { LogType: 'ACCESS_LOGS' });
  template.hasResourceProperties('AWS::Logs::DeliveryDestination', { OutputFormat: 'json' });
  template.resourceCountIs('AWS::Logs::Delivery', 1);
  template.hasResourceProperties('AWS::S3::BucketPolicy', {
    PolicyDocument: {
      Statement: Match.arrayWith([
        Match.objectLike({
          Action: 's3:PutObject',
          Effect: 'Allow',
          Principal: { Service: 'delivery.logs.amazonaws.com' },
          Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
        }),
      ]),
    },
  });
});

test('all that can be tagged has the tag of the log', () => {
  const { Properties } = Object.values(template.findResources('AWS::CloudFront::Distribution'))[0]!;
  expect(Properties.Tags).toEqual([{ Key: 'immutable-audit-log', Value: 'acme-audit' }]);
});

test('logs go where they are wanted', () => {
  const stack = new Stack(new App(), 'Cache');
  make({ logs: new Bucket(stack, 'Mine') }, stack).resourceCountIs('AWS::S3::Bucket', 1);
});

const readersBy = (authenticate: object) =>
  parsedPolicy({ ...OF_ONE_REGION, readers: { ...good.readers, authenticate } });

describe('is refused', () => {
  test.each<[string, string, Partial<ReadCacheProps>]>([
    ['to readers with certificates', 'cache-of-certificates', { policy: readersBy({ mutualTls: {} }) }],
    ['to readers without proof', 'access-open', { policy: readersBy({ none: {} }) }],
    ['to a policy of several regions', 'cache-of-regions', { policy: parsedPolicy({}) }],
    [
      'to readers who are kept to a jurisdiction',
      'cache-of-regions',
      {
        policy: parsedPolicy({
          ...OF_ONE_REGION,
          traffic: { writes: 'latency', reads: { jurisdiction: { EU: ['DE'] } } },
        }),
      },
    ],
  ])('%s', (_, code, more) => {
    expect(codeOf(() => make(more))).toBe(code);
  });

  test('in another region', () => {
    const stack = new Stack(new App(), 'Cache', { env: { region: 'eu-central-1' } });
    expect(codeOf(() => make({}, stack))).toBe('cache-elsewhere');
  });

  test('before a load balancer that can be reached past it', () => {
    const stack = new Stack(new App(), 'Cache');
    const vpc = new Vpc(stack, 'Public', { natGateways: 0 });
    const loadBalancer = new ApplicationLoadBalancer(stack, 'Open', { vpc, internetFacing: true });
    expect(codeOf(() => make({ loadBalancer }, stack))).toBe('origin-public');
  });
});

test('takes a load balancer of another region by its attributes', () => {
  const stack = new Stack(new App(), 'Cache', { env: { region: 'us-east-1' } });
  make({ loadBalancer: importedLoadBalancer(stack) }, stack).hasResourceProperties('AWS::CloudFront::VpcOrigin', {
    VpcOriginEndpointConfig: {
      Arn: 'arn:aws:elasticloadbalancing:eu-central-1:111122223333:loadbalancer/app/reads/50dc6c495c0c9188',
    },
  });
});
