import { DnsRecordSet } from '@cdktf/provider-google/lib/dns-record-set';
import { TerraformOutput } from 'cdktf';
import { Construct } from 'constructs';
import type { Region, Residency } from '../policy';
import { AuditLogError } from '../policy/errors';
import type { EdgeHost } from './edge-host';
import type { EdgeNetwork } from './edge-network';
import type { EdgePath } from './edge-path';
import type { EntranceProps } from './entrance';
import { entranceName, pathName } from './entrance-names';
import type { WayIn } from './front-door-paths';
import { GeoRecord } from './geo-record';
import { physicalName } from './physical-name';
import { RegionalBackend } from './regional-backend';
import { RegionalFirewall } from './regional-firewall';
import { RegionalLoadBalancer } from './regional-load-balancer';
import { ResidentLogs } from './resident-logs';

const TTL_SECONDS = 60;

/** What differs from a way in that may leave its jurisdiction. */
interface ResidentEntranceProps extends EntranceProps {
  readonly residency: Residency;
  readonly network: EdgeNetwork;
}

/**
 * A way in that keeps clients in their jurisdiction: a regional load balancer and firewall a region, which refuses clients of other
 * countries, a record that leads nobody across, and logs of requests that stay in the region. Each region also has a name of its own, `<region>.<domain>`.
 */
export class ResidentEntrance extends Construct {
  /** One a region. */
  public readonly waysIn: WayIn[];

  private readonly name: string;

  /** @throws dns-zone-missing, access-open, client-authorities-missing, provider-too-old, backend-groups-mixed */
  public constructor(
    scope: Construct,
    id: string,
    private readonly props: ResidentEntranceProps,
  ) {
    super(scope, id);
    checkZone(props);
    this.name = entranceName(this, props);
    const regions = (props.paths[0]?.targets ?? []).map(({ region }) => region);
    const made = regions.map((region) => ({ region, wayIn: this.makeRegion(region, regions[0]?.name) }));
    this.waysIn = made.map(({ wayIn }) => wayIn);
    const { zone } = props.deployment;
    if (zone === undefined) return;
    for (const { role, domain } of props.paths) {
      const name = physicalName(this, `${pathName(this, props.policy, role)}-probe`);
      const addresses = made.map(({ region, wayIn }) => ({ region, address: wayIn.ipv4Address }));
      new GeoRecord(this, `Names ${role}`, { name, domain, zone, addresses });
    }
  }

  private makeRegion(region: Region, provedIn: string | undefined): WayIn {
    const scope = new Construct(this, region.name);
    const { access, deployment, network, paths } = this.props;
    const name = physicalName(scope, `${this.name}-${region.name}`);
    const firewall = this.makeFirewall(scope, name, region);
    const balancer = {
      name,
      domains: paths.map(({ domain }) => domain),
      hosts: paths.flatMap((path) => this.makeHosts(scope, path, region, firewall)),
      authenticate: access.authenticate,
      clientAuthorities: this.props.authorities,
      zone: deployment.zone,
      minimumTls: this.props.minimumTls,
      providerVersion: deployment.providerVersion,
    };
    new ResidentLogs(scope, 'Logs', {
      name,
      project: deployment.project,
      region: region.name,
      services: paths.map(({ role }) => `${this.props.policy.name}-${role}`),
    });
    const place = { region: region.name, network, provedIn };
    const { ipv4Address } = new RegionalLoadBalancer(scope, 'LoadBalancer', balancer, place);
    this.publish(scope, region, ipv4Address);
    return { name, region: region.name, ipv4Address };
  }

  private makeFirewall(scope: Construct, name: string, region: Region): RegionalFirewall {
    const { access, rules, residency, deployment } = this.props;
    return new RegionalFirewall(scope, 'Firewall', {
      name,
      region: region.name,
      access,
      countries: residency.countries[region.jurisdiction] ?? [],
      rules,
      watchAddress: deployment.elsewhere?.watchAddress,
    });
  }

  private makeHosts(scope: Construct, path: EdgePath, region: Region, firewall: RegionalFirewall): EdgeHost[] {
    const { policy, deployment } = this.props;
    const target = path.targets.find((each) => each.region.name === region.name);
    if (target === undefined) return [];
    const backend = new RegionalBackend(scope, `Backend ${path.role}`, {
      name: physicalName(scope, `${pathName(scope, policy, path.role)}-${region.name}`),
      region: region.name,
      group: target.group,
      firewall,
      providerVersion: deployment.providerVersion,
    });
    const routes = path.routes(backend, backend);
    return [path.domain, `${region.name}.${path.domain}`].map((name) => ({ name, routes }));
  }

  private publish(scope: Construct, region: Region, address: string): void {
    const { deployment, paths } = this.props;
    const names = paths.map(({ role, domain }) => ({ role, name: `${region.name}.${domain}` }));
    if (deployment.zone === undefined) {
      const description = `Address of ${names.map(({ name }) => name).join(' and ')}, to publish where names are made`;
      new TerraformOutput(scope, 'Address', { description, value: { A: address } });
      return;
    }
    for (const { role, name } of names) {
      const record = {
        managedZone: deployment.zone,
        name: `${name}.`,
        type: 'A',
        ttl: TTL_SECONDS,
        rrdatas: [address],
      };
      new DnsRecordSet(scope, `Record ${role}`, record);
    }
  }
}

/** Where another cloud hosts a part of the log, the names are its to make. */
function checkZone({ deployment, paths }: EntranceProps): void {
  if (deployment.zone !== undefined || deployment.elsewhere !== undefined) return;
  throw new AuditLogError('dns-zone-missing', {
    problem: 'clients are led to their jurisdiction by records of Cloud DNS, and there is no zone to make them in',
    given: paths[0]?.domain,
    fix: 'give the deployment the name of the zone that holds its domain',
  });
}
