import { CloudRunV2Service } from '@cdktf/provider-google/lib/cloud-run-v2-service';
import { Construct } from 'constructs';
import { AuditLogError } from '../policy/errors';
import { AuditLogChecks } from './audit-log-checks';
import type { BackendGroup } from './backend-group';
import type { CloudRunOptions } from './cloud-run-options';
import { imageOf } from './image-of';
import { MOST_RUN_NAME, physicalName } from './physical-name';
import type { ProviderVersion } from './provider-version';
import { serverlessGroup } from './serverless-group';
import type { ServiceIdentity } from './service-identity';
import { SERVICE_PORT } from './service-settings';
import type { TargetContext } from './target-context';

/** Longer than a request takes: an append is refused after 30 s, a search ends after 30 s and is read within 30 s more. */
const TIMEOUT = '60s';

const OPTIONS = { cpu: 1, memoryMiB: 2048, minInstances: 2, maxInstances: 10 };

interface ContainerServiceProps {
  /** Name of the bundle in the image, such as `ingest`. */
  readonly bundle: string;
  readonly identity: ServiceIdentity;
  readonly environment: Record<string, string>;
  readonly context: TargetContext;
  readonly options: CloudRunOptions;
  /** Most requests that one instance takes at once. */
  readonly concurrency: number;
}

/**
 * A service in containers on Cloud Run. Load balancers reach it, and what Google calls internal: other services, schedules and networks of the project. A
 * newer provider also takes its address on `run.app` away, by which they would.
 */
export class ContainerService extends Construct {
  public readonly group: BackendGroup;
  private readonly options: Required<Omit<CloudRunOptions, 'image'>>;

  /** @throws image-missing, instance-count-out-of-range */
  public constructor(scope: Construct, id: string, props: ContainerServiceProps) {
    super(scope, id);
    AuditLogChecks._hold(this);
    this.options = { ...OPTIONS, ...defined(props.options) };
    checkInstances(this.options);
    const { archive } = props.context;
    const service = this.makeService(props);
    this.group = serverlessGroup(this, service.name, archive.region.name);
  }

  private makeService(props: ContainerServiceProps): CloudRunV2Service {
    const { archive, deployment } = props.context;
    const service = new CloudRunV2Service(this, 'Service', {
      name: physicalName(this, `${archive.policy.name}-${props.bundle}-${archive.region.name}`, MOST_RUN_NAME),
      location: archive.region.name,
      ingress: 'INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER',
      // The load balancer has checked the client, and has no identity of its own to be checked.
      invokerIamDisabled: true,
      deletionProtection: false,
      template: {
        serviceAccount: props.identity.email,
        executionEnvironment: 'EXECUTION_ENVIRONMENT_GEN2',
        maxInstanceRequestConcurrency: props.concurrency,
        timeout: TIMEOUT,
        scaling: { minInstanceCount: this.options.minInstances, maxInstanceCount: this.options.maxInstances },
        containers: [this.container(props)],
      },
      dependsOn: props.identity._grants,
    });
    if (deployment.providerVersion !== undefined) this.addWhatIsNewer(service, deployment.providerVersion);
    return service;
  }

  private container({ bundle, environment, ...rest }: ContainerServiceProps) {
    const { cpu, memoryMiB } = this.options;
    return {
      image: imageOf(rest.context.deployment, rest.options),
      command: ['node', `dist/bundles/${bundle}.js`],
      ports: { containerPort: SERVICE_PORT },
      env: Object.entries(environment).map(([name, value]) => ({ name, value })),
      // Heartbeats and the hour's end come without a request, so the processor stays on.
      resources: { limits: { cpu: String(cpu), memory: `${memoryMiB}Mi` }, cpuIdle: false },
      // The most that Cloud Run takes: a grant made a moment ago may not hold yet (`until-granted.ts`).
      startupProbe: { httpGet: { path: '/healthz' }, periodSeconds: 5, failureThreshold: 48 },
      livenessProbe: { httpGet: { path: '/healthz' }, periodSeconds: 10, failureThreshold: 3 },
    };
  }

  /** A region whose instances are not ready is left alone (https://cloud.google.com/run/docs/configuring/configure-service-health). */
  private addWhatIsNewer(service: CloudRunV2Service, version: ProviderVersion): void {
    version._require(this);
    service.addOverride('default_uri_disabled', true);
    const probe = { http_get: { path: '/readyz' }, period_seconds: 10, failure_threshold: 3, success_threshold: 2 };
    service.addOverride('template.containers.0.readiness_probe', probe);
  }
}

/** Memory of an instance in MiB. */
export function memoryOf(options: CloudRunOptions): number {
  return options.memoryMiB ?? OPTIONS.memoryMiB;
}

function defined(options: CloudRunOptions): Partial<typeof OPTIONS> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

function checkInstances({ minInstances, maxInstances }: typeof OPTIONS): void {
  const isWhole = Number.isInteger(minInstances) && Number.isInteger(maxInstances);
  if (isWhole && minInstances >= 1 && maxInstances >= minInstances && maxInstances <= 1_000) return;
  throw new AuditLogError('instance-count-out-of-range', {
    problem: 'the numbers of instances do not fit together',
    given: { minInstances, maxInstances },
    allowed: 'whole numbers, 1 <= minInstances <= maxInstances <= 1000',
    fix: 'correct them',
  });
}
