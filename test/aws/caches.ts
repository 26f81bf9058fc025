process.env.CDK_VALIDATION = 'false';

import { App, Stack } from 'aws-cdk-lib';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { ApplicationLoadBalancer } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { ReadCache, type ReadCacheProps } from '../../lib/aws/read-cache';
import { Deployment } from '../../lib/policy';
import { parsedPolicy } from '../policy/parsed-policy';
import { good } from '../policy/policies';

const CERTIFICATE = 'arn:aws:acm:us-east-1:111122223333:certificate/00000000-0000-0000-0000-000000000000';

/** The members of a policy's document of which one region has a cache. */
export const OF_ONE_REGION = { regions: [good.regions[0]], traffic: { writes: 'latency', reads: 'latency' } };

/** A cache before an internal load balancer of the same stack. */
export function makeCache(more: Partial<ReadCacheProps> = {}, stack = new Stack(new App(), 'Cache')): Stack {
  const policy = more.policy ?? parsedPolicy(OF_ONE_REGION);
  const vpc = Vpc.fromVpcAttributes(stack, 'Vpc', {
    vpcId: 'vpc-0123456789abcdef0',
    availabilityZones: ['eu-central-1a', 'eu-central-1b'],
    privateSubnetIds: ['subnet-00000000000000001', 'subnet-00000000000000002'],
  });
  new ReadCache(stack, 'Cache', {
    policy,
    deployment: Deployment.example(policy),
    loadBalancer: more.loadBalancer ?? new ApplicationLoadBalancer(stack, 'Internal', { vpc }),
    certificate: Certificate.fromCertificateArn(stack, 'Certificate', CERTIFICATE),
    ...more,
  });
  return stack;
}

/** A load balancer of another region. */
export function importedLoadBalancer(stack: Stack) {
  return ApplicationLoadBalancer.fromApplicationLoadBalancerAttributes(stack, 'There', {
    loadBalancerArn: 'arn:aws:elasticloadbalancing:eu-central-1:111122223333:loadbalancer/app/reads/50dc6c495c0c9188',
    loadBalancerDnsName: 'internal-reads.eu-central-1.elb.amazonaws.com',
    securityGroupId: 'sg-0123456789abcdef0',
  });
}
