import type { AuditLogPolicy, Deployment, Region, Residency } from '../policy';
import { RoutingKind } from '../policy';
import { AuditLogError } from '../policy/errors';
import type { LogPath } from './log-path';
import { publicName, regionalName } from './public-names';
import { ROUTE53_COUNTRIES } from './route53-countries';
import { routingOf, watchedRegions } from './watched-regions';

/** https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DNSLimitations.html */
const MOST_GEOLOCATIONS = 100;

/** RFC 1035 section 2.3.4. */
const LONGEST_NAME = 253;

/** Where one of the records of a name leads, and for whom. */
export interface PlannedRecord {
  /** Tells it from the others of its name; missing where there are no others. */
  readonly id?: string;
  /** A name, or an address. */
  readonly to: string;
  /** It is healthy if one of these regions is; with none, always. */
  readonly healthyWith: readonly string[];
  /** For clients nearest to this AWS region. */
  readonly near?: string;
  readonly failover?: 'PRIMARY' | 'SECONDARY';
  /** For clients of this country. */
  readonly country?: string;
}

/** All records of one name and type. */
export interface PlannedName {
  readonly name: string;
  readonly type: 'CNAME' | 'A' | 'AAAA';
  readonly records: readonly PlannedRecord[];
}

/**
 * The names that lead the clients of a path to its regions, each after those that it leads to.
 *
 * All are CNAMEs, whatever the policy: regional names may be in other zones, which an alias cannot reach, and a public name that changed from
 * addresses to CNAME when such a region is added would be refused as long as the addresses are there. Health is on records that are no
 * aliases, as AWS recommends (https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-complex-configs.html).
 *
 * @throws country-unroutable, list-length-out-of-range, record-name-taken, record-name-too-long, region-undeployed
 */
export function planRecords(path: LogPath, policy: AuditLogPolicy, deployment: Deployment): readonly PlannedName[] {
  const plan = new RecordPlan(path, policy, deployment);
  plan.addAddresses();
  const root = publicName(path, deployment);
  const { kind, residency } = routingOf(path, policy);
  if (residency !== undefined) plan.addByCountry(root, residency);
  else if (kind === RoutingKind.FAILOVER) plan.addInOrder(root, policy.regions);
  else plan.addNearest(root, policy.regions);
  checkNames(plan.names, path, policy, deployment);
  return plan.names;
}

class RecordPlan {
  public readonly names: PlannedName[] = [];
  private readonly watched: readonly Region[];

  public constructor(
    private readonly path: LogPath,
    private readonly policy: AuditLogPolicy,
    private readonly deployment: Deployment,
  ) {
    this.watched = watchedRegions(path, policy);
  }

  /** Of the regions that another cloud hosts. */
  public addAddresses(): void {
    for (const region of this.deployment.elsewhere.filter(({ name }) => this.lists(name))) {
      const name = regionalName(this.path, this.deployment, region.name);
      const { ipv4, ipv6 } = region[this.path];
      this.add(name, [{ to: ipv4, healthyWith: [] }], 'A');
      if (ipv6 !== undefined) this.add(name, [{ to: ipv6, healthyWith: [] }], 'AAAA');
    }
  }

  /** Each country to the nearest region of its jurisdiction. No health and no default: whatever fails, no answer leaves the jurisdiction. */
  public addByCountry(root: string, { countries }: Residency): void {
    checkCountries(Object.values(countries).flat());
    const records = Object.entries(countries).flatMap(([jurisdiction, codes]) => {
      const to = this.addNearest(
        `${jurisdiction.toLowerCase()}.${root}`,
        this.policy.regions.filter((region) => region.jurisdiction === jurisdiction),
      );
      return codes.map((country) => ({ id: country, to, healthyWith: [], country }));
    });
    this.add(root, records);
  }

  /** Route 53 takes one record for each AWS region, so regions with the same one share it, in the policy's order. */
  public addNearest(name: string, regions: readonly Region[]): string {
    const nears = new Set(regions.map((region) => this.nearestTo(region)));
    const records = [...nears].map((near) => {
      const members = regions.filter((region) => this.nearestTo(region) === near);
      const [only, ...others] = members.map((member) => this.nameOf(member));
      const to = others.length === 0 ? only! : this.addInOrder(`near-${near}.${name}`, members);
      return { id: near, to, healthyWith: this.healthOf(members), near };
    });
    return this.add(name, records);
  }

  /** A name has one secondary only: where more regions follow, that is a name of theirs. */
  public addInOrder(name: string, regions: readonly Region[]): string {
    let next = this.nameOf(regions.at(-1)!);
    for (let ordinal = regions.length - 2; ordinal >= 0; ordinal -= 1) {
      const [first, ...others] = regions.slice(ordinal) as [Region, ...Region[]];
      next = this.add(ordinal === 0 ? name : `after-${ordinal}.${name}`, [
        { id: 'primary', to: this.nameOf(first), healthyWith: this.healthOf([first]), failover: 'PRIMARY' },
        { id: 'secondary', to: next, healthyWith: this.healthOf(others), failover: 'SECONDARY' },
      ]);
    }
    return next;
  }

  private add(name: string, records: readonly PlannedRecord[], type: PlannedName['type'] = 'CNAME'): string {
    this.names.push({ name, type, records });
    return name;
  }

  private lists(name: string): boolean {
    return this.policy.regions.some((region) => region.name === name);
  }

  private nameOf({ name }: Region): string {
    return regionalName(this.path, this.deployment, name);
  }

  private nearestTo({ name }: Region): string {
    return this.deployment.elsewhere.find((region) => region.name === name)?.near ?? name;
  }

  private healthOf(regions: readonly Region[]): string[] {
    return regions.filter((region) => this.watched.includes(region)).map(({ name }) => name);
  }
}

function checkCountries(countries: readonly string[]): void {
  const unknown = countries.filter((country) => !ROUTE53_COUNTRIES.has(country));
  if (unknown.length > 0) {
    throw new AuditLogError('country-unroutable', {
      problem: 'Route 53 has no geolocation record for a country of the residency',
      given: unknown,
      allowed: 'the countries that Route 53 can tell by their addresses',
      fix: 'leave them out: clients there get no answer in any case',
    });
  }
  if (countries.length <= MOST_GEOLOCATIONS) return;
  throw new AuditLogError('list-length-out-of-range', {
    problem: 'the residency lists more countries than Route 53 has geolocation records for one name',
    given: countries.length,
    allowed: `at most ${MOST_GEOLOCATIONS}`,
    fix: 'leave out countries without clients, or keep their logs under another name',
  });
}

function checkNames(
  names: readonly PlannedName[],
  path: LogPath,
  { regions }: AuditLogPolicy,
  deployment: Deployment,
): void {
  const published = regions
    .filter(({ name }) => !deployment._isElsewhere(name))
    .map(({ name }) => regionalName(path, deployment, name));
  const all = [...published, ...names.filter(({ type }) => type !== 'AAAA').map(({ name }) => name)];
  const taken = all.find((name, index) => all.indexOf(name) !== index);
  if (taken !== undefined) {
    throw new AuditLogError('record-name-taken', {
      problem: 'a jurisdiction and a region would have records of the same name',
      given: taken,
      fix: 'call the jurisdiction something else than the region, in any case of letters',
    });
  }
  const long = all.find((name) => name.length > LONGEST_NAME);
  if (long === undefined) return;
  throw new AuditLogError('record-name-too-long', {
    problem: 'a record would have a name that DNS does not take',
    given: long,
    allowed: `up to ${LONGEST_NAME} characters`,
    fix: 'choose a shorter domain',
  });
}
