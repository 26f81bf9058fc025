import type { AuditLogPolicy } from './audit-log-policy';
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
    ...after.regions.filter(({ name }) => !was.has(name)).map(added),
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

function added({ name, jurisdiction }: Region): PolicyChange {
  return new PolicyChange(
    'region-added',
    PATH,
    `Region ${name} would keep a log of its own, in the jurisdiction ${jurisdiction}.`,
  );
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
