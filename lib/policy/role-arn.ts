import type { Place } from './place';

const ROLE_ARN = /^arn:[a-z-]+:iam::[0-9]{12}:role\/[A-Za-z0-9_+=,.@/-]{1,576}$/;

/** Reads the ARN of one IAM role. */
export function parseRoleArn(given: unknown, at: Place): string | undefined {
  return at.text(given, ROLE_ARN, 'role-arn-malformed', 'arn:<partition>:iam::<12 digits>:role/<path and name>');
}

/** Another account's role could do nothing in an account, or somebody else could break its glass. */
export function checkRoleAccount(arn: string | undefined, account: string | undefined, at: Place): void {
  if (arn === undefined || account === undefined || arn.split(':')[4] === account) return;
  const problem = "the break-glass role is in another account than the region's locks and keys";
  const fix = 'give the region a role of its own account, as breakGlassRoleArn of the region';
  at.report('role-in-other-account', { problem, given: arn, allowed: `a role of ${account}`, fix });
}
