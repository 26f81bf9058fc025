import type { DnsZone } from './dns-zone';
import type { ExternalRegion } from './external-region';
import type { Place } from './place';
import type { RegionDeployment } from './region-deployment';
import { checkRoleAccount } from './role-arn';
import type { Watch } from './watch';

/** A zone that does not say so is in the account of the regions, which then is one. */
export function zoneAccountOf(zone: DnsZone | undefined, regions: readonly RegionDeployment[]): string {
  return zone?.account ?? regions[0]!.account;
}

/** That of the watch, or else the first in the alphabet: names that move are gone in between, so the order of a list must not move them. */
export function sharedRegionOf(watch: Watch | undefined, regions: readonly RegionDeployment[]): string {
  return watch?.region ?? regions.map(({ name }) => name).sort()[0]!;
}

/** The domain must be in the zone. */
export function checkZone(domain: string, zone: DnsZone, at: Place): void {
  if (zone._holds(domain)) return;
  const problem = 'the zone cannot hold names of the domain';
  const allowed = `${zone.name}, or a name that ends in .${zone.name}`;
  at.report('domain-outside-zone', { problem, given: domain, allowed, fix: 'correct the domain or the zone' });
}

/** Every region must be listed once, on AWS or elsewhere. */
export function checkNames(
  regions: readonly RegionDeployment[],
  elsewhere: readonly ExternalRegion[],
  at: Place,
): void {
  const seen = new Set<string>();
  for (const [list, items] of Object.entries({ regions, elsewhere })) {
    for (const [index, { name }] of items.entries()) {
      const place = at.member(list).item(index).member('name');
      const problem = 'the region is listed twice';
      if (seen.has(name)) place.report('region-duplicate', { problem, given: name, fix: 'remove one of them' });
      seen.add(name);
    }
  }
}

/** Who watches must not fail with what is watched. */
export function checkWatch(watch: Watch | undefined, regions: readonly { readonly name: string }[], at: Place): void {
  if (watch === undefined || regions.every(({ name }) => name !== watch.region)) return;
  at.member('region').report('watch-region-watched', {
    problem: 'a canary would fail together with the region that it watches, or watch it from inside',
    given: watch.region,
    allowed: `an AWS region that is none of ${regions.map(({ name }) => name).join(', ')}`,
    fix: 'choose another region for the watch',
  });
}

/** Which account has the zone must not depend on the order of regions. */
export function checkZoneAccount(zone: DnsZone | undefined, regions: readonly RegionDeployment[], at: Place): void {
  const accounts = [...new Set(regions.map(({ account }) => account))];
  if (zone === undefined || zone.account !== undefined || accounts.length === 1) return;
  const problem = 'the regions are in several accounts, and nothing says which account has the zone';
  const fix = 'say which account the zone is in';
  at.member('account').report('zone-account-missing', { problem, allowed: 'the 12 digits of an account', fix });
}

/** A region has a break-glass role of its own account, whether it names one or not. */
export function checkBreakGlass(arn: string | undefined, regions: readonly RegionDeployment[], at: Place): void {
  for (const [index, { account, breakGlassRoleArn }] of regions.entries()) {
    if (breakGlassRoleArn === undefined) checkRoleAccount(arn, account, at.item(index).member('breakGlassRoleArn'));
  }
}

/** Every region must be able to make its own names, and no others. */
export function checkRegionZones(
  regions: readonly RegionDeployment[],
  zone: DnsZone | undefined,
  domain: string | undefined,
  at: Place,
): void {
  for (const [index, region] of regions.entries()) {
    const place = at.item(index).member('zone');
    if (region.zone !== undefined) checkShadow(region.zone, domain, place.member('name'));
    else if (zone?.account !== undefined) checkAccount(region.account, zone.account, place);
  }
}

/** Stacks make records in zones of their own account only. */
function checkAccount(account: string, zoneAccount: string, at: Place): void {
  if (account === zoneAccount) return;
  at.report('zone-in-other-account', {
    problem: "the deployment's zone is in another account than the region, whose stacks cannot make names in it",
    given: zoneAccount,
    allowed: account,
    fix: "add a zone of the region's account, such as one named after its jurisdiction",
  });
}

/** The owner of a region's zone answers for every name in it, so no name that other regions share may be there. */
function checkShadow(zone: DnsZone, domain: string | undefined, at: Place): void {
  if (domain === undefined) return;
  const shared = [`ingest.${domain}`, `query.${domain}`];
  if (shared.every((name) => !zone._holds(name) && !zone.name.endsWith(`.${name}`))) return;
  at.report('zone-shadows-domain', {
    problem: 'one region could answer for names that all regions share',
    given: zone.name,
    allowed: `a name that neither holds nor is within ${shared.join(' and ')}`,
    fix: `choose one such as region.${domain}`,
  });
}
