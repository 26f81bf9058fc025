import { Construct } from 'constructs';
import type { BackendGroup } from './backend-group';
import { CacheFirewall } from './cache-firewall';
import { EdgeBackend } from './edge-backend';
import { EdgeFirewall } from './edge-firewall';
import type { EdgeHost } from './edge-host';
import { readRoutes } from './edge-routes';
import { ExternalLoadBalancer } from './external-load-balancer';
import type { PathProps } from './path-props';
import { physicalName } from './physical-name';

/**
 * The readers' way in. Each region has a log of its own and therefore a name of its own, `<region>.<domain>`, at which every answer is about
 * that log; the domain itself leads to the nearest region. The log's key is cached only where the name says whose key it is.
 */
export class ReadPath extends Construct {
  private readonly firewall: EdgeFirewall;
  private readonly cache: CacheFirewall;

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: PathProps,
  ) {
    super(scope, id);
    const { name, domain, access, deployment } = props;
    this.firewall = new EdgeFirewall(this, 'Firewall', { name, access, rules: props.rules });
    this.cache = new CacheFirewall(this, 'CacheFirewall', { name: `${name}-cache`, allow: access.allow });
    new ExternalLoadBalancer(this, 'LoadBalancer', {
      name,
      domain,
      hosts: this.hosts(),
      authenticate: access.authenticate,
      clientAuthorities: props.authorities,
      zone: deployment.zone,
      minimumTls: props.minimumTls,
      providerVersion: deployment.providerVersion,
    });
  }

  private hosts(): EdgeHost[] {
    const { domain, targets } = this.props;
    const regions = targets.map(({ region, group }) => this.host(`${region.name}.${domain}`, region.name, group));
    const [only, ...others] = regions;
    if (only !== undefined && others.length === 0) return [{ ...only, name: domain }, only];
    const groups = targets.map(({ group }) => group);
    const nearest = this.backend('Backend', this.props.name, groups);
    return [{ name: domain, routes: readRoutes(nearest, nearest) }, ...regions];
  }

  private host(name: string, region: string, group: BackendGroup): EdgeHost {
    const backend = this.backend(`Backend ${region}`, `${this.props.name}-${region}`, [group]);
    const keys = this.backend(`Keys ${region}`, `${this.props.name}-${region}-keys`, [group], this.cache);
    return { name, routes: readRoutes(backend, keys) };
  }

  private backend(id: string, name: string, groups: BackendGroup[], cache?: CacheFirewall): EdgeBackend {
    return new EdgeBackend(this, id, { name: physicalName(this, name), groups, firewall: this.firewall, cache });
  }
}
