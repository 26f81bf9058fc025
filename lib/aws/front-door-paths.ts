import type { EdgeFirewall } from './edge-firewall';
import type { ExternalLoadBalancer } from './external-load-balancer';

/** What a front door made, for alarms and for rules of your own. */
export interface FrontDoorPaths {
  /**
   * Takes writers in.
   *
   * @default - the organisation's own listener does
   */
  readonly ingest?: ExternalLoadBalancer;

  /**
   * Takes readers in; may be the same as of writers.
   *
   * @default - the organisation's own listener does
   */
  readonly query?: ExternalLoadBalancer;

  /**
   * Refuses writers.
   *
   * @default - whatever stands before the organisation's own listener does
   */
  readonly ingestFirewall?: EdgeFirewall;

  /**
   * Refuses readers; may be the same as of writers.
   *
   * @default - whatever stands before the organisation's own listener does
   */
  readonly queryFirewall?: EdgeFirewall;
}
