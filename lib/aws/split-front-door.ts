import type { Construct } from 'constructs';
import { EdgeFirewall } from './edge-firewall';
import { READ_ROUTE, WRITE_ROUTE } from './edge-routes';
import { ExternalLoadBalancer } from './external-load-balancer';
import type { FrontDoorContext } from './front-door-context';
import type { FrontDoorPaths } from './front-door-paths';
import type { IFrontDoor } from './i-front-door';
import type { LoadBalancerOptions } from './load-balancer-options';
import { LogBucket } from './log-bucket';
import { LogPath } from './log-path';
import { certificateFor, publishNames } from './public-names';
import { residentsOf } from './resident-clients';

/** A load balancer and a firewall for each path. */
export class SplitFrontDoor implements IFrontDoor {
  public constructor(private readonly options: LoadBalancerOptions) {}

  public bind(scope: Construct, context: FrontDoorContext): FrontDoorPaths {
    const { policy, region, deployment, writes, reads } = context;
    const { watch } = deployment;
    const logs = this.options.logs ?? new LogBucket(scope, 'Logs').bucket;
    const options = { ...this.options, logs };

    const ingest = makePath(scope, LogPath.INGEST, context, options);
    ingest.forward('Writes', WRITE_ROUTE, writes);
    const ingestFirewall = EdgeFirewall.ingest(scope, 'IngestFirewall', policy.writers, {
      watch,
      residents: residentsOf(region, policy.traffic.writes),
    });
    ingestFirewall.protect(ingest);

    const query = makePath(scope, LogPath.QUERY, context, options);
    query.forward('Reads', READ_ROUTE, reads);
    const queryFirewall = EdgeFirewall.query(scope, 'QueryFirewall', policy.readers, {
      watch,
      residents: residentsOf(region, policy.traffic.reads),
    });
    queryFirewall.protect(query);

    return { ingest, query, ingestFirewall, queryFirewall };
  }
}

function makePath(
  scope: Construct,
  path: LogPath,
  context: FrontDoorContext,
  options: LoadBalancerOptions,
): ExternalLoadBalancer {
  const { policy, region, deployment, vpc } = context;
  const { trust, prefixLists } = deployment.regionNamed(region.name)[path];
  const edge = new ExternalLoadBalancer(scope, path === LogPath.INGEST ? 'Ingest' : 'Query', {
    vpc,
    access: path === LogPath.INGEST ? policy.writers : policy.readers,
    retention: policy.retention,
    certificates: [certificateFor(scope, path, deployment, region)],
    trust,
    prefixLists,
    watch: deployment.watch,
    options,
  });
  publishNames(scope, path, context, edge.loadBalancer);
  return edge;
}
