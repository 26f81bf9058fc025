import type { IRepository } from 'aws-cdk-lib/aws-ecr';
import { type IRole, ManagedPolicy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge';
import { IAM_PATH } from './iam-path';

interface ExecutionRoleProps {
  readonly repository: IRepository;
  readonly logGroup: ILogGroup;
}

/** What ECS needs to start a task: to pull one image and to write to one log group. What runs in the task is not this role. */
export class ExecutionRole extends Construct {
  public readonly role: IRole;

  public constructor(scope: Construct, id: string, { repository, logGroup }: ExecutionRoleProps) {
    super(scope, id);
    const role = new Role(this, 'Role', {
      path: IAM_PATH,
      assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com'),
    });
    const pull = ['ecr:BatchCheckLayerAvailability', 'ecr:GetDownloadUrlForLayer', 'ecr:BatchGetImage'];
    const write = ['logs:CreateLogStream', 'logs:PutLogEvents'];
    const policy = new ManagedPolicy(this, 'Policy', {
      path: IAM_PATH,
      roles: [role],
      statements: [
        new PolicyStatement({ actions: pull, resources: [repository.repositoryArn] }),
        // Knows no narrower resource: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerregistry.html
        new PolicyStatement({ actions: ['ecr:GetAuthorizationToken'], resources: ['*'] }),
        new PolicyStatement({ actions: write, resources: [logGroup.logGroupArn] }),
      ],
    });
    acknowledge(policy, {
      awsSolutions: 'IAM5[Resource::*]',
      reason:
        'ecr:GetAuthorizationToken knows no narrower resource; what it gives is good for the one repository that the role may pull from.',
    });
    this.role = role.withoutPolicyUpdates();
  }
}
