import { Arn, ArnFormat, Token } from 'aws-cdk-lib';
import { CfnAlarm, CfnCompositeAlarm, type IAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { AuditLogError } from '../policy/errors';
import type { RouteAlarm } from './route-alarm';

const STATISTICS = ['Average', 'Minimum', 'Maximum', 'Sum', 'SampleCount'];

/** Where the alarms of canaries are. */
export interface AlarmPlace {
  /** The deployment's watch region. */
  readonly region: string;
  /** The account of the deployment's zone. */
  readonly account: string;
}

/**
 * Refuses an alarm that Route 53 cannot act on, as far as that can be told: of an imported one only the place is known.
 *
 * @throws region-mismatch, account-mismatch, alarm-unroutable
 */
export function checkRouteAlarm({ region, path, alarm }: RouteAlarm, place: AlarmPlace): void {
  for (const part of ['region', 'account'] as const) {
    const given = placeOf(alarm)[part];
    if (given === undefined || Token.isUnresolved(given) || given === place[part]) continue;
    throw new AuditLogError(`${part}-mismatch`, {
      problem: `the alarm of ${path} in ${region} is in another ${part} than canaries`,
      given,
      allowed: place[part],
      fix: 'give an alarm of the watch region, in the account of the zone',
    });
  }
  const unusable = unusablePart(alarm.node.defaultChild);
  if (unusable === undefined) return;
  throw new AuditLogError('alarm-unroutable', {
    problem: `Route 53 cannot act on the alarm of ${path} in ${region}`,
    given: unusable,
    allowed: `one metric of standard resolution, with one of ${STATISTICS.join(', ')}, over consecutive periods`,
    fix: 'give an alarm on such a metric',
  });
}

/** An imported alarm says where it is in its ARN, and takes the stack for its environment. */
function placeOf({ alarmArn, env }: IAlarm): { region?: string; account?: string } {
  return Token.isUnresolved(alarmArn) ? env : Arn.split(alarmArn, ArnFormat.COLON_RESOURCE_NAME);
}

/** https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-types.html */
function unusablePart(resource: unknown): string | undefined {
  if (resource instanceof CfnCompositeAlarm) return 'a composite alarm';
  if (!(resource instanceof CfnAlarm)) return undefined;
  const { metrics, statistic, extendedStatistic, period, evaluationPeriods, datapointsToAlarm } = resource;
  if (metrics !== undefined) return 'metric math, or a metric of another region or account';
  if (extendedStatistic !== undefined) return `the statistic ${extendedStatistic}`;
  if (isKnown(statistic) && !STATISTICS.includes(statistic)) return `the statistic ${statistic}`;
  if (isKnown(period) && period < 60) return `a period of ${period} seconds`;
  if (isKnown(datapointsToAlarm) && isKnown(evaluationPeriods) && datapointsToAlarm !== evaluationPeriods) {
    return `${datapointsToAlarm} of ${evaluationPeriods} periods`;
  }
  return undefined;
}

function isKnown<T>(value: T | undefined): value is T {
  return value !== undefined && !Token.isUnresolved(value);
}
