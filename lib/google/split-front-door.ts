import type { Construct } from 'constructs';
import { readPath, writePath } from './edge-path';
import { makeEntrance, networkFor } from './entrance';
import type { FrontDoorContext } from './front-door-context';
import type { FrontDoorOptions } from './front-door-options';
import type { FrontDoorPaths } from './front-door-paths';
import type { IFrontDoor } from './i-front-door';

/** A load balancer and a firewall for each path. */
export class SplitFrontDoor implements IFrontDoor {
  public constructor(private readonly options: FrontDoorOptions) {}

  /** @throws routing-unavailable, access-open, client-authorities-missing, provider-too-old, dns-zone-missing, backend-groups-mixed */
  public bind(scope: Construct, context: FrontDoorContext): FrontDoorPaths {
    const { policy, deployment, writes } = context;
    const { writerRules, readerRules, minimumTls } = this.options;
    const common = { policy, deployment, minimumTls };
    const regions = writes.map(({ region }) => region.name);
    const network = networkFor(scope, policy.name, regions);
    const writing = {
      ...common,
      paths: [writePath(context)],
      access: policy.writers,
      authorities: deployment.writerAuthorities,
      rules: writerRules,
    };
    const reading = {
      ...common,
      paths: [readPath(context)],
      access: policy.readers,
      authorities: deployment.readerAuthorities,
      rules: readerRules,
    };
    return {
      ingest: makeEntrance(scope, 'Writes', writing, network),
      query: makeEntrance(scope, 'Reads', reading, network),
    };
  }
}
