import type { Breach, Check } from './check';
import type { StoreSubject } from './store-subject';

const CLOUDFORMATION = 'https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide';

/** What must hold for what outlives its stack. */
export const KEEPING_CHECKS: readonly Check<StoreSubject>[] = [
  {
    id: 'kept',
    text: 'The buckets of records and replicas, their policies and the signing keys stay when their stack is deleted or replaces them, unless the log is disposable.',
    docs: `${CLOUDFORMATION}/aws-attribute-deletionpolicy.html`,
    breaches: kept,
  },
  {
    id: 'termination-protection',
    text: 'The stacks of archives and replicas cannot be deleted by accident, unless the log is disposable.',
    docs: `${CLOUDFORMATION}/using-cfn-protect-stacks.html`,
    breaches: ({ policy, isProtected, stack }) =>
      policy.retention.isDisposable || isProtected ? [] : [{ resource: stack, location: 'TerminationProtection' }],
  },
];

function kept({ policy, bucket, keys, templates }: StoreSubject): Breach[] {
  if (policy.retention.isDisposable) return [];
  const buckets = bucket ? [bucket.resource] : [];
  const policies = buckets.flatMap((each) => templates.naming(each, 'AWS::S3::BucketPolicy', 'Bucket'));
  const stateful = [...buckets, ...policies, ...keys.map(({ resource }) => resource)];
  return stateful.flatMap((resource) => {
    const { DeletionPolicy, UpdateReplacePolicy } = resource.body;
    return [
      ...(isKept(DeletionPolicy) ? [] : [{ resource, location: 'DeletionPolicy' }]),
      ...(isKept(UpdateReplacePolicy) ? [] : [{ resource, location: 'UpdateReplacePolicy' }]),
    ];
  });
}

function isKept(policy: string | undefined): boolean {
  return policy === 'Retain' || policy === 'RetainExceptOnCreate';
}
