import type { Construct } from 'constructs';
import { AuditLogError } from '../policy/errors';
import { EdgeFirewall } from './edge-firewall';
import { READ_ROUTE, WRITE_ROUTE } from './edge-routes';
import { ExternalLoadBalancer } from './external-load-balancer';
import type { FrontDoorContext } from './front-door-context';
import type { FrontDoorPaths } from './front-door-paths';
import type { IFrontDoor } from './i-front-door';
import type { LoadBalancerOptions } from './load-balancer-options';
import { LogPath } from './log-path';
import { certificateFor, publicName, publishNames, regionalName } from './public-names';
import { residentsOf } from './resident-clients';

/** One load balancer and one firewall for both paths. */
export class SharedFrontDoor implements IFrontDoor {
  public constructor(private readonly options: LoadBalancerOptions) {}

  public bind(scope: Construct, context: FrontDoorContext): FrontDoorPaths {
    const { policy, region, deployment, vpc, writes, reads } = context;
    checkAlike(context);
    const { trust, prefixLists } = deployment.regionNamed(region.name).ingest;
    const paths = [LogPath.INGEST, LogPath.QUERY];
    const certificates = paths.map((path) => certificateFor(scope, path, deployment, region));
    const edge = new ExternalLoadBalancer(scope, 'Shared', {
      vpc,
      access: policy.writers,
      retention: policy.retention,
      certificates: certificates.filter(
        ({ certificateArn }, index) =>
          certificates.findIndex((each) => each.certificateArn === certificateArn) === index,
      ),
      trust,
      prefixLists,
      watch: deployment.watch,
      options: this.options,
    });
    edge.forward('Writes', WRITE_ROUTE, writes, publicName(LogPath.INGEST, deployment));
    edge.forward('Reads', READ_ROUTE, reads, publicName(LogPath.QUERY, deployment));
    edge.forward('RegionalWrites', WRITE_ROUTE, writes, regionalName(LogPath.INGEST, deployment, region.name));
    edge.forward('RegionalReads', READ_ROUTE, reads, regionalName(LogPath.QUERY, deployment, region.name));
    for (const path of paths) publishNames(scope, path, context, edge.loadBalancer);
    const firewall = EdgeFirewall.shared(scope, 'SharedFirewall', policy.writers, {
      watch: deployment.watch,
      residents: residentsOf(region, policy.traffic.writes),
    });
    firewall.protect(edge);
    return { ingest: edge, query: edge, ingestFirewall: firewall, queryFirewall: firewall };
  }
}

function checkAlike({ policy: { writers, readers, traffic }, region, deployment }: FrontDoorContext): void {
  const { ingest, query } = deployment.regionNamed(region.name);
  const pairs = {
    allow: [writers.allow, readers.allow],
    authenticate: [writers.authenticate, readers.authenticate],
    rateLimit: [writers.rateLimit, readers.rateLimit],
    residency: [traffic.writes.residency, traffic.reads.residency],
    trust: [ingest.trust, query.trust],
  };
  const different = Object.entries(pairs)
    .filter(([, [one, other]]) => JSON.stringify(one?._render()) !== JSON.stringify(other?._render()))
    .map(([name]) => name);
  if (different.length === 0) return;
  throw new AuditLogError('paths-not-alike', {
    problem: 'one load balancer cannot keep writers and readers apart, and they differ',
    given: different,
    allowed: 'the same allow, authenticate, rateLimit, residency and trust for both',
    fix: 'use FrontDoor.split(), or make them the same',
  });
}
