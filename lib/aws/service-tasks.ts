import { Duration, Token } from 'aws-cdk-lib';
import { Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { IVpc } from 'aws-cdk-lib/aws-ec2';
import {
  AvailabilityZoneRebalancing,
  Cluster,
  ContainerInsights,
  FargateService,
  PropagatedTagSource,
} from 'aws-cdk-lib/aws-ecs';
import {
  ApplicationProtocol,
  ApplicationTargetGroup,
  Protocol,
  TargetGroupLoadBalancingAlgorithmType,
  TargetType,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { AuditLogError } from '../policy/errors';
import type { FargateOptions } from './fargate-options';
import { CONTAINER, HardenedTask, taskSecurityGroup } from './hardened-task';
import type { NetworkReach } from './network-reach';
import { TASK_PORT } from './service-settings';
import type { TargetContext } from './target-context';

/** Longer than a request takes: an append is refused after 30 s, a search ends after 30 s and is read within 30 s more. */
const LONGEST_REQUEST = Duration.seconds(60);

const OPTIONS = { cpu: 1024, memoryMiB: 2048, minTasks: 2, maxTasks: 10 };

interface ServiceTasksProps {
  /** Name of the bundle in the image, such as `ingest`. */
  readonly bundle: string;
  readonly role: IRole;
  readonly environment: Record<string, string>;
  readonly reach: NetworkReach;
  readonly context: TargetContext;
  readonly options: FargateOptions;
  /** Folders that are empty when a task starts and gone when it ends; nothing else can be written. */
  readonly folders: string[];
  readonly diskGiB?: number;
  readonly load: TaskLoad;
}

/** When to start more tasks, and how long one takes until it can answer. */
interface TaskLoad {
  readonly requestsPerMinute: number;
  readonly readyWithin: Duration;
}

/** A service as tasks on Fargate behind a target group. */
export class ServiceTasks extends Construct {
  public readonly targetGroup: ApplicationTargetGroup;
  private readonly options: Required<Omit<FargateOptions, 'image'>>;

  /** @throws task-count-out-of-range, image-missing, network-unreachable */
  public constructor(scope: Construct, id: string, props: ServiceTasksProps) {
    super(scope, id);
    this.options = { ...OPTIONS, ...defined(props.options) };
    checkTaskCount(this.options);
    const service = this.makeService(props);
    this.targetGroup = this.makeTargetGroup(props.context.network.vpc, service);
    this.scale(service, props.load);
  }

  private makeService(props: ServiceTasksProps): FargateService {
    const { network, image } = props.context;
    const { vpc } = network;
    return new FargateService(this, 'Service', {
      cluster: new Cluster(this, 'Cluster', { vpc, containerInsightsV2: ContainerInsights.ENABLED }),
      taskDefinition: new HardenedTask(this, 'Task', {
        ...props,
        image: props.options.image ?? image,
        cpu: this.options.cpu,
        memoryMiB: this.options.memoryMiB,
      }).definition,
      desiredCount: this.options.minTasks,
      minHealthyPercent: 100,
      maxHealthyPercent: 200,
      circuitBreaker: { enable: true, rollback: true },
      availabilityZoneRebalancing: AvailabilityZoneRebalancing.ENABLED,
      healthCheckGracePeriod: props.load.readyWithin,
      assignPublicIp: false,
      enableExecuteCommand: false,
      // The organisation's policies know a task by its tag.
      propagateTags: PropagatedTagSource.SERVICE,
      vpcSubnets: network.taskSubnets(props.reach),
      securityGroups: [taskSecurityGroup(this, vpc)],
    });
  }

  private makeTargetGroup(vpc: IVpc, service: FargateService): ApplicationTargetGroup {
    return new ApplicationTargetGroup(this, 'TargetGroup', {
      vpc,
      targetType: TargetType.IP,
      protocol: ApplicationProtocol.HTTP,
      port: TASK_PORT,
      targets: [service.loadBalancerTarget({ containerName: CONTAINER, containerPort: TASK_PORT })],
      // A task gets no SIGTERM before it is drained, and is not drained before this is over.
      deregistrationDelay: LONGEST_REQUEST,
      loadBalancingAlgorithmType: TargetGroupLoadBalancingAlgorithmType.WEIGHTED_RANDOM,
      enableAnomalyMitigation: true,
      healthCheck: {
        protocol: Protocol.HTTP,
        path: '/readyz',
        interval: Duration.seconds(10),
        timeout: Duration.seconds(5),
        healthyThresholdCount: 2,
        unhealthyThresholdCount: 3,
        healthyHttpCodes: '200',
      },
    });
  }

  private scale(service: FargateService, { requestsPerMinute }: TaskLoad): void {
    const { minTasks, maxTasks } = this.options;
    const scaling = service.autoScaleTaskCount({ minCapacity: minTasks, maxCapacity: maxTasks });
    // Not `scaleOnRequestCount`: it needs the load balancer, which is made after its targets.
    const requests = new Metric({
      namespace: 'AWS/ApplicationELB',
      metricName: 'RequestCountPerTarget',
      dimensionsMap: { TargetGroup: this.targetGroup.targetGroupFullName },
      statistic: Stats.SUM,
      period: Duration.minutes(1),
    });
    scaling.scaleToTrackCustomMetric('Requests', { metric: requests, targetValue: requestsPerMinute });
    scaling.scaleOnCpuUtilization('Cpu', { targetUtilizationPercent: 60 });
  }
}

/** Memory of a task in MiB. */
export function memoryOf(options: FargateOptions): number {
  return options.memoryMiB ?? OPTIONS.memoryMiB;
}

function defined(options: FargateOptions): Partial<typeof OPTIONS> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

function checkTaskCount({ minTasks, maxTasks }: typeof OPTIONS): void {
  if (Token.isUnresolved(minTasks) || Token.isUnresolved(maxTasks)) return;
  const isRight = Number.isInteger(minTasks) && Number.isInteger(maxTasks) && minTasks >= 2 && maxTasks >= minTasks;
  if (isRight) return;
  throw new AuditLogError('task-count-out-of-range', {
    problem: 'too few tasks',
    given: { minTasks, maxTasks },
    allowed: 'at least 2, one for each availability zone, and no more at least than at most',
    fix: 'raise minTasks or maxTasks',
  });
}
