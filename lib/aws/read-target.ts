import type { IApplicationTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { ExistingTarget } from './existing-target';
import type { FargateReadOptions } from './fargate-read-options';
import { FargateReadTarget } from './fargate-read-target';
import type { IReadTarget } from './i-read-target';
import { LambdaReadTarget } from './lambda-read-target';

/** Where requests to search and prove go. */
export class ReadTarget {
  /**
   * A Lambda function that lets Athena search a `View`, to which a task on Fargate adds every hour once it is closed: for logs of any size, and
   * searches of what is older than an hour or two. An answer has at most 1 MB, which is what a load balancer takes from a function, so pages
   * are smaller.
   */
  public static lambda(): IReadTarget {
    return new LambdaReadTarget();
  }

  /**
   * Tasks on Fargate that search a `View` with Athena, to which another task adds every hour once it is closed, and what is not in it yet with
   * DuckDB on their own disks: an event is found seconds after it was written, in a log of any size.
   *
   * @param options how the tasks run
   * @throws disk-out-of-range
   */
  public static fargate(options?: FargateReadOptions): IReadTarget {
    return new FargateReadTarget(options ?? {});
  }

  /**
   * A target group that is there already.
   *
   * @param targetGroup of what serves the same requests; it sees to its own network and permissions
   */
  public static existing(targetGroup: IApplicationTargetGroup): IReadTarget {
    return new ExistingTarget(targetGroup);
  }

  private constructor() {}
}
