import { accessDiff } from './access-diff';
import type { AuditLogPolicy } from './audit-log-policy';
import { inOrder, PolicyChange } from './policy-change';
import { regionsDiff } from './regions-diff';
import { retentionDiff } from './retention-diff';
import { routingDiff } from './routing-diff';

/**
 * What would change if a policy took the place of another that is deployed, gravest first; empty only if the documents are alike.
 *
 * @param before the policy that is deployed
 * @param after the policy that is to take its place
 */
export function policyDiff(before: AuditLogPolicy, after: AuditLogPolicy): PolicyChange[] {
  const changes = [
    ...nameDiff(before.name, after.name),
    ...retentionDiff(before.retention, after.retention),
    ...accessDiff(before.writers, after.writers, 'writers'),
    ...accessDiff(before.readers, after.readers, 'readers'),
    ...regionsDiff(before, after),
    ...routingDiff(before.traffic.writes, after.traffic.writes, 'writes', after.regions),
    ...routingDiff(before.traffic.reads, after.traffic.reads, 'reads', after.regions),
  ];
  return inOrder(changes, [before.toDocument(), after.toDocument()]);
}

function nameDiff(before: string, after: string): PolicyChange[] {
  if (before === after) return [];
  const sentence = `What ${before} keeps would belong to no log, and ${after} would begin empty; keep the name.`;
  return [new PolicyChange('log-renamed', '$.name', sentence)];
}
