import type { FrontDoorOptions } from './front-door-options';
import type { IFrontDoor } from './i-front-door';
import { SharedFrontDoor } from './shared-front-door';
import type { SharedFrontDoorOptions } from './shared-front-door-options';
import { SplitFrontDoor } from './split-front-door';

/** Where clients reach the log: `ingest.<domain>` for writers and `query.<domain>` for readers. */
export class FrontDoor {
  /**
   * A load balancer and a firewall for each path, so that neither can be in the way of the other.
   *
   * @param options how it is run
   */
  public static split(options?: FrontDoorOptions): IFrontDoor {
    return new SplitFrontDoor(options ?? {});
  }

  /**
   * One load balancer and one firewall for both paths: fewer addresses and forwarding rules to pay for. Backends stay apart, so that nothing
   * that takes writes is cached.
   *
   * Only where writers and readers have the same allow-list, authentication, authorities, rate limit and residency; `bind` refuses otherwise.
   *
   * @param options how it is run
   */
  public static shared(options?: SharedFrontDoorOptions): IFrontDoor {
    return new SharedFrontDoor(options ?? {});
  }

  private constructor() {}
}
