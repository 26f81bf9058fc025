import type { IApplicationTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { Construct } from 'constructs';
import type { AuditLogPolicy } from '../policy';
import type { NetworkReach } from './network-reach';
import type { TargetContext } from './target-context';

/** What takes requests to search and prove. */
export interface IReadTarget {
  /**
   * What the target's tasks must reach, so that the network is made accordingly.
   *
   * @param policy of the log
   */
  reach(policy: AuditLogPolicy): NetworkReach;

  /**
   * Makes the target.
   *
   * @param scope where to; each target needs a scope of its own
   * @param context what from
   * @returns what the front door forwards requests to
   */
  bind(scope: Construct, context: TargetContext): IApplicationTargetGroup;
}
