import { ExistingFrontDoor } from './existing-front-door';
import type { ExistingListeners } from './existing-listeners';
import type { IFrontDoor } from './i-front-door';
import type { LoadBalancerOptions } from './load-balancer-options';
import { RegionalFrontDoor } from './regional-front-door';
import { SharedFrontDoor } from './shared-front-door';
import { SplitFrontDoor } from './split-front-door';

/** Where clients reach the log: `ingest.<domain>` for writers and `query.<domain>` for readers. */
export class FrontDoor {
  /**
   * A load balancer and a firewall for each path, so that neither can disturb the other.
   *
   * @param options how both load balancers are run
   */
  public static split(options?: LoadBalancerOptions): IFrontDoor {
    return new SplitFrontDoor(options ?? {});
  }

  /**
   * One load balancer and one firewall for both paths, at half the price. A load balancer with an unhealthy path is taken for unhealthy
   * as a whole, and a flood of searches is in the way of writes.
   *
   * Only where writers and readers have the same allow-list, authentication, rate limit, residency and trusted authorities; `bind` refuses
   * otherwise.
   *
   * @param options how the load balancer is run
   */
  public static shared(options?: LoadBalancerOptions): IFrontDoor {
    return new SharedFrontDoor(options ?? {});
  }

  /**
   * Listeners that your organisation has already. They get one rule for each path and name that clients ask for. Allow-lists, rate limits,
   * mutual TLS, logs and DNS are up to whoever owns the listeners.
   *
   * @param listeners where rules are added
   */
  public static existing(listeners: ExistingListeners): IFrontDoor {
    return new ExistingFrontDoor(listeners);
  }

  /**
   * A front door that publishes the region's own names only. `GlobalRouting` leads clients of `ingest.<domain>` and `query.<domain>` to them;
   * a second record of those names, from a region's stack, would be refused by Route 53 or hide all other regions. `MultiRegionAuditLog` does
   * this by itself.
   *
   * @param door how clients come in
   * @default - `FrontDoor.split()`
   */
  public static regional(door?: IFrontDoor): IFrontDoor {
    return new RegionalFrontDoor(door ?? FrontDoor.split());
  }

  private constructor() {}
}
