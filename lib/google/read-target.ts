import type { BackendGroup } from './backend-group';
import type { CloudRunOptions } from './cloud-run-options';
import { CloudRunReadTarget } from './cloud-run-read-target';
import { ExistingTarget } from './existing-target';
import { FunctionReadTarget } from './function-read-target';
import type { IReadTarget } from './i-read-target';

/** What takes requests to search and prove. */
export class ReadTarget {
  /**
   * A function (Cloud Run functions, second generation), built by Google from this package, that lets BigQuery search a `View`. It starts from
   * nothing and searches logs of any size, but what was appended in the last hour or two only once it is rolled up, which a job does with the
   * image of the deployment.
   */
  public static cloudFunction(): IReadTarget {
    return new FunctionReadTarget();
  }

  /**
   * Containers on Cloud Run that are always there. They search what was just appended, and hold the whole log in memory: of a log that outgrows
   * them, take `cloudFunction`.
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
