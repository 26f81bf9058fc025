import { type CanaryTarget, METRIC } from './config';

/** What one canary found. */
export interface Finding {
  readonly log: string;
  readonly target: CanaryTarget;
  /** When the round began, milliseconds since 1970-01-01 UTC: all of it is counted in one minute. */
  readonly at: number;
  readonly isSuccess: boolean;
  /** One word on why. */
  readonly outcome: string;
}

/**
 * A line of a function's log from which CloudWatch takes the metric. It keeps one value a minute and delivers each at least once, so only a minimum or
 * a maximum of them means something.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function metricLine({ log, target: { region, path }, at, isSuccess, outcome }: Finding): string {
  const directive = {
    Namespace: METRIC.namespace,
    Dimensions: [['Log', 'Region', 'Path']],
    Metrics: [{ Name: METRIC.name, Unit: 'None', StorageResolution: 60 }],
  };
  return JSON.stringify({
    _aws: { Timestamp: at, CloudWatchMetrics: [directive] },
    Log: log,
    Region: region,
    Path: path,
    [METRIC.name]: isSuccess ? 1 : 0,
    outcome,
  });
}
