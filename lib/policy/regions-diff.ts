import type { AuditLogPolicy } from './audit-log-policy';
import { isAwsRegion } from './aws-region';
import { PolicyChange } from './policy-change';
import type { Region } from './region';
import { RoutingKind } from './routing';

const PATH = '$.regions';

/** What changes for where logs are kept. */
export function regionsDiff(before: AuditLogPolicy, after: AuditLogPolicy): PolicyChange[] {
  const was = new Map(before.regions.map((region) => [region.name, region]));
  const is = new Map(after.regions.map((region) => [region.name, region]));
  return [
    ...before.regions.flatMap((region) => fateOf(region, is.get(region.name))),
    ...after.regions.filter(({ name }) => !was.has(name)).flatMap((region) => added(region, before.regions)),
    ...newJurisdictions(before.regions, after.regions),
    ...orderDiff(before, after),
  ];
}

function fateOf({ name, jurisdiction }: Region, after: Region | undefined): PolicyChange[] {
  if (after === undefined) {
    const sentence = `Nobody would seal, search or verify the log of ${name}, which stays locked; keep the region until its last lock has ended.`;
    return [new PolicyChange('region-lost', PATH, sentence)];
  }
  if (after.jurisdiction === jurisdiction) return [];
  const sentence = `The log of ${name} would be in ${after.jurisdiction} instead of ${jurisdiction}, with all that it keeps; add another region there.`;
  return [new PolicyChange('region-moved', PATH, sentence)];
}

function added({ name, jurisdiction }: Region, before: readonly Region[]): PolicyChange[] {
  const log = `Region ${name} would keep a log of its own, in the jurisdiction ${jurisdiction}.`;
  return [new PolicyChange('region-added', PATH, log), ...copied(name, jurisdiction, before)];
}

/** A policy does not say which cloud hosts a region: its name does, as far as clouds have forms of names. */
function copied(name: string, jurisdiction: string, before: readonly Region[]): PolicyChange[] {
  if (!isAwsRegion(name)) {
    const sentence = `AWS has no region of a name like ${name}, and only AWS copies records to another region: what ${name} acknowledges would have no replica.`;
    return [new PolicyChange('replica-missing', PATH, sentence)];
  }
  const beside = before.filter((region) => region.jurisdiction === jurisdiction && isAwsRegion(region.name));
  if (beside.length === 0) return [];
  const others = beside.map((region) => region.name).join(', ');
  const sentence = `Where AWS hosts them, new records of ${others} would be copied to ${name}, and those of ${name} to ${others}, and be locked there too.`;
  return [new PolicyChange('replication-added', PATH, sentence)];
}

function newJurisdictions(before: readonly Region[], after: readonly Region[]): PolicyChange[] {
  const known = new Set(before.map(({ jurisdiction }) => jurisdiction));
  const unknown = new Set(after.map(({ jurisdiction }) => jurisdiction).filter((each) => !known.has(each)));
  return [...unknown].map((jurisdiction) => {
    const sentence = `Records would be kept in the jurisdiction ${jurisdiction}, where none was kept before.`;
    return new PolicyChange('jurisdiction-added', PATH, sentence);
  });
}

/** The order of those that stay, and the first of all; it matters to failover only. */
function orderDiff(before: AuditLogPolicy, after: AuditLogPolicy): PolicyChange[] {
  const [was, is] = [before, after].map(({ regions }) => regions.map(({ name }) => name)) as [string[], string[]];
  const stayed = was.filter((name) => is.includes(name));
  const isAsBefore = is.filter((name) => was.includes(name)).every((name, index) => name === stayed[index]);
  const isFailover = [after.traffic.writes, after.traffic.reads].some(({ kind }) => kind === RoutingKind.FAILOVER);
  const sentence = `The regions would be in the order ${is.join(', ')} instead of ${was.join(', ')}.`;
  if (isFailover && !(isAsBefore && was[0] === is[0])) {
    return [new PolicyChange('failover-order-changed', PATH, sentence)];
  }
  return isAsBefore ? [] : [new PolicyChange('regions-reordered', PATH, sentence)];
}
