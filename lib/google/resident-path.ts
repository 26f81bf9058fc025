import { DnsRecordSet } from '@cdktf/provider-google/lib/dns-record-set';
import { Construct } from 'constructs';
import type { Residency } from '../policy';
import { AuditLogError } from '../policy/errors';
import type { EdgeNetwork } from './edge-network';
import type { EdgeRoute } from './edge-route';
import { GeoRecord } from './geo-record';
import type { IEdgeBackend } from './i-edge-backend';
import type { PathProps } from './path-props';
import { physicalName } from './physical-name';
import type { RegionTarget } from './region-target';
import { RegionalBackend } from './regional-backend';
import { RegionalFirewall } from './regional-firewall';
import { RegionalLoadBalancer } from './regional-load-balancer';

/** What differs from a path that may leave its jurisdiction. */
interface ResidentPathProps extends PathProps {
  readonly residency: Residency;
  readonly network: EdgeNetwork;
  readonly routes: (backend: IEdgeBackend) => EdgeRoute[];
}

/**
 * A way in that keeps clients in their jurisdiction: a regional load balancer and firewall a region, which refuses clients of other
 * countries, and a record that leads nobody across. Each region also has a name of its own, `<region>.<domain>`.
 */
export class ResidentPath extends Construct {
  /** @throws dns-zone-missing, provider-too-old */
  public constructor(
    scope: Construct,
    id: string,
    private readonly props: ResidentPathProps,
  ) {
    super(scope, id);
    const zone = requireZone(props);
    const { domain } = props;
    const addresses = props.targets.map(({ region, group }) => {
      return { region, address: this.makeRegion({ region, group }, zone) };
    });
    new GeoRecord(this, 'Names', { name: physicalName(this, `${props.name}-probe`), domain, zone, addresses });
  }

  private makeRegion({ region, group }: RegionTarget, zone: string): string {
    const scope = new Construct(this, region.name);
    const { access, domain, deployment, network } = this.props;
    const name = physicalName(scope, `${this.props.name}-${region.name}`);
    const backend = this.makeBackend(scope, name, { region, group });
    const own = `${region.name}.${domain}`;
    const hosts = [domain, own].map((host) => ({ name: host, routes: this.props.routes(backend) }));
    const balancer = {
      name,
      domain,
      hosts,
      authenticate: access.authenticate,
      clientAuthorities: this.props.authorities,
      zone,
      minimumTls: this.props.minimumTls,
      providerVersion: deployment.providerVersion,
    };
    const place = { region: region.name, network };
    const { ipv4Address } = new RegionalLoadBalancer(scope, 'LoadBalancer', balancer, place);
    const record = { managedZone: zone, name: `${own}.`, type: 'A', ttl: 60, rrdatas: [ipv4Address] };
    new DnsRecordSet(scope, 'Record', record);
    return ipv4Address;
  }

  private makeBackend(scope: Construct, name: string, { region, group }: RegionTarget): RegionalBackend {
    const { access, rules, residency, deployment } = this.props;
    const countries = residency.countries[region.jurisdiction] ?? [];
    const place = { name, region: region.name };
    const firewall = new RegionalFirewall(scope, 'Firewall', { ...place, access, countries, rules });
    const { providerVersion } = deployment;
    return new RegionalBackend(scope, 'Backend', { ...place, group, firewall, providerVersion });
  }
}

function requireZone({ deployment, domain }: PathProps): string {
  if (deployment.zone !== undefined) return deployment.zone;
  throw new AuditLogError('dns-zone-missing', {
    problem: 'clients are led to their jurisdiction by records of Cloud DNS, and there is no zone to make them in',
    given: domain,
    fix: 'give the deployment the name of the zone that holds its domain',
  });
}
