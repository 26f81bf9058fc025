import { Duration } from 'aws-cdk-lib';
import type { IApplicationTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { Construct } from 'constructs';
import type { AuditLogPolicy } from '../policy';
import type { FargateOptions } from './fargate-options';
import type { IWriteTarget } from './i-write-target';
import type { NetworkReach } from './network-reach';
import { ingestEnvironment, reachFor } from './service-settings';
import { memoryOf, ServiceTasks } from './service-tasks';
import type { TargetContext } from './target-context';

/** S3 answers in tens of milliseconds: a segment every quarter of a second keeps objects few and answers quick. */
const PACE_MS = 250;

/** Appends in tasks, all requests of a quarter of a second in one segment. */
export class FargateWriteTarget implements IWriteTarget {
  public constructor(private readonly options: FargateOptions) {}

  public reach(policy: AuditLogPolicy): NetworkReach {
    return reachFor(policy.writers);
  }

  public bind(scope: Construct, context: TargetContext): IApplicationTargetGroup {
    const { archive } = context;
    const memoryMiB = memoryOf(this.options) / 2;
    return new ServiceTasks(scope, 'Ingest', {
      bundle: 'ingest',
      role: archive.roles.ingest,
      environment: ingestEnvironment(archive, { paceMs: PACE_MS, memoryMiB }),
      reach: this.reach(archive.policy),
      context,
      options: this.options,
      folders: [],
      load: { requestsPerMinute: 12_000, readyWithin: Duration.minutes(2) },
    }).targetGroup;
  }
}
