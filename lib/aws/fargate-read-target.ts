import { Duration, Token } from 'aws-cdk-lib';
import type { IApplicationTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { Construct } from 'constructs';
import type { AuditLogPolicy } from '../policy';
import { AuditLogError } from '../policy/errors';
import type { FargateReadOptions } from './fargate-read-options';
import type { IReadTarget } from './i-read-target';
import type { NetworkReach } from './network-reach';
import { athenaEnvironment, queryEnvironment, reachFor } from './service-settings';
import { memoryOf, ServiceTasks } from './service-tasks';
import type { TargetContext } from './target-context';
import { View } from './view';
import { ViewRollUp } from './view-roll-up';

/** The image makes both and gives them to the user that it runs as. */
const [CACHE, TEMPORARY] = ['/cache', '/tmp'];

const DISK_GIB = 50;

/** Searches in tasks: what is in a view of its own with Athena, what came after it on their disks. */
export class FargateReadTarget implements IReadTarget {
  /** @throws disk-out-of-range */
  public constructor(private readonly options: FargateReadOptions) {
    checkDisk(options.diskGiB);
  }

  public reach(policy: AuditLogPolicy): NetworkReach {
    return reachFor(policy.readers);
  }

  public bind(scope: Construct, context: TargetContext): IApplicationTargetGroup {
    const { archive, network } = context;
    const view = new View(scope, 'View', { archive });
    new ViewRollUp(scope, 'RollUp', { view, context });
    network.allowQueries(view.workgroupArn);
    const { diskGiB = DISK_GIB, ...options } = this.options;
    const memoryMiB = memoryOf(options) / 2;
    return new ServiceTasks(scope, 'Query', {
      bundle: 'query',
      role: archive.roles.query,
      environment: {
        ...queryEnvironment(archive, { cacheFolder: CACHE, memoryMiB }),
        ...athenaEnvironment(archive, view),
      },
      reach: this.reach(archive.policy),
      context,
      options,
      folders: [CACHE, TEMPORARY],
      diskGiB,
      // A task loads what is not in the view before it is ready: the whole log until there is one.
      load: { requestsPerMinute: 600, readyWithin: Duration.minutes(15) },
    }).targetGroup;
  }
}

/** What Fargate takes: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-task-storage.html */
function checkDisk(given = DISK_GIB): void {
  if (Token.isUnresolved(given) || (Number.isInteger(given) && given >= 21 && given <= 200)) return;
  throw new AuditLogError('disk-out-of-range', {
    problem: 'a task cannot have a disk of this size',
    given,
    allowed: '21 to 200 GiB',
    fix: 'correct diskGiB',
  });
}
