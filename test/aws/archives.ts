process.env.CDK_VALIDATION = 'false';

import { App } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { type ArchiveProps, ArchiveStack } from '../../lib/aws';
import { AuditLogPolicy, Period, type Region, Retention } from '../../lib/policy';
import { good } from '../policy/policies';

export const BREAK_GLASS = 'arn:aws:iam::111122223333:role/security/audit-break-glass';

export const COMPLIANCE = Retention.compliance(Period.years(7), 'acme-audit');
export const GOVERNANCE = Retention.governance(Period.days(30));
export const DISPOSABLE = Retention.disposable(Period.days(1));

/** The policy `acme-audit` of eu-central-1 and eu-west-1 with another retention. */
export function policyWith(retention: Retention): AuditLogPolicy {
  const { name, writers, readers, regions, traffic } = AuditLogPolicy.parse(JSON.stringify(good));
  return AuditLogPolicy.of({ name, retention, writers, readers, regions, traffic });
}

export function firstRegion(policy: AuditLogPolicy): Region {
  const [region] = policy.regions;
  if (region === undefined) throw new Error('a policy has a region');
  return region;
}

/** The archive of `acme-audit` in eu-central-1. */
export function archiveStack(
  retention: Retention,
  more: Partial<ArchiveProps> = {},
  scope: IConstruct = new App(),
): ArchiveStack {
  const policy = policyWith(retention);
  const props = { policy, region: firstRegion(policy), breakGlassRoleArn: BREAK_GLASS, ...more };
  return new ArchiveStack(scope.node.root as App, 'AuditLogArchive', props);
}
