import type { IAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { LogPath } from './log-path';

/** An alarm that says whether a path of a region works. */
export interface RouteAlarm {
  /** Name of one of the policy's regions. */
  readonly region: string;

  /** Which of its paths. */
  readonly path: LogPath;

  /**
   * In alarm while the path does not work. It is in the deployment's watch region and in the account of the zone, on a metric of standard resolution with
   * the statistic average, minimum, maximum, sum or sample count, without metric math, and counts consecutive periods: Route 53 evaluates the metric by
   * itself and can do no more (https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-types.html). Of an imported alarm, only its place
   * is checked.
   */
  readonly alarm: IAlarm;
}
