import type { Construct } from 'constructs';
import { type Access, type AuditLogPolicy, RoutingKind } from '../policy';
import { AuditLogError } from '../policy/errors';
import { EdgeNetwork } from './edge-network';
import type { EdgePath } from './edge-path';
import type { FirewallRule } from './firewall-rule';
import type { WayIn } from './front-door-paths';
import { GlobalEntrance } from './global-entrance';
import type { GoogleDeployment } from './google-deployment';
import { physicalName } from './physical-name';
import { ResidentEntrance } from './resident-entrance';
import type { TlsVersion } from './tls-version';

/** What a way in is made from: one load balancer, or one a region. */
export interface EntranceProps {
  readonly policy: AuditLogPolicy;
  readonly deployment: GoogleDeployment;

  /** What is behind it, at least one path; all are entered alike, and have one residency. */
  readonly paths: readonly EdgePath[];
  readonly access: Access;
  readonly authorities: string[] | undefined;
  readonly rules: FirewallRule[] | undefined;
  readonly minimumTls: TlsVersion | undefined;
}

/**
 * Makes the way in that a routing needs.
 *
 * @param network where regional load balancers have their proxies; made where it is needed
 * @throws routing-unavailable, access-open, client-authorities-missing, provider-too-old, dns-zone-missing, backend-groups-mixed
 */
export function makeEntrance(scope: Construct, id: string, props: EntranceProps, network: () => EdgeNetwork): WayIn[] {
  for (const path of props.paths) checkRouting(path);
  const residency = props.paths[0]?.routing.residency;
  if (residency === undefined) return [new GlobalEntrance(scope, id, props).wayIn];
  return new ResidentEntrance(scope, id, { ...props, residency, network: network() }).waysIn;
}

/** Where proxies of regional load balancers are: one network a front door, made when it is first asked for. */
export function networkFor(scope: Construct, name: string, regions: readonly string[]): () => EdgeNetwork {
  let network: EdgeNetwork | undefined;
  return () => {
    network ??= new EdgeNetwork(scope, 'Network', {
      name: physicalName(scope, `${name}-edge`, 38),
      regions: [...regions],
    });
    return network;
  };
}

/** Where there is one region there is no order to keep. */
function checkRouting({ routing, targets }: EdgePath): void {
  if (routing.kind !== RoutingKind.FAILOVER || targets.length === 1) return;
  throw new AuditLogError('routing-unavailable', {
    problem: 'a load balancer of Google Cloud prefers the nearest serverless region, and takes no order of yours',
    given: routing.kind,
    allowed: 'latency, jurisdiction; failover where one region is here and the others are elsewhere',
    fix: 'choose latency: the next region answers when the nearest fails',
  });
}
