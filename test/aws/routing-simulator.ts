/** Who asks: where Route 53 takes the resolver to be, and to which AWS regions its latency is lowest, lowest first. */
export interface Client {
  readonly continent?: string;
  readonly country?: string;
  readonly subdivision?: string;
  readonly nearest: readonly string[];
}

/** What does not work. */
export interface Failures {
  /** Names of regions, or `region/path`. */
  readonly down?: readonly string[];
  readonly watcherDown?: boolean;
  /** Value of the parameter by which regions are evacuated; as deployed unless it is given. */
  readonly evacuated?: string;
}

/** What a client gets: a load balancer in the region of its stack, or an address; and by which names. */
export interface Answer {
  readonly endpoint: string;
  readonly names: readonly string[];
}

export type Outcome = Answer | 'no data' | 'no such name';

// biome-ignore lint/suspicious/noExplicitAny: templates have no type.
type Json = any;

/** A template and the region that it is deployed in. */
export interface DeployedTemplate {
  readonly region: string;
  readonly template: Json;
}

interface RecordSet {
  readonly zone: string;
  readonly name: string;
  readonly type: string;
  readonly properties: Json;
  readonly resource: string;
  readonly from: DeployedTemplate;
}

const STATISTICS = ['Average', 'Minimum', 'Maximum', 'Sum', 'SampleCount'];

const POLICIES = { latency: 'Region', failover: 'Failover', geolocation: 'GeoLocation' };

/** More is a loop. */
const MOST_STEPS = 16;

/** Of geolocation: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resource-record-sets-values-geo.html */
const NO_COUNTRIES = ['BV', 'CX', 'EH', 'HM'];

/**
 * Answers as Route 53 documents it, from synthesized templates alone: latency, failover and geolocation, health checks on metrics and on other
 * checks, aliases with and without the health of their targets, CNAMEs across zones. It refuses what Route 53 refuses, and throws at what it
 * does not know.
 *
 * - https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-how-route-53-chooses-records.html
 * - https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-complex-configs.html
 * - https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/routing-policy-geo.html
 */
export class RoutingSimulator {
  private readonly records: readonly RecordSet[];
  private readonly byName = new Map<string, readonly RecordSet[]>();

  /**
   * @param templates of all stacks that make names
   * @param zones name of each zone by its id
   */
  public constructor(
    private readonly templates: readonly DeployedTemplate[],
    private readonly zones: Readonly<Record<string, string>>,
  ) {
    this.records = templates.flatMap((from) => recordsOf(from));
    for (const record of this.records) this.check(record);
    for (const set of this.sets()) this.checkSet(set);
  }

  /** What a client gets that asks for the addresses of a name. */
  public resolve(name: string, type: 'A' | 'AAAA', client: Client, failures: Failures = {}): Outcome {
    const names: string[] = [];
    let next = name;
    for (let step = 0; step < MOST_STEPS; step += 1) {
      names.push(next);
      const here = this.recordsAt(next);
      if (here.length === 0) return 'no such name';
      const asked = here.some((record) => record.type === 'CNAME') ? 'CNAME' : type;
      const record = this.choose(
        here.filter((each) => each.type === asked),
        client,
        failures,
      );
      if (record === undefined) return 'no data';
      const { ResourceRecords: values, AliasTarget: alias } = record.properties;
      if (alias !== undefined) return { endpoint: endpointOf(alias, record.from), names };
      if (asked !== 'CNAME') return { endpoint: values.join(' '), names };
      next = withoutDot(values[0]);
    }
    throw new Error(`${name} leads to itself`);
  }

  /** Follows aliases inside the zone. Undefined if there is nothing for the client. */
  private choose(set: readonly RecordSet[], client: Client, failures: Failures): RecordSet | undefined {
    const candidates = this.inOrder(set, client);
    const chosen = candidates.find((record) => this.isHealthy(record, client, failures)) ?? candidates[0];
    const target = chosen && this.targetOf(chosen);
    return target === undefined ? chosen : this.choose(target, client, failures);
  }

  /** The records that Route 53 would take for a client, the first first, as if all were healthy. */
  private inOrder(set: readonly RecordSet[], client: Client): RecordSet[] {
    const [first] = set;
    switch (first && policyOf(first)) {
      case undefined:
        return [];
      case 'simple':
        return [...set];
      case 'failover':
        return sorted(set, ({ Failover }) => ['PRIMARY', 'SECONDARY'].indexOf(Failover));
      case 'latency':
        return sorted(set, ({ Region }) => {
          const distance = client.nearest.indexOf(Region);
          if (distance < 0) throw new Error(`nobody knows how far ${Region} is from the client`);
          return distance;
        });
      default:
        return sorted(set, ({ GeoLocation }) => specificity(GeoLocation, client));
    }
  }

