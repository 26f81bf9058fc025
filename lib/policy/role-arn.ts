import type { Place } from './place';

const ROLE_ARN = /^arn:[a-z-]+:iam::[0-9]{12}:role\/[A-Za-z0-9_+=,.@/-]{1,576}$/;

/** Reads the ARN of one IAM role. */
export function parseRoleArn(given: unknown, at: Place): string | undefined {
  return at.text(given, ROLE_ARN, 'role-arn-malformed', 'arn:<partition>:iam::<12 digits>:role/<path and name>');
}
