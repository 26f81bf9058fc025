import type { BackendGroup } from './backend-group';
import type { CloudRunOptions } from './cloud-run-options';
import { CloudRunWriteTarget } from './cloud-run-write-target';
import { ExistingTarget } from './existing-target';
import { FunctionWriteTarget } from './function-write-target';
import type { IWriteTarget } from './i-write-target';

/** What takes requests to append. */
export class WriteTarget {
  /** A function (Cloud Run functions, second generation), built by Google from this package: needs no image. It starts from nothing. */
  public static cloudFunction(): IWriteTarget {
    return new FunctionWriteTarget();
  }

  /**
   * Containers on Cloud Run that are always there.
   *
   * @param options how they run
   */
  public static cloudRun(options?: CloudRunOptions): IWriteTarget {
    return new CloudRunWriteTarget(options ?? {});
  }

  /**
   * What is there already, such as machines or pods that run this package's `ingest`.
   *
   * @param groups by the name of the region
   */
  public static existing(groups: { [region: string]: BackendGroup }): IWriteTarget {
    return new ExistingTarget(groups);
  }

  private constructor() {}
}
