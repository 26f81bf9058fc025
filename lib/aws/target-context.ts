import type { ServiceImage } from '../policy';
import type { Archive } from './archive';
import type { INetwork } from './i-network';

/** What a target is made from. */
export interface TargetContext {
  /** The log, and the roles that its services run as. */
  readonly archive: Archive;

  /** Where tasks run, if the target has any. */
  readonly network: INetwork;

  /**
   * What tasks run.
   *
   * @default - only targets without tasks can be made
   */
  readonly image?: ServiceImage;
}
