import { Construct } from 'constructs';
import type { BackendGroup } from './backend-group';
import { CacheFirewall } from './cache-firewall';
import { EdgeBackend } from './edge-backend';
import { EdgeFirewall } from './edge-firewall';
import type { EdgeHost } from './edge-host';
import type { EdgePath } from './edge-path';
import type { EntranceProps } from './entrance';
import { entranceName, pathName } from './entrance-names';
import { ExternalLoadBalancer } from './external-load-balancer';
import type { WayIn } from './front-door-paths';
import { physicalName } from './physical-name';
import type { RegionTarget } from './region-target';

/**
 * One load balancer for all regions. Each region has a log of its own and therefore a name of its own, `<region>.<domain>`, at which every
 * answer is about that log; the domain itself leads to the nearest region. A log's key is cached only where the name says whose key it is.
 */
export class GlobalEntrance extends Construct {
  public readonly wayIn: WayIn;

  private readonly name: string;
  private readonly firewall: EdgeFirewall;
  private readonly cache: CacheFirewall | undefined;

  /** @throws access-open, client-authorities-missing, provider-too-old, backend-groups-mixed */
  public constructor(
    scope: Construct,
    id: string,
    private readonly props: EntranceProps,
  ) {
    super(scope, id);
    const { paths, access, deployment, rules } = props;
    this.name = entranceName(this, props);
    const watchAddress = deployment.elsewhere?.watchAddress;
    this.firewall = new EdgeFirewall(this, 'Firewall', { name: this.name, access, rules, watchAddress });
    this.cache = this.makeCacheFirewall();
    const { ipv4Address, ipv6Address } = new ExternalLoadBalancer(this, 'LoadBalancer', {
      name: this.name,
      domains: paths.map(({ domain }) => domain),
      hosts: paths.flatMap((path) => this.hosts(path)),
      authenticate: access.authenticate,
      clientAuthorities: props.authorities,
      zone: deployment.zone,
      minimumTls: props.minimumTls,
      providerVersion: deployment.providerVersion,
    });
    this.wayIn = { name: this.name, ipv4Address, ipv6Address };
  }

  private makeCacheFirewall(): CacheFirewall | undefined {
    const { paths, access } = this.props;
    if (!paths.some(({ hasKeys }) => hasKeys)) return undefined;
    return new CacheFirewall(this, 'CacheFirewall', { name: `${this.name}-cache`, allow: access.allow });
  }

  private hosts(path: EdgePath): EdgeHost[] {
    const { domain, targets, role } = path;
    const scope = new Construct(this, role);
    const name = pathName(scope, this.props.policy, role);
    const regions = targets.map((target) => this.host(scope, name, path, target));
    const [only, ...others] = regions;
    if (only !== undefined && others.length === 0) return [{ ...only, name: domain }, only];
    const groups = targets.map(({ group }) => group);
    const nearest = this.backend(scope, 'Backend', name, groups);
    return [{ name: domain, routes: path.routes(nearest, nearest) }, ...regions];
  }

  private host(scope: Construct, name: string, path: EdgePath, { region, group }: RegionTarget): EdgeHost {
    const backend = this.backend(scope, `Backend ${region.name}`, `${name}-${region.name}`, [group]);
    const keys = path.hasKeys
      ? this.backend(scope, `Keys ${region.name}`, `${name}-${region.name}-keys`, [group], this.cache)
      : backend;
    return { name: `${region.name}.${path.domain}`, routes: path.routes(backend, keys) };
  }

  private backend(scope: Construct, id: string, name: string, groups: BackendGroup[], cache?: CacheFirewall) {
    return new EdgeBackend(scope, id, { name: physicalName(scope, name), groups, firewall: this.firewall, cache });
  }
}
