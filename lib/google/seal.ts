import { CloudRunServiceIamMember } from '@cdktf/provider-google/lib/cloud-run-service-iam-member';
import { CloudSchedulerJob } from '@cdktf/provider-google/lib/cloud-scheduler-job';
import { Construct } from 'constructs';
import { AuditLogChecks } from './audit-log-checks';
import { FunctionService } from './function-service';
import { physicalName } from './physical-name';
import { ServiceIdentity } from './service-identity';
import { sealEnvironment } from './service-settings';
import type { TargetContext } from './target-context';

/** What a round is given. One that is not done by then is begun anew by the next. */
const TIMEOUT_SECONDS = 300;

/**
 * Seals the log every minute: a function that adds the shards that grew to the root log and signs its checkpoint. It alone runs as the
 * identity that may use the log key, once at a time: Google may exceed that for a moment, and sealers that race sign the same. A round that
 * fails is made up for by the next. Only its own schedule may call it.
 */
export class Seal extends Construct {
  /** Name of the function, and of the Cloud Run service below it, by which metrics and logs of Google tell sealers apart. */
  public readonly functionName: string;

  public constructor(scope: Construct, id: string, context: TargetContext) {
    super(scope, id);
    const service = this.makeService(context);
    this.functionName = service.functionName;
    const { archive } = context;
    const caller = new ServiceIdentity(this, 'Schedule', {
      origin: archive.origin,
      service: 'seal-schedule',
      description: 'calls the sealer',
    });
    const invoke = new CloudRunServiceIamMember(this, 'Invoke', {
      location: archive.region.name,
      service: service.functionName,
      role: 'roles/run.invoker',
      member: caller.member,
    });
    AuditLogChecks._promise(invoke);
    const everyMinute = new CloudSchedulerJob(this, 'EveryMinute', {
      name: physicalName(this, `${archive.policy.name}-seal-${archive.region.name}`),
      region: archive.region.name,
      schedule: '* * * * *',
      timeZone: 'Etc/UTC',
      attemptDeadline: `${TIMEOUT_SECONDS}s`,
      retryConfig: { retryCount: 0 },
      httpTarget: {
        httpMethod: 'POST',
        uri: service.url,
        oidcToken: { serviceAccountEmail: caller.email, audience: service.url },
      },
      dependsOn: [invoke],
    });
    AuditLogChecks._promise(everyMinute);
  }

  private makeService(context: TargetContext): FunctionService {
    const { archive } = context;
    return new FunctionService(this, 'Service', {
      bundle: 'seal-function',
      description: `seals ${archive.origin}`,
      identity: archive.roles.seal,
      environment: sealEnvironment(archive),
      context,
      size: {
        memoryMiB: 1024,
        timeoutSeconds: TIMEOUT_SECONDS,
        maxInstances: 1,
        concurrency: 1,
        ingress: 'ALLOW_INTERNAL_ONLY',
      },
    });
  }
}
