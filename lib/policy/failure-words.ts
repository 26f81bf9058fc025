import type { AuditLogPolicy } from './audit-log-policy';
import { isAwsRegion } from './aws-region';
import type { Region } from './region';
import { type Routing, RoutingKind } from './routing';

const PATHS_APART = [
  'If only writing fails in a region, its writers fare as if the whole region had failed, and its readers stay.',
  'If only reading fails in a region, its readers fare as if the whole region had failed, and no write is moved.',
];

/**
 * What happens when a region or one of its paths fails, for people who will answer for it: where clients are led, and whether what was
 * acknowledged there can still be read.
 */
export function failureWords(policy: AuditLogPolicy): string[] {
  const { regions } = policy;
  return [
    ...regions.flatMap((region) => [clientsOf(region, policy), recordsOf(region, regions)]),
    ...PATHS_APART,
    ...allFailed(policy),
  ];
}

function clientsOf(region: Region, { regions, traffic }: AuditLogPolicy): string {
  const writers = fateOf(traffic.writes, region, regions);
  const readers = fateOf(traffic.reads, region, regions);
  if (writers === readers) return `If ${region.name} fails, writers and readers ${writers}.`;
  return `If ${region.name} fails, writers ${writers}; readers ${readers}.`;
}

/** What becomes of the clients that a region served. */
function fateOf(routing: Routing, region: Region, regions: readonly Region[]): string {
  const others = regions.filter((each) => each !== region);
  if (routing.kind === RoutingKind.JURISDICTION) return fateAtHome(region, others);
  if (others.length === 0) return 'get no answer until it is back';
  if (routing.kind === RoutingKind.LATENCY)
    return `are led to ${oneOf('nearest', others)}${acrossBorder(region, others)}`;
  const ordinal = regions.indexOf(region);
  const before = regions.slice(0, ordinal);
  if (before.length > 0)
    return `notice nothing while ${before.length > 1 ? 'one of ' : ''}${namesOf(before)} is healthy`;
  return `are led to ${oneOf('first', others)}${acrossBorder(region, others)}`;
}

function fateAtHome({ jurisdiction }: Region, others: readonly Region[]): string {
  const atHome = others.filter((each) => each.jurisdiction === jurisdiction);
  if (atHome.length > 0) return `of ${jurisdiction} are led to ${oneOf('nearest', atHome)}`;
  return `of ${jurisdiction} get no answer until it is back, and none is led out of ${jurisdiction}`;
}

/** S3 Replication Time Control copies within 15 minutes: https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-time-control.html */
function recordsOf(region: Region, regions: readonly Region[]): string {
  const replicas = regions.filter(
    (each) =>
      each !== region &&
      each.jurisdiction === region.jurisdiction &&
      isAwsRegion(each.name) &&
      isAwsRegion(region.name),
  );
  if (replicas.length === 0) {
    return `What ${region.name} acknowledged cannot be read until it is back, and never if it is lost for good: no other region has a replica.`;
  }
  const where = `${namesOf(replicas)}, which ${replicas.length > 1 ? 'have replicas' : 'has a replica'}`;
  return `What ${region.name} acknowledged stays readable in ${where}; about the last 15 minutes may not have arrived there.`;
}

/** What a client of several regions meets when none of them is left; of one region it is said already. */
function allFailed({ regions, traffic }: AuditLogPolicy): string[] {
  const clients = { writers: traffic.writes, readers: traffic.reads };
  const named = Object.entries(clients) as [string, Routing][];
  const bound = named.filter(([, { kind }]) => kind === RoutingKind.JURISDICTION).map(([name]) => name);
  const free = named.filter(([, { kind }]) => kind !== RoutingKind.JURISDICTION).map(([name]) => name);
  const jurisdictions = regions.map(({ jurisdiction }) => jurisdiction);
  const several = [...new Set(jurisdictions.filter((each, index) => jurisdictions.indexOf(each) !== index))];
  return [
    ...(bound.length > 0 ? several : []).map(
      (each) =>
        `If every region of ${each} fails, ${bound.join(' and ')} of ${each} get no answer, and none is led out of ${each}.`,
    ),
    ...(free.length > 0 && regions.length > 1 ? [`If every region fails, ${free.join(' and ')} get no answer.`] : []),
  ];
}

function oneOf(which: 'nearest' | 'first', regions: readonly Region[]): string {
  return regions.length === 1 ? namesOf(regions) : `the ${which} healthy region of ${namesOf(regions)}`;
}

function acrossBorder({ jurisdiction }: Region, others: readonly Region[]): string {
  const abroad = others.filter((each) => each.jurisdiction !== jurisdiction);
  if (abroad.length === 0) return '';
  return `, though ${namesOf(abroad)} ${abroad.length > 1 ? 'are' : 'is'} in another jurisdiction`;
}

function namesOf(regions: readonly Region[]): string {
  return regions.map(({ name }) => name).join(', ');
}
