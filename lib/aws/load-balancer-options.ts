import type { ISecurityGroup } from 'aws-cdk-lib/aws-ec2';
import type { IpAddressType } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { IBucket } from 'aws-cdk-lib/aws-s3';

/** How a load balancer is run. */
export interface LoadBalancerOptions {
  /**
   * Where its access, connection and health check logs go: a bucket of the same region, without Object Lock and with keys of S3. The
   * policy of an imported bucket must let `logdelivery.elasticloadbalancing.amazonaws.com` put objects.
   *
   * @default - a `LogBucket` of its own
   */
  readonly logs?: IBucket;

  /**
   * Capacity that is kept ready, in load balancer capacity units, at least 100. It costs while it is reserved: raise it before a surge.
   *
   * @default - none is reserved; capacity follows the load
   */
  readonly minimumCapacity?: number;

  /**
   * Address families of its public names.
   *
   * @default - `DUAL_STACK`, for which the VPC's public subnets need IPv6
   */
  readonly ipAddressType?: IpAddressType;

  /**
   * Decides from which networks clients may connect at all; the firewall enforces the allow-list in any case. Take one of your own where
   * the allow-list is longer than the quota of a security group.
   *
   * @default - a new one, which lets in the networks of the allow-list, or the prefix lists that the deployment has for them
   */
  readonly securityGroup?: ISecurityGroup;
}