  private isHealthy(record: RecordSet, client: Client, failures: Failures): boolean {
    const { HealthCheckId: check, AliasTarget: alias } = record.properties;
    if (check !== undefined && !this.passes(record.from, idOf(check), failures)) return false;
    if (alias === undefined || alias.EvaluateTargetHealth !== true) return true;
    const target = this.targetOf(record);
    if (target === undefined) throw new Error('the health of load balancers is not known to the simulator');
    return this.inOrder(target, client).some((each) => this.isHealthy(each, client, failures));
  }

  private passes(from: DeployedTemplate, id: string, failures: Failures): boolean {
    const { HealthCheckConfig: config } = resourceOf(from, id, 'AWS::Route53::HealthCheck');
    if (config.Type === 'CALCULATED') {
      const healthy = config.ChildHealthChecks.filter((child: Json) => this.passes(from, idOf(child), failures));
      return healthy.length >= config.HealthThreshold;
    }
    const { properties: alarm } = this.alarmOf(from, config);
    const value = this.measured(alarm, failures);
    if (value === undefined) return config.InsufficientDataHealthStatus === 'Healthy';
    if (alarm.ComparisonOperator !== 'LessThanThreshold') throw new Error(`${alarm.ComparisonOperator} is not known`);
    return value >= alarm.Threshold;
  }

  /** What the canary of an alarm's region and path reports; undefined if it reports nothing. */
  private measured({ Dimensions }: Json, { down = [], watcherDown, evacuated }: Failures): 0 | 1 | undefined {
    if (watcherDown === true) return undefined;
    const dimension = (name: string) => Dimensions.find((each: Json) => each.Name === name)?.Value;
    const [region, path] = [dimension('Region'), dimension('Path')];
    if (region === undefined || path === undefined) throw new Error('an alarm is not about a region and path');
    const left = (evacuated ?? this.deployedSwitch()).split(',').map((each) => each.trim());
    return [...down, ...left].some((each) => each === region || each === `${region}/${path}`) ? 0 : 1;
  }

  private deployedSwitch(): string {
    const [found] = this.templates.flatMap(({ template }) => ofType(template, 'AWS::SSM::Parameter'));
    return found?.[1].Properties.Value ?? 'none';
  }

  private alarmOf(from: DeployedTemplate, config: Json): { properties: Json } {
    const { Name: name, Region: region } = config.AlarmIdentifier;
    if (typeof name !== 'string') {
      if (from.region !== region) throw new Error(`the alarm of a health check is in ${from.region}, not ${region}`);
      return { properties: resourceOf(from, idOf(name), 'AWS::CloudWatch::Alarm') };
    }
    const found = this.templates
      .filter((each) => each.region === region)
      .flatMap(({ template }) => ofType(template, 'AWS::CloudWatch::Alarm'))
      .find(([, { Properties }]) => Properties.AlarmName === name);
    if (found === undefined) throw new Error(`there is no alarm ${name} in ${region}`);
    return { properties: found[1].Properties };
  }

  /** The records that an alias stands for; undefined if it is none, or one of a load balancer. */
  private targetOf({ zone, type, properties: { AliasTarget: alias } }: RecordSet): readonly RecordSet[] | undefined {
    if (alias === undefined || this.zones[alias.HostedZoneId] === undefined) return undefined;
    const name = withoutDot(alias.DNSName);
    if (alias.HostedZoneId !== zone) throw new Error(`the alias of ${name} is in another zone`);
    const target = this.records.filter((each) => each.zone === zone && each.name === name && each.type === type);
    if (target.length === 0) throw new Error(`an alias leads to ${name}, which has no record of type ${type}`);
    return target;
  }

  /** The id of the zone that is asked for a name: the longest that holds it. */
  private zoneOf(name: string): string | undefined {
    const holding = Object.entries(this.zones).filter(([, zone]) => name === zone || name.endsWith(`.${zone}`));
    return holding.sort(([, one], [, other]) => other.length - one.length)[0]?.[0];
  }

  /** All records that answer for a name. */
  private recordsAt(name: string): readonly RecordSet[] {
    const known = this.byName.get(name);
    if (known !== undefined) return known;
    const zone = this.zoneOf(name);
    const found = this.records.filter((record) => record.zone === zone && record.name === name);
    this.byName.set(name, found);
    return found;
  }

