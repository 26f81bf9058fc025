import type { IApplicationListener } from 'aws-cdk-lib/aws-elasticloadbalancingv2';

/** Listeners that are there already. */
export interface ExistingListeners {
  /** The HTTPS listener that gets requests to `ingest.<domain>` and `<region>.ingest.<base>`. */
  readonly writes: IApplicationListener;

  /** The HTTPS listener that gets requests to `query.<domain>` and `<region>.query.<base>`; may be the same. */
  readonly reads: IApplicationListener;

  /**
   * Priority of the rule for writes to the public name, 1 to 49,997. The next three are for reads from the public name, and for writes and reads
   * by the region's own names, which canaries use. All four must be free.
   */
  readonly firstPriority: number;
}
