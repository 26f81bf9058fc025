import type { Construct } from 'constructs';
import type { BackendGroup } from './backend-group';
import type { CloudRunOptions } from './cloud-run-options';
import { ContainerService, memoryOf } from './container-service';
import type { IReadTarget } from './i-read-target';
import { LISTEN, queryEnvironment } from './service-settings';
import type { TargetContext } from './target-context';

/** Searches are heavy: more at once only wait for each other. */
const CONCURRENCY = 16;

/** The image makes it and gives it to the user that it runs as. */
const CACHE = '/cache';

/** Searches in containers. Their cache of the whole log is in memory, beside the engine's: what an instance writes to its disk, Cloud Run counts as memory. */
export class CloudRunReadTarget implements IReadTarget {
  public constructor(private readonly options: CloudRunOptions) {}

  public bind(scope: Construct, context: TargetContext): BackendGroup {
    const { archive } = context;
    const options = { ...this.options, memoryMiB: this.options.memoryMiB ?? 4096 };
    const memoryMiB = memoryOf(options) / 4;
    return new ContainerService(scope, 'Query', {
      bundle: 'query',
      identity: archive.roles.query,
      environment: queryEnvironment(archive, { listen: LISTEN, cacheFolder: CACHE, memoryMiB }),
      context,
      options,
      concurrency: CONCURRENCY,
    }).group;
  }
}
