import type { IApplicationTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { IReadTarget } from './i-read-target';
import type { IWriteTarget } from './i-write-target';
import { NetworkReach } from './network-reach';

/** A target group that is there already. */
export class ExistingTarget implements IWriteTarget, IReadTarget {
  public constructor(private readonly targetGroup: IApplicationTargetGroup) {}

  public reach(): NetworkReach {
    return NetworkReach.NONE;
  }

  public bind(): IApplicationTargetGroup {
    return this.targetGroup;
  }
}
