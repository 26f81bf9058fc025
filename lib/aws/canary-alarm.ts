import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, Metric, Stats, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { METRIC } from '../services/canary/config';
import { acknowledge } from './acknowledge';
import type { LogPath } from './log-path';
import type { RouteAlarm } from './route-alarm';

const PERIOD = Duration.minutes(1);

/** An alarm that was made here, so that it can be given actions. */
export interface CanaryAlarm extends RouteAlarm {
  readonly alarm: Alarm;
}

/**
 * In alarm after two minutes in which a path of a region did not work, or in which nobody knows. The minimum, since the metric may arrive twice. Two
 * periods of two, and not some of several: Route 53 evaluates no other alarms.
 */
export function canaryAlarm(scope: Construct, log: string, region: string, path: LogPath): CanaryAlarm {
  const name = `${log}-${region}-${path}-canary`;
  const alarm = new Alarm(scope, `${region}-${path}`, {
    alarmName: name,
    alarmDescription: `${path} of ${log} in ${region} does not answer the canary, or is evacuated: clients are led elsewhere if they can be`,
    metric: new Metric({
      namespace: METRIC.namespace,
      metricName: METRIC.name,
      dimensionsMap: { Log: log, Region: region, Path: path },
      statistic: Stats.MINIMUM,
      period: PERIOD,
    }),
    comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
    threshold: 1,
    evaluationPeriods: 2,
    treatMissingData: TreatMissingData.BREACHING,
  });
  acknowledge(alarm, {
    compliance: 'CloudWatchAlarmAction',
    reason:
      'Route 53 acts on its metric. Whom else it tells is not in a policy or a deployment: the alarms are public for whoever adds an action.',
  });
  return { region, path, alarm };
}
