import { CloudRunServiceIamMember } from '@cdktf/provider-google/lib/cloud-run-service-iam-member';
import type { Construct } from 'constructs';
import type { BackendGroup } from './backend-group';
import { FunctionService } from './function-service';
import type { IWriteTarget } from './i-write-target';
import { serverlessGroup } from './serverless-group';
import { ingestEnvironment, LISTEN } from './service-settings';
import type { TargetContext } from './target-context';

/** An append is refused after 30 s, and must still be answered. */
const TIMEOUT_SECONDS = 35;

/** Appends in a function. */
export class FunctionWriteTarget implements IWriteTarget {
  public bind(scope: Construct, context: TargetContext): BackendGroup {
    const { archive } = context;
    const region = archive.region.name;
    const service = new FunctionService(scope, 'Ingest', {
      bundle: 'ingest-function',
      description: `appends to ${archive.origin}`,
      identity: archive.roles.ingest,
      environment: ingestEnvironment(archive, { listen: LISTEN, memoryMiB: 512 }),
      context,
      size: {
        memoryMiB: 1024,
        timeoutSeconds: TIMEOUT_SECONDS,
        maxInstances: 10,
        concurrency: 80,
        ingress: 'ALLOW_INTERNAL_AND_GCLB',
      },
    });
    // The load balancer has checked the client, and has no identity of its own to be checked.
    new CloudRunServiceIamMember(service, 'Invoke', {
      location: region,
      service: service.functionName,
      role: 'roles/run.invoker',
      member: 'allUsers',
    });
    return serverlessGroup(service, service.functionName, region);
  }
}
