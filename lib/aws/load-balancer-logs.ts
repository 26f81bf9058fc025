import { Stack } from 'aws-cdk-lib';
import type { ApplicationLoadBalancer } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';

/** Attributes, and the prefix of the keys: Athena tells kinds apart by prefix only. */
const KINDS = { access_logs: 'access', connection_logs: 'connection', health_check_logs: 'health-check' };

/**
 * Has a load balancer write its three kinds of logs to a bucket. By hand: `logAccessLogs` of the CDK must know the region, allows the
 * region's old ELB account instead of the service, and there is no method for health checks.
 */
export function deliverLogs(loadBalancer: ApplicationLoadBalancer, bucket: IBucket): void {
  for (const [kind, prefix] of Object.entries(KINDS)) {
    loadBalancer.setAttribute(`${kind}.s3.enabled`, 'true');
    loadBalancer.setAttribute(`${kind}.s3.bucket`, bucket.bucketName);
    loadBalancer.setAttribute(`${kind}.s3.prefix`, prefix);
  }
  const stack = Stack.of(loadBalancer);
  const { policyDependable } = bucket.addToResourcePolicy(
    new PolicyStatement({
      principals: [new ServicePrincipal('logdelivery.elasticloadbalancing.amazonaws.com')],
      actions: ['s3:PutObject'],
      resources: Object.values(KINDS).map((prefix) => bucket.arnForObjects(`${prefix}/AWSLogs/${stack.account}/*`)),
      // Not the ARN of this load balancer, which waits for the bucket's policy.
      conditions: {
        ArnLike: {
          'aws:SourceArn': stack.formatArn({
            service: 'elasticloadbalancing',
            resource: 'loadbalancer',
            resourceName: '*',
          }),
        },
      },
    }),
  );
  // Turning logs on is refused until a test object can be delivered.
  if (policyDependable !== undefined) loadBalancer.node.addDependency(policyDependable);
}
