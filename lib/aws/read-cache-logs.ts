import { Names, Stack } from 'aws-cdk-lib';
import type { Distribution } from 'aws-cdk-lib/aws-cloudfront';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnDelivery, CfnDeliveryDestination, CfnDeliverySource } from 'aws-cdk-lib/aws-logs';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';

const PREFIX = 'cache';

/**
 * Has a distribution write its access logs to a bucket, by a delivery of CloudWatch Logs: `enableLogging` of the CDK needs a bucket with ACLs.
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging.html
 */
export function deliverCacheLogs(scope: Construct, distribution: Distribution, bucket: IBucket): void {
  const { account } = Stack.of(scope);
  const { policyDependable } = bucket.addToResourcePolicy(
    new PolicyStatement({
      principals: [new ServicePrincipal('delivery.logs.amazonaws.com')],
      actions: ['s3:PutObject'],
      resources: [bucket.arnForObjects(`${PREFIX}/*`)],
      conditions: { StringEquals: { 'aws:SourceAccount': account } },
    }),
  );
  const name = Names.uniqueResourceName(scope, { maxLength: 50, separator: '-' });
  const source = new CfnDeliverySource(scope, 'LogSource', {
    name,
    logType: 'ACCESS_LOGS',
    resourceArn: distribution.distributionArn,
  });
  const destination = new CfnDeliveryDestination(scope, 'LogDestination', {
    name,
    destinationResourceArn: `${bucket.bucketArn}/${PREFIX}`,
    outputFormat: 'json',
  });
  const delivery = new CfnDelivery(scope, 'LogDelivery', {
    deliverySourceName: source.name,
    deliveryDestinationArn: destination.attrArn,
  });
  delivery.addResourceDependency(source);
  if (policyDependable !== undefined) delivery.node.addDependency(policyDependable);
}
