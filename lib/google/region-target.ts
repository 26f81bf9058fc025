import type { Region } from '../policy';
import type { BackendGroup } from './backend-group';

/** What answers in a region. */
export interface RegionTarget {
  /** The region, one of the policy's. */
  readonly region: Region;

  /** What answers there. */
  readonly group: BackendGroup;
}
