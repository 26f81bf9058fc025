import type { ServiceImage } from '../policy';

/** How a service runs as tasks on Fargate. */
export interface FargateOptions {
  /**
   * What the tasks run.
   *
   * @default - the image of the deployment
   */
  readonly image?: ServiceImage;

  /**
   * Processor of a task, in 1,024ths: 512, 1024, 2048, 4096, 8192 or 16384.
   *
   * @default - 1024
   */
  readonly cpu?: number;

  /**
   * Memory of a task in MiB, within what Fargate has for the processor: 1 to 4 GiB for 512, 2 to 8 GiB for 1024.
   *
   * @default - 2048
   */
  readonly memoryMiB?: number;

  /**
   * Fewest tasks, at least 2: one for each availability zone.
   *
   * @default - 2
   */
  readonly minTasks?: number;

  /**
   * Most tasks.
   *
   * @default - 10
   */
  readonly maxTasks?: number;
}
