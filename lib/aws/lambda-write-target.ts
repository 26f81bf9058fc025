import { Annotations, Duration } from 'aws-cdk-lib';
import type { IApplicationTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { Construct } from 'constructs';
import type { AuditLogPolicy } from '../policy';
import { FunctionTarget } from './function-target';
import type { IWriteTarget } from './i-write-target';
import { NetworkReach } from './network-reach';
import { ServiceFunction } from './service-function';
import { ingestEnvironment } from './service-settings';
import type { TargetContext } from './target-context';

/** Requests a second up to which functions should do: an estimate, while each request is an object and each copy of the function a shard of its own. */
const GOOD_FOR_PER_SECOND = 50;

/** Copies of the function that run at once, at most: as many as that load needs if each request takes a second. */
const MOST_COPIES = 50;

/** An append is refused after 30 s, and must still be answered. */
const TIMEOUT = Duration.seconds(35);

/** Appends in a function, each request as a segment of its own. */
export class LambdaWriteTarget implements IWriteTarget {
  public reach(): NetworkReach {
    return NetworkReach.NONE;
  }

  public bind(scope: Construct, { archive }: TargetContext): IApplicationTargetGroup {
    warnOfLoad(scope, archive.policy);
    const { function: ingest } = new ServiceFunction(scope, 'Ingest', {
      bundle: 'ingest-lambda',
      description: `appends to ${archive.policy.name}`,
      role: archive.roles.ingest,
      environment: ingestEnvironment(archive, { paceMs: 0, memoryMiB: 512 }),
      memoryMiB: 1024,
      timeout: TIMEOUT,
      concurrency: MOST_COPIES,
    });
    return new FunctionTarget(scope, 'Target', ingest).targetGroup;
  }
}

/** The limit is for one client address: if one may already send too much, several will. */
function warnOfLoad(scope: Construct, { writers }: AuditLogPolicy): void {
  const { requests, perSeconds } = writers.rateLimit;
  const perSecond = requests / perSeconds;
  if (perSecond <= GOOD_FOR_PER_SECOND) return;
  Annotations.of(scope).addWarningV2(
    'immutable-audit-log:lambda-load',
    `The policy lets one writer send ${Math.round(perSecond)} requests a second, and appending on Lambda is good for an estimated ${GOOD_FOR_PER_SECOND} of all writers together: use WriteTarget.fargate(), or lower writers.rateLimit.`,
  );
}
