import type { ArchiveSubject } from './archive-subject';
import { type Breach, breach, type Check } from './check';
import { at } from './resource';

const S3 = 'https://docs.aws.amazon.com/AmazonS3/latest/userguide';

const RULES = 'ReplicationConfiguration.Rules';

/** What must hold for the copies of records. */
export const REPLICATION_CHECKS: readonly Check<ArchiveSubject>[] = [
  {
    id: 'replication-within-jurisdiction',
    text: 'Records are copied to buckets of replicas of the same jurisdiction, and to no other bucket.',
    docs: `${S3}/replication.html`,
    breaches: (subject) => ofRules(subject, (rule) => !subject.destinations.some((each) => isTo(rule, each))),
  },
  {
    id: 'replication-complete',
    text: 'Where records are copied, the whole log is copied to every other region of the jurisdiction.',
    docs: `${S3}/replication-add-config.html`,
    breaches: incomplete,
  },
  {
    id: 'replication-without-deletes',
    text: 'No delete marker is copied, so that nobody hides a record in two regions at once.',
    docs: `${S3}/delete-marker-replication.html`,
    // A rule that says nothing copies them if it is of the first version of replication, which has no filter.
    breaches: (subject) => ofRules(subject, (rule) => at(rule, 'DeleteMarkerReplication.Status') !== 'Disabled'),
  },
];

function ofRules({ bucket }: ArchiveSubject, isBroken: (rule: unknown) => boolean): Breach[] {
  if (bucket === undefined) return [];
  return bucket.resource.list(RULES).some(isBroken) ? [breach(bucket.resource, RULES)] : [];
}

function incomplete({ bucket, destinations, prefix }: ArchiveSubject): Breach[] {
  if (bucket === undefined) return [];
  const whole = bucket.resource
    .list(RULES)
    .filter((rule) => at(rule, 'Status') === 'Enabled' && at(rule, 'Filter.Prefix') === prefix);
  const isComplete = destinations.every((each) => whole.some((rule) => isTo(rule, each)));
  return isComplete ? [] : [breach(bucket.resource, RULES)];
}

function isTo(rule: unknown, bucketArn: unknown): boolean {
  return JSON.stringify(at(rule, 'Destination.Bucket')) === JSON.stringify(bucketArn);
}
