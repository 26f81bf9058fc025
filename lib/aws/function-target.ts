import { Names, Stack } from 'aws-cdk-lib';
import { ApplicationTargetGroup, TargetType } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';

/**
 * A target group in front of one function. Nothing but that group may invoke it: with `LambdaTarget` of the CDK any load balancer of any
 * account could, and what it forwards would pass for verified.
 */
export class FunctionTarget extends Construct {
  public readonly targetGroup: ApplicationTargetGroup;

  public constructor(scope: Construct, id: string, lambda: LambdaFunction) {
    super(scope, id);
    // The permission must be there before the group, so it cannot refer to it: the name has to be known.
    const targetGroupName = Names.uniqueResourceName(this, { maxLength: 32 });
    const permission = 'InvokeByTargetGroup';
    lambda.addPermission(permission, {
      principal: new ServicePrincipal('elasticloadbalancing.amazonaws.com'),
      sourceArn: Stack.of(this).formatArn({
        service: 'elasticloadbalancing',
        resource: 'targetgroup',
        resourceName: `${targetGroupName}/*`,
      }),
    });
    this.targetGroup = new ApplicationTargetGroup(this, 'TargetGroup', {
      targetGroupName,
      targetType: TargetType.LAMBDA,
      multiValueHeadersEnabled: true,
      targets: [
        {
          attachToApplicationTargetGroup: () => ({
            targetType: TargetType.LAMBDA,
            targetJson: { id: lambda.functionArn },
          }),
        },
      ],
    });
    this.targetGroup.node.addDependency(lambda.node.findChild(permission));
  }
}
