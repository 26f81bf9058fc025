/** How a service runs on Cloud Run. */
export interface CloudRunOptions {
  /**
   * The container image, `<host>/<path>@sha256:<64 hex digits>`.
   *
   * @default - the image of the deployment
   */
  readonly image?: string;

  /**
   * Processors of an instance: 1, 2, 4, 6 or 8.
   *
   * @default - 1
   */
  readonly cpu?: number;

  /**
   * Memory of an instance in MiB: 512 to 4,096 with one processor, to 8,192 with two, 2,048 to 16,384 with four, 4,096 to 24,576
   * with six, to 32,768 with eight.
   *
   * @default - 2048
   */
  readonly memoryMiB?: number;

  /**
   * Fewest instances, at least 1.
   *
   * @default - 2
   */
  readonly minInstances?: number;

  /**
   * Most instances.
   *
   * @default - 10
   */
  readonly maxInstances?: number;
}
