import { Duration, Token } from 'aws-cdk-lib';
import { Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { type IVpc, Peer, Port, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { Repository } from 'aws-cdk-lib/aws-ecr';
import {
  AvailabilityZoneRebalancing,
  Capability,
  Cluster,
  ContainerImage,
  ContainerInsights,
  CpuArchitecture,
  FargateService,
  FargateTaskDefinition,
  LinuxParameters,
  LogDrivers,
  OperatingSystemFamily,
} from 'aws-cdk-lib/aws-ecs';
import {
  ApplicationProtocol,
  ApplicationTargetGroup,
  Protocol,
  TargetGroupLoadBalancingAlgorithmType,
  TargetType,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { ServiceImage } from '../policy';
import { AuditLogError } from '../policy/errors';
import { acknowledge, acknowledgeLogGroup } from './acknowledge';
import { ExecutionRole } from './execution-role';
import type { FargateOptions } from './fargate-options';
import type { NetworkReach } from './network-reach';
import { TASK_PORT } from './service-settings';
import type { TargetContext } from './target-context';

/** Longer than a request takes: an append is refused after 30 s, a search ends after 30 s and is read within 30 s more. */
const LONGEST_REQUEST = Duration.seconds(60);

/** The longest that Fargate waits between SIGTERM and SIGKILL. */
const STOP_WITHIN = Duration.seconds(120);

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
    const { vpc } = props.context.network;
    return new FargateService(this, 'Service', {
      cluster: new Cluster(this, 'Cluster', { vpc, containerInsightsV2: ContainerInsights.ENABLED }),
      taskDefinition: this.makeTaskDefinition(props),
      desiredCount: this.options.minTasks,
      minHealthyPercent: 100,
      maxHealthyPercent: 200,
      circuitBreaker: { enable: true, rollback: true },
      availabilityZoneRebalancing: AvailabilityZoneRebalancing.ENABLED,
      healthCheckGracePeriod: props.load.readyWithin,
      assignPublicIp: false,
      enableExecuteCommand: false,
      vpcSubnets: props.context.network.taskSubnets(props.reach),
      securityGroups: [this.makeSecurityGroup(vpc)],
    });
  }

  private makeTaskDefinition(props: ServiceTasksProps): FargateTaskDefinition {
    const { repository: name, digest } = imageOf(props);
    const repository = Repository.fromRepositoryName(this, 'Repository', name);
    const logGroup = new LogGroup(this, 'Logs', { retention: RetentionDays.ONE_YEAR });
    acknowledgeLogGroup(logGroup);
    const definition = new FargateTaskDefinition(this, 'Tasks', {
      cpu: this.options.cpu,
      memoryLimitMiB: this.options.memoryMiB,
      ephemeralStorageGiB: props.diskGiB,
      runtimePlatform: {
        cpuArchitecture: CpuArchitecture.ARM64,
        operatingSystemFamily: OperatingSystemFamily.LINUX,
      },
      taskRole: props.role,
      executionRole: new ExecutionRole(this, 'ExecutionRole', { repository, logGroup }).role,
    });
    acknowledge(definition, {
      awsSolutions: 'ECS2',
      reason:
        'The environment has names, sizes and addresses. The services have no secret: they sign with keys in KMS, as roles.',
    });
    const container = definition.addContainer('Service', {
      image: ContainerImage.fromRegistry(repository.repositoryUriForDigest(digest)),
      command: ['node', `dist/bundles/${props.bundle}.js`],
      environment: props.environment,
      user: '65532:65532',
      readonlyRootFilesystem: true,
      linuxParameters: new LinuxParameters(this, 'Linux'),
      stopTimeout: STOP_WITHIN,
      portMappings: [{ containerPort: TASK_PORT }],
      logging: LogDrivers.awsLogs({ logGroup, streamPrefix: props.bundle }),
    });
    container.linuxParameters?.dropCapabilities(Capability.ALL);
    for (const folder of props.folders) {
      const name = folder.replaceAll('/', '');
      definition.addVolume({ name });
      container.addMountPoints({ sourceVolume: name, containerPath: folder, readOnly: false });
    }
    return definition;
  }

  /** Whoever may come in is for the load balancer to say. Where tasks may go is bounded by their subnets' routes and endpoints. */
  private makeSecurityGroup(vpc: IVpc): SecurityGroup {
    const group = new SecurityGroup(this, 'SecurityGroup', {
      vpc,
      description: this.node.path,
      allowAllOutbound: false,
    });
    group.addEgressRule(Peer.anyIpv4(), Port.tcp(443), 'AWS');
    return group;
  }

  private makeTargetGroup(vpc: IVpc, service: FargateService): ApplicationTargetGroup {
    return new ApplicationTargetGroup(this, 'TargetGroup', {
      vpc,
      targetType: TargetType.IP,
      protocol: ApplicationProtocol.HTTP,
      port: TASK_PORT,
      targets: [service.loadBalancerTarget({ containerName: 'Service', containerPort: TASK_PORT })],
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

function imageOf({ options, context }: ServiceTasksProps): ServiceImage {
  const image = options.image ?? context.image;
  if (image !== undefined) return image;
  throw new AuditLogError('image-missing', {
    problem: 'nothing says which container image the tasks run',
    fix: 'give the image to the target or in the deployment, or use a target on Lambda',
  });
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
