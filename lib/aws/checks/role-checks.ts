import type { ArchiveSubject } from './archive-subject';
import { type Breach, breach, type Check } from './check';
import { at, listOf, type Resource } from './resource';
import { Statement } from './statement';

const IAM = 'https://docs.aws.amazon.com/IAM/latest/UserGuide';

const POLICY_TYPES = ['AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy'];

/** Who runs as the roles. */
const SERVICES = ['lambda.amazonaws.com', 'ecs-tasks.amazonaws.com'];

/** What must hold for the roles. */
export const ROLE_CHECKS: readonly Check<ArchiveSubject>[] = [
  {
    id: 'ingest-appends-only',
    text: 'The role of ingest may create objects below entries/ and shards/, and nothing else in S3: it cannot read, list or delete.',
    docs: `${IAM}/best-practices.html#grant-least-privilege`,
    breaches: (subject) => [...ofIngestItself(subject), ...besideIngest(subject), ...onBucket(subject)],
  },
  {
    id: 'role-trust',
    text: 'Only functions and containers run as the roles of the services: no person and no other account assumes them.',
    docs: `${IAM}/id_roles_create_for-service.html`,
    breaches: ({ roles }) => roles.flatMap(trust),
  },
];

/** Policies in the role: inline ones are read, attached ones cannot be, so there may be none. */
function ofIngestItself({ ingest, prefix }: ArchiveSubject): Breach[] {
  const inline = ingest.list('Policies').some((policy) => {
    return Statement.of(at(policy, 'PolicyDocument')).some((each) => isTooMuch(each, prefix));
  });
  const attached = ingest.list('ManagedPolicyArns').length > 0;
  return [...(inline ? [breach(ingest, 'Policies')] : []), ...(attached ? [breach(ingest, 'ManagedPolicyArns')] : [])];
}

function besideIngest({ ingest, prefix, templates }: ArchiveSubject): Breach[] {
  const lists = POLICY_TYPES.flatMap((type) => templates.naming(ingest, type, 'Roles'));
  return [...lists, ...templates.naming(ingest, 'AWS::IAM::RolePolicy', 'RoleName')]
    .filter((policy) => Statement.of(policy.property('PolicyDocument')).some((each) => isTooMuch(each, prefix)))
    .map((policy) => breach(policy, 'PolicyDocument'));
}

function onBucket({ bucket, ingest, prefix, templates }: ArchiveSubject): Breach[] {
  if (bucket === undefined) return [];
  return templates
    .naming(bucket.resource, 'AWS::S3::BucketPolicy', 'Bucket')
    .filter((policy) =>
      Statement.of(policy.property('PolicyDocument')).some(
        (each) =>
          each.principals.some((principal) => templates.refersTo(principal, policy, ingest)) && isTooMuch(each, prefix),
      ),
    )
    .map((policy) => breach(policy, 'PolicyDocument'));
}

function isTooMuch(statement: Statement, prefix: string): boolean {
  if (!statement.isAllow) return false;
  const actions = statement.actions.filter((action) => action === '*' || action.startsWith('s3:'));
  if (actions.length === 0) return false;
  const places = [`/${prefix}entries/*`, `/${prefix}shards/*`];
  const isBelow = statement.resources.every((each) => places.some((place) => endOf(each).endsWith(place)));
  return !isBelow || actions.some((action) => action !== 's3:putobject');
}

/** The literal end of an ARN, which begins with a reference. */
function endOf(resource: unknown): string {
  if (typeof resource === 'string') return resource;
  const parts = listOf(listOf(at(resource, 'Fn::Join'))[1]);
  const last = parts.at(-1);
  return typeof last === 'string' ? last : '';
}

function trust(role: Resource): Breach[] {
  const document = role.property('AssumeRolePolicyDocument');
  const isService = listOf(at(document, 'Statement')).every((statement) => {
    const principal = at(statement, 'Principal');
    const names = typeof principal === 'object' && principal !== null ? Object.keys(principal) : ['*'];
    const services = listOf(at(principal, 'Service')).map(String);
    return names.join() === 'Service' && services.every((each) => SERVICES.includes(each));
  });
  return isService && document !== undefined ? [] : [breach(role, 'AssumeRolePolicyDocument')];
}
