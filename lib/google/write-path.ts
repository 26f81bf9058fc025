import { Construct } from 'constructs';
import { EdgeBackend } from './edge-backend';
import { EdgeFirewall } from './edge-firewall';
import { writeRoutes } from './edge-routes';
import { ExternalLoadBalancer } from './external-load-balancer';
import type { PathProps } from './path-props';

/** The writers' way in: one name for all regions, nothing cached. */
export class WritePath extends Construct {
  public constructor(scope: Construct, id: string, props: PathProps) {
    super(scope, id);
    const { name, domain, access, deployment, minimumTls } = props;
    const firewall = new EdgeFirewall(this, 'Firewall', { name, access, rules: props.rules });
    const groups = props.targets.map(({ group }) => group);
    const backend = new EdgeBackend(this, 'Backend', { name, groups, firewall });
    new ExternalLoadBalancer(this, 'LoadBalancer', {
      name,
      domain,
      hosts: [{ name: domain, routes: writeRoutes(backend) }],
      authenticate: access.authenticate,
      clientAuthorities: props.authorities,
      zone: deployment.zone,
      minimumTls,
      providerVersion: deployment.providerVersion,
    });
  }
}
