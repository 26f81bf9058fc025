import { Names, Token, TokenComparison } from 'aws-cdk-lib';
import { type IRole, ManagedPolicy, type PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { IAM_PATH } from './iam-path';

/** Whether a role is known to be of another account than a resource: then both sides must allow it. */
export function isForeign(role: IRole, account: string): boolean {
  return Token.compareStrings(role.principalAccount ?? account, account) === TokenComparison.DIFFERENT;
}

/**
 * Allows something on the side of the role: a foreign role by a policy of its own stack, a role of this account by one managed policy
 * below `scope`, so that the role's stack, which the role may not be changed from, stays as it is.
 */
export function allowBesideRole(scope: Construct, role: IRole, account: string, statement: PolicyStatement): void {
  if (isForeign(role, account)) {
    role.addToPrincipalPolicy(statement);
    return;
  }
  const id = `Policy${Names.nodeUniqueId(role.node)}`;
  const made = scope.node.tryFindChild(id) as ManagedPolicy | undefined;
  const policy = made ?? new ManagedPolicy(scope, id, { path: IAM_PATH, roles: [role] });
  policy.addStatements(statement);
}
