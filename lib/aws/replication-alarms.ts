import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge';
import type { Archive } from './archive';
import type { ReplicationDestination } from './replication';

/** S3 promises 15 minutes: https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-time-control.html */
const MOST_SECONDS = 900;

/** What is watched. */
export interface ReplicationAlarmsProps {
  /** Whose records are copied. */
  readonly archive: Archive;
}

/**
 * Tells when records are not copied to other regions, or late: two alarms for each of them, in the archive's region. They are shown in
 * CloudWatch; whom they tell is for whoever has somebody to tell: `alarm.addAlarmAction(…)`.
 */
export class ReplicationAlarms extends Construct {
  /** All alarms; none if nothing is replicated. */
  public readonly alarms: Alarm[];

  public constructor(scope: Construct, id: string, { archive }: ReplicationAlarmsProps) {
    super(scope, id);
    const destinations = archive.replication?.destinations ?? [];
    this.alarms = destinations.flatMap((destination) => [
      this.alarmOfFailures(archive, destination),
      this.alarmOfLateness(archive, destination),
    ]);
    acknowledge(this, {
      compliance: 'CloudWatchAlarmAction',
      reason:
        'Whom an alarm tells is not in a policy or a deployment: the alarms are public for whoever adds an action.',
    });
  }

  private alarmOfFailures(archive: Archive, destination: ReplicationDestination): Alarm {
    return this.make(archive, destination, {
      id: 'Failed',
      metricName: 'OperationsFailedReplication',
      statistic: 'Sum',
      threshold: 0,
      description: 'records were not copied and will not be: put right what S3 refused, then run S3 Batch Replication',
    });
  }

  private alarmOfLateness(archive: Archive, destination: ReplicationDestination): Alarm {
    return this.make(archive, destination, {
      id: 'Late',
      metricName: 'ReplicationLatency',
      statistic: 'Maximum',
      threshold: MOST_SECONDS,
      description: 'records are copied later than in 15 minutes: they are only in their own region until then',
    });
  }

  /** Without data the state stays, as S3 advises: https://docs.aws.amazon.com/AmazonS3/latest/userguide/metrics-dimensions.html */
  private make({ bucket, policy }: Archive, { region, bucketName }: ReplicationDestination, what: Watched): Alarm {
    return new Alarm(this, `${region.name}-${what.id}`, {
      alarmDescription: `${policy.name} to ${region.name}: ${what.description}`,
      metric: new Metric({
        namespace: 'AWS/S3',
        metricName: what.metricName,
        statistic: what.statistic,
        period: Duration.minutes(5),
        dimensionsMap: { SourceBucket: bucket.bucket.bucketName, DestinationBucket: bucketName, RuleId: region.name },
      }),
      threshold: what.threshold,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.IGNORE,
    });
  }
}

interface Watched {
  readonly id: string;
  readonly metricName: string;
  readonly statistic: string;
  readonly threshold: number;
  readonly description: string;
}
