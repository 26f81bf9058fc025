import type { IApplicationTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { ExistingTarget } from './existing-target';
import type { FargateOptions } from './fargate-options';
import { FargateWriteTarget } from './fargate-write-target';
import type { IWriteTarget } from './i-write-target';
import { LambdaWriteTarget } from './lambda-write-target';

/** Where requests to append go. */
export class WriteTarget {
  /**
   * A Lambda function: needs no container image and no private network. Each request becomes a segment of its own, so it is good for an
   * estimated 50 requests a second, which nobody has measured; above, synthesis warns.
   */
  public static lambda(): IWriteTarget {
    return new LambdaWriteTarget();
  }

  /**
   * Tasks on Fargate: for any load. Tasks are added as load grows; a few hundred requests a second should fit into one, by estimate.
   *
   * @param options how the tasks run
   */
  public static fargate(options?: FargateOptions): IWriteTarget {
    return new FargateWriteTarget(options ?? {});
  }

  /**
   * A target group that is there already.
   *
   * @param targetGroup of what serves the same requests; it sees to its own network and permissions
   */
  public static existing(targetGroup: IApplicationTargetGroup): IWriteTarget {
    return new ExistingTarget(targetGroup);
  }

  private constructor() {}
}
