import { Duration } from 'aws-cdk-lib';
import type { IApplicationTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { Construct } from 'constructs';
import { FunctionTarget } from './function-target';
import type { IReadTarget } from './i-read-target';
import { NetworkReach } from './network-reach';
import { ServiceFunction } from './service-function';
import { athenaEnvironment, queryEnvironment } from './service-settings';
import type { TargetContext } from './target-context';
import { View } from './view';
import { ViewRollUp } from './view-roll-up';

/** A search ends after 30 s and is read within 30 s more; load balancers wait for 60 s. */
const TIMEOUT = Duration.seconds(60);

/** Each search is a query of Athena, whose quota is shared by the whole account. */
const CONCURRENCY = 20;

/** Lets Athena search a view of its own, from a function. */
export class LambdaReadTarget implements IReadTarget {
  public reach(): NetworkReach {
    return NetworkReach.AWS;
  }

  public bind(scope: Construct, context: TargetContext): IApplicationTargetGroup {
    const { archive } = context;
    const view = new View(scope, 'View', { archive });
    new ViewRollUp(scope, 'RollUp', { view, context });
    const { function: query } = new ServiceFunction(scope, 'Query', {
      bundle: 'query-lambda',
      description: `searches ${archive.policy.name}`,
      role: archive.roles.query,
      environment: {
        ...queryEnvironment(archive, { cacheFolder: '/tmp', memoryMiB: 512 }),
        ...athenaEnvironment(archive, view),
      },
      memoryMiB: 1024,
      timeout: TIMEOUT,
      concurrency: CONCURRENCY,
    });
    return new FunctionTarget(scope, 'Target', query).targetGroup;
  }
}