  private sets(): RecordSet[][] {
    const sets = new Map<string, RecordSet[]>();
    for (const record of this.records) {
      const key = `${record.zone} ${record.name} ${record.type}`;
      sets.set(key, [...(sets.get(key) ?? []), record]);
    }
    return [...sets.values()];
  }

  private check(record: RecordSet): void {
    const { zone, name, type, properties, from } = record;
    const apex = this.zones[zone];
    if (apex === undefined) throw new Error(`${name} is in the zone ${zone}, which is not known`);
    if (name !== apex && !name.endsWith(`.${apex}`)) throw new Error(`${name} is not in the zone ${apex}`);
    if (type === 'CNAME' && name === apex) throw new Error(`${name} is a zone and cannot be a CNAME`);
    if (type === 'CNAME' && this.records.some((each) => each.name === name && each.type !== type)) {
      throw new Error(`${name} is a CNAME and has other records`);
    }
    const isAlias = properties.AliasTarget !== undefined;
    if (isAlias === (properties.TTL !== undefined)) throw new Error(`${name} must have a target or a time to live`);
    if (isAlias === (properties.ResourceRecords !== undefined)) throw new Error(`${name} must have a target or values`);
    if (type === 'CNAME' && !isAlias && properties.ResourceRecords.length !== 1) {
      throw new Error(`${name} is a CNAME and must have one value`);
    }
    this.checkOrder(record);
    if (properties.HealthCheckId !== undefined) this.checkHealth(from, idOf(properties.HealthCheckId));
  }

  /** What a record leads to must be there before it, and nothing else makes CloudFormation wait. */
  private checkOrder(record: RecordSet): void {
    const next = record.type === 'CNAME' ? record.properties.ResourceRecords?.map(withoutDot) : [];
    const named = this.records.filter(({ name }) => next?.includes(name));
    for (const target of [...(this.targetOf(record) ?? []), ...named]) {
      if (target.from !== record.from || target.resource === record.resource) continue;
      const waitsFor = after(record.from.template, record.resource);
      if (!waitsFor.has(target.resource)) throw new Error(`${record.name} does not wait for ${target.name}`);
    }
  }

  private checkHealth(from: DeployedTemplate, id: string): void {
    const { HealthCheckConfig: config } = resourceOf(from, id, 'AWS::Route53::HealthCheck');
    if (config.Inverted === true) throw new Error('inverted health checks are not known to the simulator');
    switch (config.Type) {
      case 'CALCULATED':
        for (const child of config.ChildHealthChecks) this.checkHealth(from, idOf(child));
        return;
      case 'CLOUDWATCH_METRIC':
        if (!['Healthy', 'Unhealthy'].includes(config.InsufficientDataHealthStatus)) {
          throw new Error('what a metric without data means is not known to the simulator');
        }
        checkAlarm(this.alarmOf(from, config).properties);
        return;
      default:
        throw new Error(`health checks of the type ${config.Type} are not known to the simulator`);
    }
  }

  private checkSet(set: readonly RecordSet[]): void {
    const [{ name, type }] = set as [RecordSet];
    const what = `${name} ${type}`;
    const policies = new Set(set.map(policyOf));
    if (policies.size > 1) throw new Error(`${what} mixes ${[...policies].join(' and ')}`);
    const [policy] = [...policies];
    const ids = set.map(({ properties }) => properties.SetIdentifier);
    if (policy === 'simple') {
      if (set.length > 1) throw new Error(`${what} has several simple records`);
      if (ids[0] !== undefined) throw new Error(`${what} has an identifier and no routing`);
      return;
    }
    if (ids.some((id) => typeof id !== 'string' || id.length < 1 || id.length > 128)) {
      throw new Error(`${what} needs identifiers of 1 to 128 characters`);
    }
    if (new Set(ids).size < ids.length) throw new Error(`${what} uses an identifier twice`);
    if (policy !== 'failover' && set.length > 100) throw new Error(`${what} has more than 100 records`);
    const property = POLICIES[policy as keyof typeof POLICIES];
    const values = set.map(({ properties }) => JSON.stringify(properties[property]));
    if (new Set(values).size < values.length) throw new Error(`${what} has two records for one ${property}`);
    if (policy === 'failover') this.checkFailover(set, what);
    if (policy === 'geolocation') checkLocations(set, what);
  }

  private checkFailover(set: readonly RecordSet[], what: string): void {
    const primary = set.find(({ properties }) => properties.Failover === 'PRIMARY');
    if (primary === undefined || set.length !== 2) throw new Error(`${what} needs a primary and a secondary`);
    const { HealthCheckId: check, AliasTarget: alias } = primary.properties;
    if (check === undefined && alias?.EvaluateTargetHealth !== true) throw new Error(`${what} cannot fail over`);
  }
}

