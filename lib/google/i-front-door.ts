import type { Construct } from 'constructs';
import type { FrontDoorContext } from './front-door-context';
import type { FrontDoorPaths } from './front-door-paths';

/** Where clients reach the log: `ingest.<domain>` for writers and `query.<domain>` for readers. */
export interface IFrontDoor {
  /**
   * Makes the front door.
   *
   * @param scope where to; each front door needs a scope of its own
   * @param context what from
   */
  bind(scope: Construct, context: FrontDoorContext): FrontDoorPaths;
}
