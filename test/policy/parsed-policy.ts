import { AuditLogPolicy } from '../../lib/policy';
import { good } from './policies';

/** The policy of the good document, with some members of the document replaced. */
export function parsedPolicy(more: Partial<Record<keyof typeof good, unknown>> = {}): AuditLogPolicy {
  return AuditLogPolicy.parse(JSON.stringify({ ...good, ...more }));
}
