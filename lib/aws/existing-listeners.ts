import type { IApplicationListener } from 'aws-cdk-lib/aws-elasticloadbalancingv2';

/** Listeners that are there already. */
export interface ExistingListeners {
  /** The HTTPS listener that gets requests to `ingest.<domain>`. */
  readonly writes: IApplicationListener;

  /** The HTTPS listener that gets requests to `query.<domain>`; may be the same. */
  readonly reads: IApplicationListener;

  /** Priority of the rule for writes, 1 to 49,999; the rule for reads has the next. Both must be free. */
  readonly firstPriority: number;
}
