import { RetentionMode } from '../../policy';
import { type Breach, breach, type Check, unless } from './check';
import { at, isTrue, type Resource } from './resource';
import { Statement } from './statement';
import type { LockedBucket, StoreSubject } from './store-subject';

const S3 = 'https://docs.aws.amazon.com/AmazonS3/latest/userguide';

const DEFAULT_RETENTION = 'ObjectLockConfiguration.Rule.DefaultRetention';

const ACCESS = ['BlockPublicAcls', 'BlockPublicPolicy', 'IgnorePublicAcls', 'RestrictPublicBuckets'];

/** In which a rule of a lifecycle ends objects, or puts markers over them. */
const ENDS = [
  'ExpirationDate',
  'ExpirationInDays',
  'ExpiredObjectDeleteMarker',
  'NoncurrentVersionExpiration',
  'NoncurrentVersionExpirationInDays',
];

/** What must hold for the bucket of the records, and for that of replicas. */
export const BUCKET_CHECKS: readonly Check<StoreSubject>[] = [
  {
    id: 'object-lock',
    text: "Object Lock is on and locks each object in the policy's mode, for at least the policy's period.",
    docs: `${S3}/object-lock.html`,
    breaches: objectLock,
  },
  {
    id: 'versioning',
    text: 'The bucket keeps versions, without which there is no lock.',
    docs: `${S3}/object-lock-managing.html`,
    breaches: ofBucket(({ resource }) =>
      unless(resource.property('VersioningConfiguration.Status') === 'Enabled', resource, 'VersioningConfiguration'),
    ),
  },
  {
    id: 'public-access-blocked',
    text: 'All four kinds of public access to the bucket are blocked.',
    docs: `${S3}/access-control-block-public-access.html`,
    breaches: ofBucket(({ resource }) =>
      ACCESS.map((each) => `PublicAccessBlockConfiguration.${each}`).flatMap((each) =>
        unless(isTrue(resource.property(each)), resource, each),
      ),
    ),
  },
  {
    id: 'bucket-denials',
    text: 'The policy of the bucket denies what Object Lock lets through: every statement of WormBucketPolicy, or of ReplicaBucketPolicy for replicas, is in it.',
    docs: `${S3}/object-lock-managing.html`,
    breaches: denials,
  },
  {
    id: 'bucket-private',
    text: 'The policy of the bucket allows nothing to everyone.',
    docs: `${S3}/access-control-block-public-access.html`,
    breaches: publicAllowances,
  },
  {
    id: 'no-expiration',
    text: 'No rule of a lifecycle ends objects or places delete markers.',
    docs: `${S3}/object-lock-managing.html`,
    breaches: ofBucket(({ resource }) =>
      resource.list('LifecycleConfiguration.Rules').some((rule) => ENDS.some((each) => at(rule, each) !== undefined))
        ? [breach(resource, 'LifecycleConfiguration')]
        : [],
    ),
  },
];

function ofBucket(breaches: (bucket: LockedBucket) => Breach[]): (subject: StoreSubject) => Breach[] {
  return ({ bucket }) => (bucket === undefined ? [] : breaches(bucket));
}

function objectLock({ bucket, policy }: StoreSubject): Breach[] {
  if (bucket === undefined) return [];
  const { resource } = bucket;
  const { mode, period } = policy.retention;
  const days = Number(resource.property(`${DEFAULT_RETENTION}.Days`) ?? 0);
  const years = Number(resource.property(`${DEFAULT_RETENTION}.Years`) ?? 0);
  const wanted = mode === RetentionMode.COMPLIANCE ? ['COMPLIANCE'] : ['GOVERNANCE', 'COMPLIANCE'];
  return [
    ...unless(isTrue(resource.property('ObjectLockEnabled')), resource, 'ObjectLockEnabled'),
    ...unless(
      resource.property('ObjectLockConfiguration.ObjectLockEnabled') === 'Enabled',
      resource,
      'ObjectLockConfiguration.ObjectLockEnabled',
    ),
    ...unless(
      wanted.includes(String(resource.property(`${DEFAULT_RETENTION}.Mode`))),
      resource,
      `${DEFAULT_RETENTION}.Mode`,
    ),
    // S3 counts a year as 365 days.
    ...unless(days + 365 * years >= period.inDays, resource, DEFAULT_RETENTION),
  ];
}

function denials({ bucket, templates }: StoreSubject): Breach[] {
  if (bucket === undefined) return [];
  const policies = templates.naming(bucket.resource, 'AWS::S3::BucketPolicy', 'Bucket');
  const [policy] = policies;
  if (policy === undefined) return [{ resource: bucket.resource, location: 'BucketPolicy' }];
  return missing(policy, 'PolicyDocument', bucket.denials);
}

/** The statements that a policy must have and has not, by their `Sid`. */
export function missing(resource: Resource, property: string, expected: readonly unknown[]): Breach[] {
  const actual = Statement.of(resource.property(property));
  return expected
    .filter((each) => !actual.some((statement) => statement.equals(each)))
    .map((each) => breach(resource, `${property}.Statement.${at(each, 'Sid')}`));
}

function publicAllowances({ bucket, templates }: StoreSubject): Breach[] {
  if (bucket === undefined) return [];
  return templates
    .naming(bucket.resource, 'AWS::S3::BucketPolicy', 'Bucket')
    .filter((policy) =>
      Statement.of(policy.property('PolicyDocument')).some(
        (statement) => statement.isAllow && statement.principals.some((each) => each === '*'),
      ),
    )
    .map((policy) => breach(policy, 'PolicyDocument'));
}
