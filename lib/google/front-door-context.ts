import type { AuditLogPolicy } from '../policy';
import type { GoogleDeployment } from './google-deployment';
import type { RegionTarget } from './region-target';

/** What a front door is made from. */
export interface FrontDoorContext {
  /** What must hold for the log. */
  readonly policy: AuditLogPolicy;

  /** Where it is deployed. */
  readonly deployment: GoogleDeployment;

  /** What takes requests to append, one target for each region of the policy that is here. */
  readonly writes: RegionTarget[];

  /** What takes requests to search and prove, one target for each region of the policy that is here. */
  readonly reads: RegionTarget[];
}
