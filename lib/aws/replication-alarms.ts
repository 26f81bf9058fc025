import { Duration } from 'aws-cdk-lib';
import {
  Alarm,
  ComparisonOperator,
  type IMetric,
  MathExpression,
  Metric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge';
import type { Archive } from './archive';
import type { Replication, ReplicationDestination } from './replication';

/** S3 promises 15 minutes: https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-time-control.html */
const MOST_SECONDS = 900;

const PERIOD = Duration.minutes(5);

/** What is watched. */
export interface ReplicationAlarmsProps {
  /** Whose records are copied, and where copies arrive. */
  readonly archive: Archive;
}

/**
 * Tells when records are not copied to another region, and when copies arrive here late. Each is watched where S3 publishes it: failures in
 * the region that copies, one alarm for each region that it copies to; lateness in the region that copies arrive in, one alarm for all.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/repl-metrics.html
 *
 * They are shown in CloudWatch; whom they tell is for whoever has somebody to tell: `alarm.addAlarmAction(…)`.
 */
export class ReplicationAlarms extends Construct {
  /** All alarms; none if nothing is replicated. */
  public readonly alarms: Alarm[];

  public constructor(scope: Construct, id: string, { archive }: ReplicationAlarmsProps) {
    super(scope, id);
    const { replication } = archive;
    const isCopiedTo = replication !== undefined && replication.sources.length > 0;
    this.alarms = [
      ...(replication?.destinations ?? []).map((destination) => this.alarmOfFailures(archive, destination)),
      ...(isCopiedTo ? [this.alarmOfLateness(archive, replication)] : []),
    ];
    acknowledge(this, {
      compliance: 'CloudWatchAlarmAction',
      reason:
        'Whom an alarm tells is not in a policy or a deployment: the alarms are public for whoever adds an action.',
    });
  }

  private alarmOfFailures({ bucket, policy }: Archive, { region, bucketName }: ReplicationDestination): Alarm {
    return this.make(`${region.name}-Failed`, {
      description: `${policy.name} to ${region.name}: records were not copied and will not be: put right what S3 refused, then run S3 Batch Replication`,
      metric: new Metric({
        namespace: 'AWS/S3',
        metricName: 'OperationsFailedReplication',
        statistic: 'Sum',
        period: PERIOD,
        dimensionsMap: { SourceBucket: bucket.bucket.bucketName, DestinationBucket: bucketName, RuleId: region.name },
      }),
      threshold: 0,
    });
  }

  /** Over all buckets that are copied from, since their names are known in their own regions only. */
  private alarmOfLateness({ policy }: Archive, { region, bucketName }: Replication): Alarm {
    return this.make('Late', {
      description: `${policy.name} to ${region.name}: records arrive later than in 15 minutes: they are only in their own region until then`,
      metric: new MathExpression({
        expression: `SELECT MAX(ReplicationLatency) FROM "AWS/S3" WHERE DestinationBucket = '${bucketName}'`,
        usingMetrics: {},
        label: 'ReplicationLatency',
        period: PERIOD,
      }),
      threshold: MOST_SECONDS,
    });
  }

  /** Without data the state stays, as S3 advises: https://docs.aws.amazon.com/AmazonS3/latest/userguide/metrics-dimensions.html */
  private make(id: string, { description, metric, threshold }: Watched): Alarm {
    return new Alarm(this, id, {
      alarmDescription: description,
      metric,
      threshold,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.IGNORE,
    });
  }
}

interface Watched {
  readonly description: string;
  readonly metric: IMetric;
  readonly threshold: number;
}
