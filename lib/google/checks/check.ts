import { AuditLogError, type ErrorCode, type ErrorDetails } from '../../policy/errors';
import type { Resource, Terraform } from './terraform';

/** Looks for what Google would refuse at deployment, or take in silence although it breaks the log. */
export type Check = (terraform: Terraform) => AuditLogError[];

/** What is wrong with one resource. */
export function wrong(resource: Resource, code: ErrorCode, details: ErrorDetails): AuditLogError[] {
  return [new AuditLogError(code, { ...details, path: resource.address })];
}
