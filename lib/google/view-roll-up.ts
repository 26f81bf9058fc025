import { CloudRunV2Job } from '@cdktf/provider-google/lib/cloud-run-v2-job';
import { CloudRunV2JobIamMember } from '@cdktf/provider-google/lib/cloud-run-v2-job-iam-member';
import { CloudSchedulerJob } from '@cdktf/provider-google/lib/cloud-scheduler-job';
import { Construct } from 'constructs';
import { imageOf } from './image-of';
import { MOST_RUN_NAME, physicalName } from './physical-name';
import { ServiceIdentity } from './service-identity';
import { viewEnvironment } from './service-settings';
import type { TargetContext } from './target-context';
import type { View } from './view';

/** Behind the end of the time in which shards of the hour before may still be sealed. */
const SCHEDULE = '20 * * * *';

/** A run ends before the next begins. */
const TIMEOUT = '3300s';

/** For the engine and, since Cloud Run counts files as memory, for the hour's rows and the file that is made of them. */
const LIMITS = { cpu: '2', memory: '4096Mi' };

/** The parts of a roll-up. */
export interface ViewRollUpProps {
  /** What is filled. */
  readonly view: View;

  /** The log that it is filled from, and where it is deployed: the image of the deployment runs. */
  readonly context: TargetContext;
}

/**
 * Adds the hour that closed to a view, every hour, in a job on Cloud Run: the files are made by DuckDB, which no function can hold. A run that
 * fails is made up for by the next. Only its own schedule may start it.
 */
export class ViewRollUp extends Construct {
  /** @throws image-missing */
  public constructor(scope: Construct, id: string, props: ViewRollUpProps) {
    super(scope, id);
    const { archive, deployment } = props.context;
    const location = archive.region.name;
    const job = this.makeJob(props);
    const caller = new ServiceIdentity(this, 'Schedule', {
      origin: archive.origin,
      service: 'view-schedule',
      description: 'starts the roll-up',
    });
    const invoke = new CloudRunV2JobIamMember(this, 'Invoke', {
      location,
      name: job.name,
      role: 'roles/run.invoker',
      member: caller.member,
    });
    const run = `projects/${deployment.project}/locations/${location}/jobs/${job.name}:run`;
    new CloudSchedulerJob(this, 'EveryHour', {
      name: physicalName(this, `${archive.policy.name}-view-${location}`),
      region: location,
      schedule: SCHEDULE,
      timeZone: 'Etc/UTC',
      retryConfig: { retryCount: 0 },
      httpTarget: {
        httpMethod: 'POST',
        uri: `https://run.googleapis.com/v2/${run}`,
        oauthToken: { serviceAccountEmail: caller.email },
      },
      dependsOn: [invoke],
    });
  }

  private makeJob({ view, context }: ViewRollUpProps): CloudRunV2Job {
    const { archive, deployment } = context;
    const environment = viewEnvironment(archive, view);
    const container = {
      image: imageOf(deployment),
      command: ['node', 'dist/bundles/view.js'],
      env: Object.entries(environment).map(([name, value]) => ({ name, value })),
      resources: { limits: LIMITS },
    };
    return new CloudRunV2Job(this, 'Job', {
      name: physicalName(this, `${archive.policy.name}-view-${archive.region.name}`, MOST_RUN_NAME),
      location: archive.region.name,
      deletionProtection: false,
      template: {
        taskCount: 1,
        template: {
          serviceAccount: archive.roles.view.email,
          executionEnvironment: 'EXECUTION_ENVIRONMENT_GEN2',
          timeout: TIMEOUT,
          maxRetries: 0,
          containers: [container],
        },
      },
    });
  }
}
