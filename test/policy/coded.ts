import { AuditLogError } from '../../lib/policy/errors';

/** The error that a call throws, which must be one of ours. */
export function errorOf(call: () => unknown): AuditLogError {
  try {
    call();
  } catch (error) {
    if (error instanceof AuditLogError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

/** The code of the error that a call throws. */
export function codeOf(call: () => unknown): string {
  return errorOf(call).code;
}

/** The problems of a bad document, as `<path> <code>`. */
export function problemsOf(call: () => unknown): string[] {
  return (errorOf(call).details.problems ?? []).map((each) => `${each.details.path} ${each.code}`);
}
