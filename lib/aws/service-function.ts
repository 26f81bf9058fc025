import type { Duration } from 'aws-cdk-lib';
import { type IRole, ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Architecture, Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { acknowledge, acknowledgeLogGroup } from './acknowledge';
import { bundleFolder } from './bundle-folder';

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
}

/** A service as a function, with a log group of its own. It is in no VPC and reaches AWS over AWS's own network. */
export class ServiceFunction extends Construct {
  public readonly function: LambdaFunction;

  public constructor(scope: Construct, id: string, props: ServiceFunctionProps) {
    super(scope, id);
    const logGroup = new LogGroup(this, 'Logs', { retention: RetentionDays.ONE_YEAR });
    acknowledgeLogGroup(logGroup);
    const actions = ['logs:CreateLogStream', 'logs:PutLogEvents'];
    const policy = new ManagedPolicy(this, 'LogsPolicy', {
      roles: [props.role],
      statements: [new PolicyStatement({ actions, resources: [logGroup.logGroupArn] })],
    });
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
    });
    this.function.node.addDependency(policy);
    acknowledge(this.function, {
      compliance: 'LambdaInsideVPC',
      reason:
        'The function listens to nothing. It reaches services of AWS by TLS, as a role that the policies of the bucket and the keys name, and an identity provider for its public keys. A VPC would add ways in and out, and permissions on network interfaces.',
    });
    acknowledge(this.function, {
      compliance: 'LambdaDLQ',
      reason:
        'Nothing is lost with a failed invocation: clients get an error at once and send again, and the next minute seals what one did not.',
    });
  }
}
