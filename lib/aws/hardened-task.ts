import { Duration } from 'aws-cdk-lib';
import { type IVpc, Peer, Port, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { Repository } from 'aws-cdk-lib/aws-ecr';
import {
  Capability,
  ContainerImage,
  CpuArchitecture,
  FargateTaskDefinition,
  LinuxParameters,
  LogDrivers,
  OperatingSystemFamily,
} from 'aws-cdk-lib/aws-ecs';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { ServiceImage } from '../policy';
import { AuditLogError } from '../policy/errors';
import { acknowledge, acknowledgeLogGroup } from './acknowledge';
import { ExecutionRole } from './execution-role';
import { TASK_PORT } from './service-settings';

/** Name of the only container of a task. */
export const CONTAINER = 'Service';

/** The longest that Fargate waits between SIGTERM and SIGKILL. */
const STOP_WITHIN = Duration.seconds(120);

interface HardenedTaskProps {
  readonly image: ServiceImage | undefined;
  /** Name of the bundle in the image, such as `ingest`. */
  readonly bundle: string;
  /** What the service runs as. */
  readonly role: IRole;
  readonly environment: Record<string, string>;
  readonly cpu: number;
  readonly memoryMiB: number;
  readonly diskGiB?: number;
  /** Folders that are empty when a task starts and gone when it ends; nothing else can be written. */
  readonly folders: string[];
}

/** One container that runs a service as nobody, on a disk that it cannot write to, without capabilities. */
export class HardenedTask extends Construct {
  public readonly definition: FargateTaskDefinition;

  /** @throws image-missing */
  public constructor(scope: Construct, id: string, props: HardenedTaskProps) {
    super(scope, id);
    const { repository: name, digest } = present(props.image);
    const repository = Repository.fromRepositoryName(this, 'Repository', name);
    const logGroup = new LogGroup(this, 'Logs', { retention: RetentionDays.ONE_YEAR });
    acknowledgeLogGroup(logGroup);
    this.definition = new FargateTaskDefinition(this, 'Definition', {
      cpu: props.cpu,
      memoryLimitMiB: props.memoryMiB,
      ephemeralStorageGiB: props.diskGiB,
      runtimePlatform: {
        cpuArchitecture: CpuArchitecture.ARM64,
        operatingSystemFamily: OperatingSystemFamily.LINUX,
      },
      taskRole: props.role,
      executionRole: new ExecutionRole(this, 'ExecutionRole', { repository, logGroup }).role,
    });
    acknowledge(this.definition, {
      awsSolutions: 'ECS2',
      reason:
        'The environment has names, sizes and addresses. The services have no secret: they sign with keys in KMS, as roles.',
    });
    this.addContainer(ContainerImage.fromRegistry(repository.repositoryUriForDigest(digest)), logGroup, props);
  }

  private addContainer(image: ContainerImage, logGroup: LogGroup, props: HardenedTaskProps): void {
    const linux = new LinuxParameters(this, 'Linux');
    linux.dropCapabilities(Capability.ALL);
    const container = this.definition.addContainer(CONTAINER, {
      image,
      command: ['node', `dist/bundles/${props.bundle}.js`],
      environment: props.environment,
      user: '65532:65532',
      readonlyRootFilesystem: true,
      linuxParameters: linux,
      stopTimeout: STOP_WITHIN,
      portMappings: [{ containerPort: TASK_PORT }],
      logging: LogDrivers.awsLogs({ logGroup, streamPrefix: props.bundle }),
    });
    for (const folder of props.folders) {
      const name = folder.replaceAll('/', '');
      this.definition.addVolume({ name });
      container.addMountPoints({ sourceVolume: name, containerPath: folder, readOnly: false });
    }
  }
}

/** Whoever may come in is for the load balancer to say. Where tasks may go is bounded by their subnets' routes and endpoints. */
export function taskSecurityGroup(scope: Construct, vpc: IVpc): SecurityGroup {
  const group = new SecurityGroup(scope, 'SecurityGroup', {
    vpc,
    description: scope.node.path,
    allowAllOutbound: false,
  });
  group.addEgressRule(Peer.anyIpv4(), Port.tcp(443), 'AWS');
  return group;
}

function present(image: ServiceImage | undefined): ServiceImage {
  if (image !== undefined) return image;
  throw new AuditLogError('image-missing', {
    problem: 'nothing says which container image the tasks run',
    fix: 'give the image to the target or in the deployment',
  });
}
