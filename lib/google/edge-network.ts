import { ComputeNetwork } from '@cdktf/provider-google/lib/compute-network';
import { ComputeSubnetwork } from '@cdktf/provider-google/lib/compute-subnetwork';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';

/** The parts of an edge network. */
export interface EdgeNetworkProps {
  /** Name of the network, unique in the project: `[a-z]([-a-z0-9]*[a-z0-9])?`, up to 22 characters less than 63. */
  readonly name: string;

  /** Names of the regions, up to 32. */
  readonly regions: string[];
}

/** Where regional load balancers have their proxies: a network with nothing in it but a proxy-only subnet a region. */
export class EdgeNetwork extends Construct {
  /** Id of the network. */
  public readonly networkId: string;

  /** @internal */
  public readonly _subnets: ITerraformDependable[];

  public constructor(scope: Construct, id: string, props: EdgeNetworkProps) {
    super(scope, id);
    const network = new ComputeNetwork(this, 'Network', { name: props.name, autoCreateSubnetworks: false });
    this.networkId = network.id;
    this._subnets = props.regions.map((region, index) => {
      return new ComputeSubnetwork(this, `Proxies ${region}`, {
        name: `${props.name}-${region}`,
        region,
        network: network.id,
        // Google recommends /23 (https://cloud.google.com/load-balancing/docs/proxy-only-subnets).
        ipCidrRange: `10.129.${index * 2}.0/23`,
        purpose: 'REGIONAL_MANAGED_PROXY',
        role: 'ACTIVE',
      });
    });
  }
}
