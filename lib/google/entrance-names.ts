import type { Construct } from 'constructs';
import type { AuditLogPolicy } from '../policy';
import type { EdgePath } from './edge-path';
import { physicalName } from './physical-name';

/** Room for what resources add to it: `-<region>-keys`. */
const MOST = 38;

/** Begins the names of a path's backends. */
export function pathName(scope: Construct, { name }: AuditLogPolicy, role: EdgePath['role']): string {
  return physicalName(scope, `${name}-${role}`, MOST);
}

/** Begins the names of a load balancer and its firewalls: those of its path, if it has one only. */
export function entranceName(
  scope: Construct,
  { policy, paths }: { readonly policy: AuditLogPolicy; readonly paths: readonly EdgePath[] },
): string {
  const [only, ...others] = paths;
  const role = only !== undefined && others.length === 0 ? only.role : 'shared';
  return physicalName(scope, `${policy.name}-${role}`, MOST);
}
