import { Duration } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { Construct } from 'constructs';
import type { Archive } from './archive';
import { ServiceFunction } from './service-function';
import { sealEnvironment } from './service-settings';

const EVERY = Duration.minutes(1);

/** What a round is given. One that is not done by then is begun anew by the next. */
const TIMEOUT = Duration.minutes(5);

/** What a sealer is made from. */
export interface SealProps {
  /** The log to seal. */
  readonly archive: Archive;
}

/**
 * Seals the log every minute: a function that adds the shards that grew to the root log and signs its checkpoint. It alone runs as the role
 * that may use the log key, and never twice at once. A round that fails or is skipped is made up for by the next.
 */
export class Seal extends Construct {
  public constructor(scope: Construct, id: string, { archive }: SealProps) {
    super(scope, id);
    const { function: seal } = new ServiceFunction(this, 'Service', {
      bundle: 'seal-lambda',
      description: `seals ${archive.policy.name}`,
      role: archive.roles.seal,
      environment: sealEnvironment(archive, EVERY.toMilliseconds()),
      memoryMiB: 1024,
      timeout: TIMEOUT,
      concurrency: 1,
    });
    // Rounds that wait while one runs would only pile up.
    seal.configureAsyncInvoke({ retryAttempts: 0, maxEventAge: EVERY });
    new Rule(this, 'Schedule', {
      description: `seals ${archive.policy.name}`,
      schedule: Schedule.rate(EVERY),
      targets: [new LambdaFunction(seal, { retryAttempts: 0 })],
    });
  }
}
