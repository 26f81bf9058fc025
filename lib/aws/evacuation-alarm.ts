import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, Metric, Stats, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { METRIC } from '../services/canary/config';
import { acknowledge } from './acknowledge';

/**
 * In alarm after two minutes in which the evacuation switch could not be read, or names what is not there. Without canaries nobody looks at it, and the
 * alarm keeps its state: those of the paths tell.
 */
export function evacuationAlarm(scope: Construct, log: string): Alarm {
  const alarm = new Alarm(scope, 'Unclear', {
    alarmName: `${log}-evacuation-unclear`,
    alarmDescription: `the evacuation switch of ${log} cannot be read, or names a region or path that is not there: what else it names is evacuated`,
    metric: new Metric({
      namespace: METRIC.namespace,
      metricName: METRIC.unclear,
      dimensionsMap: { Log: log },
      statistic: Stats.MAXIMUM,
      period: Duration.minutes(1),
    }),
    comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    threshold: 1,
    evaluationPeriods: 2,
    treatMissingData: TreatMissingData.IGNORE,
  });
  acknowledge(alarm, {
    compliance: 'CloudWatchAlarmAction',
    reason: 'Whom an alarm tells is not in a policy or a deployment: the alarms are public for whoever adds an action.',
  });
  return alarm;
}
