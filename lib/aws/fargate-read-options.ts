import type { FargateOptions } from './fargate-options';

/** How searches run as tasks on Fargate. */
export interface FargateReadOptions extends FargateOptions {
  /**
   * Disk of a task in GiB, 21 to 200. Each task keeps on it what came since a day before its start (the whole log if the view is empty then),
   * in about the size that records have before compression.
   *
   * @default - 50
   */
  readonly diskGiB?: number;
}
