import { Duration, Stack, Token } from 'aws-cdk-lib';
import type { ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import {
  AllowedMethods,
  type BehaviorOptions,
  CacheCookieBehavior,
  CacheHeaderBehavior,
  CachePolicy,
  CacheQueryStringBehavior,
  Distribution,
  HttpVersion,
  OriginProtocolPolicy,
  OriginRequestPolicy,
  SecurityPolicyProtocol,
  ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront';
import { VpcOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import { CfnLoadBalancer, type IApplicationLoadBalancer } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { AaaaRecord, ARecord, HostedZone, RecordTarget } from 'aws-cdk-lib/aws-route53';
import { CloudFrontTarget } from 'aws-cdk-lib/aws-route53-targets';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { CfnIPSet, CfnWebACL } from 'aws-cdk-lib/aws-wafv2';
import { Construct } from 'constructs';
import { type AuditLogPolicy, AuthenticationKind, type Deployment, RoutingKind } from '../policy';
import { AuditLogError } from '../policy/errors';
import { acknowledge } from './acknowledge';
import { checkAuthenticated } from './checked-authentication';
import { EdgeFirewall } from './edge-firewall';
import { LogBucket } from './log-bucket';
import { LogPath } from './log-path';
import { tagForOrganization } from './org-tag';
import { publicName } from './public-names';
import { deliverCacheLogs } from './read-cache-logs';
import { CACHED_PATHS } from './read-cache-paths';

/** Where CloudFront wants certificates, web ACLs and deliveries of logs. */
const HOME = 'us-east-1';

/** Errors that CloudFront would keep for ten seconds by itself. */
const ERRORS = [400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504];

/** The parts of a cache. */
export interface ReadCacheProps {
  /** What must hold for the log. */
  readonly policy: AuditLogPolicy;

  /** Where it is deployed. */
  readonly deployment: Deployment;

  /**
   * An internal load balancer of the same account whose listener on port 443 checks tokens and passes reads on, with a certificate for
   * `query.<domain>`; `FrontDoor.existing` adds the rules. Its security group lets in the prefix list
   * `com.amazonaws.global.cloudfront.origin-facing`.
   */
  readonly loadBalancer: IApplicationLoadBalancer;

  /** A certificate for `query.<domain>` in us-east-1. */
  readonly certificate: ICertificate;

  /**
   * Where the cache logs requests to: a bucket without Object Lock and with keys of S3, whose policy can be added to.
   *
   * @default - a `LogBucket` of its own
   */
  readonly logs?: IBucket;
}

/**
 * CloudFront before `query.<domain>`, for a stack in us-east-1. It stores what is immutable and has no data in it, so today the log's public
 * key, and passes everything else on unstored. It takes reads only.
 *
 * The allow-list and the rate limit of readers are enforced at the edge, since whatever is behind sees CloudFront only. That is why the load
 * balancer must be internal: any other could be reached past the edge, by way of a distribution of somebody else's. The token is part of the
 * key under which an answer is stored, so that nobody gets what another one was answered; the load balancer and the service check it again.
 *
 * Client certificates end at CloudFront, so that readers who prove themselves by them cannot have a cache. Neither can a policy of several
 * regions, whose name leads clients to the healthy ones, nor one that keeps readers to a jurisdiction: an edge may be anywhere.
 */
export class ReadCache extends Construct {
  /** The distribution, for alarms. */
  public readonly distribution: Distribution;

  /** Refuses readers, at the edge. */
  public readonly firewall: EdgeFirewall;

  /** @throws cache-of-certificates, access-open, cache-of-regions, cache-elsewhere, origin-public */
  public constructor(scope: Construct, id: string, props: ReadCacheProps) {
    super(scope, id);
    checkPolicy(props.policy);
    checkHome(Stack.of(this).region);
    checkInternal(props.loadBalancer);
    tagForOrganization(this, props.policy);
    this.firewall = this.makeFirewall(props.policy);
    this.distribution = this.makeDistribution(props);
    deliverCacheLogs(this, this.distribution, props.logs ?? new LogBucket(this, 'Logs').bucket);
    this.publish(props.deployment);
  }

  private makeFirewall({ readers }: AuditLogPolicy): EdgeFirewall {
    const firewall = EdgeFirewall.query(this, 'Firewall', readers);
    for (const each of firewall.node.findAll()) {
      if (each instanceof CfnWebACL || each instanceof CfnIPSet) each.scope = 'CLOUDFRONT';
    }
    return firewall;
  }

  private makeDistribution({ deployment, loadBalancer, certificate }: ReadCacheProps): Distribution {
    const reads = {
      origin: VpcOrigin.withApplicationLoadBalancer(loadBalancer, { protocolPolicy: OriginProtocolPolicy.HTTPS_ONLY }),
      allowedMethods: AllowedMethods.ALLOW_GET_HEAD,
      viewerProtocolPolicy: ViewerProtocolPolicy.HTTPS_ONLY,
      compress: false,
    };
    const cached: BehaviorOptions = { ...reads, cachePolicy: this.makeCachePolicy() };
    const distribution = new Distribution(this, 'Distribution', {
      comment: `reads of ${publicName(LogPath.QUERY, deployment)}`,
      domainNames: [publicName(LogPath.QUERY, deployment)],
      certificate,
      minimumProtocolVersion: SecurityPolicyProtocol.TLS_V1_2_2025,
      httpVersion: HttpVersion.HTTP2_AND_3,
      webAclId: this.firewall.webAclArn,
      defaultBehavior: {
        ...reads,
        cachePolicy: CachePolicy.CACHING_DISABLED,
        originRequestPolicy: OriginRequestPolicy.ALL_VIEWER,
      },
      additionalBehaviors: Object.fromEntries(CACHED_PATHS.map((path) => [path, cached])),
      errorResponses: ERRORS.map((httpStatus) => ({ httpStatus, ttl: Duration.seconds(0) })),
    });
    acknowledge(distribution, {
      awsSolutions: 'CFR1',
      reason:
        'Who may read is in the allow-list, which the firewall enforces. Countries are for policies that keep readers to a jurisdiction, and those have no cache.',
    });
    acknowledge(distribution, {
      awsSolutions: 'CFR3',
      reason:
        'Requests are logged, by a delivery of CloudWatch Logs; the older way, which is looked for, needs a bucket with ACLs.',
    });
    return distribution;
  }

  /** Stores only what the service says may be stored: without a least time, `private` and `no-store` hold. */
  private makeCachePolicy(): CachePolicy {
    return new CachePolicy(this, 'CachePolicy', {
      minTtl: Duration.seconds(0),
      defaultTtl: Duration.seconds(0),
      maxTtl: Duration.days(365),
      headerBehavior: CacheHeaderBehavior.allowList('Authorization', 'Host'),
      cookieBehavior: CacheCookieBehavior.none(),
      queryStringBehavior: CacheQueryStringBehavior.none(),
    });
  }

  private publish(deployment: Deployment): void {
    if (deployment.zone === undefined) return;
    const { id: hostedZoneId, name: zoneName } = deployment.zone;
    const zone = HostedZone.fromHostedZoneAttributes(this, 'Zone', { hostedZoneId, zoneName });
    const target = RecordTarget.fromAlias(new CloudFrontTarget(this.distribution));
    const record = { zone, target, recordName: `${publicName(LogPath.QUERY, deployment)}.` };
    new ARecord(this, 'Ipv4', record);
    new AaaaRecord(this, 'Ipv6', record);
  }
}

function checkPolicy({ readers, regions, traffic }: AuditLogPolicy): void {
  checkAuthenticated(readers);
  if (readers.authenticate.kind === AuthenticationKind.MUTUAL_TLS) {
    throw new AuditLogError('cache-of-certificates', {
      problem: 'readers prove themselves by client certificates, which end at a cache',
      allowed: 'jwt',
      fix: 'let readers show tokens, or have no cache',
    });
  }
  if (regions.length === 1 && traffic.reads.kind !== RoutingKind.JURISDICTION) return;
  throw new AuditLogError('cache-of-regions', {
    problem: 'clients are led to one of several regions, or kept to a jurisdiction, neither of which a cache does',
    given: regions.map(({ name }) => name).join(', '),
    fix: 'have no cache',
  });
}

function checkHome(region: string): void {
  if (Token.isUnresolved(region) || region === HOME) return;
  throw new AuditLogError('cache-elsewhere', {
    problem: 'CloudFront takes certificates and firewalls of one region only',
    given: region,
    allowed: HOME,
    fix: `make the cache in a stack of ${HOME}, and refer to the load balancer by its attributes`,
  });
}

/** An imported one is taken at its word: nothing in the app says whether it is internal, and CloudFront refuses it otherwise. */
function checkInternal({ node }: IApplicationLoadBalancer): void {
  const resource = node.defaultChild;
  if (!(resource instanceof CfnLoadBalancer) || resource.scheme === 'internal') return;
  throw new AuditLogError('origin-public', {
    problem: 'the load balancer behind a cache can be reached past it',
    given: resource.scheme,
    allowed: 'internal',
    fix: 'give an internal load balancer',
  });
}
