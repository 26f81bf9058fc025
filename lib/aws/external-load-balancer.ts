import type { ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import { type ISecurityGroup, type IVpc, SubnetType } from 'aws-cdk-lib/aws-ec2';
import {
  ApplicationListener,
  ApplicationLoadBalancer,
  ApplicationProtocol,
  type CfnListener,
  DesyncMitigationMode,
  type IApplicationTargetGroup,
  IpAddressType,
  ListenerAction,
  type MutualAuthentication,
  MutualAuthenticationMode,
  RevocationType,
  SslPolicy,
  TrustStore,
  TrustStoreRevocation,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import {
  type Access,
  AuthenticationKind,
  type ClientPrefixList,
  type Retention,
  type StoredObject,
  type TrustedAuthorities,
  type Watch,
} from '../policy';
import { AuditLogError } from '../policy/errors';
import { checkAuthenticated } from './checked-authentication';
import { clientSecurityGroup } from './client-security-group';
import type { EdgeRoute } from './edge-route';
import { addEdgeRule } from './edge-rule';
import { deliverLogs } from './load-balancer-logs';
import type { LoadBalancerOptions } from './load-balancer-options';
import { LogBucket } from './log-bucket';

/** What clients get for everything that is not served. */
const NOT_FOUND = JSON.stringify({ error: { code: 'not-found', message: 'there is nothing here' } });

/** Keys of listener attributes: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/header-modification.html */
const RESPONSE = 'routing.http.response';

/** The parts of an external load balancer. */
export interface ExternalLoadBalancerProps {
  /** Where it is: in the public subnets. */
  readonly vpc: IVpc;

  /** Who may use it. */
  readonly access: Access;

  /** It can be deleted with its stack only if the log is disposable. */
  readonly retention: Retention;

  /** Prove the names that clients use. Who asks for no name gets the first. */
  readonly certificates: ICertificate[];

  /**
   * Who may issue client certificates.
   *
   * @default - none: needed only where clients authenticate by mutual TLS
   */
  readonly trust?: TrustedAuthorities;

  /**
   * Prefix lists that stand for the networks of the allow-list.
   *
   * @default - the networks themselves
   */
  readonly prefixLists?: ClientPrefixList[];

  /**
   * Whose canaries are let in beside the allow-list. A security group of your own has to let them in by itself.
   *
   * @default - no canaries
   */
  readonly watch?: Watch;

  /**
   * How it is run.
   *
   * @default - the defaults of each option
   */
  readonly options?: LoadBalancerOptions;
}

/**
 * An internet-facing Application Load Balancer for one path: HTTPS only, with TLS 1.2 and 1.3 and post-quantum key exchange. There is
 * no port 80, and no redirect from it: who sends events in the clear by mistake must not get used to it.
 *
 * Clients authenticate in the handshake (mutual TLS), or by a token that each rule checks: RS256 only, `aud` a single string, keys of
 * at most 150 KB. Then the target must establish the identity again, from one fixed source: the load balancer sets
 * `X-Amzn-Mtls-Clientcert-Leaf` only under mutual TLS, and AWS does not document that it drops what a client sends under that name
 * otherwise. `EdgeFirewall` refuses such requests.
 */
export class ExternalLoadBalancer extends Construct {
  /** The load balancer. */
  public readonly loadBalancer: ApplicationLoadBalancer;

  /** Its only listener, on port 443. */
  public readonly listener: ApplicationListener;

  /** Who may use it. */
  public readonly access: Access;

  /** It can be deleted with its stack only if the log is disposable. */
  public readonly retention: Retention;

  private priority = 0;

  /** @throws access-open, trust-missing, security-group-full */
  public constructor(scope: Construct, id: string, props: ExternalLoadBalancerProps) {
    super(scope, id);
    checkAuthenticated(props.access);
    checkTrust(props);
    this.access = props.access;
    this.retention = props.retention;
    const options = props.options ?? {};
    const securityGroup =
      options.securityGroup ?? clientSecurityGroup(this, props.vpc, props.access, props.prefixLists ?? [], props.watch);
    this.loadBalancer = this.makeLoadBalancer(props, options, securityGroup);
    deliverLogs(this.loadBalancer, options.logs ?? new LogBucket(this, 'Logs').bucket);
    this.listener = this.makeListener(props);
  }

  /**
   * Forwards requests; what no call asked to forward is answered 404.
   *
   * @param id of the rule in this scope
   * @param route which requests: together at most 5 methods and paths, one less with a host
   * @param targetGroup where to
   * @param host which name clients must have asked for; without it, any
   * @throws too-many-conditions, jwt-url-too-long
   */
  public forward(id: string, route: EdgeRoute, targetGroup: IApplicationTargetGroup, host?: string): void {
    this.priority += 10;
    const { authenticate } = this.access;
    const { listener, priority } = this;
    addEdgeRule(this, id, { listener, priority, route, targetGroup, authenticate, host });
  }

  private makeLoadBalancer(
    { vpc, retention }: ExternalLoadBalancerProps,
    { minimumCapacity, ipAddressType }: LoadBalancerOptions,
    securityGroup: ISecurityGroup,
  ): ApplicationLoadBalancer {
    const loadBalancer = new ApplicationLoadBalancer(this, 'LoadBalancer', {
      vpc,
      vpcSubnets: { subnetType: SubnetType.PUBLIC },
      internetFacing: true,
      ipAddressType: ipAddressType ?? IpAddressType.DUAL_STACK,
      securityGroup,
      deletionProtection: !retention.isDisposable,
      desyncMitigationMode: DesyncMitigationMode.STRICTEST,
      dropInvalidHeaderFields: true,
      minimumCapacityUnit: minimumCapacity,
    });
    // Said, not left to the default, so that a change by hand shows as drift.
    loadBalancer.setAttribute('waf.fail_open.enabled', 'false');
    return loadBalancer;
  }

  private makeListener(props: ExternalLoadBalancerProps): ApplicationListener {
    const listener = new ApplicationListener(this, 'Https', {
      loadBalancer: this.loadBalancer,
      port: 443,
      protocol: ApplicationProtocol.HTTPS,
      open: false,
      certificates: props.certificates,
      sslPolicy: SslPolicy.TLS13_12_RES_PQ,
      mutualAuthentication: this.mutualAuthentication(props),
      defaultAction: ListenerAction.fixedResponse(404, { contentType: 'application/json', messageBody: NOT_FOUND }),
    });
    // Only the L1 has attributes.
    (listener.node.defaultChild as CfnListener).listenerAttributes = [
      { key: `${RESPONSE}.server.enabled`, value: 'false' },
      { key: `${RESPONSE}.strict_transport_security.header_value`, value: 'max-age=63072000' },
      { key: `${RESPONSE}.x_content_type_options.header_value`, value: 'nosniff' },
    ];
    return listener;
  }

  private mutualAuthentication({ access, trust }: ExternalLoadBalancerProps): MutualAuthentication {
    if (access.authenticate.kind !== AuthenticationKind.MUTUAL_TLS || trust === undefined) {
      // Said, not left out: CloudFormation does not turn mutual TLS off where its property disappears.
      return { mutualAuthenticationMode: MutualAuthenticationMode.OFF };
    }
    return {
      mutualAuthenticationMode: MutualAuthenticationMode.VERIFY,
      ignoreClientCertificateExpiry: false,
      trustStore: this.makeTrustStore(trust),
    };
  }

  private makeTrustStore({ certificates, revocations }: TrustedAuthorities): TrustStore {
    const located = (id: string, { bucket, key, version }: StoredObject) => ({
      bucket: Bucket.fromBucketName(this, id, bucket),
      key,
      version,
    });
    const trustStore = new TrustStore(this, 'TrustStore', located('Certificates', certificates));
    if (revocations === undefined) return trustStore;
    const list = { revocationType: RevocationType.CRL, ...located('Revocations', revocations) };
    new TrustStoreRevocation(this, 'Revocation', { trustStore, revocationContents: [list] });
    return trustStore;
  }
}

function checkTrust({ access, trust }: ExternalLoadBalancerProps): void {
  if (access.authenticate.kind !== AuthenticationKind.MUTUAL_TLS || trust !== undefined) return;
  throw new AuditLogError('trust-missing', {
    problem: 'clients authenticate by mutual TLS, and nobody says who may issue their certificates',
    fix: 'add trust to the path in the deployment, with the certificates of the authorities',
  });
}
