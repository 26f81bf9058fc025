import type { PlannedName, PlannedRecord } from '../record-plan';
import type { Breach, Check } from './check';
import { at, listOf, type Resource } from './resource';
import type { RoutingSubject } from './routing-subject';
import type { Templates } from './templates';

/** A record set of a template, and where it is. */
interface FoundRecord {
  readonly record: unknown;
  readonly resource: Resource;
  readonly location: string;
}

/** What must hold for the names by which clients of one jurisdiction are led. */
export const ROUTING_CHECKS: readonly Check<RoutingSubject>[] = [
  {
    id: 'names-within-jurisdiction',
    text: 'Where clients stay in their jurisdiction, the public name has records of countries only, without health and without a default, and no name leads out of the jurisdiction.',
    docs: 'https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/routing-policy-geo.html',
    breaches: ({ templates, publicName, others }) => [
      ...strangersOf(templates, publicName, isOfCountry),
      ...others.flatMap((name) => strangersOf(templates, name, leadsTo)),
    ],
  },
];

/** The records of a name that are like none of those that were planned. */
function strangersOf(
  templates: Templates,
  { name, records }: PlannedName,
  isLike: (record: unknown, planned: PlannedRecord) => boolean,
): Breach[] {
  return recordsOf(templates)
    .filter(({ record }) => sameName(at(record, 'Name'), name))
    .filter(({ record }) => !records.some((planned) => isLike(record, planned)))
    .map(({ resource, location }) => ({ resource, location }));
}

function isOfCountry(record: unknown, planned: PlannedRecord): boolean {
  const place = at(record, 'GeoLocation') ?? {};
  return (
    leadsTo(record, planned) &&
    at(record, 'HealthCheckId') === undefined &&
    at(place, 'CountryCode') === planned.country &&
    Object.keys(place).length === 1
  );
}

/** An alias is none of ours. */
function leadsTo(record: unknown, { to }: PlannedRecord): boolean {
  const values = listOf(at(record, 'ResourceRecords'));
  return at(record, 'AliasTarget') === undefined && values.length === 1 && sameName(values[0], to);
}

/** As DNS compares them. */
function sameName(one: unknown, other: string): boolean {
  return typeof one === 'string' && one.replace(/\.$/, '').toLowerCase() === other.toLowerCase();
}

/** All record sets, of the app and not of the routing alone: whoever has the zone in an app may add one elsewhere. */
function recordsOf(templates: Templates): FoundRecord[] {
  const single = templates.ofType('AWS::Route53::RecordSet').map((resource) => {
    return { record: resource.body.Properties, resource, location: 'Properties' };
  });
  const grouped = templates
    .ofType('AWS::Route53::RecordSetGroup')
    .flatMap((resource) =>
      resource
        .list('RecordSets')
        .map((record, index) => ({ record, resource, location: `Properties.RecordSets.${index}` })),
    );
  return [...single, ...grouped];
}
