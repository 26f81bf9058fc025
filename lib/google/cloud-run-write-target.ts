import type { Construct } from 'constructs';
import type { BackendGroup } from './backend-group';
import type { CloudRunOptions } from './cloud-run-options';
import { ContainerService, memoryOf } from './container-service';
import type { IWriteTarget } from './i-write-target';
import { ingestEnvironment, LISTEN } from './service-settings';
import type { TargetContext } from './target-context';

/** Requests wait together for a segment, so one instance takes many. */
const CONCURRENCY = 250;

/** Appends in containers. */
export class CloudRunWriteTarget implements IWriteTarget {
  public constructor(private readonly options: CloudRunOptions) {}

  public bind(scope: Construct, context: TargetContext): BackendGroup {
    return new ContainerService(scope, 'Ingest', {
      bundle: 'ingest',
      identity: context.archive.roles.ingest,
      environment: ingestEnvironment(context.archive, { listen: LISTEN, memoryMiB: memoryOf(this.options) / 2 }),
      context,
      options: this.options,
      concurrency: CONCURRENCY,
    }).group;
  }
}
