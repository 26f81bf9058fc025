import { FlowLog, FlowLogDestination, FlowLogResourceType, type IVpc } from 'aws-cdk-lib/aws-ec2';
import { ManagedPolicy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { acknowledgeLogGroup } from './acknowledge';
import { IAM_PATH } from './iam-path';

/** Logs for a year which connections a VPC has seen. */
export function logFlows(scope: Construct, vpc: IVpc): void {
  const logGroup = new LogGroup(scope, 'FlowLogs', { retention: RetentionDays.ONE_YEAR });
  acknowledgeLogGroup(logGroup);
  const role = new Role(scope, 'FlowLogsRole', {
    path: IAM_PATH,
    assumedBy: new ServicePrincipal('vpc-flow-logs.amazonaws.com'),
  });
  const actions = ['logs:CreateLogStream', 'logs:PutLogEvents', 'logs:DescribeLogStreams'];
  const statements = [new PolicyStatement({ actions, resources: [logGroup.logGroupArn] })];
  new ManagedPolicy(scope, 'FlowLogsPolicy', { path: IAM_PATH, roles: [role], statements });
  new FlowLog(scope, 'FlowLog', {
    resourceType: FlowLogResourceType.fromVpc(vpc),
    destination: FlowLogDestination.toCloudWatchLogs(logGroup, role.withoutPolicyUpdates()),
  });
}