function recordsOf(from: DeployedTemplate): RecordSet[] {
  const single = ofType(from.template, 'AWS::Route53::RecordSet').map(([resource, { Properties }]) => {
    return { properties: Properties, zone: Properties.HostedZoneId, resource };
  });
  const grouped = ofType(from.template, 'AWS::Route53::RecordSetGroup').flatMap(([resource, { Properties }]) =>
    Properties.RecordSets.map((properties: Json) => ({ properties, zone: Properties.HostedZoneId, resource })),
  );
  return [...single, ...grouped].map((record) => {
    const { Name, Type } = record.properties;
    return { ...record, name: withoutDot(Name), type: Type, from };
  });
}

function ofType(template: Json, type: string): [string, Json][] {
  return Object.entries<Json>(template.Resources ?? {}).filter(([, resource]) => resource.Type === type);
}

function resourceOf({ template }: DeployedTemplate, id: string, type: string): Json {
  const resource = template.Resources?.[id];
  if (resource?.Type !== type) throw new Error(`${id} is no ${type}`);
  return resource.Properties;
}

function idOf(reference: Json): string {
  return reference.Ref ?? reference['Fn::GetAtt'][0];
}

function withoutDot(name: string): string {
  return name.replace(/\.$/, '').toLowerCase();
}

function policyOf({ name, type, properties }: RecordSet): string {
  const used = Object.entries(POLICIES).filter(([, property]) => properties[property] !== undefined);
  for (const other of ['Weight', 'MultiValueAnswer', 'CidrRoutingConfig', 'GeoProximityLocation']) {
    if (properties[other] !== undefined) throw new Error(`${other} is not known to the simulator`);
  }
  if (used.length > 1) throw new Error(`${name} ${type} has a record with two routing policies`);
  return used[0]?.[0] ?? 'simple';
}

/** In ascending order; without those of which the key is negative. */
function sorted(set: readonly RecordSet[], key: (properties: Json) => number): RecordSet[] {
  const keyed = set.map((record) => ({ record, key: key(record.properties) })).filter((each) => each.key >= 0);
  return keyed.sort((one, other) => one.key - other.key).map(({ record }) => record);
}

/** The smallest place first; negative where the client is not. */
function specificity({ ContinentCode, CountryCode, SubdivisionCode }: Json, client: Client): number {
  if (SubdivisionCode !== undefined) {
    return CountryCode === client.country && SubdivisionCode === client.subdivision ? 0 : -1;
  }
  if (CountryCode === '*') return 3;
  if (CountryCode !== undefined) return CountryCode === client.country ? 1 : -1;
  return ContinentCode === client.continent ? 2 : -1;
}

function checkLocations(set: readonly RecordSet[], what: string): void {
  for (const { properties } of set) {
    const { ContinentCode: continent, CountryCode: country, SubdivisionCode: subdivision } = properties.GeoLocation;
    if ((continent === undefined) === (country === undefined)) throw new Error(`${what} has a place that is none`);
    if (subdivision !== undefined && country !== 'US') throw new Error(`${what} has a state outside of the US`);
    if (NO_COUNTRIES.includes(country)) throw new Error(`${what} is for ${country}, which Route 53 cannot tell`);
  }
}

/** https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-types.html */
function checkAlarm(alarm: Json): void {
  if (alarm.Metrics !== undefined || alarm.MetricName === undefined) throw new Error('an alarm has metric math');
  if (!STATISTICS.includes(alarm.Statistic)) throw new Error(`an alarm has the statistic ${alarm.Statistic}`);
  if (alarm.Period < 60) throw new Error('an alarm has a metric of high resolution');
  if ((alarm.DatapointsToAlarm ?? alarm.EvaluationPeriods) !== alarm.EvaluationPeriods) {
    throw new Error('an alarm counts some of several periods');
  }
}

/** All resources that CloudFormation makes before one. */
function after(template: Json, resource: string, seen = new Set<string>()): Set<string> {
  for (const each of [template.Resources[resource]?.DependsOn ?? []].flat()) {
    if (seen.has(each)) continue;
    seen.add(each);
    after(template, each, seen);
  }
  return seen;
}

function endpointOf({ DNSName }: Json, { region }: DeployedTemplate): string {
  const name = typeof DNSName === 'string' ? DNSName : DNSName['Fn::Join'][1][1]['Fn::GetAtt'][0];
  return `${region} ${name}`;
}
