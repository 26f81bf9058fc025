import { AuditLogError } from '../../policy/errors';

/** The error of a root log that the sealer must not continue. */
export function rootBroken(object: string, problem: string): AuditLogError {
  return new AuditLogError('root-log-broken', {
    problem: `the sealer refuses to continue the root log: ${problem}`,
    given: object,
    fix: 'sign nothing by hand; run `audit-log verify` and find out who could write below root/',
  });
}
