import { Annotations, Duration, Stack, Token } from 'aws-cdk-lib';
import { CfnRecordSetGroup } from 'aws-cdk-lib/aws-route53';
import { Construct } from 'constructs';
import type { AuditLogPolicy, Deployment, DnsZone } from '../policy';
import { AuditLogError } from '../policy/errors';
import { LogPath } from './log-path';
import { longestChain, MOST_FOLLOWED } from './name-chain';
import { type PlannedName, type PlannedRecord, planRecords } from './record-plan';
import type { RouteAlarm } from './route-alarm';
import { RouteHealth } from './route-health';
import { routingOf, watchedRegions } from './watched-regions';

/** As AWS recommends for records with health checks; a load balancer's own addresses live as long. */
const TIME_TO_LIVE = Duration.seconds(60);

/** The parts of global routing. */
export interface GlobalRoutingProps {
  /** Its regions, and how the clients of each path are led to them. */
  readonly policy: AuditLogPolicy;

  /** Its zone holds the names, and its watch region has the alarms. */
  readonly deployment: Deployment;

  /**
   * Says when a path of a region works: one alarm for each region and path that has another to be led to instead. More are not used.
   *
   * @default - none: needed only by policies with more than one region, or more than one in a jurisdiction
   */
  readonly alarms?: RouteAlarm[];
}

/**
 * Leads `ingest.<domain>` and `query.<domain>` to the regions' own names, for each path as the policy says, in one stack of the account of the
 * deployment's zone.
 *
 * A region whose path is not healthy gets no more clients of that path, if there is another to lead them to. If none is healthy, Route 53
 * answers as if all were: the nearest, or the first in order
 * (https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-how-route-53-chooses-records.html).
 *
 * By jurisdiction, whoever asks gets an answer of the jurisdiction of their country or none: a country that the policy does not list has no record, there is
 * no default, and the records of countries have no health that could fail. Who asks is the client's resolver, unless that passes on from where the client
 * asks (EDNS client subnet): a client behind a resolver abroad may be led abroad, where the firewall refuses it. So this leads; firewalls and services
 * keep (https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/routing-policy-edns0.html).
 */
export class GlobalRouting extends Construct {
  /**
   * Of each path whose clients stay in their jurisdiction: its names, the public one last.
   *
   * @internal
   */
  public readonly _residentNames: (readonly PlannedName[])[] = [];

  /**
   * @throws zone-missing, zone-in-other-account, watch-missing, alarm-missing, alarm-unroutable, region-mismatch, account-mismatch, country-unroutable,
   * list-length-out-of-range, record-name-taken, record-name-too-long, region-undeployed
   */
  public constructor(scope: Construct, id: string, props: GlobalRoutingProps) {
    super(scope, id);
    const zone = zoneOf(this, props.deployment);
    for (const path of [LogPath.INGEST, LogPath.QUERY]) this.route(path, zone, props);
  }

  private route(path: LogPath, zone: DnsZone, { policy, deployment, alarms = [] }: GlobalRoutingProps): void {
    const names = planRecords(path, policy, deployment);
    if (routingOf(path, policy).residency !== undefined) this._residentNames.push(names);
    this.checkChain(path, longestChain(names));
    const health = healthOf(this, path, { policy, deployment, alarms });
    const groups = names.map((name) => this.publish(name, zone, health));
    // A name that leads to one that is not there yet would be remembered as a dead end for as long as the zone says.
    for (const [index, group] of groups.entries()) if (index > 0) group.addResourceDependency(groups[index - 1]!);
  }

  private checkChain(path: LogPath, length: number): void {
    if (length <= MOST_FOLLOWED) return;
    Annotations.of(this).addWarningV2(
      `immutable-audit-log:name-chain-${path}`,
      `The last regions of ${path} are behind ${length} CNAMEs, one after the other. Some resolvers follow ${MOST_FOLLOWED}: their clients get no answer when the first ${MOST_FOLLOWED} regions fail at once. List fewer regions for failover, or lead by latency.`,
    );
  }

  private publish({ name, type, records }: PlannedName, zone: DnsZone, health?: RouteHealth): CfnRecordSetGroup {
    return new CfnRecordSetGroup(this, `${name} ${type}`, {
      hostedZoneId: zone.id,
      recordSets: records.map((record) => render(name, type, record, health)),
    });
  }
}

function render(
  name: string,
  type: string,
  { id, to, healthyWith, near, failover, country }: PlannedRecord,
  health?: RouteHealth,
): CfnRecordSetGroup.RecordSetProperty {
  return {
    name: `${name}.`,
    type,
    ttl: String(TIME_TO_LIVE.toSeconds()),
    resourceRecords: [to],
    setIdentifier: id,
    region: near,
    failover,
    geoLocation: country === undefined ? undefined : { countryCode: country },
    healthCheckId: healthyWith.length > 0 ? health?.ofAny(healthyWith).healthCheckId : undefined,
  };
}

function zoneOf(scope: Construct, { domain, zone, _zoneAccount: zoneAccount }: Deployment): DnsZone {
  if (zone === undefined) {
    throw new AuditLogError('zone-missing', {
      problem: `the names of ${domain} are to lead to regions, and there is no zone to make them in`,
      fix: 'add the zone that holds the domain to the deployment',
    });
  }
  const { account } = Stack.of(scope);
  if (Token.isUnresolved(account) || account === zoneAccount) return zone;
  throw new AuditLogError('zone-in-other-account', {
    problem: 'the names are made from another account than that of the zone',
    given: account,
    allowed: zoneAccount,
    fix: "correct env of the stack, or the zone's account in the deployment",
  });
}

function healthOf(
  scope: Construct,
  path: LogPath,
  { policy, deployment: { watch, _zoneAccount: account }, alarms }: Required<GlobalRoutingProps>,
): RouteHealth | undefined {
  if (watchedRegions(path, policy).length === 0) return undefined;
  if (watch !== undefined) {
    const ofPath = alarms.filter((alarm) => alarm.path === path);
    const name = `${policy.name} ${path}`;
    return new RouteHealth(scope, `${path} health`, { name, alarms: ofPath, place: { region: watch.region, account } });
  }
  throw new AuditLogError('watch-missing', {
    problem: `clients of ${path} are led to one of several regions, and nobody watches which of them work`,
    fix: 'add watch to the deployment: a region that is none of the policy, from which canaries try every path',
  });
}
