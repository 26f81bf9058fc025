import type { Construct } from 'constructs';
import { AuditLogError } from '../policy/errors';
import { readPath, writePath } from './edge-path';
import { makeEntrance, networkFor } from './entrance';
import type { FrontDoorContext } from './front-door-context';
import type { FrontDoorPaths } from './front-door-paths';
import type { IFrontDoor } from './i-front-door';
import type { SharedFrontDoorOptions } from './shared-front-door-options';

/** One load balancer and one firewall for both paths, or one of each a region. */
export class SharedFrontDoor implements IFrontDoor {
  public constructor(private readonly options: SharedFrontDoorOptions) {}

  /**
   * @throws paths-not-alike, routing-unavailable, access-open, client-authorities-missing, provider-too-old, dns-zone-missing,
   * backend-groups-mixed
   */
  public bind(scope: Construct, context: FrontDoorContext): FrontDoorPaths {
    checkAlike(context);
    const { policy, deployment, writes } = context;
    const both = {
      policy,
      deployment,
      paths: [writePath(context), readPath(context)],
      access: policy.writers,
      authorities: deployment.writerAuthorities,
      rules: this.options.rules,
      minimumTls: this.options.minimumTls,
    };
    const regions = writes.map(({ region }) => region.name);
    const waysIn = makeEntrance(scope, 'Shared', both, networkFor(scope, policy.name, regions));
    return { ingest: waysIn, query: waysIn };
  }
}

function checkAlike({ policy: { writers, readers, traffic }, deployment }: FrontDoorContext): void {
  const pairs = {
    allow: [writers.allow._render(), readers.allow._render()],
    authenticate: [writers.authenticate._render(), readers.authenticate._render()],
    rateLimit: [writers.rateLimit._render(), readers.rateLimit._render()],
    authorities: [deployment.writerAuthorities, deployment.readerAuthorities],
    residency: [traffic.writes.residency?._render(), traffic.reads.residency?._render()],
  };
  const different = Object.entries(pairs)
    .filter(([, [one, other]]) => JSON.stringify(one) !== JSON.stringify(other))
    .map(([name]) => name);
  if (different.length === 0) return;
  throw new AuditLogError('paths-not-alike', {
    problem: 'one load balancer cannot keep writers and readers apart, and they differ',
    given: different,
    allowed: 'the same allow, authenticate, rateLimit, authorities and residency for both',
    fix: 'use FrontDoor.split(), or make them the same',
  });
}
