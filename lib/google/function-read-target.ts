import { CloudRunServiceIamMember } from '@cdktf/provider-google/lib/cloud-run-service-iam-member';
import type { Construct } from 'constructs';
import type { BackendGroup } from './backend-group';
import { FunctionService } from './function-service';
import type { IReadTarget } from './i-read-target';
import { serverlessGroup } from './serverless-group';
import { bigQueryEnvironment, LISTEN, queryEnvironment } from './service-settings';
import type { TargetContext } from './target-context';
import { View } from './view';
import { ViewRollUp } from './view-roll-up';

/** A search ends after 30 s and is read within 30 s more. */
const TIMEOUT_SECONDS = 60;

/** Lets BigQuery search a view of its own, from a function. */
export class FunctionReadTarget implements IReadTarget {
  /** @throws image-missing */
  public bind(scope: Construct, context: TargetContext): BackendGroup {
    const { archive, deployment } = context;
    const view = new View(scope, 'View', context);
    new ViewRollUp(scope, 'RollUp', { view, context });
    const service = new FunctionService(scope, 'Query', {
      bundle: 'query-function',
      description: `searches ${archive.origin}`,
      identity: archive.roles.query,
      environment: {
        ...queryEnvironment(archive, { listen: LISTEN, cacheFolder: '/tmp', memoryMiB: 512 }),
        ...bigQueryEnvironment(archive, deployment.project, view),
      },
      context,
      size: {
        memoryMiB: 1024,
        timeoutSeconds: TIMEOUT_SECONDS,
        maxInstances: 10,
        concurrency: 16,
        ingress: 'ALLOW_INTERNAL_AND_GCLB',
      },
    });
    // The load balancer has checked the client, and has no identity of its own to be checked.
    new CloudRunServiceIamMember(service, 'Invoke', {
      location: archive.region.name,
      service: service.functionName,
      role: 'roles/run.invoker',
      member: 'allUsers',
    });
    return serverlessGroup(service, service.functionName, archive.region.name);
  }
}
