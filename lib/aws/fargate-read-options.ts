import type { FargateOptions } from './fargate-options';

/** How searches run as tasks on Fargate. */
export interface FargateReadOptions extends FargateOptions {
  /**
   * Disk of a task in GiB, 21 to 200. Each task keeps what it searches on it, in about the size that records have before compression.
   *
   * @default - 50
   */
  readonly diskGiB?: number;
}
