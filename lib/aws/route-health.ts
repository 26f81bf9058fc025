import { Tags } from 'aws-cdk-lib';
import {
  HealthCheck,
  HealthCheckType,
  type IHealthCheck,
  InsufficientDataHealthStatusEnum,
} from 'aws-cdk-lib/aws-route53';
import { Construct } from 'constructs';
import { AuditLogError } from '../policy/errors';
import { type AlarmPlace, checkRouteAlarm } from './checked-route-alarm';
import type { RouteAlarm } from './route-alarm';

/** A tag is not longer. */
const LONGEST_TAG = 256;

interface RouteHealthProps {
  /** What the checks are called, before their regions. */
  readonly name: string;
  /** Of the path, one a region. */
  readonly alarms: readonly RouteAlarm[];
  /** Where the alarms are. */
  readonly place: AlarmPlace;
}

/**
 * The health of one path in every region. Route 53 reads the metric of an alarm and not its state, so that nobody can set the state by hand;
 * a metric that ends is unhealthy (https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-determining-health-of-endpoints.html).
 */
export class RouteHealth extends Construct {
  private readonly checks = new Map<string, IHealthCheck>();

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: RouteHealthProps,
  ) {
    super(scope, id);
  }

  /**
   * A health check that is healthy while at least one of the regions is.
   *
   * @throws alarm-missing, alarm-unroutable, region-mismatch, account-mismatch
   */
  public ofAny(regions: readonly string[]): IHealthCheck {
    const key = regions.join(' or ');
    const made = this.checks.get(key);
    if (made !== undefined) return made;
    const check = this.make(key, regions);
    // The only name that the console knows.
    Tags.of(check).add('Name', `${this.props.name} in ${key}`.slice(0, LONGEST_TAG));
    this.checks.set(key, check);
    return check;
  }

  private make(id: string, regions: readonly string[]): IHealthCheck {
    const [region, ...others] = regions;
    if (region === undefined || others.length === 0) return this.listenTo(id, region);
    const childHealthChecks = regions.map((each) => this.ofAny([each]));
    return new HealthCheck(this, id, { type: HealthCheckType.CALCULATED, childHealthChecks, healthThreshold: 1 });
  }

  private listenTo(id: string, region: string | undefined): IHealthCheck {
    const found = this.props.alarms.find((alarm) => alarm.region === region);
    if (found === undefined) {
      throw new AuditLogError('alarm-missing', {
        problem: 'clients could be led away from a region, and nothing says when',
        given: region,
        allowed: 'an alarm for each region and path that has another to be led to instead',
        fix: 'give an alarm for this region and path',
      });
    }
    checkRouteAlarm(found, this.props.place);
    return new HealthCheck(this, id, {
      type: HealthCheckType.CLOUDWATCH_METRIC,
      alarmIdentifier: { name: found.alarm.alarmName, region: this.props.place.region },
      insufficientDataHealthStatus: InsufficientDataHealthStatusEnum.UNHEALTHY,
    });
  }
}
