import { Cluster, ContainerInsights, type FargateTaskDefinition } from 'aws-cdk-lib/aws-ecs';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { EcsTask } from 'aws-cdk-lib/aws-events-targets';
import { type IRole, ManagedPolicy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { HardenedTask, taskSecurityGroup } from './hardened-task';
import { NetworkReach } from './network-reach';
import { viewEnvironment } from './service-settings';
import type { TargetContext } from './target-context';
import type { View } from './view';

/** Behind the end of the time in which shards of the hour before may still be sealed. */
const SCHEDULE = Schedule.cron({ minute: '20' });

interface ViewRollUpProps {
  readonly view: View;
  readonly context: TargetContext;
}

/** Adds the hour that closed to the view, every hour, in a task on Fargate: the files are made by DuckDB, which no function can hold. */
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
    new Rule(this, 'Schedule', {
      description: `rolls up ${archive.policy.name}`,
      schedule: SCHEDULE,
      targets: [
        new EcsTask({
          cluster,
          taskDefinition: definition,
          subnetSelection: network.taskSubnets(NetworkReach.AWS),
          securityGroups: [taskSecurityGroup(this, vpc)],
          assignPublicIp: false,
          role: this.makeStarter(cluster, definition, archive.roles.view),
        }),
      ],
    });
  }

  /** May start this one task, and as nobody else. */
  private makeStarter(cluster: Cluster, definition: FargateTaskDefinition, view: IRole): IRole {
    const role = new Role(this, 'Starter', { assumedBy: new ServicePrincipal('events.amazonaws.com') });
    new ManagedPolicy(this, 'StarterPolicy', {
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
