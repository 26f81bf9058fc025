import { Token } from 'aws-cdk-lib';
import { AuditLogError } from '../policy/errors';

const ROLE_ARN = /^arn:[a-z-]+:iam::\d{12}:role\/[\w+=,.@/-]{1,576}$/;

/**
 * Refuses what is not the ARN of exactly one IAM role. Wildcards are refused too: a condition would compare by them. Tokens pass.
 *
 * @throws role-arn-malformed
 */
export function checkRoleArn(arn: string): void {
  if (Token.isUnresolved(arn) || ROLE_ARN.test(arn)) return;
  throw new AuditLogError('role-arn-malformed', {
    problem: 'not the ARN of one IAM role',
    given: arn,
    allowed: 'arn:<partition>:iam::<12 digits>:role/<path and name>, without wildcards',
    fix: "give the role's ARN, not a session's, a user's or the account's",
  });
}
