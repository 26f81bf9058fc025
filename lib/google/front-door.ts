import { Construct } from 'constructs';
import { type Access, type AuditLogPolicy, type Routing, RoutingKind } from '../policy';
import { AuditLogError } from '../policy/errors';
import { EdgeNetwork } from './edge-network';
import { readRoutes, writeRoutes } from './edge-routes';
import type { FirewallRule } from './firewall-rule';
import type { GoogleDeployment } from './google-deployment';
import type { PathProps } from './path-props';
import { physicalName } from './physical-name';
import { ingestDomain, queryDomain } from './public-names';
import { ReadPath } from './read-path';
import type { RegionTarget } from './region-target';
import { ResidentPath } from './resident-path';
import type { TlsVersion } from './tls-version';
import { WritePath } from './write-path';

/** The parts of a front door. */
export interface FrontDoorProps {
  /** What must hold for the log. */
  readonly policy: AuditLogPolicy;

  /** Where it is deployed. */
  readonly deployment: GoogleDeployment;

  /** What takes requests to append, one target for each region of the policy. */
  readonly writes: RegionTarget[];

  /** What takes requests to search and prove, one target for each region of the policy. */
  readonly reads: RegionTarget[];

  /**
   * Rules of your own in the writers' firewalls.
   *
   * @default - none
   */
  readonly writerRules?: FirewallRule[];

  /**
   * Rules of your own in the readers' firewalls.
   *
   * @default - none
   */
  readonly readerRules?: FirewallRule[];

  /**
   * The oldest TLS that clients may speak.
   *
   * @default - TLS 1.2
   */
  readonly minimumTls?: TlsVersion;
}

/**
 * Where clients come in: `ingest.<domain>` for writers and `query.<domain>` for readers, which share neither load balancer nor firewall, so
 * that neither can be in the way of the other.
 */
export class FrontDoor extends Construct {
  /**
   * @throws routing-unavailable, access-open, client-authorities-missing, provider-too-old, dns-zone-missing, backend-groups-mixed
   */
  public constructor(scope: Construct, id: string, props: FrontDoorProps) {
    super(scope, id);
    const { policy, deployment } = props;
    const network = this.makeNetwork(policy);
    this.makeWrites(network, {
      ...common(this, 'ingest', props, policy.writers, policy.traffic.writes),
      domain: ingestDomain(deployment.domain),
      authorities: deployment.writerAuthorities,
      targets: props.writes,
      rules: props.writerRules,
    });
    this.makeReads(network, {
      ...common(this, 'query', props, policy.readers, policy.traffic.reads),
      domain: queryDomain(deployment.domain),
      authorities: deployment.readerAuthorities,
      targets: props.reads,
      rules: props.readerRules,
    });
  }

  private makeWrites(network: EdgeNetwork | undefined, path: PathProps): void {
    const { residency } = path.routing;
    if (residency === undefined || network === undefined) new WritePath(this, 'Writes', path);
    else new ResidentPath(this, 'Writes', { ...path, residency, network, routes: writeRoutes });
  }

  private makeReads(network: EdgeNetwork | undefined, path: PathProps): void {
    const { residency } = path.routing;
    if (residency === undefined || network === undefined) new ReadPath(this, 'Reads', path);
    else new ResidentPath(this, 'Reads', { ...path, residency, network, routes: (to) => readRoutes(to, to) });
  }

  private makeNetwork({ name, regions, traffic }: AuditLogPolicy): EdgeNetwork | undefined {
    if (traffic.writes.residency === undefined && traffic.reads.residency === undefined) return undefined;
    const regionNames = regions.map((region) => region.name);
    return new EdgeNetwork(this, 'Network', { name: physicalName(this, `${name}-edge`, 38), regions: regionNames });
  }
}

function common(scope: Construct, role: string, props: FrontDoorProps, access: Access, routing: Routing) {
  checkRouting(routing);
  const { policy, deployment, minimumTls } = props;
  // Room for what resources add to it: `-<region>-keys`.
  const name = physicalName(scope, `${policy.name}-${role}`, 38);
  return { name, access, routing, deployment, minimumTls };
}

function checkRouting({ kind }: Routing): void {
  if (kind !== RoutingKind.FAILOVER) return;
  throw new AuditLogError('routing-unavailable', {
    problem: 'a load balancer of Google Cloud prefers the nearest serverless region, and takes no order of yours',
    given: kind,
    allowed: 'latency, jurisdiction',
    fix: 'choose latency: the next region answers when the nearest fails',
  });
}
