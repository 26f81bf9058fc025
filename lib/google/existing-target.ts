import type { Construct } from 'constructs';
import { AuditLogError } from '../policy/errors';
import type { BackendGroup } from './backend-group';
import type { IReadTarget } from './i-read-target';
import type { IWriteTarget } from './i-write-target';
import type { TargetContext } from './target-context';

/** What is there already in each region. */
export class ExistingTarget implements IWriteTarget, IReadTarget {
  public constructor(private readonly groups: Readonly<Record<string, BackendGroup>>) {}

  public bind(_: Construct, { archive }: TargetContext): BackendGroup {
    const group = this.groups[archive.region.name];
    if (group !== undefined) return group;
    throw new AuditLogError('target-missing', {
      problem: 'no group is given for a region of the policy',
      given: archive.region.name,
      allowed: Object.keys(this.groups).join(', '),
      fix: 'give the group that answers there',
    });
  }
}
