import type { Archive } from './archive';
import type { GoogleDeployment } from './google-deployment';

/** What a target is made from. */
export interface TargetContext {
  /** The log, and the identities that its services run as. */
  readonly archive: Archive;

  /** Where it is deployed. */
  readonly deployment: GoogleDeployment;
}
