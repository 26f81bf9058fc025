import type { Place } from './place';

const AWS_REGION = /^[a-z]{2}(-[a-z]+)+-[0-9]$/;

/** Whether a name has the form of those that AWS gives its regions; no other cloud's have it. */
export function isAwsRegion(name: string): boolean {
  return AWS_REGION.test(name);
}

/** Reads the name of an AWS region. */
export function parseAwsRegion(given: unknown, at: Place): string | undefined {
  return at.text(given, AWS_REGION, 'region-malformed', 'the name of an AWS region, such as eu-central-1');
}
