import type { BackendGroup } from './backend-group';
import type { CloudRunOptions } from './cloud-run-options';
import { CloudRunReadTarget } from './cloud-run-read-target';
import { ExistingTarget } from './existing-target';
import type { IReadTarget } from './i-read-target';

/** What takes requests to search and prove. */
export class ReadTarget {
  /**
   * Containers on Cloud Run that are always there.
   *
   * @param options how they run
   */
  public static cloudRun(options?: CloudRunOptions): IReadTarget {
    return new CloudRunReadTarget(options ?? {});
  }

  /**
   * What is there already, such as machines or pods that run this package's `query`.
   *
   * @param groups by the name of the region
   */
  public static existing(groups: { [region: string]: BackendGroup }): IReadTarget {
    return new ExistingTarget(groups);
  }

  private constructor() {}
}
