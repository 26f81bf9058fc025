import type { Construct } from 'constructs';
import type { FrontDoorContext } from './front-door-context';
import type { FrontDoorPaths } from './front-door-paths';
import type { IFrontDoor } from './i-front-door';
import { PublishedNames } from './published-names';

/** A front door of one region among several, which leaves `ingest.<domain>` and `query.<domain>` to others. */
export class RegionalFrontDoor implements IFrontDoor {
  public constructor(private readonly door: IFrontDoor) {}

  public bind(scope: Construct, context: FrontDoorContext): FrontDoorPaths {
    return this.door.bind(scope, { ...context, names: PublishedNames.REGIONAL });
  }
}
