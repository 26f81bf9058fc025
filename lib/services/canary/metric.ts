import { type CanaryTarget, METRIC } from './config';

/** What one canary found. */
export interface Finding {
  readonly log: string;
  readonly target: CanaryTarget;
  /** When the round was due, milliseconds since 1970-01-01 UTC: all of it is counted in one minute. */
  readonly at: number;
  readonly isSuccess: boolean;
  /** One word on why. */
  readonly outcome: string;
}

/** What a round found of the evacuation switch. */
export interface SwitchFinding {
  readonly log: string;
  readonly at: number;
  /** Whether it was read, and names only what is there. */
  readonly isClear: boolean;
}

/** A line of a function's log from which CloudWatch takes the metric of a target. */
export function metricLine({ log, target: { region, path }, at, isSuccess, outcome }: Finding): string {
  return line(at, { Log: log, Region: region, Path: path }, METRIC.name, isSuccess ? 1 : 0, { outcome });
}

/** A line of a function's log from which CloudWatch takes the metric of the evacuation switch. */
export function switchLine({ log, at, isClear }: SwitchFinding): string {
  return line(at, { Log: log }, METRIC.unclear, isClear ? 0 : 1);
}

/**
 * CloudWatch keeps one value a minute and delivers each at least once, so only a minimum or a maximum of them means something.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
function line(
  at: number,
  dimensions: Readonly<Record<string, string>>,
  name: string,
  value: 0 | 1,
  more: Readonly<Record<string, string>> = {},
): string {
  const directive = {
    Namespace: METRIC.namespace,
    Dimensions: [Object.keys(dimensions)],
    Metrics: [{ Name: name, Unit: 'None', StorageResolution: 60 }],
  };
  return JSON.stringify({
    _aws: { Timestamp: at, CloudWatchMetrics: [directive] },
    ...dimensions,
    [name]: value,
    ...more,
  });
}
