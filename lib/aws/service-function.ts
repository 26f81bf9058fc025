import type { Duration } from 'aws-cdk-lib';
import type { ISecurityGroup, IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import { Effect, type IRole, ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Architecture, Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { acknowledge, acknowledgeLogGroup } from './acknowledge';
import { bundleFolder } from './bundle-folder';
import { IAM_PATH } from './iam-path';

interface ServiceFunctionProps {
  /** Name of the bundle, such as `ingest-lambda`. */
  readonly bundle: string;
  readonly description: string;
  /** From the archive: it is not changed, what the function needs for itself is a policy beside it. */
  readonly role: IRole;
  readonly environment: Record<string, string>;
  readonly memoryMiB: number;
  readonly timeout: Duration;
  /** Most copies that run at once. */
  readonly concurrency: number;
  /** @default - no VPC: it reaches AWS over AWS's own network */
  readonly network?: FunctionNetwork;
}

/** From where a function reaches what it needs. */
export interface FunctionNetwork {
  readonly vpc: IVpc;
  readonly subnets: SubnetSelection;
  readonly securityGroup: ISecurityGroup;
}

/** What Lambda does as the function's role before the function runs: https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html */
const ATTACH = [
  'ec2:CreateNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:DeleteNetworkInterface',
  'ec2:AssignPrivateIpAddresses',
  'ec2:UnassignPrivateIpAddresses',
];

/** A service as a function, with a log group of its own. */
export class ServiceFunction extends Construct {
  public readonly function: LambdaFunction;

  public constructor(scope: Construct, id: string, props: ServiceFunctionProps) {
    super(scope, id);
    const logGroup = new LogGroup(this, 'Logs', { retention: RetentionDays.ONE_YEAR });
    acknowledgeLogGroup(logGroup);
    const policies = [
      new ManagedPolicy(this, 'LogsPolicy', {
        path: IAM_PATH,
        roles: [props.role],
        statements: [
          new PolicyStatement({
            actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
            resources: [logGroup.logGroupArn],
          }),
        ],
      }),
      ...(props.network === undefined ? [] : [this.letAttach(props.role)]),
    ];
    this.function = new LambdaFunction(this, 'Function', {
      description: props.description,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      code: Code.fromAsset(bundleFolder(props.bundle)),
      handler: 'index.handler',
      role: props.role,
      environment: props.environment,
      memorySize: props.memoryMiB,
      timeout: props.timeout,
      reservedConcurrentExecutions: props.concurrency,
      logGroup,
      ...(props.network && placeIn(props.network)),
    });
    this.function.node.addDependency(...policies);
    if (props.network === undefined) this.acknowledgeNoVpc();
    else this.keepFromAttaching(props.role);
    acknowledge(this.function, {
      compliance: 'LambdaDLQ',
      reason:
        'Nothing is lost with a failed invocation: clients get an error at once and send again, and the next minute seals what one did not.',
    });
  }
  private letAttach(role: IRole): ManagedPolicy {
    const policy = new ManagedPolicy(this, 'AttachPolicy', {
      path: IAM_PATH,
      roles: [role],
      // Network interfaces that are yet to be made have no narrower name.
      statements: [new PolicyStatement({ actions: ATTACH, resources: ['*'] })],
    });
    acknowledge(policy, {
      awsSolutions: 'IAM5[Resource::*]',
      reason:
        'Lambda needs the actions on any resource to attach a function to a VPC, before the function runs. What runs in the function is denied them.',
    });
    return policy;
  }

  /** The role may do it for Lambda, and not for what runs in the function: https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html */
  private keepFromAttaching(role: IRole): void {
    new ManagedPolicy(this, 'KeepFromAttachingPolicy', {
      path: IAM_PATH,
      roles: [role],
      statements: [
        new PolicyStatement({
          effect: Effect.DENY,
          actions: ATTACH,
          resources: ['*'],
          conditions: { ArnEquals: { 'lambda:SourceFunctionArn': this.function.functionArn } },
        }),
      ],
    });
  }

  private acknowledgeNoVpc(): void {
    acknowledge(this.function, {
      compliance: 'LambdaInsideVPC',
      reason:
        'The function listens to nothing. It reaches services of AWS by TLS, as a role that the policies of the bucket and the keys name, and an identity provider for its public keys. A VPC would add ways in and out, and permissions on network interfaces.',
    });
  }
}

function placeIn({ vpc, subnets, securityGroup }: FunctionNetwork) {
  return { vpc, vpcSubnets: subnets, securityGroups: [securityGroup] };
}
