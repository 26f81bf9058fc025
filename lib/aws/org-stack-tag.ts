import { Annotations, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { AuditLogPolicy, Deployment } from '../policy';
import { ORG_TAG } from './org-tag';

/**
 * Warns if the stack of a log in an organisation lacks the tag by which guardrails know it. It is not given here: what else is in a stack
 * that is not ours would be bound too. A tag that is given later counts, and one of the stack that a nested stack is in does, too.
 */
export function warnIfStackUntagged(
  scope: Construct,
  { name, retention }: AuditLogPolicy,
  { organization }: Deployment,
): void {
  if (organization === undefined || retention.isDisposable) return;
  scope.node.addValidation({
    validate: () => {
      const stack = outermost(Stack.of(scope));
      if (ORG_TAG in stack.tags.tagValues()) return [];
      Annotations.of(scope).addWarningV2(
        'immutable-audit-log:stack-untagged',
        `The stack ${stack.node.path} has no tag ${ORG_TAG}, so that the organisation's guardrails let anybody change and delete it. Use AuditLogStack and ArchiveStack; or, if nothing else is in it, Tags.of(stack).add('${ORG_TAG}', '${name}'). An archive's stack also needs "-archive" in its name.`,
      );
      return [];
    },
  });
}

function outermost(stack: Stack): Stack {
  return stack.nestedStackParent ? outermost(stack.nestedStackParent) : stack;
}
