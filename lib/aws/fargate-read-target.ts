import { Duration } from 'aws-cdk-lib';
import type { IApplicationTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { Construct } from 'constructs';
import type { AuditLogPolicy } from '../policy';
import type { FargateOptions } from './fargate-options';
import type { IReadTarget } from './i-read-target';
import type { NetworkReach } from './network-reach';
import { queryEnvironment, reachFor } from './service-settings';
import { memoryOf, ServiceTasks } from './service-tasks';
import type { TargetContext } from './target-context';

/** The image makes both and gives them to the user that it runs as. */
const [CACHE, TEMPORARY] = ['/cache', '/tmp'];

/** Searches in tasks. */
export class FargateReadTarget implements IReadTarget {
  public constructor(private readonly options: FargateOptions) {}

  public reach(policy: AuditLogPolicy): NetworkReach {
    return reachFor(policy.readers);
  }

  public bind(scope: Construct, context: TargetContext): IApplicationTargetGroup {
    const { archive, view } = context;
    const memoryMiB = memoryOf(this.options) / 2;
    return new ServiceTasks(scope, 'Query', {
      bundle: 'query',
      role: archive.roles.query,
      environment: queryEnvironment(archive, { cacheFolder: CACHE, memoryMiB, view }),
      reach: this.reach(archive.policy),
      context,
      options: this.options,
      folders: [CACHE, TEMPORARY],
      // A task loads the hours that the view does not have before it is ready.
      load: { requestsPerMinute: 600, readyWithin: Duration.minutes(15) },
    }).targetGroup;
  }
}
