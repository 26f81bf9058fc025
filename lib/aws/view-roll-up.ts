import { Cluster, ContainerInsights, type FargateTaskDefinition } from 'aws-cdk-lib/aws-ecs';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { EcsTask } from 'aws-cdk-lib/aws-events-targets';
import { type IRole, ManagedPolicy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { HardenedTask, taskSecurityGroup } from './hardened-task';
import { IAM_PATH, STARTER_PATH } from './iam-path';
import { NetworkReach } from './network-reach';
import { replicaViewEnvironments, viewEnvironment } from './service-settings';
import type { TargetContext } from './target-context';
import type { View } from './view';

/** Behind the end of the time in which shards of the hour before may still be sealed. */
const SCHEDULE = Schedule.cron({ minute: '20' });

/** Besides, S3 replicates within 15 minutes. What comes later is added an hour later. */
const REPLICA_SCHEDULE = Schedule.cron({ minute: '40' });

interface ViewRollUpProps {
  readonly view: View;
  readonly context: TargetContext;
}

/**
 * Adds the hour that closed to the view, every hour, in a task on Fargate: the files are made by DuckDB, which no function can hold. One task for each log:
 * that of the region, and those of other regions that are replicated here.
 */
export class ViewRollUp extends Construct {
  /** @throws image-missing, network-unreachable */
  public constructor(scope: Construct, id: string, { view, context }: ViewRollUpProps) {
    super(scope, id);
    const { archive, network, image } = context;
    const { vpc } = network;
    network.allowBucket(view.bucket);
    const { definition } = new HardenedTask(this, 'Task', {
      image,
      bundle: 'view',
      role: archive.roles.view,
      environment: viewEnvironment(archive, view),
      cpu: 1024,
      memoryMiB: 2048,
      folders: ['/tmp'],
    });
    const cluster = new Cluster(this, 'Cluster', { vpc, containerInsightsV2: ContainerInsights.ENABLED });
    const started = {
      cluster,
      taskDefinition: definition,
      subnetSelection: network.taskSubnets(NetworkReach.AWS),
      securityGroups: [taskSecurityGroup(this, vpc)],
      assignPublicIp: false,
      role: this.makeStarter(cluster, definition, archive.roles.view),
    };
    new Rule(this, 'Schedule', {
      description: `rolls up ${archive.policy.name}`,
      schedule: SCHEDULE,
      targets: [new EcsTask(started)],
    });
    for (const [region, variables] of replicaViewEnvironments(archive, view)) {
      const environment = Object.entries(variables).map(([name, value]) => ({ name, value }));
      const containerName = definition.defaultContainer?.containerName ?? '';
      new Rule(this, `Schedule-${region}`, {
        description: `rolls up the replica of ${archive.policy.name} in ${region}`,
        schedule: REPLICA_SCHEDULE,
        targets: [new EcsTask({ ...started, containerOverrides: [{ containerName, environment }] })],
      });
    }
  }

  /** May start this one task, and as nobody else. */
  private makeStarter(cluster: Cluster, definition: FargateTaskDefinition, view: IRole): IRole {
    const role = new Role(this, 'Starter', {
      path: STARTER_PATH,
      assumedBy: new ServicePrincipal('events.amazonaws.com'),
    });
    new ManagedPolicy(this, 'StarterPolicy', {
      path: IAM_PATH,
      roles: [role],
      statements: [
        new PolicyStatement({
          actions: ['ecs:RunTask'],
          resources: [definition.taskDefinitionArn],
          conditions: { ArnEquals: { 'ecs:cluster': cluster.clusterArn } },
        }),
        new PolicyStatement({
          actions: ['iam:PassRole'],
          resources: [view.roleArn, definition.obtainExecutionRole().roleArn],
          conditions: { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } },
        }),
      ],
    });
    return role.withoutPolicyUpdates();
  }
}
