import { type Access, AuthenticationKind } from '../policy';
import { AuditLogError } from '../policy/errors';

/**
 * Refuses clients who do not have to prove who they are.
 *
 * @throws access-open
 */
export function checkAuthenticated({ authenticate }: Access): void {
  if (authenticate.kind !== AuthenticationKind.NONE) return;
  throw new AuditLogError('access-open', {
    problem: 'clients do not have to prove who they are',
    allowed: 'mutualTls, jwt',
    fix: 'choose one of those; none is for one machine',
  });
}
