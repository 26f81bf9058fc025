import { type Check, wrong } from './check';
import { blockOf, bodiesOf, bodyOf, type Promised } from './terraform';

/** The bucket of the records keeps them as long, as firmly, where and as privately as it was made to. */
export const logBucketChecks: Check = (terraform) =>
  terraform
    .promised('google_storage_bucket')
    .flatMap((bucket) => [...retained(bucket), ...closed(bucket), ...endless(bucket), ...placed(bucket)]);

function retained({ resource, made }: Promised) {
  const [given, promised] = [blockOf(resource.body.retention_policy), blockOf(made.retention_policy)];
  const isLong = Number(given.retention_period) >= Number(promised.retention_period);
  const isLocked = isTrue(given.is_locked) || !isTrue(promised.is_locked);
  if (isLong && isLocked) return [];
  return wrong(resource, 'retention-weakened', {
    problem:
      'the records of a log could be deleted before the time that its policy says, or their lock could be lifted',
    given: { is_locked: given.is_locked, retention_period: given.retention_period },
    allowed: `retention_period ${promised.retention_period} or longer, is_locked ${promised.is_locked}`,
    fix: 'leave retention_policy as it is made, or change retention in the policy of the log',
  });
}

function closed({ resource }: Promised) {
  const { public_access_prevention: prevention, uniform_bucket_level_access: uniform } = resource.body;
  if (prevention === 'enforced' && isTrue(uniform)) return [];
  return wrong(resource, 'records-open', {
    problem: 'the records of a log could be opened to the public, or one by one by access lists',
    given: { public_access_prevention: prevention, uniform_bucket_level_access: uniform },
    allowed: 'public_access_prevention enforced, uniform_bucket_level_access true',
    fix: 'leave both as they are made',
  });
}

/** Also after their time: without its oldest records, nobody can verify the rest. */
function endless({ resource }: Promised) {
  const dynamic = bodiesOf(bodyOf(resource.body.dynamic).lifecycle_rule).map(({ content }) => bodyOf(content));
  const rules = [...bodiesOf(resource.body.lifecycle_rule), ...dynamic];
  const rule = rules.find(({ action }) => blockOf(action).type === 'Delete');
  if (rule === undefined) return [];
  return wrong(resource, 'records-expiring', {
    problem: 'a rule of a lifecycle deletes records of a log',
    given: rule,
    allowed: 'SetStorageClass, AbortIncompleteMultipartUpload',
    fix: 'leave the rule out: records that are gone cannot be verified, nor what came after them',
  });
}

function placed({ resource, made }: Promised) {
  const given = resource.body.location;
  if (String(given).toLowerCase() === String(made.location).toLowerCase()) return [];
  return wrong(resource, 'records-elsewhere', {
    problem: 'the records of a log are in another place than its policy says',
    given,
    allowed: String(made.location),
    fix: 'leave location as it is made, or change regions in the policy of the log',
  });
}

function isTrue(value: unknown): boolean {
  return String(value) === 'true';
}
